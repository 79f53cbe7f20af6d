"""Gather the terms of many documents in flat arrays and sort them into postings at the end.

Words go in as numbers, one list a document; nothing is kept per posting. `WordBuffer` takes fields with an
analyser of ours straight from their tokens, `ItemBuffer` takes whatever a Whoosh field type yields.
"""

from array import array
from itertools import chain
from typing import Any

import numpy as np
from whoosh.fields import FieldType

from .analysis import WordAnalyzer, is_mark, terms_of
from .arrays import exclusive_sum, ranges, smallest_uint
from .items import Items, extractor
from .postings import length_bytes
from .segments import FieldPostings
from .terms import Terms


class Vocabulary(dict[str, int]):
    """Map tokens to codes: the number of the one term, or -1 - n for the n-th of `several`."""

    def __init__(self, analyzer: WordAnalyzer):
        super().__init__()
        self._make = analyzer.make
        self._numbers: dict[str, int] = {}
        self.terms: list[bytes] = []
        self.is_word = bytearray()
        self.several: list[tuple[int, ...]] = []

    def _number(self, term: str) -> int:
        number = self._numbers.get(term)
        if number is None:
            number = self._numbers[term] = len(self.terms)
            self.terms.append(term.encode("utf-8", "replace"))
            self.is_word.append(not is_mark(term))
        return number

    def __missing__(self, token: str) -> int:
        numbers = tuple(map(self._number, terms_of(token, self._make)))
        if len(numbers) == 1:
            code = numbers[0]
        else:
            self.several.append(numbers)
            code = -len(self.several)
        self[token] = code
        return code

    def encode(self, tokens: list[str]) -> list[int]:
        return list(map(self.__getitem__, tokens))

    def expand(self, codes: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return term numbers for codes, and how many each of the consecutive runs of `sizes` codes has."""
        if not self.several:
            return codes, sizes
        counts = np.fromiter(map(len, self.several), np.int64, len(self.several))
        flat = np.fromiter(chain.from_iterable(self.several), np.int32)
        is_several = codes < 0
        which = -1 - codes[is_several]
        lengths = np.ones(len(codes), np.int64)
        lengths[is_several] = counts[which]
        ends = exclusive_sum(lengths)
        numbers = np.empty(int(ends[-1]), np.int32)
        numbers[ends[:-1][~is_several]] = codes[~is_several]
        numbers[ranges(ends[:-1][is_several], counts[which])] = flat[
            ranges(exclusive_sum(counts)[which], counts[which])
        ]
        return numbers, np.diff(ends[exclusive_sum(sizes)])


class _Numbers(dict[bytes, int]):
    """Number things in the order they come."""

    def __missing__(self, key: bytes) -> int:
        number = self[key] = len(self)
        return number


class WordBuffer:
    """Gather one analysed text field."""

    def __init__(self, field: FieldType, vocabulary: Vocabulary):
        self._field, self._vocabulary = field, vocabulary
        self._codes, self._docs, self._sizes = array("i"), array("i"), array("i")
        self._boosts: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._codes)

    def prepare(self, value: Any) -> list[int]:
        """Return the codes of a text, or of several as its paragraphs. Raise TypeError for anything else."""
        if isinstance(value, list | tuple):
            value = "\n\n".join(value)
        if not isinstance(value, str):
            raise TypeError(f"{value!r:.80} is not text")
        return self._vocabulary.encode(self._field.analyzer.split(value))

    def add(self, doc: int, codes: list[int], boost: float) -> None:
        if not codes:
            return
        self._codes.fromlist(codes)
        self._docs.append(doc)
        self._sizes.append(len(codes))
        if boost != 1.0:
            self._boosts[doc] = boost

    def finish(self, doc_count: int) -> FieldPostings | None:
        """Return the postings of everything added, or None when there was nothing."""
        if not len(self._codes):
            return None
        codes, sizes = self._vocabulary.expand(
            np.frombuffer(self._codes, np.int32), np.frombuffer(self._sizes, np.int32)
        )
        if not len(codes):
            return None
        docs = np.repeat(np.frombuffer(self._docs, np.int32), sizes)
        is_word = np.frombuffer(self._vocabulary.is_word, bool)[codes]
        positions = _positions(is_word, sizes)
        terms, ranks = _rank_terms(codes, self._vocabulary.terms)
        order = stable_argsort(ranks, len(terms))
        postings = _postings_of(terms, ranks[order], docs[order])
        postings.kind = "positions"
        postings.positions = positions[order].astype(smallest_uint(int(positions.max())))
        postings.position_starts = np.searchsorted(ranks[order], np.arange(len(terms) + 1)).astype(np.int64)
        self._weigh(postings, doc_count)
        _set_lengths(postings, self._field, doc_count)
        return postings

    def _weigh(self, postings: FieldPostings, doc_count: int) -> None:
        boost = self._field.format.field_boost
        if boost == 1.0 and not self._boosts:
            return
        factors = np.full(doc_count, boost)
        for doc, one in self._boosts.items():
            factors[doc] *= one
        postings.weights = (factors[postings.docs] * postings.counts_of(slice(None))).astype(np.float32)


class ItemBuffer:
    """Gather a field of any other type."""

    def __init__(self, field: FieldType, kind: str):
        self._field, self._kind = field, kind
        self._extract = extractor(field)
        self._numbers = _Numbers()
        self._codes, self._docs, self._counts = array("i"), array("i"), array("i")
        self._weights, self._positions = array("f"), array("i")

    def __len__(self) -> int:
        return len(self._codes)

    def prepare(self, value: Any) -> Items:
        return self._extract(self._field, value)

    def add(self, doc: int, items: Items, boost: float) -> None:
        self._codes.extend(map(self._numbers.__getitem__, items.terms))
        self._docs.extend([doc] * len(items.terms))
        self._counts.extend(items.counts)
        self._weights.extend(items.weights if boost == 1.0 else [weight * boost for weight in items.weights])
        self._positions.extend(items.positions)

    def finish(self, doc_count: int) -> FieldPostings | None:
        if not len(self._codes):
            return None
        codes, docs = np.frombuffer(self._codes, np.int32), np.frombuffer(self._docs, np.int32)
        counts = np.frombuffer(self._counts, np.int32)
        weights = np.frombuffer(self._weights, np.float32)
        terms, ranks = _rank_terms(codes, list(self._numbers))
        order = stable_argsort(ranks, len(terms))
        starts = np.searchsorted(ranks[order], np.arange(len(terms) + 1)).astype(np.int64)
        postings = FieldPostings(self._kind, terms, starts, docs[order])
        if (counts != 1).any():
            postings.counts = counts[order].astype(smallest_uint(int(counts.max())))
        if not np.array_equal(weights, counts):
            postings.weights = weights[order]
        if self._kind == "positions":
            positions = np.frombuffer(self._positions, np.int32)
            chosen = positions[ranges(exclusive_sum(counts)[:-1][order], counts[order])]
            postings.positions = chosen.astype(smallest_uint(int(chosen.max(initial=0))))
            postings.position_starts = exclusive_sum(counts[order])[starts]
        _set_lengths(postings, self._field, doc_count)
        return postings


def stable_argsort(keys: np.ndarray, limit: int) -> np.ndarray:
    """Sort keys 0..limit-1 stably, wider ones in two passes: NumPy's radix sort takes 16 bits."""
    if limit <= 1 << 16:
        return np.argsort(keys.astype(np.uint16), kind="stable")
    order = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    return order[np.argsort((keys[order] >> 16).astype(np.uint16), kind="stable")]


def _rank_terms(codes: np.ndarray, terms: list[bytes]) -> tuple[Terms, np.ndarray]:
    """Return the used terms in order, and for each code the rank of its term."""
    used = np.flatnonzero(np.bincount(codes, minlength=len(terms)))
    names = [terms[number] for number in used.tolist()]
    in_order = sorted(range(len(names)), key=names.__getitem__)
    rank_of = np.zeros(len(terms), np.int32)
    rank_of[used[in_order]] = np.arange(len(used), dtype=np.int32)
    return Terms.of(names[number] for number in in_order), rank_of[codes]


def _positions(is_word: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Number the words of each document from 0; a mark has the number of the word after it."""
    before = np.cumsum(is_word) - is_word
    firsts = exclusive_sum(sizes)[:-1]
    return (before - np.repeat(before[firsts], sizes)).astype(np.int32)


def _postings_of(terms: Terms, ranks: np.ndarray, docs: np.ndarray) -> FieldPostings:
    """Fold sorted occurrences into postings with counts."""
    is_first = np.ones(len(ranks), bool)
    is_first[1:] = (ranks[1:] != ranks[:-1]) | (docs[1:] != docs[:-1])
    firsts = np.flatnonzero(is_first)
    counts = np.diff(firsts, append=len(ranks))
    starts = np.searchsorted(ranks[firsts], np.arange(len(terms) + 1)).astype(np.int64)
    most = int(counts.max())
    return FieldPostings(
        "", terms, starts, docs[firsts], None if most == 1 else counts.astype(smallest_uint(most))
    )


def _set_lengths(postings: FieldPostings, field: FieldType, doc_count: int) -> None:
    if not field.scorable:
        return
    counts = np.broadcast_to(postings.counts_of(slice(None)), postings.docs.shape)
    lengths = np.bincount(postings.docs, weights=counts, minlength=doc_count).astype(np.int64)
    postings.lengths, postings.total_length = length_bytes(lengths), int(lengths.sum())
