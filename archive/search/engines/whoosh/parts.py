"""One field of a segment that was merged beforehand, perhaps by another process: in files of its own.

Written a range of terms at a time, so that memory does not grow with the field, and copied into the files of
the segment a block at a time. Never flushed to the disk; not one of them outlives the writer that asked for
them.
"""

import json
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from whoosh.fields import FieldType

from .arrays import ArrayWriter, smallest_uint
from .columns import has_columns
from .deflate import crc32
from .fieldfiles import column_arrays, posting_arrays
from .postings import TERM_INFO, FieldEncoder
from .segments import FieldPostings
from .terms import Terms

PART_SUFFIX: Final = ".part.tmp"
_POSTINGS: Final = "postings"
_INFOS: Final = "infos"
_COPY_BYTES: Final = 1 << 20
# Arrays with one entry more than there are terms, and the array that their entries are places in
_OFFSETS: Final = {"term_offsets": "terms", "starts": "docs", "position_starts": "positions"}


def write_part(path: Path, field_type: FieldType, pieces: Iterable[FieldPostings], doc_count: int) -> bool:
    """Encode the pieces of a field for `FieldPart`; say whether there were any.

    A field of whole values has to come in one piece.
    """
    info: dict[str, Any] = {"total_length": 0}
    with ExitStack() as files, _path_of(path, _POSTINGS).open("wb") as postings:
        spools = _Spools(path, files)
        for piece in pieces:
            info["kind"] = piece.kind
            info["total_length"] += piece.total_length
            for lists, infos in FieldEncoder(piece).encode(postings.tell()):
                postings.write(b"".join(lists))
                spools.append(_INFOS, infos.view(np.uint8))
            spools.append_piece(posting_arrays(piece))
            if has_columns(field_type):
                info["label_count"], columns = column_arrays(field_type, piece, doc_count)
                spools.append_piece(columns)
        spools.narrow("term_offsets")
    sections = {name: (spool.dtype, spool.count, spool.checksum) for name, spool in spools.items()}
    path.write_text(json.dumps({"info": info, "sections": sections}))
    return "kind" in info


def remove_part(path: Path) -> None:
    for each in path.parent.glob(path.name.removesuffix(PART_SUFFIX) + ".*"):
        each.unlink(missing_ok=True)


class _Spool:
    """Append arrays of one type to a file."""

    def __init__(self, path: Path, dtype: np.dtype, files: ExitStack):
        self._file, self.dtype = files.enter_context(path.open("wb")), dtype.str
        self.count = self.checksum = 0
        self.close = self._file.close

    def append(self, array: np.ndarray) -> None:
        data = memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8))
        self._file.write(data)
        self.checksum = crc32(data, self.checksum)
        self.count += array.size


class _Spools(dict[str, _Spool]):
    """Append the arrays of consecutive pieces, each kind to a file of its own."""

    def __init__(self, path: Path, files: ExitStack):
        super().__init__()
        self._path, self._files = path, files

    def append_piece(self, arrays: dict[str, np.ndarray | None]) -> None:
        before = {name: self[of].count for name, of in _OFFSETS.items() if of in self}
        for name, array in arrays.items():
            if array is None or (name == "lengths" and name in self):
                continue
            if name in _OFFSETS:
                array = array.astype(np.int64) + before.get(name, 0)
                array = array[1:] if name in self else array
            self.append(name, array)

    def append(self, name: str, array: np.ndarray) -> None:
        if name not in self:
            self[name] = _Spool(_path_of(self._path, name), array.dtype, self._files)
        self[name].append(array)

    def narrow(self, name: str) -> None:
        """Write ascending numbers again, in the narrowest type that holds them."""
        if name in self:
            self[name].close()
            numbers = np.fromfile(_path_of(self._path, name), np.int64)
            narrow = numbers.astype(smallest_uint(int(numbers[-1])))
            self[name] = _Spool(_path_of(self._path, name), narrow.dtype, self._files)
            self[name].append(narrow)


class FieldPart:
    """Put a field that `write_part` has encoded into the files of its segment."""

    def __init__(self, path: Path, name: str):
        self._path, self._name = path, name
        directory = json.loads(path.read_text())
        self._info, self._sections = directory["info"], directory["sections"]
        self.terms = Terms(self._read("terms"), self._read("term_offsets"))
        self.lengths = self._read("lengths") if "lengths" in self._sections else None
        self.total_length: int = self._info["total_length"]

    def _read(self, section: str) -> np.ndarray:
        return np.fromfile(_path_of(self._path, section), np.dtype(self._sections[section][0]))

    def write_postings(self, file: BinaryIO, offset: int) -> np.ndarray:
        with _path_of(self._path, _POSTINGS).open("rb") as source:
            shutil.copyfileobj(source, file, _COPY_BYTES)
        infos = self._read(_INFOS).view(TERM_INFO)
        infos["offset"] += offset
        return infos

    def write_arrays(self, arrays: ArrayWriter) -> dict[str, Any]:
        for section, found in self._sections.items():
            if section != _INFOS:
                arrays.add_file(f"{self._name}/{section}", _path_of(self._path, section), *found)
        return self._info


def _path_of(path: Path, section: str) -> Path:
    return path.with_name(f"{path.name.removesuffix(PART_SUFFIX)}.{section}.tmp")
