"""One field of a segment on its way into files: encoded here, or by another process beforehand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import numpy as np
from whoosh.fields import FieldType

from .arrays import ArrayFile, ArrayWriter
from .columns import build_columns, has_columns, is_ordered
from .postings import TERM_INFO, FieldEncoder
from .segments import FieldPostings
from .terms import Terms

POSTINGS_SUFFIX: Final = ".postings.tmp"
_INFOS: Final = "term_infos"
_COPY_BYTES: Final = 1 << 20


class FieldSource(Protocol):
    """What `files.write_segment` needs of a field."""

    terms: Terms
    lengths: np.ndarray | None
    total_length: int

    def write_postings(self, file: BinaryIO, offset: int) -> np.ndarray:
        """Write the W3 posting lists, the first to be at `offset`, and return a TERM_INFO of each term."""

    def write_arrays(self, arrays: ArrayWriter) -> dict[str, Any]:
        """Write the arrays, and return what the directory should say of the field."""


@dataclass
class HeldField:
    """A field whose postings are in memory."""

    name: str
    field_type: FieldType
    postings: FieldPostings
    doc_count: int

    @property
    def terms(self) -> Terms:
        return self.postings.terms

    @property
    def lengths(self) -> np.ndarray | None:
        return self.postings.lengths

    @property
    def total_length(self) -> int:
        return self.postings.total_length

    def write_postings(self, file: BinaryIO, offset: int) -> np.ndarray:
        found = []
        for pieces, infos in FieldEncoder(self.postings).encode(offset):
            file.write(b"".join(pieces))
            found.append(infos.tobytes())  # np.concatenate would turn the bytes of each number round
        return np.frombuffer(b"".join(found), TERM_INFO)

    def write_arrays(self, arrays: ArrayWriter) -> dict[str, Any]:
        parts = posting_arrays(self.postings)
        info = {"kind": self.postings.kind, "total_length": self.postings.total_length}
        if has_columns(self.field_type):
            columns = build_columns(self.field_type, self.postings, self.doc_count)
            info["label_count"] = columns.label_count
            parts |= {
                "ordinals": columns.ordinals,
                "extra_docs": columns.extra_docs,
                "extra_ordinals": columns.extra_ordinals,
            }
            if is_ordered(self.field_type):
                parts["order"] = np.argsort(columns.ordinals[:, 0], kind="stable").astype(np.int32)
        for part, array in parts.items():
            if array is not None:
                arrays.add(f"{self.name}/{part}", array)
        return info


def posting_arrays(postings: FieldPostings) -> dict[str, np.ndarray | None]:
    """Return the arrays that a field's postings consist of, under the names they have in a file."""
    return {
        "terms": postings.terms.blob,
        "term_offsets": postings.terms.offsets,
        "starts": postings.starts,
        "docs": postings.docs,
        "counts": postings.counts,
        "weights": postings.weights,
        "position_starts": postings.position_starts,
        "positions": postings.positions,
        "lengths": postings.lengths,
    }


class FieldPart:
    """A field that `write_part` has put into two files."""

    def __init__(self, path: Path, name: str):
        self._path, self._file = path, ArrayFile(path)
        self._prefix, self._info = f"{name}/", self._file.info["field"]
        self.terms = Terms(self._file.get(f"{name}/terms"), self._file.get(f"{name}/term_offsets"))
        self.lengths = self._file.find(f"{name}/lengths")
        self.total_length: int = self._info["total_length"]

    def write_postings(self, file: BinaryIO, offset: int) -> np.ndarray:
        with self._path.with_suffix(POSTINGS_SUFFIX).open("rb") as source:
            while piece := source.read(_COPY_BYTES):
                file.write(piece)
        infos = self._file.get(_INFOS).view(TERM_INFO).copy()
        infos["offset"] += offset
        return infos

    def write_arrays(self, arrays: ArrayWriter) -> dict[str, Any]:
        for name in self._file.names:
            if name.startswith(self._prefix):
                arrays.add(name, self._file.get(name), self._file.checksum(name))
        return self._info


def write_part(path: Path, field: HeldField) -> None:
    """Encode a field into `path` and a file of posting lists beside it, to be read by `FieldPart`."""
    with path.open("wb") as file, path.with_suffix(POSTINGS_SUFFIX).open("wb") as postings:
        arrays = ArrayWriter(file)
        arrays.add(_INFOS, field.write_postings(postings, 0).view(np.uint8))
        arrays.close({"field": field.write_arrays(arrays)})
