"""Gather the terms of many documents in flat arrays and sort them into postings at the end.

Words go in as numbers, one list a document; nothing is kept per posting. `WordBuffer` takes fields with an
analyser of ours straight from their tokens, `ItemBuffer` takes whatever a Whoosh field type yields.
"""

from array import array
from itertools import chain
from typing import Any, Final

import numpy as np
from whoosh.fields import FieldType

from .arrays import exclusive_sum, ranges, smallest_uint
from .items import Items, extractor
from .lexicon import Lexicon, Numbers
from .postings import length_bytes
from .segments import FieldPostings
from .terms import Terms

# Values of a field that are not extracted again: sections, years
_MEMO_VALUES: Final = 2_000
_MEMO_CHARS: Final = 100


class WordBuffer:
    """Gather one analysed text field."""

    def __init__(self, field: FieldType, lexicon: Lexicon):
        self._field, self._lexicon = field, lexicon
        self._codes: list[array] = []
        self._docs = array("i")
        self._boosts: dict[int, float] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def prepare(self, value: Any) -> array:
        """Return the tokens of a text, or of several as its paragraphs. Raise TypeError for anything else."""
        if isinstance(value, list | tuple):
            value = "\n\n".join(value)
        if not isinstance(value, str):
            raise TypeError(f"{value!r:.80} is not text")
        return self._lexicon.tokens.encode(value)

    def add(self, doc: int, codes: array, boost: float) -> None:
        if not codes:
            return
        self._codes.append(codes)
        self._docs.append(doc)
        self._size += len(codes)
        if boost != 1.0:
            self._boosts[doc] = boost

    def finish(self, doc_count: int) -> FieldPostings | None:
        """Return the postings of everything added, or None when there was nothing."""
        if not self._size:
            return None
        vocabulary = self._lexicon.vocabulary(self._field.analyzer)
        sizes = np.fromiter(map(len, self._codes), np.int64, len(self._codes))
        codes, sizes = vocabulary.expand(np.frombuffer(b"".join(self._codes), np.int32), sizes)
        if not len(codes):
            return None
        docs = np.repeat(np.frombuffer(self._docs, np.int32), sizes)
        positions = _positions(vocabulary.is_word[codes], sizes)
        terms, ranks = _rank_terms(codes, vocabulary.terms, vocabulary.in_order)
        order = stable_argsort(ranks, len(terms))
        position_starts = exclusive_sum(np.bincount(ranks, minlength=len(terms)))
        postings = _postings_of(terms, position_starts, docs[order])
        postings.kind, postings.position_starts = "positions", position_starts
        postings.positions = positions.astype(smallest_uint(int(positions.max())))[order]
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
        self._memo: dict[str | int, Items] = {}
        self._terms: list[list[bytes]] = []
        self._counts: dict[int, list[int]] = {}
        self._weights: dict[int, list[float]] = {}
        self._positions: list[list[int]] = []
        self._docs = array("i")
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def prepare(self, value: Any) -> Items:
        # by type: 1.0 and True equal 1, and may mean something else to a field
        is_short = type(value) is int or (type(value) is str and len(value) <= _MEMO_CHARS)
        if not is_short:
            return self._extract(self._field, value)
        items = self._memo.get(value)
        if items is None:
            items = self._extract(self._field, value)
            if len(self._memo) < _MEMO_VALUES:
                self._memo[value] = items
        return items

    def add(self, doc: int, items: Items, boost: float) -> None:
        if boost != 1.0:
            items = items._replace(weights=items.weights_with(boost))
        if items.counts is not None:
            self._counts[len(self._terms)] = items.counts
        if items.weights is not None:
            self._weights[len(self._terms)] = items.weights
        if items.positions is not None:
            self._positions.append(items.positions)
        self._terms.append(items.terms)
        self._docs.append(doc)
        self._size += len(items.terms)

    def finish(self, doc_count: int) -> FieldPostings | None:
        if not self._size:
            return None
        numbers = Numbers()
        found = map(numbers.__getitem__, chain.from_iterable(self._terms))
        codes = np.fromiter(found, np.int32, self._size)
        sizes = np.fromiter(map(len, self._terms), np.int64, len(self._terms))
        docs = np.repeat(np.frombuffer(self._docs, np.int32), sizes)
        counts = _with_exceptions(np.ones(self._size, np.int32), self._counts, sizes)
        weights = _with_exceptions(counts.astype(np.float32), self._weights, sizes)
        names = list(numbers)
        in_order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int32)
        terms, ranks = _rank_terms(codes, names, in_order)
        order = stable_argsort(ranks, len(terms))
        starts = np.searchsorted(ranks[order], np.arange(len(terms) + 1)).astype(np.int64)
        postings = FieldPostings(self._kind, terms, starts, docs[order])
        if (counts != 1).any():
            postings.counts = counts[order].astype(smallest_uint(int(counts.max())))
        if not np.array_equal(weights, counts):
            postings.weights = weights[order]
        if self._kind == "positions":
            positions = np.fromiter(chain.from_iterable(self._positions), np.int32)
            chosen = positions[ranges(exclusive_sum(counts)[:-1][order], counts[order])]
            postings.positions = chosen.astype(smallest_uint(int(chosen.max(initial=0))))
            postings.position_starts = exclusive_sum(counts[order])[starts]
        _set_lengths(postings, self._field, doc_count)
        return postings


def _with_exceptions(values: np.ndarray, exceptions: dict[int, list], sizes: np.ndarray) -> np.ndarray:
    """Replace the values of some runs; `exceptions` by the number of the run, `sizes` of all runs."""
    if exceptions:
        runs = np.fromiter(exceptions, np.int64, len(exceptions))
        places = ranges(exclusive_sum(sizes)[runs], sizes[runs])
        values[places] = np.fromiter(chain.from_iterable(exceptions.values()), values.dtype, len(places))
    return values


def stable_argsort(keys: np.ndarray, limit: int) -> np.ndarray:
    """Sort keys 0..limit-1 stably, wider ones in two passes: NumPy's radix sort takes 16 bits."""
    if limit <= 1 << 16:
        return np.argsort(keys.astype(np.uint16), kind="stable")
    order = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    return order[np.argsort((keys[order] >> 16).astype(np.uint16), kind="stable")]


def _rank_terms(codes: np.ndarray, names: list[bytes], in_order: np.ndarray) -> tuple[Terms, np.ndarray]:
    """Return the used terms in order, and for each code the rank of its term; `in_order`: all, sorted."""
    is_used = np.bincount(codes, minlength=len(names)) > 0
    used = in_order[is_used[in_order]]
    rank_of = np.zeros(len(names), np.int32)
    rank_of[used] = np.arange(len(used), dtype=np.int32)
    return Terms.of(map(names.__getitem__, used.tolist())), rank_of[codes]


def _positions(is_word: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Number the words of each document from 0; a mark has the number of the word after it."""
    before = np.cumsum(is_word, dtype=np.int32) - is_word
    firsts = exclusive_sum(sizes)[:-1]
    return before - np.repeat(before[firsts], sizes)


def _postings_of(terms: Terms, starts: np.ndarray, docs: np.ndarray) -> FieldPostings:
    """Fold occurrences into postings with counts; term t has the documents at starts[t]..starts[t+1]-1."""
    is_first = np.ones(len(docs), bool)
    np.not_equal(docs[1:], docs[:-1], out=is_first[1:])
    is_first[starts[:-1]] = True
    firsts = np.flatnonzero(is_first)
    counts = np.diff(firsts, append=len(docs))
    most = int(counts.max())
    return FieldPostings(
        "",
        terms,
        np.searchsorted(firsts, starts),
        docs[firsts],
        None if most == 1 else counts.astype(smallest_uint(most)),
    )


def _set_lengths(postings: FieldPostings, field: FieldType, doc_count: int) -> None:
    if not field.scorable:
        return
    counts = np.broadcast_to(postings.counts_of(slice(None)), postings.docs.shape)
    lengths = np.bincount(postings.docs, weights=counts, minlength=doc_count).astype(np.int64)
    postings.lengths, postings.total_length = length_bytes(lengths), int(lengths.sum())
