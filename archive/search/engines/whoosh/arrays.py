"""One file of flat arrays beside each index segment: how it is written, opened, checked.

Layout: eight bytes of magic, sections padded to 64 bytes, a JSON directory, a fixed footer. The footer is
last, so a file whose writing was cut short has none and is refused. The directory names every section with
its type, place, length and CRC-32, and every sibling file of the segment with size and CRC-32, so `verify`
covers Whoosh's files too.

Opening checks the footer, the directory's checksum and all sizes (microseconds); `verify` reads every byte.
"""

import json
import mmap
import shutil
import struct
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from archive.search.errors import IndexDamaged

from .deflate import crc32
from .passing import raise_if_passing
from .state import checksum as file_checksum

ARRAYS_VERSION: Final = 1
ARRAYS_EXTENSION: Final = ".arrays"
_MAGIC: Final = b"DLARRAYS"
_ALIGNMENT_BYTES: Final = 64
_COPY_BYTES: Final = 1 << 20
# directory offset, directory length, directory CRC-32, version, magic
_FOOTER: Final = struct.Struct("<QIII8s")
# merge two sorted lists rather than look one up in the other, when neither is so many times longer
_MERGE_RATIO: Final = 4


class ArraysOutdated(Exception):
    """Say that the arrays are of another version or missing, and can be made anew from the segment."""


class ArrayWriter:
    """Write sections one after the other, then `close` with what the directory should say."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._sections: dict[str, tuple[str, int, int, int]] = {}
        self._file.write(_MAGIC)
        self._position = len(_MAGIC)

    def add(self, name: str, array: np.ndarray, checksum: int | None = None) -> None:
        """Append `array` (any shape; read back flat) as section `name`; `checksum`: its CRC-32, if known."""
        array = np.ascontiguousarray(array)
        self._pad()
        data = memoryview(array).cast("B") if array.size else memoryview(b"")
        checksum = crc32(data) if checksum is None else checksum
        self._sections[name] = (array.dtype.str, self._position, int(array.size), checksum)
        self._file.write(data)
        self._position += data.nbytes

    def add_file(self, name: str, path: Path, dtype: str, count: int, checksum: int) -> None:
        """Append the bytes of a file as section `name`, an array whose CRC-32 is known; a block at a time."""
        self._pad()
        self._sections[name] = (dtype, self._position, count, checksum)
        with path.open("rb") as file:
            shutil.copyfileobj(file, self._file, _COPY_BYTES)
        self._position += count * np.dtype(dtype).itemsize

    def close(self, info: dict[str, Any]) -> None:
        directory = json.dumps({**info, "sections": self._sections}, separators=(",", ":")).encode()
        self._pad()
        self._file.write(directory)
        self._file.write(
            _FOOTER.pack(self._position, len(directory), crc32(directory), ARRAYS_VERSION, _MAGIC)
        )

    def _pad(self) -> None:
        gap = -self._position % _ALIGNMENT_BYTES
        self._file.write(b"\0" * gap)
        self._position += gap


class ArrayFile:
    """Give read-only views of the sections of one memory-mapped file."""

    def __init__(self, path: Path):
        """Map `path`. Raise ArraysOutdated when missing or of another version, IndexDamaged when torn."""
        self.path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError as error:
            raise ArraysOutdated(str(path)) from error
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise_if_passing(error, path)
            raise IndexDamaged(f"{path}: cannot be read ({error})") from error
        self.info = self._read_directory()
        self._sections: dict[str, list] = self.info["sections"]

    def _read_directory(self) -> dict[str, Any]:
        size = len(self._map)
        if size < _FOOTER.size + len(_MAGIC):
            raise IndexDamaged(f"{self.path}: {size} bytes are too few")
        offset, length, checksum, version, magic = _FOOTER.unpack_from(self._map, size - _FOOTER.size)
        if magic != _MAGIC:
            raise IndexDamaged(f"{self.path}: ends in the middle")
        if version != ARRAYS_VERSION:
            raise ArraysOutdated(f"{self.path}: version {version}, expected {ARRAYS_VERSION}")
        directory = self._map[offset : offset + length]
        if offset + length + _FOOTER.size != size or crc32(directory) != checksum:
            raise IndexDamaged(f"{self.path}: its directory does not match its checksum")
        return json.loads(directory)

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def get(self, name: str) -> np.ndarray:
        """Return section `name` as a flat read-only array; KeyError when there is none."""
        dtype, offset, count, _ = self._sections[name]
        return np.frombuffer(self._map, np.dtype(dtype), count, offset)

    @property
    def names(self) -> list[str]:
        return list(self._sections)

    def place(self, name: str) -> int:
        """Return where in the file section `name` begins."""
        return self._sections[name][1]

    def checksum(self, name: str) -> int:
        """Return the CRC-32 that section `name` had when it was written."""
        return self._sections[name][3]

    def find(self, name: str) -> np.ndarray | None:
        return self.get(name) if name in self._sections else None

    def release(self) -> None:
        """Give back the memory of what has been read; arrays stay valid, and are read again when used."""
        let_go(self._map)

    def check_siblings(self) -> None:
        """Raise IndexDamaged when a file of the segment is missing or has another size than when written."""
        for name, (size, _) in self.info["files"].items():
            try:
                observed = (self.path.parent / name).stat().st_size
            except OSError as error:
                raise_if_passing(error, self.path.parent / name)
                raise IndexDamaged(f"{self.path.parent / name}: missing") from error
            if observed != size:
                raise IndexDamaged(f"{self.path.parent / name}: {observed} bytes, expected {size}")

    def verify(self) -> None:
        """Read every byte of the segment's files; IndexDamaged at the first that is not as written."""
        for name, (_, _, _, checksum) in self._sections.items():
            if crc32(self.get(name).view(np.uint8)) != checksum:
                raise IndexDamaged(f"{self.path}: section {name} does not match its checksum")
        self.check_siblings()
        for name, expected in self.info["files"].items():
            if file_checksum(self.path.parent / name) != tuple(expected):
                raise IndexDamaged(f"{self.path.parent / name}: does not match its checksum")


def let_go(mapped: mmap.mmap) -> None:
    """Take a file's pages out of this process's memory; the system keeps them while it has room."""
    if hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def smallest_uint(maximum: int) -> type[np.unsignedinteger]:
    """Return the narrowest unsigned type that holds 0..maximum."""
    for dtype in (np.uint8, np.uint16, np.uint32):
        if maximum <= np.iinfo(dtype).max:
            return dtype
    return np.uint64


def ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the indices starts[0]..starts[0]+lengths[0]-1, starts[1].., one run after the other (int64)."""
    lengths = lengths.astype(np.int64, copy=False)
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    found = np.repeat(starts - (ends - lengths), lengths)
    found += np.arange(total, dtype=np.int64)
    return found


def exclusive_sum(lengths: np.ndarray) -> np.ndarray:
    """Return int64 offsets of consecutive runs: one more entry than `lengths`, first 0, last the total."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def distinct(values: np.ndarray) -> np.ndarray:
    """Return the distinct values ascending; NumPy 2.4's `unique` hashes and takes fifteen times as long."""
    return without_repeats(np.sort(values))


def without_repeats(ascending: np.ndarray) -> np.ndarray:
    if len(ascending) < 2:
        return ascending
    first = np.ones(len(ascending), bool)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]


def common(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return what two lists of ascending, distinct values share."""
    small, big = (a, b) if len(a) <= len(b) else (b, a)
    if not len(small):
        return small
    if len(small) * _MERGE_RATIO < len(big):
        at = np.searchsorted(big, small)
        at[at == len(big)] = 0
        return small[big[at] == small]
    both = np.concatenate((a, b))
    both.sort(kind="stable")  # merges two ascending runs in linear time
    return both[1:][both[1:] == both[:-1]]
