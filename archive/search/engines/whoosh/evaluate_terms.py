"""Evaluate queries for terms, patterns of terms, ranges and everything."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist
from whoosh import fields as whoosh_fields
from whoosh import query as wq
from whoosh.util.numeric import to_sortable

from .analysis import WordAnalyzer
from .arrays import distinct, ranges
from .evaluate import HANDLERS, TESTS, Run, handles
from .matches import NOTHING, Matches, contained, mask_of
from .segments import FieldPostings
from .terms import Terms

_SCAN_CHECK_TERMS: Final = 8192


def term_bytes(run: Run, field: str, text: Any) -> bytes | None:
    """Return a term as the index keeps it, or None when the field cannot hold it."""
    if field not in run.schema:
        return None
    try:
        return run.schema[field].to_bytes(text)
    except (ValueError, TypeError, OverflowError):
        return None


def term_matches(run: Run, field: str, term: bytes | None) -> Matches:
    postings = run.segment.field(field)
    index = postings.find(term) if postings else -1
    if index < 0:
        return NOTHING
    span = postings.span(index)
    run.meter.spend_postings(span.stop - span.start)

    def score(where: Any) -> np.ndarray | float:
        if isinstance(where, slice):
            chosen = span if where == slice(None) else slice(*_shifted(where, span))
        else:
            chosen = where + span.start
        factors = run.statistics.score(field, postings, chosen)
        return factors if postings.lengths is None else run.statistics.idf(field, term) * factors

    return Matches(postings.docs[span], score)


def _shifted(where: slice, span: slice) -> tuple[int, int, int]:
    start, stop, step = where.indices(span.stop - span.start)
    return start + span.start, stop + span.start, step


@handles(wq.Term)
def evaluate_term(query: wq.Term, run: Run) -> Matches:
    return term_matches(run, query.fieldname, term_bytes(run, query.fieldname, query.text)).scaled(
        query.boost
    )


@handles(wq.Every)
def evaluate_every(query: wq.Every, run: Run) -> Matches:
    if query.fieldname is None:
        return Matches.constant(run.segment.all_docs, query.boost)
    postings = run.segment.field(query.fieldname)
    if postings is None:
        return NOTHING
    docs = np.flatnonzero(mask_of(postings.docs, run.doc_count)).astype(np.int32)
    return Matches.constant(docs, query.boost)


# Expanding patterns to terms --------------------------------------------------------------------------------


def expand(query: wq.MultiTerm, run: Run) -> np.ndarray:
    """Return the numbers of the terms a pattern stands for in the segment, ascending."""
    field = query.field()
    postings = run.segment.field(field)
    if postings is None:
        return np.zeros(0, np.int64)
    if isinstance(query, wq.Prefix):
        prefix = term_bytes(run, field, query.text)
        found = np.arange(*(postings.terms.prefix_range(prefix) if prefix is not None else (0, 0)))
    elif isinstance(query, wq.TermRange):
        found = _expand_range(query, run, postings)
    else:
        choose = _within_distance if isinstance(query, wq.FuzzyTerm) else _matching_pattern
        found = choose(query, run, postings)
        run.meter.spend_terms(len(found))
    if len(found) and found[0] == 0 and postings.terms[0] == b"":
        found = found[1:]  # Whoosh's multi-term queries skip the empty term
    return found


def _expand_range(query: wq.TermRange, run: Run, postings: FieldPostings) -> np.ndarray:
    terms, low, high = postings.terms, 0, len(postings.terms)
    if query.start is not None:
        start = term_bytes(run, query.fieldname, query.start)
        if start is None:
            return np.zeros(0, np.int64)
        low = terms.lower_bound(start)
        low += bool(query.startexcl and low < len(terms) and terms[low] == start)
    if query.end is not None:
        end = term_bytes(run, query.fieldname, query.end)
        if end is None:
            return np.zeros(0, np.int64)
        high = terms.lower_bound(end)
        high += bool(not query.endexcl and high < len(terms) and terms[high] == end)
    return np.arange(low, high)


def _first_word(run: Run, field: str, postings: FieldPostings) -> int:
    """Return the number of the first term that is no mark, which patterns must not find."""
    has_marks = isinstance(getattr(run.schema[field], "analyzer", None), WordAnalyzer)
    return postings.terms.lower_bound(b" ") if has_marks else 0


def _candidates(run: Run, field: str, postings: FieldPostings, prefix: str) -> tuple[int, int]:
    encoded = term_bytes(run, field, prefix) if prefix else b""
    if encoded is None:
        return 0, 0
    low, high = postings.terms.prefix_range(encoded)
    return max(low, _first_word(run, field, postings)), high


def _matching_pattern(query: wq.PatternQuery, run: Run, postings: FieldPostings) -> np.ndarray:
    field = query.fieldname
    matches = re.compile(query._get_pattern()).match
    from_bytes = run.schema[field].from_bytes
    low, high = _candidates(run, field, postings, query._find_prefix(query.text))
    found = []
    for start in range(low, high, _SCAN_CHECK_TERMS):
        run.meter.check_time()
        part = postings.terms.between(start, min(start + _SCAN_CHECK_TERMS, high))
        for index, term in enumerate(part, start):
            if matches(from_bytes(term)):
                found.append(index)
    return np.array(found, np.int64)


def _within_distance(query: wq.FuzzyTerm, run: Run, postings: FieldPostings) -> np.ndarray:
    low, high = _candidates(run, query.fieldname, postings, query.text[: query.prefixlength])
    found = []
    for numbers, _ in iter_near(
        postings.terms, low, high, query.text, query.maxdist, scorer=Levenshtein.distance
    ):
        run.meter.check_time()
        found.append(numbers)
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def iter_near(
    terms: Terms, low: int, high: int, wanted: str, distance: int, *, scorer: Callable
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield numbers and distances of near terms among low..high-1, after each few thousand looked at."""
    # UTF-8 takes one to four bytes a character, so only far too short or long terms are left out by their
    # bytes
    lengths = terms.lengths(low, high)
    fitting = (lengths >= len(wanted) - distance) & (lengths <= 4 * (len(wanted) + distance))
    numbers = np.flatnonzero(fitting) + low
    for start in range(0, len(numbers), _SCAN_CHECK_TERMS):
        chosen = numbers[start : start + _SCAN_CHECK_TERMS]
        texts = [terms[index].decode("utf-8", "replace") for index in chosen.tolist()]
        distances = cdist([wanted], texts, scorer=scorer, score_cutoff=distance, dtype=np.uint16)[0]
        near = distances <= distance
        yield chosen[near], distances[near]


@handles(wq.Prefix, wq.Wildcard, wq.Regex, wq.FuzzyTerm, wq.TermRange)
def evaluate_multi_term(query: Any, run: Run) -> Matches:
    """Evaluate as Whoosh does: one term stands for itself without the boost, several for an OR of them."""
    if (isinstance(query, wq.Prefix) and query.text == "") or (
        isinstance(query, wq.Wildcard) and query.text == "*"
    ):
        return evaluate_every(wq.Every(query.fieldname, boost=query.boost), run)
    field = query.field()
    if field not in run.schema:
        return NOTHING
    if isinstance(query, wq.FuzzyTerm) and run.schema[field].separate_spelling():
        return run.fallback(query)
    terms = expand(query, run)
    if not len(terms):
        return NOTHING
    if len(terms) == 1:
        return term_matches(run, field, run.segment.field(field).terms[int(terms[0])])
    return any_of_terms(run, field, terms).scaled(query.boost)


def any_of_terms(run: Run, field: str, terms: np.ndarray) -> Matches:
    """Return documents with any of many terms (ascending numbers), scored with the sum of their scores."""
    postings = run.segment.field(field)
    starts = postings.starts[terms]
    lengths = postings.starts[terms + 1] - starts
    run.meter.spend_postings(int(lengths.sum()))
    if int(terms[-1]) - int(terms[0]) + 1 == len(terms):
        where: slice | np.ndarray = slice(int(starts[0]), int(starts[-1] + lengths[-1]))
    else:
        where = ranges(starts, lengths)
    every = postings.docs[where]
    if len(every) * 16 < run.doc_count:
        docs = distinct(every)
    else:
        docs = np.flatnonzero(mask_of(every, run.doc_count)).astype(np.int32)

    def score(chosen: Any) -> np.ndarray:
        values = run.statistics.score(field, postings, where)
        if postings.lengths is not None:
            values = values * np.repeat(run.statistics.idfs(field, postings, terms), lengths)
        elif isinstance(values, float):
            values = np.full(len(every), values)
        return np.bincount(every, weights=values, minlength=run.doc_count)[docs[chosen]]

    return Matches(docs, score)


# Ranges of numbers and dates --------------------------------------------------------------------------------


def label_range(query: wq.NumericRange, run: Run) -> tuple[int, int]:
    """Return low, high such that the field's labels low..high-1 are in the range."""
    kind = run.schema[query.fieldname]
    if not isinstance(kind, whoosh_fields.NUMERIC):
        raise wq.QueryError(f"{query.fieldname} is not numeric")
    columns = run.segment.columns(query.fieldname)
    if columns is None:
        return 0, 0
    terms, labels = run.segment.field(query.fieldname).terms, columns.label_count

    def bound(value: Any, shift: bool) -> int:
        """Return how many labels are below the value, or below the one after it."""
        number = to_sortable(kind.numtype, kind.bits, kind.signed, kind.prepare_number(value)) + bool(shift)
        if number >= 1 << kind.bits:
            return labels
        return min(labels, terms.lower_bound(b"\0" + max(number, 0).to_bytes(kind.bits // 8, "big")))

    low = 0 if query.start is None else bound(query.start, query.startexcl)
    high = labels if query.end is None else bound(query.end, not query.endexcl)
    return low, max(low, high)


@handles(wq.NumericRange, wq.DateRange)
def evaluate_numeric_range(query: wq.NumericRange, run: Run) -> Matches:
    if not query.constantscore:
        return run.fallback(query)
    if query.fieldname not in run.schema:
        return NOTHING
    low, high = label_range(query, run)
    if low == high:
        return NOTHING
    postings = run.segment.field(query.fieldname)
    every = postings.docs[int(postings.starts[low]) : int(postings.starts[high])]
    if len(every) * 16 < run.doc_count:
        docs = distinct(every)
    else:
        docs = np.flatnonzero(mask_of(every, run.doc_count)).astype(np.int32)
    return Matches.constant(docs, query.boost)


def test_numeric_range(query: wq.NumericRange, run: Run, docs: np.ndarray) -> np.ndarray:
    """Say which of `docs` have a value in the range."""
    columns = run.segment.columns(query.fieldname) if query.fieldname in run.schema else None
    if columns is None or not query.constantscore or len(columns.extra_docs) or columns.ordinals.shape[1] > 1:
        return contained(HANDLERS[type(query)](query, run).docs, docs, run.doc_count)
    low, high = label_range(query, run)
    ordinals = columns.ordinals[docs, 0]
    return (ordinals >= low) & (ordinals < high)


TESTS[wq.NumericRange] = TESTS[wq.DateRange] = test_numeric_range
