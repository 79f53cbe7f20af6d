"""The bulk writer: the same index as Whoosh's writer makes, batches, failures, merges, bad documents."""

import datetime
import pickle
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import fields
from whoosh import query as wq
from whoosh.fields import UnknownFieldError
from whoosh.index import TOC

from archive.search.engines.whoosh.analysis import text_analyzer
from archive.search.engines.whoosh.ordering import OrderKey
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.engines.whoosh.writer import FastWriter
from archive.search.errors import IndexConfigurationError, IndexLocked

from .corpora import WORDS, create, documents, ids, matching, plain_schema, text_schema, write, write_stock


def contents(index):
    """Return all that stock Whoosh finds in an index: terms, postings, lengths, columns, stored fields."""
    schema, terms = index.schema, {}
    with index.reader() as reader:
        for (name, term), info in reader:
            form, matcher, postings = schema[name].format, reader.postings(name, term), []
            while matcher.is_active():
                value = matcher.value()
                value = form.decode_positions(value) if form.supports("positions") else value or b""
                postings.append((matcher.id(), matcher.weight(), value))
                matcher.next()
            statistics = (round(info.weight(), 3), info.doc_frequency(), info.max_weight())
            edges = (info.min_length(), info.max_length(), info.min_id(), info.max_id())
            terms[name, term] = (postings, statistics, edges)
        docs = range(reader.doc_count_all())
        names = schema.names()
        lengths = {name: [reader.doc_field_length(doc, name) for doc in docs] for name in names}
        totals = {name: reader.field_length(name) for name in names}
        columns = {name: list(reader.column_reader(name)) for name in names if reader.has_column(name)}
        return terms, lengths, totals, columns, list(reader.all_stored_fields())


def rich_schema():
    schema = plain_schema()
    schema.add("grams", fields.NGRAMWORDS(minsize=2, maxsize=4))
    schema.add("ours", fields.TEXT(analyzer=text_analyzer(), field_boost=1.5))
    schema.add("listed", fields.KEYWORD(commas=True, lowercase=True))
    schema.add("kept", fields.STORED())
    return schema


def rich_documents(count, seed=1):
    choose = random.Random(seed)
    made = documents(choose, count)
    for number, document in enumerate(made):
        document["ours"] = ". ".join(
            [w.capitalize() for w in choose.choices(WORDS, k=choose.randint(1, 300))]
        )
        document["grams"] = document.get("title", "x")
        document["listed"] = "Foo Bar, " + choose.choice(WORDS)
        document["kept"] = {"any": [number, None, "true"]}
        if number % 5 == 0:
            document["_boost"] = 2.0
        if number % 7 == 0:
            document |= {"_ours_boost": 3.0, "_stored_id": f"stored {number}"}
    return made


@pytest.mark.parametrize("count", [1, 300, pytest.param(1200, marks=pytest.mark.slow)])
def test_stock_whoosh_finds_the_same_in_both_writers_indexes(tmp_path, count):
    stock, ours = create(tmp_path / "stock", rich_schema()), create(tmp_path / "ours", rich_schema())
    write_stock(stock, rich_documents(count))
    with FastWriter(ours) as writer:
        for document in rich_documents(count):
            writer.add_document(**document)
    assert contents(ours) == contents(stock)


def test_merged_segments_hold_the_same_as_one_written_at_once(tmp_path):
    once, merged = create(tmp_path / "once", rich_schema()), create(tmp_path / "merged", rich_schema())
    with FastWriter(once) as writer:
        for document in rich_documents(400):
            writer.add_document(**document)
    made = rich_documents(400)
    for start in range(0, 400, 20):
        with FastWriter(merged) as writer:
            for document in made[start : start + 20]:
                writer.add_document(**document)
    with FastWriter(merged) as writer:
        assert len(writer.segments) == 20
        writer.merge_all()
    assert contents(merged) == contents(once)


@pytest.mark.parametrize("run_terms", [1_000, 5_000, 1 << 30])
def test_batch_that_does_not_fit_into_memory_becomes_one_segment(tmp_path, run_terms):
    once, pieces = create(tmp_path / "once", rich_schema()), create(tmp_path / "pieces", rich_schema())
    write(once, rich_documents(400))
    with FastWriter(pieces, run_terms=run_terms) as writer:
        for document in rich_documents(400):
            writer.update_document(**document)
    assert len(Snapshot.open(pieces.storage.folder).segments) == 1
    assert contents(pieces) == contents(once)


def test_documents_in_runs_are_replaced_and_deleted(tmp_path):
    index = create(tmp_path, plain_schema())
    with FastWriter(index, run_terms=1) as writer:
        for key in "abca":
            writer.update_document(id=key, tags=f"t{key} all")
        assert writer.doc_count() == 4
        assert writer.delete_by_term("tags", "tb") == 1
        assert writer.delete_by_term("id", "b") == 0
    snapshot = Snapshot.open(tmp_path)
    assert matching(snapshot, wq.Term("tags", "all")) == ["c", "a"]
    assert [segment.doc_count for segment in snapshot.segments] == [2]


def test_merging_drops_deleted_documents_and_their_terms(tmp_path):
    index, expected = create(tmp_path / "a", rich_schema()), create(tmp_path / "b", rich_schema())
    made = rich_documents(300)
    write(index, made[:200])
    write(index, made[200:])
    with FastWriter(index) as writer:
        for document in made[::3]:
            assert writer.delete_by_term("id", document["id"]) == 1
    with FastWriter(index) as writer:
        writer.merge_all()
    write(expected, [document for number, document in enumerate(made) if number % 3])
    assert contents(index) == contents(expected)


word_lists = st.lists(
    st.sampled_from([*WORDS, "Élan", "北京市", "don't", "U.S.", "1,000", "end.", "New\n\nPara"]), max_size=40
)
values = st.fixed_dictionaries(
    {},
    optional={
        "text": word_lists.map(" ".join),
        "ours": word_lists.map(" ".join),
        "title": st.text(max_size=30),
        "names": st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=12).map(
            "\x1f".join
        ),
        "number": st.integers(-(2**31), 2**31 - 2),
        "ratio": st.floats(allow_nan=False, allow_infinity=False),
        "date": st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9999, 1, 1)),
        "flag": st.booleans(),
    },
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(values, min_size=1, max_size=8))
def test_random_documents_are_written_as_whoosh_writes_them(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("random")
    stock, ours = create(folder / "stock", rich_schema()), create(folder / "ours", rich_schema())
    made = [{"id": str(number), **document} for number, document in enumerate(made)]
    write_stock(stock, made)
    write(ours, made)
    assert contents(ours) == contents(stock)


# Batches ---------------------------------------------------------------------------------------------------------


def test_same_id_twice_in_a_batch_keeps_the_last(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, [{"id": "1", "text": "alfa"}, {"id": "2", "text": "alfa"}, {"id": "1", "text": "bravo"}])
    snapshot = Snapshot.open(tmp_path)
    assert matching(snapshot, wq.Every()) == ["2", "1"]
    assert matching(snapshot, wq.Term("text", "alfa")) == ["2"]
    assert snapshot.doc_count == 2


def test_update_replaces_committed_and_flushed_documents(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, [{"id": "1", "text": "alfa"}])
    with FastWriter(index) as writer:
        writer.update_document(id="1", text="bravo")
        writer.flush()
        writer.update_document(id="1", text="charlie")
    snapshot = Snapshot.open(tmp_path)
    assert matching(snapshot, wq.Every()) == ["1"]
    assert matching(snapshot, wq.Term("text", "charlie")) == ["1"]


def test_delete_by_term_counts_what_it_deletes_also_in_the_batch(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, [{"id": "1", "tags": "a b"}, {"id": "2", "tags": "b"}])
    with FastWriter(index) as writer:
        writer.add_document(id="3", tags="b c")
        writer.add_document(id="4", tags="c")
        assert writer.delete_by_term("tags", "b") == 3
        assert writer.delete_by_term("id", "4") == 1
        assert writer.delete_by_term("id", "4") == 0
        assert writer.delete_by_term("id", "5") == 0
    assert Snapshot.open(tmp_path).doc_count == 0


# whatever Whoosh's field or pickle raises
REFUSALS = (ValueError, TypeError, AttributeError, UnknownFieldError, pickle.PicklingError)


@pytest.mark.parametrize(
    "bad",
    [
        {"number": "seven"},
        {"number": 2**40},
        {"date": "not a date"},
        {"text": 7},
        {"nofield": "x"},
        {"names": "lone \ud800 surrogate"},
        {"kept": lambda: None},
    ],
    ids=lambda bad: next(iter(bad)),
)
def test_failing_document_leaves_nothing_and_its_older_version_stays(tmp_path, bad):
    index = create(tmp_path, rich_schema())
    write(index, [{"id": "1", "text": "alfa"}])
    with FastWriter(index) as writer:
        writer.add_document(id="0", text="before")
        with pytest.raises(REFUSALS):
            writer.update_document(**{"id": "1", "text": "charlie", "ours": "delta"} | bad)
        writer.add_document(id="2", text="after")
    snapshot = Snapshot.open(tmp_path)
    assert matching(snapshot, wq.Every()) == ["1", "0", "2"]
    assert not list(snapshot.terms("ours"))
    assert dict(snapshot.terms("text")) == {b"alfa": 1, b"after": 1, b"before": 1}


def _fail_midway(index):
    with FastWriter(index) as writer:
        writer.update_document(id="1", text="alfa")
        writer.flush()
        raise RuntimeError


def test_error_in_the_block_changes_nothing_and_leaves_no_files(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, [{"id": "1"}])
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(RuntimeError):
        _fail_midway(index)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert Snapshot.open(tmp_path).doc_count == 1


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_failing_commit_releases_the_lock_and_keeps_the_old_state(tmp_path, monkeypatch, failing):
    """Each flush to the disk in turn fails: of a segment's file, of the folder before and after the new state."""
    index = create(tmp_path, plain_schema())
    write(index, [{"id": "1"}])
    fail = _FailAt(failing)
    monkeypatch.setattr("archive.search.engines.whoosh.writer.sync", fail)
    monkeypatch.setattr("archive.search.engines.whoosh.commits.sync", fail)
    with pytest.raises(OSError, match="full"):
        write(index, [{"id": "2"}])
    monkeypatch.undo()
    assert matching(Snapshot.open(tmp_path), wq.Every()) == ["1"]
    write(index, [{"id": "3"}])
    assert matching(Snapshot.open(tmp_path), wq.Every()) == ["1", "3"]


class _FailAt:
    def __init__(self, call):
        self._left = call

    def __call__(self, path):
        self._left -= 1
        if not self._left:
            raise OSError("disk full")


def test_second_writer_is_told_that_the_index_is_locked(tmp_path):
    index = create(tmp_path, plain_schema())
    with FastWriter(index), pytest.raises(IndexLocked):
        FastWriter(index)
    FastWriter(index).cancel()


def test_commit_without_changes_writes_no_new_state(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, [{"id": "1"}])
    generation = TOC._latest_generation(index.storage, "MAIN")
    write(index, [])
    assert TOC._latest_generation(index.storage, "MAIN") == generation


def test_files_of_the_older_commit_stay_until_a_clean_one(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, [{"id": "1"}])
    old = Snapshot.open(tmp_path)
    with FastWriter(index) as writer:
        writer.update_document(id="2")
        writer.merge_all()
    assert matching(old, wq.Otherwise(wq.Term("id", "1"), wq.Every())) == ["1"]
    writer = FastWriter(index)
    writer.update_document(id="3")
    writer.commit(clean=True)
    named = {entry.segment_id() for entry in TOC.read(index.storage, "MAIN").segments}
    kept = {path.name.split(".")[0] for path in tmp_path.iterdir() if path.name.startswith("MAIN_")}
    assert kept - {"MAIN_WRITELOCK"} == named


def test_stock_whoosh_can_extend_and_optimize_our_index(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, [{"id": str(n), "text": "alfa"} for n in range(30)])
    writer = index.writer()
    writer.update_document(id="7", text="bravo")
    writer.commit(optimize=True)
    snapshot = Snapshot.open(tmp_path)
    assert snapshot.doc_count == 30
    assert matching(snapshot, wq.Term("text", "bravo")) == ["7"]


@pytest.mark.parametrize(
    "field",
    [fields.TEXT(vector=True), fields.TEXT(chars=True), fields.TEXT(spelling=True)],
    ids=["vector", "chars", "spelling"],
)
def test_fields_that_cannot_be_written_are_refused_by_name(tmp_path, field):
    index = create(tmp_path, fields.Schema(id=fields.ID(unique=True), odd=_morphing(field)))
    writer = FastWriter(index)
    with pytest.raises(IndexConfigurationError):
        writer.add_document(id="1")
    writer.cancel()


def _morphing(field):
    from whoosh.analysis import StemmingAnalyzer

    field.analyzer = StemmingAnalyzer()
    return field


# Merging ---------------------------------------------------------------------------------------------------------


def test_many_small_commits_are_merged_step_by_step_within_the_bound(tmp_path):
    index = create(tmp_path, plain_schema())
    counts = []
    for number in range(60):
        with FastWriter(index) as writer:
            writer.update_document(id=str(number % 50), text=f"alfa {number}")
            while writer.merge_small_segments(max_documents=30):
                pass
        counts.append(len(Snapshot.open(tmp_path).segments))
    snapshot = Snapshot.open(tmp_path)
    assert max(counts) <= 8
    assert max(segment.doc_count for segment in snapshot.segments) <= 30
    assert sorted(matching(snapshot, wq.Every()), key=int) == [str(n) for n in range(50)]
    assert matching(snapshot, wq.Term("text", "59")) == ["9"]


def test_merging_everything_keeps_segments_within_the_bound(tmp_path):
    index = create(tmp_path, plain_schema())
    for number in range(12):
        write(index, [{"id": f"{number}-{n}", "text": "alfa"} for n in range(10)])
    with FastWriter(index) as writer:
        writer.delete_by_term("id", "11-3")
        writer.merge_all(max_documents=35)
    snapshot = Snapshot.open(tmp_path)
    assert [segment.doc_count for segment in snapshot.segments] == [30, 30, 30, 29]
    assert snapshot.doc_count == 119


def test_document_without_any_value_is_counted(tmp_path):
    index = create(tmp_path, plain_schema())
    with FastWriter(index) as writer:
        writer.add_document()
    snapshot = Snapshot.open(tmp_path)
    hits = snapshot.search(wq.Every(), facets=["names"], order=[OrderKey("date"), OrderKey("title")])
    assert (hits.total, snapshot.stored(0)) == (1, {})


def test_segment_of_only_deleted_documents_disappears(tmp_path):
    index = create(tmp_path, plain_schema())
    write(index, [{"id": "1"}])
    with FastWriter(index) as writer:
        writer.delete_by_term("id", "1")
        assert writer.merge_small_segments()
    assert Snapshot.open(tmp_path).segments == []


# Bad documents ---------------------------------------------------------------------------------------------------

ALL_PLANES = "".join(chr(point) for point in range(1, 0x110000, 97) if not 0xD800 <= point < 0xE000)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", None),
        (" \n\n\t", None),
        ("\x00nul\x00 bytes\x00", wq.Term("text", "nul")),
        ("lone \ud800 surrogate", wq.Term("text", "surrog")),
        ("\x1e\x1d\x1f controls", wq.Term("text", "control")),
        (ALL_PLANES + " last", wq.Term("text", "last")),
        ("x" * 1_000_000, wq.Term("text", "x" * 100)),
        ("_" * 10_000 + " under", wq.Term("text", "under")),
        ("\u0301\u0302 marks", wq.Term("text", "mark")),
        (". ! ? " * 1000 + "end", wq.Term("text", "end")),
    ],
    ids=["empty", "blank", "nul", "surrogate", "controls", "planes", "long", "underscores", "marks", "stops"],
)
def test_odd_texts_are_indexed_and_found(tmp_path, text, query):
    index = create(tmp_path, text_schema())
    write(
        index,
        [
            {"id": "0", "text": "alfa"},
            {"id": "1", "text": text, "text_exact": text},
            {"id": "2", "text": "alfa"},
        ],
    )
    snapshot = Snapshot.open(tmp_path)
    assert matching(snapshot, wq.Term("text", "alfa")) == ["0", "2"]
    assert query is None or matching(snapshot, query) == ["1"]
    assert snapshot.stored(1)["text"] == text


def test_one_word_a_hundred_thousand_times_keeps_its_places(tmp_path):
    index = create(tmp_path, text_schema())
    write(index, [{"id": "1", "text": "alfa " * 100_000 + "bravo"}, {"id": "2", "text": "alfa bravo"}])
    snapshot = Snapshot.open(tmp_path)
    assert matching(snapshot, wq.Phrase("text", ["alfa", "bravo"])) == ["1", "2"]
    assert matching(snapshot, wq.Phrase("text", ["alfa"] * 5 + ["bravo"])) == ["1"]
    with index.searcher() as searcher:
        assert len(searcher.search(wq.Phrase("text", ["alfa", "bravo"]))) == 2


@pytest.mark.slow
def test_ten_megabytes_of_text_are_indexed(tmp_path):
    index = create(tmp_path, text_schema())
    text = " ".join(f"w{number}" for number in range(1_300_000))
    assert len(text) > 10_000_000
    write(index, [{"id": "1", "text": text}])
    assert matching(Snapshot.open(tmp_path), wq.Phrase("text", ["w1299998", "w1299999"])) == ["1"]
    assert ids(Snapshot.open(tmp_path), [0]) == ["1"]
