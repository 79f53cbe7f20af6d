"""Numbers that scoring needs about the whole index: document frequencies, average lengths, BM25F tables."""

from collections.abc import Sequence
from math import log
from typing import Final

import numpy as np

from .segments import SCORING_LENGTH_OF_BYTE, FieldPostings, Segment

# Whoosh's defaults
BM25_B: Final = 0.75
BM25_K1: Final = 1.2
_USUAL_FREQUENCIES: Final = 16
_MAX_CACHED_TERMS: Final = 50_000
# look terms up one by one where fewer than one in so many of a range is wanted
_SPARSE: Final = 16


class Statistics:
    """Answer for all segments of one snapshot together; deleted documents count, as they do in Whoosh."""

    def __init__(self, segments: Sequence[Segment]):
        self._segments = segments
        self.doc_count = sum(segment.doc_count for segment in segments)
        self._frequencies: dict[str, dict[bytes, int]] = {}
        self._tables: dict[str, np.ndarray] = {}

    def doc_frequency(self, field: str, term: bytes) -> int:
        known = self._known(field)
        frequency = known.get(term)
        if frequency is None:
            frequency = known[term] = sum(self._in_segment(one, field, term) for one in self._segments)
        return frequency

    def _known(self, field: str) -> dict[bytes, int]:
        known = self._frequencies.get(field)
        if known is None or len(known) > _MAX_CACHED_TERMS:
            known = self._frequencies[field] = {}
        return known

    @staticmethod
    def _in_segment(segment: Segment, field: str, term: bytes) -> int:
        postings = segment.field(field)
        index = postings.find(term) if postings else -1
        return postings.doc_frequency(index) if index >= 0 else 0

    def idf(self, field: str, term: bytes) -> float:
        return log(self.doc_count / (self.doc_frequency(field, term) + 1)) + 1

    def idfs(self, field: str, postings: FieldPostings, terms: np.ndarray) -> np.ndarray:
        """Return the idf of many terms, given as ascending numbers in one segment's `postings`."""
        if len(self._segments) == 1:
            frequencies = (postings.starts[terms + 1] - postings.starts[terms]).astype(np.float64)
        else:
            frequencies = self._all_frequencies(field, [postings.terms[index] for index in terms.tolist()])
        return np.log(self.doc_count / (frequencies + 1)) + 1

    def _all_frequencies(self, field: str, names: list[bytes]) -> np.ndarray:
        """Return the document frequencies of ascending terms; those not met before are looked up together."""
        known = self._known(field)
        new = [name for name in names if name not in known]
        if new:
            found = sum(self._frequencies_in(segment, field, new) for segment in self._segments)
            known.update(zip(new, found.tolist(), strict=True))
        return np.array([known[name] for name in names], np.float64)

    @staticmethod
    def _frequencies_in(segment: Segment, field: str, names: list[bytes]) -> np.ndarray:
        """Return the document frequencies of ascending terms in one segment."""
        postings = segment.field(field)
        if postings is None:
            return np.zeros(len(names), np.int64)
        terms = postings.terms
        low, high = terms.lower_bound(names[0]), terms.lower_bound(names[-1]) + 1
        if high - low > _SPARSE * len(names):
            found = [terms.find(name) for name in names]
        else:
            number_of = {
                term: low + place for place, term in enumerate(terms.between(low, min(high, len(terms))))
            }
            found = [number_of.get(name, -1) for name in names]
        numbers = np.array(found, np.int64)
        known = numbers >= 0
        frequencies = np.zeros(len(names), np.int64)
        frequencies[known] = postings.starts[numbers[known] + 1] - postings.starts[numbers[known]]
        return frequencies

    def saturation(self, field: str, most: int) -> np.ndarray:
        """Return the table of BM25F's term factor by frequency, up to `most` at least, and length byte."""
        table = self._tables.get(field)
        if table is None or len(table) <= most:
            # a word seldom occurs more often: all 256 rows take .3 ms after each commit
            frequency = np.arange(max(_USUAL_FREQUENCIES, 1 << most.bit_length()), dtype=np.float64)[:, None]
            table = self._tables[field] = self._saturate(field, frequency, SCORING_LENGTH_OF_BYTE)
        return table

    def average_length(self, field: str) -> float:
        """Return the number of words of a document in a field, on average; 1 where there are none."""
        total = sum(f.total_length for s in self._segments if (f := s.field(field)))
        return total / (self.doc_count or 1) or 1

    def _saturate(self, field: str, weights: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        average = self.average_length(field)
        return (weights * (BM25_K1 + 1)) / (weights + BM25_K1 * ((1 - BM25_B) + BM25_B * lengths / average))

    def score(self, field: str, postings: FieldPostings, where: slice | np.ndarray) -> np.ndarray | float:
        """Return the scores, without idf, of the postings at `where`; of unscorable fields, the weights."""
        weights = postings.weights_of(where)
        if postings.lengths is None:
            return weights if isinstance(weights, float) else weights.astype(np.float64)
        # `take` gathers in a third of the time of square brackets (NumPy 2.4)
        codes = postings.lengths.take(postings.docs[where])
        if isinstance(weights, float):
            return self.saturation(field, 1)[1].take(codes)
        if weights.dtype == np.uint8:
            table = self.saturation(field, int(weights.max(initial=0)))
            return table.ravel().take((weights.astype(np.uint16) << 8) | codes)
        return self._saturate(field, weights.astype(np.float64), SCORING_LENGTH_OF_BYTE[codes])
