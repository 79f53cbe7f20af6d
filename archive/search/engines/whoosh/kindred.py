"""Words of the index that are kin to a word of a question: Jamaican to Jamaica, federal to fed.

Stemming joins the endings of grammar; what is left apart are words made from others, and words that headlines
cut short. They never make a document a hit: they only lift one that is.
"""

from itertools import takewhile
from typing import Any, Final

import numpy as np

from .arrays import exclusive_sum, ranges
from .evaluate import Run
from .matches import contained
from .segments import FieldPostings

SHARED_LETTERS: Final = 4
# Letters that may be left on the longer word, when exactly so many letters or more are shared.
_MOST_LEFT: Final = {SHARED_LETTERS: 2}
_MOST_LEFT_OF_LONG: Final = 3
SHORTENED_LETTERS: Final = range(3, 7)
MOST_POSTINGS: Final = 500_000
# Words in more of the documents (the, said) have no kin worth looking for.
COMMON_SHARE: Final = 1 / 4
_MOST_REMEMBERED: Final = 5_000


def are_kin(word: str, other: str) -> bool:
    """Tell whether two stems share all but a little of their beginning, or the first cuts the other short."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    if shared == len(word) and len(word) in SHORTENED_LETTERS:
        return True
    left = max(len(word), len(other)) - shared
    return shared >= SHARED_LETTERS and left <= _MOST_LEFT.get(shared, _MOST_LEFT_OF_LONG)


def kindred_weights(run: Run, field: str, term: str, docs: np.ndarray, texts: Any) -> np.ndarray:
    """Return how much kindred words count in each of a few documents, those in its first line more.

    `texts` weighs places (`ranking.Places`).
    """
    counts = np.zeros(len(docs))
    kin = _kin_of(run, field, term)
    if not len(kin):
        return counts
    postings = run.segment.field(field)
    found, firsts = _occurrences(postings, kin, docs, run.doc_count)
    having = postings.docs[found]
    weights = postings.counts_of(found) + texts.first_weights(having, postings.positions[firsts])
    np.add.at(counts, np.searchsorted(docs, having), weights)
    return counts


def _kin_of(run: Run, field: str, term: str) -> np.ndarray:
    """Return the numbers of the terms that are kin to one, ascending."""
    cache = run.segment.cache.setdefault("kindred", {})
    known = cache.get((field, term))
    if known is None:
        if len(cache) >= _MOST_REMEMBERED:
            cache.clear()
        known = cache[field, term] = _find_kin(run.segment.field(field), term, run.doc_count)
    return known


def _find_kin(postings: FieldPostings, term: str, doc_count: int) -> np.ndarray:
    nothing = np.zeros(0, np.int64)
    if not (term.isascii() and term.isalpha() and len(term) >= SHORTENED_LETTERS.start):
        return nothing
    number = postings.find(term.encode())
    if number >= 0 and postings.doc_frequency(number) > doc_count * COMMON_SHARE:
        return nothing
    low, high = postings.terms.prefix_range(term[:SHARED_LETTERS].encode())
    if int(postings.starts[high]) - int(postings.starts[low]) > MOST_POSTINGS:
        return nothing
    others = (other.decode("utf-8", "replace") for other in postings.terms.between(low, high))
    kin = (other != term and other.isalpha() and are_kin(term, other) for other in others)
    return np.flatnonzero(np.fromiter(kin, bool, high - low)) + low


def _occurrences(
    postings: FieldPostings, terms: np.ndarray, docs: np.ndarray, doc_count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the postings of terms that are of `docs`, and where the first position of each stands."""
    lengths = postings.starts[terms + 1] - postings.starts[terms]
    every = ranges(postings.starts[terms], lengths)
    found = np.flatnonzero(contained(docs, postings.docs[every], doc_count))
    before = exclusive_sum(np.broadcast_to(postings.counts_of(every), len(every)))
    term_starts = exclusive_sum(lengths)
    owners = np.searchsorted(term_starts, found, "right") - 1
    firsts = postings.position_starts[terms[owners]] + before[found] - before[term_starts[owners]]
    return every[found], firsts
