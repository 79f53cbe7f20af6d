"""Where in a document a word stands, and what that is worth.

A document's text begins with its headline as a paragraph of its own, so places tell headline, beginning and
body apart. News copy says at once what it is about: a word at the very beginning counts eleven times one far
below, and what it gains halves every five words. Where a word stands first counts once more, and fades
slowly: a story that has all words in its first paragraphs is more about them than one that has some of them
often. Nothing is kept for it but the positions.
"""

from typing import Final, NamedTuple

import numpy as np

from .analysis import PARAGRAPH_BREAK
from .arrays import exclusive_sum, ranges
from .evaluate import Run
from .segments import FieldPostings, sums_before

FIRST_LINE_TIMES: Final = 10.0
HALVED_EVERY_WORDS: Final = 5
HEADLINE_TIMES: Final = 15.0
# What the first place of a word is worth beside all its occurrences, at the very beginning.
FIRST_PLACE: Final = 1.0
FIRST_PLACE_HALVED_EVERY_WORDS: Final = 60
# How near neighbours have to be.
NEAR_WORDS: Final = 3

_EARLY_WORDS: Final = 48
_FIRST_PLACES: Final = 500
_LONGEST_HEADLINE_WORDS: Final = 64
# First for places in the headline, then by the number of words before in the body, last for all later ones.
_LIFTS: Final = np.array(
    [HEADLINE_TIMES, *(FIRST_LINE_TIMES * 0.5 ** (np.arange(_EARLY_WORDS) / HALVED_EVERY_WORDS)), 0.0],
    np.float32,
)
_FIRST_PLACE_WORTH: Final = np.array(
    [FIRST_PLACE, *(FIRST_PLACE * 0.5 ** (np.arange(_FIRST_PLACES) / FIRST_PLACE_HALVED_EVERY_WORDS)), 0.0],
    np.float32,
)
# Beyond all places, with room to count from
_FAR: Final = np.array([1 << 62])


class Weights(NamedTuple):
    """What a word counts in some documents.

    `times` is how often it occurs, prominent places counted as many; `first` what its first place is worth;
    `titled` tells which headlines have it.
    """

    times: np.ndarray
    first: np.ndarray
    titled: np.ndarray


class Places:
    """Weigh occurrences in one field of a segment by their places."""

    def __init__(self, postings: FieldPostings, doc_count: int):
        self.postings = postings
        # The number of words in each headline.
        self.body_starts = np.zeros(doc_count, np.int32)
        index = postings.terms.find(PARAGRAPH_BREAK.encode())
        if index >= 0:
            docs, positions = postings.term_positions(index)
            first = np.ones(len(docs), bool)
            first[1:] = docs[1:] != docs[:-1]
            self.body_starts[docs[first]] = positions[first]
        self.body_starts.clip(max=_LONGEST_HEADLINE_WORDS, out=self.body_starts)

    @classmethod
    def of(cls, run: Run, field: str) -> "Places":
        """Return those of a field, made once a segment."""
        made = run.segment.cache.get(("places", field))
        if made is None:
            made = run.segment.cache[("places", field)] = cls(run.segment.field(field), run.doc_count)
        return made

    def weights(self, index: int, where: np.ndarray | None = None) -> Weights:
        """Return the weights of each posting of a term, or of those at `where`."""
        docs = self.postings.docs[self.postings.span(index)]
        if where is not None:
            return self.weigh(docs[where], *self.occurrences(index, where))
        return self.weigh(docs, *self.occurrences(index))

    def occurrences(self, index: int, where: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return the positions of a term, and how many each posting has (of those at `where`)."""
        postings = self.postings
        span = postings.span(index)
        counts = postings.counts_of(span)
        if postings.counts is None:
            counts = np.broadcast_to(counts, span.stop - span.start)
        every = slice(int(postings.position_starts[index]), int(postings.position_starts[index + 1]))
        positions = postings.positions[every]
        if where is None:
            return positions, counts
        starts, counts = sums_before(counts, where), counts[where]
        return positions[ranges(starts, counts)], counts

    def weigh(self, docs: np.ndarray, positions: np.ndarray, counts: np.ndarray) -> Weights:
        """Return the weights of documents for the positions of a term."""
        if not len(docs):
            return Weights(np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, bool))
        firsts = exclusive_sum(counts)[:-1]
        body_starts = self.body_starts.take(docs)
        before = _words_before(positions, body_starts.repeat(counts))
        first = before.take(firsts)
        times = np.add.reduceat(_worth(_LIFTS, before), firsts)
        times += counts
        return Weights(times, _worth(_FIRST_PLACE_WORTH, first), first < 0)

    def first_weights(self, docs: np.ndarray, positions: np.ndarray) -> np.ndarray:
        """Return what the places of single occurrences are worth, one a document."""
        return _worth(_LIFTS, _words_before(positions, self.body_starts.take(docs)))


def _words_before(positions: np.ndarray, body_starts: np.ndarray) -> np.ndarray:
    """Return how many words of the body come before places; below 0 in the headline."""
    return positions.astype(np.int32) - body_starts


def _worth(table: np.ndarray, before: np.ndarray) -> np.ndarray:
    # Indices outside mean the headline and all later places; one call instead of three.
    return table.take(before + 1, mode="clip")


def distances(a: np.ndarray, b: np.ndarray, doc_count: int) -> np.ndarray:
    """Return for each document how near two words come to each other; infinite where that is far.

    Both are ascending places, document above and position below.
    """
    nearest = np.full(doc_count, np.inf)
    if len(a) and len(b):
        following = np.searchsorted(b, a)
        around = np.concatenate((-_FAR, b, _FAR))
        apart = np.minimum(a - around.take(following), around.take(following + 1) - a)
        # Places in two documents are far from each other; 0 is a word and itself.
        close = np.flatnonzero((apart > 0) & (apart <= NEAR_WORDS))
        np.minimum.at(nearest, a.take(close) >> 32, apart.take(close))
    return nearest
