"""The score of a document for the words of a question.

Each word counts by how telling it is and how prominently it stands (see prominence.py), all its occurrences
within one saturation, as in BM25F. The best documents are then looked at closely, for what would cost too
much to ask of all: kindred words, forms as they were typed, and neighbours of the question that are near each
other. Measured in docs/benchmarks/relevance.md.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from .evaluate import Run
from .kindred import kindred_weights
from .matches import EVERYWHERE, contained, mask_of
from .prominence import Places, distances
from .schema import WRITTEN_SUFFIX
from .segments import NO_DOCS, SCORING_LENGTH_OF_BYTE

K1: Final = 1.2
B: Final = 0.4
# Rare words tell more, but among many stories not as much more as BM25 has it.
IDF_POWER: Final = 0.75
HEADLINE_FACTOR: Final = 1.5
_TITLED_FACTORS: Final = np.array([1.0, HEADLINE_FACTOR])
# So many documents are looked at closely, and what they can gain by it.
BEST_DOCUMENTS: Final = 200
KINDRED: Final = 0.2
WRITTEN: Final = 0.05
NEIGHBOURS: Final = 0.2
# A word of more than so many times the documents that are scored is looked up in those alone.
_FEW_TIMES: Final = 8


class Word(NamedTuple):
    """A word of a question: its term, and how it was typed, folded ("" if that is not known)."""

    term: str
    form: str = ""


class Scorer:
    """Score documents of one segment by words of one field."""

    def __init__(self, field: str, words: Sequence[Word], run: Run):
        self.field, self.words, self.run = field, words, run
        self.postings = run.segment.field(field)
        self.texts = Places.of(run, field)
        self.encoded = [run.schema[field].to_bytes(word.term) for word in words]
        self.idfs = [self._idf(term) for term in self.encoded]
        average = run.statistics.average_length(field)
        self.damping = K1 * (1 - B + B * SCORING_LENGTH_OF_BYTE / average)

    def _idf(self, term: bytes) -> float:
        documents = self.run.statistics.doc_frequency(self.field, term)
        return np.log1p((self.run.statistics.doc_count - documents + 0.5) / (documents + 0.5)) ** IDF_POWER

    def scores(self, docs: np.ndarray) -> np.ndarray:
        """Return the score of each of `docs`, ascending."""
        self.run.meter.check_time()
        total, table = np.zeros(len(docs)), None
        for term, idf in zip(self.encoded, self.idfs, strict=True):
            index = self.postings.find(term)
            having = self.postings.docs[self.postings.span(index)] if index >= 0 else NO_DOCS
            self.run.meter.spend_postings(len(having))
            if len(docs) * _FEW_TIMES < len(having):
                there, found = _shared(docs, having, self.run)
                total[there] += idf * self._saturated(docs[there], *self.texts.weights(index, found))
            elif (found := self._all_among(docs, having)) is not None:
                weights, titled = self.texts.weights(index)
                total += idf * self._saturated(docs, weights[found], titled[found])
            elif len(having):
                table = np.zeros(self.run.doc_count) if table is None else table
                table[having] += idf * self._saturated(having, *self.texts.weights(index))
        if table is not None:
            total += table.take(docs)
        if len(docs) <= BEST_DOCUMENTS:
            return total + self._lift(docs)
        best = np.sort(np.argpartition(-total, BEST_DOCUMENTS)[:BEST_DOCUMENTS])
        total[best] += self._lift(docs[best])
        return total

    def _all_among(self, docs: np.ndarray, having: np.ndarray) -> slice | np.ndarray | None:
        """Return where all of `docs` are in `having`; None if some are not."""
        if len(docs) > len(having) or not len(docs):
            return None
        if len(docs) == len(having):
            return EVERYWHERE if np.array_equal(docs, having) else None
        found = np.flatnonzero(mask_of(docs, self.run.doc_count).take(having))
        return found if len(found) == len(docs) else None

    def _saturated(self, docs: np.ndarray, weights: np.ndarray, titled: np.ndarray) -> np.ndarray:
        # `take` gathers in a third of the time of square brackets (NumPy 2.4)
        damping = self.damping.take(self.postings.lengths.take(docs))
        damping += weights
        saturated = np.divide(weights * (K1 + 1), damping, out=damping)
        saturated *= _TITLED_FACTORS.take(titled.view(np.uint8))
        return saturated

    def _lift(self, docs: np.ndarray) -> np.ndarray:
        """Return what kindred words, forms as typed and neighbours add to the scores of a few documents."""
        lift, before = np.zeros(len(docs)), (np.zeros(0, np.int64), 0.0)
        for word, term, idf in zip(self.words, self.encoded, self.idfs, strict=True):
            weights, titled, found = self._look_closely(term, docs)
            more = KINDRED * kindred_weights(self.run, self.field, word.term, docs, self.texts)
            more += WRITTEN * self._times_written(word, docs)
            plain = self._saturated(docs, weights, titled)
            lift += idf * (self._saturated(docs, weights + more, titled) - plain)
            lift += NEIGHBOURS * (idf + before[1]) / 2 / distances(before[0], found, len(docs))
            before = found, idf
        return lift

    def _look_closely(self, term: bytes, docs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return a word's weights, whose headlines have it, and its places: index into `docs`, position."""
        weights, titled = np.zeros(len(docs)), np.zeros(len(docs), bool)
        index = self.postings.find(term)
        if index < 0:
            return weights, titled, np.zeros(0, np.int64)
        there, found = _shared(docs, self.postings.docs[self.postings.span(index)], self.run)
        positions, counts = self.texts.occurrences(index, found)
        weights[there], titled[there] = self.texts.weigh(docs[there], positions, counts)
        return weights, titled, (np.repeat(there, counts) << 32) | positions.astype(np.int64)

    def _times_written(self, word: Word, docs: np.ndarray) -> np.ndarray:
        """Return how often a word is written as it was typed."""
        times = np.zeros(len(docs))
        postings = self.run.segment.field(self.field + WRITTEN_SUFFIX)
        index = postings.find(word.form.encode()) if postings and word.form else -1
        if index >= 0:
            span = postings.span(index)
            there, found = _shared(docs, postings.docs[span], self.run)
            times[there] = np.broadcast_to(postings.counts_of(span), span.stop - span.start)[found]
        return times


def _shared(docs: np.ndarray, having: np.ndarray, run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Return where the documents common to both are in the one and in the other; both ascending."""
    there = np.flatnonzero(contained(having, docs, run.doc_count))
    return there, np.searchsorted(having, docs[there])
