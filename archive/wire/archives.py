"""zip, tar, tar.gz and gzip files: what is in them is read one member after another.

Nothing is unpacked to disk, so names in an archive are only names. What an archive may hold is bounded:
members, bytes unpacked, how much more that is than came in, and no archives in archives.
"""

import contextlib
import gzip
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from .errors import ArchiveTooLarge, DamagedFile, WireError
from .refusals import is_office
from .stories import Reading, Reject, Stream, clean_name

LABEL: Final = "a packed file"
MAX_MEMBERS: Final = 500_000
MAX_UNPACKED_BYTES: Final = 20 * 1024**3
# Text packs to a quarter, monotonous tables to a hundredth.
MAX_RATIO: Final = 200
# Below so many bytes no ratio is a danger.
RATIO_COUNTS_FROM_BYTES: Final = 20 * 1024 * 1024

_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_GZIP: Final = b"\x1f\x8b"
_DAMAGE: Final = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, gzip.BadGzipFile,
    RuntimeError, ValueError, OverflowError, IndexError, KeyError, LookupError,
)  # fmt: skip

ReadMember = Callable[[Stream], Reading]


def detect(head: bytes) -> bool:
    """Tell zip, gzip and tar files; office documents, which are zip files, are none."""
    return (
        _is_tar(head)
        or head.startswith(_GZIP)
        or (head.startswith((_ZIP, _EMPTY_ZIP)) and not is_office(head))
    )


def _is_tar(head: bytes) -> bool:
    """Tell a tar file by its mark, or one from before there was a mark by the sum of its first block."""
    if head[257:262] == b"ustar":
        return True
    block = head[: tarfile.BLOCKSIZE]
    printed = re.fullmatch(rb" *([0-7]{4,7})[ \0]{1,2}", block[148:156].ljust(8, b" "))
    if len(block) < tarfile.BLOCKSIZE or not printed:
        return False
    # Its own place counts as blanks.
    return int(printed[1], 8) == sum(block[:148]) + 8 * 0x20 + sum(block[156:])


class _Counted(io.RawIOBase):
    """Pass bytes on and count them against the limits. Raises ArchiveTooLarge where one is passed."""

    def __init__(self, file: BinaryIO, budget: "_Budget"):
        self._file = file
        self._budget = budget

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(size)
        except _DAMAGE as error:
            raise DamagedFile(LABEL, f"it is damaged or cut off ({error or type(error).__name__})") from None
        self._budget.spend(len(data))
        return data


class _Budget:
    """Count what an archive unpacks to; `packed_bytes` is None where the archive's size is not known."""

    def __init__(self, packed_bytes: int | None):
        self._packed_bytes = packed_bytes
        self._members = 0
        self._unpacked_bytes = 0

    def open(self) -> None:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise ArchiveTooLarge(f"has more than {MAX_MEMBERS:,} files in it")

    def spend(self, size: int) -> None:
        self._unpacked_bytes += size
        if self._unpacked_bytes > MAX_UNPACKED_BYTES:
            raise ArchiveTooLarge(f"unpacks to more than {MAX_UNPACKED_BYTES:,} bytes")
        limit = max(RATIO_COUNTS_FROM_BYTES, MAX_RATIO * (self._packed_bytes or 0))
        if self._packed_bytes is not None and self._unpacked_bytes > limit:
            raise ArchiveTooLarge(f"unpacks to more than {MAX_RATIO} times its size, as no copy does")


def read(stream: Stream, read_member: ReadMember) -> Reading:
    """Read the members of an archive with `read_member`, each a reject where it cannot be read.

    Raise DamagedFile where the archive itself breaks off, ArchiveTooLarge at a limit.
    """
    budget = _Budget(stream.size_bytes)
    if stream.head.startswith((_ZIP, _EMPTY_ZIP)):
        members = _iter_zip(stream, budget)
    elif stream.head.startswith(_GZIP):
        members = _iter_gzip(stream, budget)
    else:
        members = _iter_tar(_Whole(stream), stream, budget)
    # Closing it closes the archive, also when a limit or a caller ends the reading early.
    with contextlib.closing(members):
        for member in members:
            yield from _read_member(member, read_member)


def _read_member(member: Stream | Reject, read_member: ReadMember) -> Reading:
    if isinstance(member, Reject):
        yield member
        return
    if detect(member.head):
        yield Reject(member.name, "It is an archive inside an archive. Unpack the outer one first.")
        return
    try:
        yield from read_member(member)
    except (ArchiveTooLarge, DamagedFile) as error:
        if isinstance(error, ArchiveTooLarge) or error.label == LABEL:
            raise
        yield Reject(member.name, error.message)
    except WireError as error:
        yield Reject(member.name, error.message)


def _member(file: BinaryIO, name: str, outer: Stream, budget: _Budget, size_bytes: int | None) -> Stream:
    budget.open()
    return Stream(_Counted(file, budget), f"{outer.name}/{clean_name(name)}", outer.max_bytes, size_bytes)


def _is_wanted(name: str) -> bool:
    """Leave out what file managers add: hidden files, and the resource forks of macOS."""
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" not in parts and not parts[-1].startswith(".")


def _iter_zip(stream: Stream, budget: _Budget) -> Iterator[Stream | Reject]:
    stream.file.seek(0)
    try:
        archive = zipfile.ZipFile(stream.file)
    except _DAMAGE:
        raise DamagedFile(LABEL, "its list of contents is damaged or cut off") from None
    with archive:
        for info in archive.infolist():
            if info.is_dir() or not _is_wanted(info.filename):
                continue
            name = f"{stream.name}/{info.filename}"
            if info.flag_bits & 1:
                yield Reject(name, "It is locked with a password. Unpack it and add it by itself.")
                continue
            try:
                with archive.open(info) as file:
                    yield _member(file, info.filename, stream, budget, info.file_size)
            except DamagedFile as error:
                yield Reject(name, error.message)
            except _DAMAGE as error:
                yield Reject(name, str(DamagedFile(LABEL, f"this part of it is damaged ({error})")))


def _iter_gzip(stream: Stream, budget: _Budget) -> Iterator[Stream | Reject]:
    """Read a packed tar, or else the one file that a gzip file holds."""
    with gzip.GzipFile(fileobj=_Whole(stream)) as unpacked:
        counted = io.BufferedReader(_Readable(_Counted(unpacked, budget)), 1024 * 1024)
        start = counted.peek(512)[:512]
        if _is_tar(start):
            yield from _iter_tar(counted, stream, _Budget(None))
        else:
            name = stream.name.rpartition("/")[2].removesuffix(".gz")
            yield Stream(counted, f"{stream.name}/{name}", stream.max_bytes)


def _iter_tar(file, stream: Stream, budget: _Budget) -> Iterator[Stream | Reject]:
    tail = _Tail(file)
    try:
        with tarfile.open(fileobj=tail, mode="r|", errorlevel=1) as archive:
            for info in archive:
                # Links point elsewhere, devices are no files; folders and names are only names.
                if info.isfile() and _is_wanted(info.name):
                    yield _member(archive.extractfile(info), info.name, stream, budget, info.size)
                # Or the archive remembers every member it passed.
                archive.members = []
            # tarfile ends as quietly at a broken header as at the block of zeros that ends an archive.
            if (
                tail.block_at(archive.offset).strip(b"\0")
                or len(tail.block_at(archive.offset)) < tarfile.BLOCKSIZE
            ):
                raise tarfile.ReadError("it has no end")
    except _DAMAGE as error:
        raise DamagedFile(LABEL, f"it is damaged or cut off ({error or type(error).__name__})") from None


class _Whole:
    """Let a stream be read from its first byte, as tarfile and gzip expect."""

    def __init__(self, stream: Stream):
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(1024 * 1024 if size is None or size < 0 else size)


class _Tail:
    """Remember the last bytes read of a tar, which end with the block that ended it."""

    def __init__(self, file):
        self._file = file
        self._kept = b""
        self._total = 0

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._total += len(data)
        self._kept = (self._kept + data)[-4 * tarfile.RECORDSIZE :]
        return data

    def block_at(self, offset: int) -> bytes:
        start = offset - (self._total - len(self._kept))
        return self._kept[start : start + tarfile.BLOCKSIZE] if start >= 0 else b""


class _Readable(io.RawIOBase):
    """Give BufferedReader the readinto that it asks for."""

    def __init__(self, file: _Counted):
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
