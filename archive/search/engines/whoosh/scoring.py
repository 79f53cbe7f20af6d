"""The score of a document for the words of a question.

Each word counts by how telling it is and how prominently it stands (see prominence.py), all its occurrences
within one saturation, as in BM25F. The best documents are then looked at closely, for what would cost too
much to ask of all: kindred words, words that copy has where headlines have another, forms as they were typed,
and neighbours of the question that are near each other. Measured in docs/benchmarks/relevance.md.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from .evaluate import Run
from .headlinese import alike
from .kindred import COMMON_SHARE, kindred_weights
from .matches import EVERYWHERE, contained, mask_of
from .prominence import Places, Weights, distances
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
KINDRED: Final = 0.3
ALIKE: Final = 0.8
WRITTEN: Final = 0.05
NEIGHBOURS: Final = 0.2
# What the commonest words (the, of, said) are worth is kept: most questions have one, and they cost most.
_COMMON_SHARE: Final = 1 / 16
_MOST_REMEMBERED: Final = 24
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
        self.average = run.statistics.average_length(field)
        self.damping = K1 * (1 - B + B * SCORING_LENGTH_OF_BYTE / self.average)
        self.common = run.segment.cache.setdefault(("worths", field), {})

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
                total[there] += idf * self._worth(docs[there], self.texts.weights(index, found))
            elif (found := self._all_among(docs, having)) is not None:
                total += idf * self._worths(index, having)[found]
            elif len(having):
                table = np.zeros(self.run.doc_count) if table is None else table
                table[having] += idf * self._worths(index, having)
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

    def _worths(self, index: int, having: np.ndarray) -> np.ndarray:
        """Return what a word is worth in all documents that have it; kept if they are many."""
        key = index, self.average
        worths = self.common.get(key)
        if worths is None:
            worths = self._worth(having, self.texts.weights(index))
            if len(having) > self.run.doc_count * _COMMON_SHARE:
                if len(self.common) >= _MOST_REMEMBERED:
                    self.common.clear()
                self.common[key] = worths
        return worths

    def _worth(self, docs: np.ndarray, weights: Weights) -> np.ndarray:
        """Return what a word of rarity 1 adds to the score of documents."""
        # `take` gathers in a third of the time of square brackets (NumPy 2.4)
        damping = self.damping.take(self.postings.lengths.take(docs))
        damping += weights.times
        worth = np.divide(weights.times * (K1 + 1), damping, out=damping)
        worth += weights.first
        worth *= _TITLED_FACTORS.take(weights.titled.view(np.uint8))
        return worth

    def _lift(self, docs: np.ndarray) -> np.ndarray:
        """Return what words like those asked for, forms as typed and neighbours add to a few scores."""
        lift, before = np.zeros(len(docs)), (np.zeros(0, np.int64), 0.0)
        for word, term, idf in zip(self.words, self.encoded, self.idfs, strict=True):
            weights, found = self._look_closely(term, docs)
            more = KINDRED * kindred_weights(self.run, self.field, word.term, docs, self.texts)
            more += WRITTEN * self._times_written(word, docs)
            plain = self._worth(docs, weights)
            raised = self._worth(docs, weights._replace(times=weights.times + more))
            missing = np.flatnonzero(weights.times == 0)
            raised[missing] = np.maximum(raised[missing], self._worth_alike(word, docs[missing], idf))
            lift += idf * (raised - plain)
            lift += NEIGHBOURS * (idf + before[1]) / 2 / distances(before[0], found, len(docs))
            before = found, idf
        return lift

    def _worth_alike(self, word: Word, docs: np.ndarray, idf: float) -> np.ndarray | float:
        """Return what the words are worth that news uses for the same; one that is commoner tells less."""
        found = [each for other in alike(word.term) if (each := self._found_alike(other.encode(), docs, idf))]
        if not found:
            return 0.0
        there, positions, counts, shares = map(np.concatenate, zip(*found, strict=True))
        weights = self.texts.weigh(docs[there], positions, counts)
        times = np.bincount(there, weights.times * shares, len(docs))
        titled = np.zeros(len(docs), bool)
        titled[there[weights.titled]] = True
        return ALIKE * self._worth(docs, Weights(times, np.zeros(len(docs)), titled))

    def _found_alike(self, term: bytes, docs: np.ndarray, idf: float) -> tuple[np.ndarray, ...]:
        """Return which of `docs` have a term, its positions, their numbers, and how much each counts."""
        index, statistics = self.postings.find(term), self.run.statistics
        if index < 0 or statistics.doc_frequency(self.field, term) > statistics.doc_count * COMMON_SHARE:
            return ()
        there, found = _shared(docs, self.postings.docs[self.postings.span(index)], self.run)
        if not len(there):
            return ()
        share = min(1.0, self._idf(term) / idf)
        return there, *self.texts.occurrences(index, found), np.full(len(there), share)

    def _look_closely(self, term: bytes, docs: np.ndarray) -> tuple[Weights, np.ndarray]:
        """Return the weights of a word, and its places: index into `docs` above, position below."""
        weights = Weights(np.zeros(len(docs)), np.zeros(len(docs)), np.zeros(len(docs), bool))
        index = self.postings.find(term)
        if index < 0:
            return weights, np.zeros(0, np.int64)
        there, found = _shared(docs, self.postings.docs[self.postings.span(index)], self.run)
        positions, counts = self.texts.occurrences(index, found)
        for every, those in zip(weights, self.texts.weigh(docs[there], positions, counts), strict=True):
            every[there] = those
        return weights, (np.repeat(there, counts) << 32) | positions.astype(np.int64)

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
