"""What one index segment holds, as arrays: in memory while it is made, memory-mapped afterwards.

`FieldPostings` is a field's inverted list in plain form. Postings of term t are entries
starts[t]..starts[t+1]-1 of `docs` (ascending within a term), `counts` and `weights`; its word positions are
entries position_starts[t]..position_starts[t+1]-1 of `positions`, counts[i] of them for posting i, in order.
`FieldColumns` is the same field seen from the document: which terms each document has, and sort orders.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from whoosh.util.numeric import byte_to_length

from .arrays import ArrayFile, ranges, smallest_uint
from .terms import Terms

# Whoosh keeps a field's length in one byte; a missing length counts as 1 when scoring (its `dfl(docid, field,
# 1)`)
LENGTH_OF_BYTE: Final = np.array([byte_to_length(code) for code in range(256)], np.float64)
SCORING_LENGTH_OF_BYTE: Final = np.where(np.arange(256) == 0, 1.0, LENGTH_OF_BYTE)
NO_DOCS: Final = np.zeros(0, np.int32)
MAX_FACET_WIDTH: Final = 8
_MAX_REMEMBERED_TERMS: Final = 10_000


@dataclass
class FieldPostings:
    """Hold one field's postings; `counts` None: one everywhere; `weights` None: equal to the counts."""

    kind: str  # "existence", "frequency" or "positions", after Whoosh's formats
    terms: Terms
    starts: np.ndarray
    docs: np.ndarray
    counts: np.ndarray | None = None
    weights: np.ndarray | None = None
    position_starts: np.ndarray | None = None
    positions: np.ndarray | None = None
    lengths: np.ndarray | None = None  # one byte a document, only for scorable fields
    total_length: int = 0
    _numbers: dict[bytes, int] = field(default_factory=dict, repr=False)

    @property
    def nbytes(self) -> int:
        parts = (self.starts, self.docs, self.counts, self.weights, self.position_starts, self.positions)
        return sum(part.nbytes for part in parts if part is not None) + self.terms.blob.nbytes

    def find(self, term: bytes | None) -> int:
        """Return the number of a term, or -1; remembered, because a search looks it up several times."""
        number = self._numbers.get(term)
        if number is None:
            if len(self._numbers) >= _MAX_REMEMBERED_TERMS:
                self._numbers.clear()
            number = self._numbers[term] = -1 if term is None else self.terms.find(term)
        return number

    def span(self, term: int) -> slice:
        return slice(int(self.starts[term]), int(self.starts[term + 1]))

    def doc_frequency(self, term: int) -> int:
        return int(self.starts[term + 1]) - int(self.starts[term])

    def counts_of(self, where: slice | np.ndarray) -> np.ndarray | int:
        return 1 if self.counts is None else self.counts[where]

    def weights_of(self, where: slice | np.ndarray) -> np.ndarray | float:
        """Return Whoosh's posting weights: an array, or 1.0 when all are."""
        if self.weights is not None:
            return self.weights[where]
        return 1.0 if self.counts is None else self.counts[where]

    def term_positions(self, term: int, where: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return documents and positions of each occurrence of a term, ascending.

        `where`: only these postings, as ascending indices counted from the term's first.
        """
        span = self.span(term)
        docs, counts = self.docs[span], self.counts_of(span)
        positions = self.positions[int(self.position_starts[term]) : int(self.position_starts[term + 1])]
        if isinstance(counts, int):
            counts = np.ones(len(docs), np.uint8)
        if where is None:
            return np.repeat(docs, counts), positions
        chosen = counts[where]
        return np.repeat(docs[where], chosen), positions[ranges(sums_before(counts, where), chosen)]


def sums_before(counts: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the sum of all counts before each of some places (ascending, distinct).

    Adding up from one place to the next takes a tenth of the time of a running sum over all of them.
    """
    sums = np.zeros(len(where), np.int64)
    if len(where):
        sums[0] = counts[: where[0]].sum(dtype=np.int64)
        sums[1:] = np.add.reduceat(counts, where, dtype=np.int64)[:-1]
    return sums.cumsum()


def pack_counts(counts: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return counts (narrow; None: all ones) and weights (None: equal to the counts)."""
    packed = None if (counts == 1).all() else counts.astype(smallest_uint(int(counts.max())))
    return packed, None if np.array_equal(counts, weights) else weights.astype(np.float32)


@dataclass
class FieldColumns:
    """Hold what each document has in a field of whole values, as numbers of its terms.

    `ordinals`: documents x width; `label_count` fills the unused places. A document with more values than the
    width has the rest in `extra_docs`/`extra_ordinals`. Values are ordered as their terms are, so for numbers
    and dates an ordinal is also a rank. `order`: documents by (value, number), only for sortable numbers and
    dates.
    """

    label_count: int
    ordinals: np.ndarray
    extra_docs: np.ndarray
    extra_ordinals: np.ndarray


class Segment:
    """Open one finished segment: immutable, shared by threads and snapshots, ignorant of deletions."""

    def __init__(self, file: ArrayFile, byte_columns: dict[str, Sequence[bytes]]):
        """Take the arrays and, by name, the variable-length Whoosh columns; `_stored` is one of them."""
        self.file, self.byte_columns = file, byte_columns
        self.segment_id: str = file.info["segment"]
        self.doc_count: int = file.info["documents"]
        self._fields: dict[str, FieldPostings | None] = {}
        self._columns: dict[str, FieldColumns | None] = {}
        self._numbers: dict[str, np.ndarray] = {}
        self.cache: dict[Any, Any] = {}  # masks of filters and the like; they never change

    @property
    def field_names(self) -> list[str]:
        return list(self.file.info["fields"])

    @cached_property
    def all_docs(self) -> np.ndarray:
        return np.arange(self.doc_count, dtype=np.int32)

    def field(self, name: str) -> FieldPostings | None:
        """Return the field's postings, or None when no document of the segment has the field."""
        if name not in self._fields:
            info = self.file.info["fields"].get(name)
            self._fields[name] = self._open_field(name, info) if info else None
        return self._fields[name]

    def _open_field(self, name: str, info: dict[str, Any]) -> FieldPostings:
        def part(suffix: str) -> np.ndarray | None:
            return self.file.find(f"{name}/{suffix}")

        return FieldPostings(
            info["kind"],
            Terms(part("terms"), part("term_offsets")),
            part("starts"),
            part("docs"),
            part("counts"),
            part("weights"),
            part("position_starts"),
            part("positions"),
            part("lengths"),
            info["total_length"],
        )

    def columns(self, name: str) -> FieldColumns | None:
        """Return the field seen from the document, or None when it has no whole values."""
        if name not in self._columns:
            info = self.file.info["fields"].get(name) or {}
            if "label_count" not in info:
                self._columns[name] = None
            else:
                ordinals = self.file.get(f"{name}/ordinals").reshape(self.doc_count, -1)
                extra = [self.file.get(f"{name}/extra_{part}") for part in ("docs", "ordinals")]
                self._columns[name] = FieldColumns(info["label_count"], ordinals, *extra)
        return self._columns[name]

    def order(self, name: str) -> np.ndarray | None:
        """Return the documents by ascending value of a number, date or sortable text, missing values last."""
        return self.file.find(f"{name}/order")

    def rank(self, name: str) -> np.ndarray | None:
        """Return each document's rank by the field's sort column, for fields that have no whole values."""
        return self.file.find(f"{name}/rank")

    def numbers(self, name: str) -> np.ndarray:
        """Return the values of a numeric field's labels as ascending uint64 in Whoosh's sortable form."""
        if name not in self._numbers:
            field, columns = self.field(name), self.columns(name)
            width = int(field.terms.offsets[1]) if columns.label_count else 9
            raw = field.terms.blob[: columns.label_count * width].reshape(-1, width)[:, 1:]
            self._numbers[name] = np.ascontiguousarray(raw).view(f">u{width - 1}").ravel().astype(np.uint64)
        return self._numbers[name]
