"""What costs stock Whoosh seconds or minutes is answered or refused with a sentence."""

import time

import pytest
from whoosh import query as wq

from archive.search.engines.whoosh.limits import Budget
from archive.search.engines.whoosh.queries import Near
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.errors import QueryTooCostly

from .corpora import create, text_schema, write


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    index = create(tmp_path_factory.mktemp("limits"), text_schema())
    write(index, [{"id": str(n), "text": f"alfa w{n} word{n % 3}"} for n in range(300)])
    return Snapshot.open(index.storage.folder)


def w(text):
    return wq.Term("text", text)


def nested(levels):
    query = w("alfa")
    for _ in range(levels):
        query = wq.And([query, w("alfa")])
    return query


@pytest.mark.parametrize(
    ("query", "budget"),
    [
        (wq.Or([w(f"w{n}") for n in range(2000)]), {}),
        (nested(500), {}),
        (wq.Not(nested(5000)), {"max_clauses": None}),
        (wq.Wildcard("text", "*w*"), {"max_terms": 100}),
        (wq.FuzzyTerm("text", "w1", maxdist=5), {"max_terms": 100}),
        (wq.And([wq.Wildcard("text", "*1"), wq.Wildcard("text", "*2")]), {"max_terms": 50}),
        (wq.Prefix("text", "w"), {"max_postings": 100}),
        (Near(wq.Prefix("text", "w"), w("alfa"), 5), {"max_postings": 100}),
        (w("alfa"), {"max_seconds": 0.0}),
    ],
    ids=["1,000 words", "brackets", "deep", "stars", "fuzzy", "sum of stars", "prefix", "near", "time"],
)
def test_costly_query_is_refused_with_a_sentence(snapshot, query, budget):
    with pytest.raises(QueryTooCostly, match=r"^This search .*\.$"):
        snapshot.search(query, budget=Budget(**budget))


class SlowForWhoosh(wq.Term):
    """A query that is unknown here, so that Whoosh's own matcher answers it, and takes its time."""

    def matcher(self, searcher, context=None):
        time.sleep(0.1)
        return super().matcher(searcher, context)


def test_time_is_limited_in_the_matchers_of_whoosh_too(snapshot):
    assert snapshot.search(SlowForWhoosh("text", "alfa")).total == 300
    with pytest.raises(QueryTooCostly):
        snapshot.search(SlowForWhoosh("text", "alfa"), budget=Budget(max_seconds=0.05))


def test_limits_hold_for_filters_and_counts_too(snapshot):
    for name in ("filters", "count"):
        with pytest.raises(QueryTooCostly):
            snapshot.search(w("alfa"), **{name: [nested(500)]})


@pytest.mark.parametrize(
    ("query", "total"),
    [
        (wq.Wildcard("text", "*a*"), 300),
        (wq.FuzzyTerm("text", "alfa", maxdist=5), 300),
        (wq.Or([w(f"w{n}") for n in range(900)]), 300),
        (w("\x00"), 0),
        (w("\ud800"), 0),
        (wq.Prefix("text", "\ud800"), 0),
        (wq.FuzzyTerm("text", "\ud800\x00"), 0),
        (wq.Wildcard("text", "[[[*"), 0),
        (w("x" * 60_000), 0),
        (wq.FuzzyTerm("text", "x" * 60_000, maxdist=2), 0),
        (wq.Phrase("text", ["alfa"] * 1000), 0),
    ],
    ids=str,
)
def test_odd_queries_are_answered(snapshot, query, total):
    assert snapshot.search(query).total == total
