"""What a query matches in one segment: ascending documents, and scores computed where asked for."""

from collections.abc import Callable
from typing import Final

import numpy as np

from .arrays import distinct
from .segments import NO_DOCS

Where = slice | np.ndarray
Scorer = Callable[[Where], np.ndarray | float]
EVERYWHERE: Final = slice(None)
# below this share of the segment, sorting is faster than a table with one entry a document
_DENSE_SHARE: Final = 1 / 16
# a sorted look-up takes as long as marking so many documents in a table, or clearing so many entries of one
_LOOKUP_MARKS: Final = 20
_LOOKUP_ENTRIES: Final = 1000


class Matches:
    """Pair ascending, distinct document numbers (int32) with a function from indices into them to scores."""

    __slots__ = ("_mask", "docs", "score")

    def __init__(self, docs: np.ndarray, score: Scorer):
        self.docs, self.score = docs, score
        self._mask: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.docs)

    @classmethod
    def constant(cls, docs: np.ndarray, score: float) -> "Matches":
        return cls(docs, lambda where: score)

    def mask(self, doc_count: int) -> np.ndarray:
        """Say for each document of the segment whether it matches; made once, for all that is counted."""
        if self._mask is None:
            is_all = len(self.docs) == doc_count
            self._mask = np.ones(doc_count, bool) if is_all else mask_of(self.docs, doc_count)
        return self._mask

    def scaled(self, boost: float) -> "Matches":
        if boost == 1.0:
            return self
        return Matches(self.docs, lambda where: self.score(where) * boost)

    def keep(self, chosen: np.ndarray) -> "Matches":
        """Return the matches at `chosen` (a mask or indices)."""
        indices = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return Matches(self.docs.take(indices), lambda where: self.score(indices[where]))

    def score_of(self, docs: np.ndarray, doc_count: int) -> np.ndarray | float:
        """Return the scores of `docs`, all of which are among the matches."""
        if docs is self.docs:
            return self.score(EVERYWHERE)
        return self.score(indices_in(self.docs, docs, doc_count))


NOTHING: Final = Matches.constant(NO_DOCS, 0.0)


def mask_of(docs: np.ndarray, doc_count: int) -> np.ndarray:
    mask = np.zeros(doc_count, bool)
    mask[docs] = True
    return mask


def contained(haystack: np.ndarray, docs: np.ndarray, doc_count: int) -> np.ndarray:
    """Say for each of `docs` whether it is in `haystack`; both ascending."""
    if len(haystack) == doc_count:
        return np.ones(len(docs), bool)
    if not len(haystack):
        return np.zeros(len(docs), bool)
    if _is_table_faster(docs, haystack, doc_count):
        return mask_of(haystack, doc_count).take(docs)
    found = np.searchsorted(haystack, docs)
    found[found == len(haystack)] = 0
    return haystack[found] == docs


def _is_table_faster(docs: np.ndarray, haystack: np.ndarray, doc_count: int) -> bool:
    return len(docs) > len(haystack) / _LOOKUP_MARKS + doc_count / _LOOKUP_ENTRIES


def indices_in(haystack: np.ndarray, docs: np.ndarray, doc_count: int) -> np.ndarray:
    """Return where each of `docs` is in `haystack`, which contains them all."""
    if len(haystack) == doc_count:
        return docs
    if _is_table_faster(docs, haystack, doc_count):
        table = np.empty(doc_count, np.int32)
        table[haystack] = np.arange(len(haystack), dtype=np.int32)
        return table.take(docs)
    return np.searchsorted(haystack, docs)


def intersect(a: np.ndarray, b: np.ndarray, doc_count: int) -> np.ndarray:
    small, big = (a, b) if len(a) <= len(b) else (b, a)
    return small if len(big) == doc_count else small[contained(big, small, doc_count)]


def union(lists: list[np.ndarray], doc_count: int) -> np.ndarray:
    lists = [docs for docs in lists if len(docs)]
    if len(lists) < 2:
        return lists[0] if lists else NO_DOCS
    if sum(map(len, lists)) < doc_count * _DENSE_SHARE:
        return distinct(np.concatenate(lists))
    mask = np.zeros(doc_count, bool)
    for docs in lists:
        mask[docs] = True
    return np.flatnonzero(mask).astype(np.int32)


def add_scores(parts: list[Matches], docs: np.ndarray, doc_count: int) -> np.ndarray:
    """Return for each of `docs` the sum of its scores in those parts that match it."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return np.zeros(len(docs))
    found = np.concatenate([part.docs for part in parts])
    scores = np.concatenate([np.broadcast_to(part.score(EVERYWHERE), len(part)) for part in parts])
    return np.bincount(found, scores, doc_count).take(docs)  # adds in the order of the parts, as Whoosh does
