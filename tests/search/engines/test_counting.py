"""However values are counted, the answer is that of a loop over the documents."""

import datetime
from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query as wq

from archive.search.engines.whoosh import counting
from archive.search.engines.whoosh.counting import Facet
from archive.search.engines.whoosh.histograms import DateFacet
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.engines.whoosh.writer import FastWriter

from .corpora import create, plain_schema, write

FIRST = datetime.datetime(2019, 11, 3)
SEPARATOR = "\x1f"


def documents(count, choose, prefix):
    """Return documents with names of which some are frequent, and a few with more than a table has room for."""
    names = [f"name {number}" for number in range(60)]
    weights = [1 / number for number in range(1, 61)]
    for number in range(count):
        many, few = (25, True) if number % 40 == 7 else (choose.randint(0, 4), choose.random() < 0.01)
        words = [
            word for word, share in (("most", 0.9), ("half", 0.5), ("few", few)) if choose.random() < share
        ]
        yield {
            "id": f"{prefix}{number}",
            "text": " ".join(words),
            "names": SEPARATOR.join(dict.fromkeys(choose.choices(names, weights, k=many))),
            "number": number % 3,
            "date": FIRST + datetime.timedelta(days=choose.randrange(500)),
        }


@pytest.fixture(scope="module", params=["one segment", "several, with deletions"])
def archive(request, tmp_path_factory):
    """Return a snapshot and the documents that are in it."""
    choose = Random(5)
    index = create(tmp_path_factory.mktemp("counted"), plain_schema())
    kept = list(documents(400, choose, "a"))
    write(index, kept)
    if request.param != "one segment":
        more = list(documents(60, choose, "b"))
        write(index, more)
        kept = [document for document in (*kept, *more) if not document["id"].endswith("9")]
        with FastWriter(index) as writer:
            for document in more:
                if document["id"].endswith("9"):
                    writer.delete_by_term("id", document["id"])
            for number in range(9, 400, 10):
                writer.delete_by_term("id", f"a{number}")
    return Snapshot.open(index.storage.folder), kept


@pytest.fixture(params=["by rule", "few values first"])
def tried(request, monkeypatch):
    if request.param != "by rule":
        count_few_first(monkeypatch)


def count_few_first(monkeypatch):
    """Count the most frequent values first wherever that can be done, as in an archive of very many."""
    monkeypatch.setattr(counting, "_VALUE_POSTINGS", 0)
    monkeypatch.setattr(counting, "_TABLE_POSTINGS", 1_000)


def asked(word):
    return wq.Term("text", word) if word else wq.Every()


def having(documents, word):
    return [document for document in documents if not word or word in document["text"].split()]


@pytest.mark.parametrize("limit", [1, 5, 13, 59, 60, 200, None])
@pytest.mark.parametrize("word", ["", "most", "half", "few", "none"])
def test_most_frequent_values_are_those_of_a_loop(archive, tried, word, limit):
    snapshot, documents = archive
    names = Counter(
        name for d in having(documents, word) for name in filter(None, d["names"].split(SEPARATOR))
    )
    expected = sorted(names.items(), key=lambda row: (-row[1], row[0]))[:limit]
    assert snapshot.search(asked(word), facets=[Facet("names", limit)]).facets["names"] == expected


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    word=st.sampled_from(["", "most", "half", "few"]),
    gap=st.sampled_from(["year", "month", "day"]),
    start=st.none() | st.integers(-20, 520),
    end=st.none() | st.integers(-20, 520),
)
def test_periods_are_those_of_a_loop(archive, word, gap, start, end):
    snapshot, documents = archive
    start, end = (
        None if days is None else (FIRST + datetime.timedelta(days=days)).date() for days in (start, end)
    )
    days = Counter()
    for document in having(documents, word):
        day = document["date"].date()
        if (start is None or day >= start) and (end is None or day < end):
            days[day.replace(**{"year": {"month": 1, "day": 1}, "month": {"day": 1}, "day": {}}[gap])] += 1
    found = snapshot.search(asked(word), date_facets=[DateFacet("date", gap, start, end)])
    assert found.date_facets["date"] == sorted(days.items())


def test_values_are_counted_one_by_one_only_while_that_pays():
    frequencies = [40_000, 20_000, 10_000, 5_000, 2_500, 1_000, 0]
    upto = [40_000, 60_000, 70_000, 75_000, 77_500, 78_500, 78_500]
    frequent = counting.Frequent(range(6), [], frequencies, upto)
    # Three have to be counted: of half the documents, the second value has 10,000 or so.
    assert frequent.is_worth_trying(0.5, 2, 74_001)
    assert not frequent.is_worth_trying(0.5, 2, 74_000)
    assert not frequent.is_worth_trying(0.01, 2, 1_000_000)  # the last might still be among the first
    assert not frequent.is_worth_trying(0.5, 6, 1_000_000)  # there are no others


RARE = [(f"one {number}", False) for number in range(9)]


def test_rarer_value_that_ties_comes_in_its_order(tmp_path, monkeypatch):
    count_few_first(monkeypatch)
    named = [*(("zebra", n < 5) for n in range(9)), *[("ant", True)] * 5, *RARE]
    assert top_value(tmp_path, [named]) == [("ant", 5)]


def test_rarer_value_that_other_segments_have_too_comes_first(tmp_path, monkeypatch):
    count_few_first(monkeypatch)
    named = [*(("zebra", n < 5) for n in range(9)), *[("ant", True)] * 4, *RARE]
    assert top_value(tmp_path, [named, [("ant", True)] * 2]) == [("ant", 6)]


def top_value(folder, segments):
    """Return the most frequent value among matches; `segments` are (value, whether it matches) pairs."""
    index = create(folder / "index", plain_schema())
    for at, named in enumerate(segments):
        rows = enumerate(named)
        write(index, [{"id": f"{at}.{n}", "names": name, "text": "most" * hit} for n, (name, hit) in rows])
    snapshot = Snapshot.open(index.storage.folder)
    assert len(snapshot.segments) == len(segments)
    return snapshot.search(asked("most"), facets=[Facet("names", 1)]).facets["names"]
