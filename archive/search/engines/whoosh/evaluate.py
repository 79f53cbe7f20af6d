"""Evaluate Whoosh query trees over the arrays of one segment: dispatch, and the boolean queries.

Answers and scores are those of Whoosh's own matchers (its default union matcher, BM25F), with their quirks: a
compound query of one part ignores its boost, NOT inside AND adds 1.0, a "constant score" prefix is scored as
an OR of its terms. What has no handler here goes to `Run.fallback`, which asks Whoosh itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from whoosh import query as wq
from whoosh.fields import Schema
from whoosh.query.qcore import _NullQuery

from .limits import Meter
from .matches import EVERYWHERE, NOTHING, Matches, add_scores, contained, intersect, mask_of, union
from .segments import Segment
from .statistics import Statistics


@dataclass
class Run:
    """Carry what the evaluation of one search on one segment needs."""

    segment: Segment
    schema: Schema
    statistics: Statistics
    meter: Meter
    fallback: Callable[[Any], Matches]

    @property
    def doc_count(self) -> int:
        return self.segment.doc_count


Handler = Callable[[Any, Run], Matches]
Test = Callable[[Any, Run, np.ndarray], np.ndarray]
HANDLERS: dict[type, Handler] = {}
# queries that are cheaper to test on given documents than to evaluate, with the score they add
TESTS: dict[type, Test] = {}


def handles(*types: type) -> Callable[[Handler], Handler]:
    def register(function: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(types, function))
        return function

    return register


def evaluate(query: Any, run: Run) -> Matches:
    """Return what `query` matches in the run's segment, deleted documents included."""
    run.meter.check_time()
    handler = HANDLERS.get(type(query))
    return handler(query, run) if handler else run.fallback(query)


def fits(query: Any, run: Run, docs: np.ndarray) -> np.ndarray:
    """Say which of `docs` (ascending) a query matches; a range of dates is tested on them, not evaluated."""
    if _is_test(query):
        return TESTS[type(query)](query, run, docs)
    return contained(evaluate(query, run).docs, docs, run.doc_count)


@handles(_NullQuery)
def evaluate_null(query: Any, run: Run) -> Matches:
    return NOTHING


@handles(wq.And)
def evaluate_and(query: wq.And, run: Run) -> Matches:
    if len(query.subqueries) < 2:
        return _evaluate_single(query, run)
    parts, docs = [], None
    plain = [q for q in query.subqueries if not _is_test(q)]
    plain.sort(key=lambda q: type(q) is not wq.Term)  # terms are slices, so an empty one ends the work early
    for subquery in plain:
        part = evaluate(subquery, run)
        parts.append(part)
        docs = part.docs if docs is None else intersect(docs, part.docs, run.doc_count)
        if not len(docs):
            return NOTHING
    tests = [q for q in query.subqueries if _is_test(q)]
    if docs is None:
        parts = [evaluate(tests.pop(0), run)]
        docs = parts[0].docs
    constant = 0.0
    for subquery in tests:
        docs = docs[TESTS[type(subquery)](subquery, run, docs)]
        constant += test_score(subquery)
    return sum_of(parts, docs, run.doc_count, constant).scaled(query.boost)


def _is_test(query: Any) -> bool:
    return type(query) in TESTS and getattr(query, "constantscore", True)


def test_score(query: Any) -> float:
    """Return what a query of TESTS adds to the score of a document it matches."""
    return 1.0 if isinstance(query, wq.Not) else query.boost


def sum_of(parts: list[Matches], docs: np.ndarray, doc_count: int, constant: float = 0.0) -> Matches:
    """Return `docs`, each of which every part matches, scored with the sum of the parts."""

    def score(where: Any) -> np.ndarray | float:
        chosen = docs[where]
        return sum((part.score_of(chosen, doc_count) for part in parts), constant)

    return Matches(docs, score)


@handles(wq.Or)
def evaluate_or(query: wq.Or, run: Run) -> Matches:
    if query.scale:
        return run.fallback(query)
    if len(query.subqueries) < 2:
        return _evaluate_single(query, run)
    parts = [evaluate(subquery, run) for subquery in query.subqueries]
    run.meter.spend_postings(sum(map(len, parts)))
    if query.minmatch > 1:
        matched = np.zeros(run.doc_count, np.int32)
        for part in parts:
            matched[part.docs] += 1
        docs = np.flatnonzero(matched >= query.minmatch).astype(np.int32)
    else:
        docs = union([part.docs for part in parts], run.doc_count)
    return Matches(docs, lambda where: add_scores(parts, docs[where], run.doc_count)).scaled(query.boost)


def _evaluate_single(query: Any, run: Run) -> Matches:
    return evaluate(query.subqueries[0], run) if query.subqueries else NOTHING


@handles(wq.DisjunctionMax)
def evaluate_disjunction_max(query: wq.DisjunctionMax, run: Run) -> Matches:
    if len(query.subqueries) < 2:
        return _evaluate_single(query, run)
    parts = [evaluate(subquery, run) for subquery in query.subqueries]
    docs = union([part.docs for part in parts], run.doc_count)

    def score(where: Any) -> np.ndarray:
        best = np.full(run.doc_count, -np.inf)
        for part in parts:
            best[part.docs] = np.maximum(best[part.docs], part.score(EVERYWHERE))
        return best[docs[where]]

    return Matches(docs, score).scaled(query.boost)


@handles(wq.AndNot)
def evaluate_and_not(query: wq.AndNot, run: Run) -> Matches:
    wanted = evaluate(query.a, run)
    if not len(wanted):
        return NOTHING
    return wanted.keep(~contained(evaluate(query.b, run).docs, wanted.docs, run.doc_count))


@handles(wq.Require)
def evaluate_require(query: wq.Require, run: Run) -> Matches:
    scored = evaluate(query.a, run)
    if not len(scored):
        return NOTHING
    return scored.keep(contained(evaluate(query.b, run).docs, scored.docs, run.doc_count))


@handles(wq.AndMaybe)
def evaluate_and_maybe(query: wq.AndMaybe, run: Run) -> Matches:
    wanted, bonus = evaluate(query.a, run), evaluate(query.b, run)

    def score(where: Any) -> np.ndarray:
        docs = wanted.docs[where]
        total = np.zeros(len(docs)) + wanted.score(where)
        also = contained(bonus.docs, docs, run.doc_count)
        total[also] += bonus.score_of(docs[also], run.doc_count)
        return total

    return Matches(wanted.docs, score)


@handles(wq.Not)
def evaluate_not(query: wq.Not, run: Run) -> Matches:
    excluded = mask_of(evaluate(query.query, run).docs, run.doc_count)
    return Matches.constant(np.flatnonzero(~excluded).astype(np.int32), 1.0)


def test_not(query: wq.Not, run: Run, docs: np.ndarray) -> np.ndarray:
    return ~fits(query.query, run, docs)


TESTS[wq.Not] = test_not


@handles(wq.ConstantScoreQuery)
def evaluate_constant(query: wq.ConstantScoreQuery, run: Run) -> Matches:
    return Matches.constant(evaluate(query.child, run).docs, query.score)
