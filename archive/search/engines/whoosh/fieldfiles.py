"""One field of a segment on its way into files."""

from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import numpy as np
from whoosh.fields import FieldType

from .arrays import ArrayWriter
from .columns import build_columns, has_columns, is_ordered
from .postings import TERM_INFO, FieldEncoder
from .segments import FieldPostings
from .terms import Terms


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
        info = {"kind": self.postings.kind, "total_length": self.postings.total_length}
        parts = posting_arrays(self.postings)
        if has_columns(self.field_type):
            label_count, columns = column_arrays(self.field_type, self.postings, self.doc_count)
            info["label_count"] = label_count
            parts |= columns
        for part, array in parts.items():
            if array is not None:
                arrays.add(f"{self.name}/{part}", array)
        return info


def column_arrays(
    field_type: FieldType, postings: FieldPostings, doc_count: int
) -> tuple[int, dict[str, np.ndarray]]:
    """Return how many labels a field of whole values has, and its arrays seen from the document."""
    columns = build_columns(field_type, postings, doc_count)
    parts = {
        "ordinals": columns.ordinals,
        "extra_docs": columns.extra_docs,
        "extra_ordinals": columns.extra_ordinals,
    }
    if is_ordered(field_type):
        parts["order"] = np.argsort(columns.ordinals[:, 0], kind="stable").astype(np.int32)
    return columns.label_count, parts


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
