"""Gather the terms of many documents in flat arrays and sort them into postings at the end.

Words go in as numbers, one list a document; nothing is kept per posting. `WordBuffer` takes fields with an
analyser of ours straight from their tokens, `ItemBuffer` takes whatever a Whoosh field type yields.
"""

from array import array
from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np
from whoosh.fields import FieldType

from .analysis import WordAnalyzer, is_mark, split, terms_of
from .arrays import exclusive_sum, ranges, smallest_uint
from .items import Items, extractor
from .postings import length_bytes
from .segments import FieldPostings
from .terms import Terms


class Numbers(dict[Any, int]):
    """Number things in the order they come."""

    def __missing__(self, key: Any) -> int:
        number = self[key] = len(self)
        return number


class Tokens:
    """Number the distinct tokens of all texts; what terms they are is asked once, at the end."""

    def __init__(self) -> None:
        self.numbers = Numbers()
        self._last: tuple[str, list[int]] = ("", [])

    def encode(self, text: str) -> list[int]:
        """Return the numbers of a text's tokens. A text and its exact companion come one after the other."""
        if text is not self._last[0]:
            self._last = text, list(map(self.numbers.__getitem__, split(text)))
        return self._last[1]


class Vocabulary:
    """Number the terms that one analyser makes of tokens."""

    def __init__(self, tokens: Tokens, analyzer: WordAnalyzer):
        numbers = Numbers()
        made = [terms_of(token, analyzer.make) for token in tokens.numbers]
        self._counts = np.fromiter(map(len, made), np.int64, len(made))
        self._firsts = exclusive_sum(self._counts)
        self._flat = np.fromiter(map(numbers.__getitem__, chain.from_iterable(made)), np.int32)
        self.terms = [term.encode("utf-8", "replace") for term in numbers]
        self.is_word = np.fromiter((not is_mark(term) for term in numbers), bool, len(numbers))

    def expand(self, tokens: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the term numbers of tokens, and how many each consecutive run of `sizes` tokens has."""
        counts = self._counts[tokens]
        ends = exclusive_sum(counts)
        return self._flat[ranges(self._firsts[tokens], counts)], np.diff(ends[exclusive_sum(sizes)])


class WordBuffer:
    """Gather one analysed text field."""

    def __init__(self, field: FieldType, tokens: Tokens, vocabulary: Callable[[WordAnalyzer], Vocabulary]):
        """`vocabulary` gives the vocabulary of an analyser when all tokens are known."""
        self._field, self._tokens, self._vocabulary = field, tokens, vocabulary
        self._codes, self._docs, self._sizes = array("i"), array("i"), array("i")
        self._boosts: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._codes)

    def prepare(self, value: Any) -> list[int]:
        """Return the tokens of a text, or of several as its paragraphs. Raise TypeError for anything else."""
        if isinstance(value, list | tuple):
            value = "\n\n".join(value)
        if not isinstance(value, str):
            raise TypeError(f"{value!r:.80} is not text")
        return self._tokens.encode(value)

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
        vocabulary = self._vocabulary(self._field.analyzer)
        codes, sizes = vocabulary.expand(
            np.frombuffer(self._codes, np.int32), np.frombuffer(self._sizes, np.int32)
        )
        if not len(codes):
            return None
        docs = np.repeat(np.frombuffer(self._docs, np.int32), sizes)
        is_word = vocabulary.is_word[codes]
        positions = _positions(is_word, sizes)
        terms, ranks = _rank_terms(codes, vocabulary.terms)
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
        self._numbers = Numbers()
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
