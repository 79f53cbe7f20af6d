"""Pages, orders, facets, histograms; snapshots that follow commits; threads."""

import datetime
import threading

import pytest
from whoosh import query as wq

from archive.search.engines.whoosh.counting import Facet
from archive.search.engines.whoosh.histograms import DateFacet
from archive.search.engines.whoosh.ordering import OrderKey
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.engines.whoosh.writer import FastWriter
from archive.search.errors import UnknownField

from .corpora import create, ids, matching, plain_schema, write


def day(text):
    return datetime.datetime.fromisoformat(text)


MADE = [
    {
        "id": "a",
        "text": "alfa",
        "title": "Delta",
        "number": 3,
        "date": day("2019-07-10T08:00"),
        "names": "Smith, John\x1fO'Neill",
    },
    {
        "id": "b",
        "text": "alfa alfa",
        "title": "bravo",
        "number": 1,
        "date": day("2019-07-10T20:00"),
        "names": "北京",
    },
    {
        "id": "c",
        "text": "alfa bravo",
        "title": "",
        "number": 3,
        "date": day("2020-02-29"),
        "names": 'the "Fox"\x1f北京',
    },
    {"id": "d", "text": "alfa", "number": -7, "names": "Smith, John"},
    {"id": "e", "text": "bravo", "title": "echo", "date": day("2019-12-31T23:59:59.999999")},
    {"id": "f", "text": "alfa", "title": "bravo", "number": 1, "date": day("2018-01-01")},
]


@pytest.fixture(scope="module", params=[6, 2, 1], ids=["one segment", "three segments", "six segments"])
def snapshot(request, tmp_path_factory):
    index = create(tmp_path_factory.mktemp("snapshot"), plain_schema())
    for start in range(0, 6, request.param):
        write(index, MADE[start : start + request.param])
    return Snapshot.open(index.storage.folder)


def ordered(snapshot, *keys, query=None, **options):
    order = [OrderKey(key.lstrip("-"), key.startswith("-")) for key in keys]
    return "".join(ids(snapshot, snapshot.search(query or wq.Every(), order=order, **options).docs))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["number"], "dbface"),
        (["-number"], "acbfde"),
        (["date"], "fabecd"),
        (["-date"], "cebafd"),
        (["number", "-date"], "dbfcae"),
        (["-number", "date"], "acfbde"),
        (["title"], "abfecd"),
        (["-title", "-number"], "ebfacd"),
        (["flag"], "abcdef"),
        (["id"], "abcdef"),
        (["-id"], "fedcba"),
    ],
)
def test_rows_come_in_the_order_of_the_keys_missing_last(snapshot, keys, expected):
    assert ordered(snapshot, *keys) == expected


@pytest.mark.parametrize("limit", [1, 2, 4, 10])
def test_pages_neither_repeat_nor_lose_rows(snapshot, limit):
    for keys in ([], ["number"], ["-title", "number"]):
        pages = [ordered(snapshot, *keys, offset=offset, limit=limit) for offset in range(0, 6, limit)]
        assert "".join(pages) == ordered(snapshot, *keys, limit=None)
        assert sorted("".join(pages)) == list("abcdef")


def test_offset_and_limit_are_real(snapshot):
    hits = snapshot.search(wq.Every(), offset=4, limit=3, order=[OrderKey("id")])
    assert (hits.total, ids(snapshot, hits.docs)) == (6, ["e", "f"])
    assert snapshot.search(wq.Every(), limit=0).docs.tolist() == []
    assert snapshot.search(wq.Every(), offset=99).docs.tolist() == []


def test_best_scores_come_first_and_equal_ones_in_document_order(snapshot):
    hits = snapshot.search(wq.Term("text", "alfa"))
    assert ids(snapshot, hits.docs)[0] == "b"
    assert ids(snapshot, hits.docs)[1:] == ["a", "d", "f", "c"]
    assert sorted(hits.scores.tolist(), reverse=True) == hits.scores.tolist()


def test_facets_are_exact_values_in_any_script(snapshot):
    hits = snapshot.search(wq.Every(), facets=["names", Facet("number", limit=1)])
    assert hits.facets["names"] == [("Smith, John", 2), ("北京", 2), ("O'Neill", 1), ('the "Fox"', 1)]
    assert hits.facets["number"] == [(1, 2)]


def test_facets_count_the_result_not_the_page(snapshot):
    hits = snapshot.search(wq.Term("text", "bravo"), limit=1, facets=["names"])
    assert hits.facets["names"] == [('the "Fox"', 1), ("北京", 1)]
    assert snapshot.search(wq.NullQuery, facets=["names"]).facets["names"] == []


@pytest.mark.parametrize(
    ("gap", "start", "end", "expected"),
    [
        ("year", None, None, {"2018-01-01": 1, "2019-01-01": 3, "2020-01-01": 1}),
        ("month", None, None, {"2018-01-01": 1, "2019-07-01": 2, "2019-12-01": 1, "2020-02-01": 1}),
        ("day", None, None, {"2018-01-01": 1, "2019-07-10": 2, "2019-12-31": 1, "2020-02-29": 1}),
        ("day", "2019-07-10", "2020-02-29", {"2019-07-10": 2, "2019-12-31": 1}),
    ],
)
def test_histogram_counts_periods(snapshot, gap, start, end, expected):
    edges = [datetime.date.fromisoformat(edge) if edge else None for edge in (start, end)]
    rows = snapshot.search(wq.Every(), date_facets=[DateFacet("date", gap, *edges)]).date_facets["date"]
    assert {str(period): count for period, count in rows} == expected


def test_first_rows_of_everything_stay_those_of_their_order(snapshot):
    for _ in range(2):
        assert ordered(snapshot, "number", limit=2) == "db"
        assert ordered(snapshot, "-number", limit=2) == "ac"
        assert ordered(snapshot, "-number", offset=1, limit=2) == "cb"
        assert ordered(snapshot, "-number", query=wq.Term("text", "bravo"), limit=2) == "ce"


def test_filters_narrow_without_scoring_and_counts_stay_within(snapshot):
    alfa, narrow = wq.Term("text", "alfa"), wq.Term("names", "Smith, John")
    hits = snapshot.search(
        alfa, filters=[narrow], count=[wq.Term("text", "bravo"), wq.NumericRange("number", 0, 9)]
    )
    assert ids(snapshot, hits.docs) == ["a", "d"]
    assert hits.counts == [0, 1]
    plain = dict(zip(*(part.tolist() for part in _rows(snapshot.search(alfa))), strict=True))
    assert hits.scores.tolist() == [plain[doc] for doc in hits.docs.tolist()]


def _rows(hits):
    return hits.docs, hits.scores


def test_values_come_from_the_arrays(snapshot):
    docs = [snapshot.find_docs("id", key)[0] for key in "ade"]
    assert snapshot.values(docs, "id") == ["a", "d", "e"]
    assert snapshot.values(docs, "number") == [3, -7, None]


def test_unknown_fields_are_named(snapshot):
    for options in ({"facets": ["nofield"]}, {"order": [OrderKey("nofield")]}):
        with pytest.raises(UnknownField, match="nofield"):
            snapshot.search(wq.Every(), **options)


def test_terms_and_frequencies_are_those_of_all_segments(snapshot):
    assert list(snapshot.terms("text")) == [(b"alfa", 5), (b"bravo", 2)]
    assert list(snapshot.terms("text", b"b")) == [(b"bravo", 2)]
    assert snapshot.doc_frequency("text", "alfa") == 5


# Commits ---------------------------------------------------------------------------------------------------------


def test_new_snapshot_shares_old_segments_and_sees_new_deletions(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, MADE)
    old = Snapshot.open(tmp_path)
    with FastWriter(index, snapshot=old) as writer:
        writer.delete_by_term("id", "a")
        writer.update_document(id="b", text="charlie")
    new = Snapshot.open(tmp_path, previous=old)
    assert new.segments[0] is old.segments[0]
    assert matching(old, wq.Term("text", "alfa")) == ["a", "b", "c", "d", "f"]
    assert matching(new, wq.Term("text", "alfa")) == ["c", "d", "f"]
    assert matching(new, wq.Every()) == ["c", "d", "e", "f", "b"]
    assert new.search(wq.Every(), facets=["names"]).facets["names"] == [
        ("Smith, John", 1),
        ('the "Fox"', 1),
        ("北京", 1),
    ]
    assert [new.stored(doc)["id"] for doc in new.iter_docs()] == ["c", "d", "e", "f", "b"]


def test_old_snapshot_answers_after_its_files_are_gone(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, MADE)
    old = Snapshot.open(tmp_path)
    writer = FastWriter(index)
    writer.update_document(id="g")
    writer.merge_all()
    writer.commit(clean=True)
    assert matching(old, wq.Term("text", "bravo")) == ["c", "e"]
    assert Snapshot.open(tmp_path, previous=old).doc_count == 7


def test_given_generation_is_opened(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, MADE[:1])
    first = Snapshot.open(tmp_path).generation
    write(index, MADE[1:])
    assert Snapshot.open(tmp_path, generation=first).doc_count == 1
    assert Snapshot.open(tmp_path).doc_count == 6


def test_empty_index_answers_with_nothing(tmp_path):
    create(tmp_path, plain_schema())
    snapshot = Snapshot.open(tmp_path)
    hits = snapshot.search(
        wq.Every(), facets=["names"], date_facets=[DateFacet("date")], order=[OrderKey("date")]
    )
    assert (hits.total, hits.docs.tolist(), hits.facets, hits.date_facets) == (
        0,
        [],
        {"names": []},
        {"date": []},
    )
    assert snapshot.find_docs("id", "a") == []


def test_threads_get_the_same_answers(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, [{"id": str(n), "text": f"alfa w{n % 7}", "number": n % 5} for n in range(300)])
    write(index, [{"id": f"x{n}", "text": f"bravo w{n % 7}", "number": n % 5} for n in range(30)])
    snapshot, wrong = Snapshot.open(tmp_path), []
    queries = [wq.Term("text", "w3"), wq.Prefix("text", "w"), wq.Otherwise(wq.Term("text", "w1"), wq.Every())]
    expected = [snapshot.search(query, facets=["number"]) for query in queries]

    def ask():
        fresh = Snapshot.open(tmp_path, previous=snapshot)
        for _ in range(20):
            for query, known in zip(queries, expected, strict=True):
                hits = fresh.search(query, facets=["number"])
                if hits.docs.tolist() != known.docs.tolist() or hits.facets != known.facets:
                    wrong.append(query)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
