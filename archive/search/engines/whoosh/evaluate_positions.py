"""Evaluate queries about the places of words: phrases, nearness, same sentence, at least n times.

A place is one int64: document number in the upper half, word position in the lower. Places of one query in
one segment are ascending, so phrases and distances are sorted lookups over all documents at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from whoosh import query as wq

from archive.search.errors import UnsupportedLookup

from .analysis import CAPS_MARK, PARAGRAPH_BREAK, SENTENCE_BREAK
from .arrays import common, distinct, ranges, without_repeats
from .evaluate import Run, evaluate, handles, sum_of
from .evaluate_terms import expand, term_bytes, term_matches
from .folding import fold
from .matches import NOTHING, Matches, indices_in, intersect
from .queries import AtLeast, Near, PositionQuery, SameParagraph, SameSentence, WrittenAs
from .segments import NO_DOCS, FieldPostings

_SHIFT: Final = 32
_POSITION: Final = (1 << _SHIFT) - 1
_NO_PLACES: Final = np.zeros(0, np.int64)


@dataclass
class Spans:
    """Hold where something occurs: first and last place of each occurrence, ascending by the first."""

    starts: np.ndarray
    ends: np.ndarray

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def docs(self) -> np.ndarray:
        """Return the document number of each occurrence, repeated."""
        return (self.starts >> _SHIFT).astype(np.int32)

    @classmethod
    def sorted(cls, starts: np.ndarray, ends: np.ndarray) -> "Spans":
        order = np.lexsort((ends, starts))
        starts, ends = starts[order], ends[order]
        first = np.ones(len(starts), bool)
        first[1:] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])
        return cls(starts[first], ends[first])


NO_SPANS: Final = Spans(_NO_PLACES, _NO_PLACES)


def places(run: Run, field: str, term: bytes | None) -> np.ndarray:
    """Return the places of a term."""
    postings = run.segment.field(field)
    index = postings.find(term) if postings else -1
    return _NO_PLACES if index < 0 else _places_of(postings, index, run)


def _places_of(postings: FieldPostings, index: int, run: Run, within: np.ndarray | None = None) -> np.ndarray:
    """Return the places of a term by its number; `within`: at least those in these of its documents."""
    if postings.positions is None:
        raise UnsupportedLookup("This field does not record the places of words.")
    where = None
    if within is not None and len(within) * 4 < postings.doc_frequency(index):
        where = indices_in(postings.docs[postings.span(index)], within, run.doc_count)
    docs, positions = postings.term_positions(index, where)
    run.meter.spend_postings(len(positions))
    found = docs.astype(np.int64)
    found <<= _SHIFT
    found |= positions
    return found


# Phrases ----------------------------------------------------------------------------------------------------


def phrase_places(query: wq.Phrase, run: Run) -> Spans:
    """Return where a phrase occurs; with slop, each word at most `slop` places after the one before."""
    postings = run.segment.field(query.fieldname)
    terms = [term_bytes(run, query.fieldname, word) for word in query.words]
    numbers = [postings.find(term) for term in terms] if postings else []
    if not numbers or min(numbers) < 0:
        return NO_SPANS
    rarest, *others = sorted(set(numbers), key=postings.doc_frequency)
    docs = postings.docs[postings.span(rarest)]
    for number in others:
        docs = intersect(docs, postings.docs[postings.span(number)], run.doc_count)
    run.meter.spend_postings(sum(map(postings.doc_frequency, numbers)))
    if not len(docs):
        return NO_SPANS
    find = _adjacent if query.slop == 1 else _sloppy
    return find(postings, numbers, docs, query.slop, run)


def _adjacent(postings: FieldPostings, numbers: list[int], docs: np.ndarray, slop: int, run: Run) -> Spans:
    """Begin with the rarest word and look up the others at their offsets from it."""
    order = sorted(range(len(numbers)), key=lambda offset: postings.doc_frequency(numbers[offset]))
    starts = None
    for offset in order:
        found = _places_of(postings, numbers[offset], run, docs)
        if offset:  # a phrase that would begin before its document would begin in the one before
            found = found[(found & _POSITION) >= offset] - offset
        starts = found if starts is None else common(starts, found)
        if not len(starts):
            return NO_SPANS
        docs = intersect(docs, without_repeats((starts >> _SHIFT).astype(np.int32)), run.doc_count)
    return Spans(starts, starts + len(numbers) - 1)


def _sloppy(postings: FieldPostings, numbers: list[int], docs: np.ndarray, slop: int, run: Run) -> Spans:
    first = _places_of(postings, numbers[0], run, docs)
    spans = Spans(first, first)
    for number in numbers[1:]:
        following = _places_of(postings, number, run, docs)
        spans = _after(spans, Spans(following, following), slop, run)
    return spans


@handles(wq.Phrase)
def evaluate_phrase(query: wq.Phrase, run: Run) -> Matches:
    if query.fieldname not in run.schema:
        return NOTHING
    docs = without_repeats(phrase_places(query, run).docs)
    if not len(docs):
        return NOTHING
    words = [term_bytes(run, query.fieldname, word) for word in query.words]
    parts = [term_matches(run, query.fieldname, word) for word in words]
    return sum_of(parts, docs, run.doc_count).scaled(query.boost)


# Occurrences of any query -----------------------------------------------------------------------------------


def occurrences(query: Any, run: Run) -> Spans:
    """Return where a query occurs. Raise UnsupportedLookup for queries that have no place (not, dates)."""
    finder = _FINDERS.get(type(query))
    if finder is None:
        raise UnsupportedLookup("Only words, phrases and their alternatives can be near each other.")
    run.meter.check_time()
    return finder(query, run)


def _term_occurrences(query: wq.Term, run: Run) -> Spans:
    found = places(run, query.fieldname, term_bytes(run, query.fieldname, query.text))
    return Spans(found, found)


def _written_occurrences(query: WrittenAs, run: Run) -> Spans:
    """Return where a word is written so: the places of its mark; of a plain word, those without one."""
    field, word = query.fieldname, fold(query.text)
    if word != query.text:
        return _term_occurrences(wq.Term(field, CAPS_MARK + query.text), run)
    found = places(run, field, term_bytes(run, field, word))
    postings = run.segment.field(field)
    if len(found):
        for term in _variants(postings, word):
            found = found[~np.isin(found, places(run, field, term), assume_unique=True)]
    return Spans(found, found)


def _variants(postings: FieldPostings, word: str) -> list[bytes]:
    """Return the marks of a folded word's other forms: capitals, accents."""
    terms, mark, variants = postings.terms, CAPS_MARK.encode(), []
    beginnings = {word[:1].encode(), word[:1].upper().encode()}
    ranges_ = [terms.prefix_range(mark + beginning) for beginning in beginnings]
    ranges_.append(
        (terms.lower_bound(mark + b"\x80"), terms.prefix_range(mark)[1])
    )  # not ASCII: may be accents
    for low, high in ranges_:
        marks = terms.between(low, high)
        variants += [term for term in marks if fold(term[len(mark) :].decode("utf-8", "replace")) == word]
    return variants


def _pattern_occurrences(query: Any, run: Run) -> Spans:
    field = query.field()
    postings = run.segment.field(field)
    found = [places(run, field, postings.terms[int(term)]) for term in expand(query, run)]
    joined = distinct(np.concatenate(found)) if found else _NO_PLACES
    return Spans(joined, joined)


def _or_occurrences(query: wq.Or, run: Run) -> Spans:
    found = [spans for part in query.subqueries if len(spans := occurrences(part, run))]
    if len(found) < 2:
        return found[0] if found else NO_SPANS
    return Spans.sorted(np.concatenate([s.starts for s in found]), np.concatenate([s.ends for s in found]))


def _after(a: Spans, b: Spans, distance: int, run: Run) -> Spans:
    """Return all pairs in which b begins 1..distance places after the end of a."""
    low = np.searchsorted(b.starts, a.ends + 1)
    high = np.searchsorted(b.starts, a.ends + distance, "right")
    lengths = np.maximum(high - low, 0)
    run.meter.spend_postings(int(lengths.sum()))
    if not lengths.any():
        return NO_SPANS
    return Spans.sorted(np.repeat(a.starts, lengths), b.ends[ranges(low, lengths)])


def _near_occurrences(query: Near, run: Run) -> Spans:
    a, b = (occurrences(part, run) for part in query.parts)
    if not len(a) or not len(b):
        return NO_SPANS
    found = [_after(a, b, query.distance, run)]
    if not query.ordered:
        found.append(_after(b, a, query.distance, run))
    return Spans.sorted(np.concatenate([s.starts for s in found]), np.concatenate([s.ends for s in found]))


def _first_field(query: Any) -> str:
    while not query.is_leaf():
        query = next(iter(query.children()))
    return query.field()


def _unit_occurrences(query: PositionQuery, run: Run) -> Spans:
    """Return the occurrences of all parts that share a sentence or paragraph with every other part.

    A break has the place of the word after it. Breaks up to a place, plus its document's number, number the
    unit: the sum grows from each unit to the next, also across documents.
    """
    mark = PARAGRAPH_BREAK if isinstance(query, SameParagraph) else SENTENCE_BREAK
    breaks = places(run, _first_field(query), mark.encode())
    found, units, shared = [], [], None
    for part in query.parts:
        spans = occurrences(part, run)
        first, last = (np.searchsorted(breaks, edge, "right") for edge in (spans.starts, spans.ends))
        whole = first == last  # a phrase across the end of a sentence is in neither
        spans, unit = Spans(spans.starts[whole], spans.ends[whole]), (first + (spans.starts >> _SHIFT))[whole]
        shared = without_repeats(unit) if shared is None else common(shared, without_repeats(unit))
        if not len(shared):
            return NO_SPANS
        found.append(spans)
        units.append(unit)
    keep = [np.isin(unit, shared) for unit in units]
    starts = np.concatenate([s.starts[k] for s, k in zip(found, keep, strict=True)])
    ends = np.concatenate([s.ends[k] for s, k in zip(found, keep, strict=True)])
    return Spans.sorted(starts, ends)


_FINDERS: Final[dict[type, Callable[[Any, Run], Spans]]] = {
    wq.Term: _term_occurrences,
    WrittenAs: _written_occurrences,
    wq.Or: _or_occurrences,
    wq.Phrase: phrase_places,
    wq.Prefix: _pattern_occurrences,
    wq.Wildcard: _pattern_occurrences,
    wq.FuzzyTerm: _pattern_occurrences,
    Near: _near_occurrences,
    SameSentence: _unit_occurrences,
    SameParagraph: _unit_occurrences,
}


@handles(Near, SameSentence, SameParagraph)
def evaluate_places(query: PositionQuery, run: Run) -> Matches:
    docs = without_repeats(occurrences(query, run).docs)
    return sum_of([evaluate(part, run) for part in query.parts], docs, run.doc_count).scaled(query.boost)


@handles(WrittenAs)
def evaluate_written(query: WrittenAs, run: Run) -> Matches:
    word = fold(query.text)
    if word != query.text:
        return evaluate(wq.Term(query.fieldname, CAPS_MARK + query.text, boost=query.boost), run)
    docs = without_repeats(_written_occurrences(query, run).docs)
    return sum_of([evaluate(wq.Term(query.fieldname, word), run)], docs, run.doc_count).scaled(query.boost)


@handles(AtLeast)
def evaluate_at_least(query: AtLeast, run: Run) -> Matches:
    inner = query.parts[0]
    if isinstance(inner, wq.Term):
        docs = _frequent(inner, query.minimum, run)
    else:
        spans = occurrences(inner, run)
        counts = np.bincount(spans.docs, minlength=run.doc_count)
        docs = np.flatnonzero(counts >= max(query.minimum, 1)).astype(np.int32)
    return sum_of([evaluate(inner, run)], docs, run.doc_count).scaled(query.boost)


def _frequent(term: wq.Term, minimum: int, run: Run) -> np.ndarray:
    """Return the documents with enough occurrences of one term, from its counts alone."""
    postings = run.segment.field(term.fieldname)
    encoded = term_bytes(run, term.fieldname, term.text)
    index = postings.find(encoded) if postings else -1
    if index < 0:
        return NO_DOCS
    span = postings.span(index)
    return postings.docs[span][
        np.broadcast_to(postings.counts_of(span) >= np.int64(minimum), span.stop - span.start)
    ]
