"""Words of the index that are kin to a word of a question: Jamaican to Jamaica, federal to fed.

Stemming joins the endings of grammar; what is left apart are words made from others, and words that headlines
cut short. They never make a document a hit: they only lift one that is.
"""

from itertools import takewhile
from typing import Any, Final

import numpy as np

from .arrays import exclusive_sum
from .evaluate import Run
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
    low, kin = _kin_of(run, field, term)
    if not kin.any():
        return counts
    postings = run.segment.field(field)
    found, owners, firsts = _occurrences(postings, low, len(kin), docs)
    chosen = kin[owners]
    found, firsts = found[chosen], firsts[chosen]
    span = slice(int(postings.starts[low]), int(postings.starts[low + len(kin)]))
    times = np.broadcast_to(postings.counts_of(span), span.stop - span.start)[found]
    having = postings.docs[span][found]
    weights = times + texts.first_weights(having, postings.positions[firsts])
    np.add.at(counts, np.searchsorted(docs, having), weights)
    return counts


def _kin_of(run: Run, field: str, term: str) -> tuple[int, np.ndarray]:
    """Return the number of a first term and, of it and those that follow it, which are kin."""
    cache = run.segment.cache.setdefault("kindred", {})
    known = cache.get((field, term))
    if known is None:
        if len(cache) >= _MOST_REMEMBERED:
            cache.clear()
        known = cache[field, term] = _find_kin(run.segment.field(field), term, run.doc_count)
    return known


def _find_kin(postings: FieldPostings, term: str, doc_count: int) -> tuple[int, np.ndarray]:
    nothing = 0, np.zeros(0, bool)
    if not (term.isascii() and term.isalpha() and len(term) >= SHORTENED_LETTERS.start):
        return nothing
    number = postings.find(term.encode())
    if number >= 0 and postings.doc_frequency(number) > doc_count * COMMON_SHARE:
        return nothing
    low, high = postings.terms.prefix_range(term[:SHARED_LETTERS].encode())
    if int(postings.starts[high]) - int(postings.starts[low]) > MOST_POSTINGS:
        return nothing
    others = [other.decode("utf-8", "replace") for other in postings.terms.between(low, high)]
    kin = (other != term and other.isalpha() and are_kin(term, other) for other in others)
    return low, np.fromiter(kin, bool, len(others))


def _occurrences(
    postings: FieldPostings, low: int, count: int, docs: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where `docs` are among the postings of neighbouring terms: index, term, first place of each."""
    starts = postings.starts[low : low + count + 1].astype(np.int64)
    span = slice(int(starts[0]), int(starts[-1]))
    every = postings.docs[span]
    at = np.searchsorted(docs, every)
    at[at == len(docs)] = 0
    found = np.flatnonzero(docs[at] == every)
    owners = np.searchsorted(starts - starts[0], found, "right") - 1
    counts = np.broadcast_to(postings.counts_of(span), len(every))
    firsts = exclusive_sum(counts)[found] + int(postings.position_starts[low])
    return found, owners, firsts
