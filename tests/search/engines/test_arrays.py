"""Torn, altered, missing and older files: noticed or made anew, never answered from silently."""

import os
import shutil
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as wq

from archive.search.engines.whoosh import arrays
from archive.search.engines.whoosh.arrays import (
    ArrayFile,
    ArraysOutdated,
    ArrayWriter,
    common,
    distinct,
    ranges,
)
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.engines.whoosh.terms import Terms
from archive.search.errors import IndexDamaged, IndexMissing

from .corpora import create, matching, plain_schema, write, write_stock

MADE = [
    {"id": str(n), "text": f"alfa bravo {n}", "title": f"t {n}", "number": n, "names": "a\x1fb"}
    for n in range(40)
]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a folder with one index of a compound and an uncompounded segment."""
    folder = tmp_path_factory.mktemp("whole")
    index = create(folder, plain_schema())
    write(index, MADE[:20])
    write_stock(index, MADE[20:], compound=False)
    Snapshot.open(folder)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    shutil.copytree(written, tmp_path / "index")
    return tmp_path / "index"


def files(folder):
    return sorted(path for path in folder.iterdir() if path.stat().st_size)


def answers(folder):
    snapshot = Snapshot.open(folder)
    found = matching(snapshot, wq.Term("text", "bravo"))
    snapshot.verify()
    return found


def test_whole_index_verifies_and_answers(folder):
    assert answers(folder) == [document["id"] for document in MADE]


def damage(path, kind):
    data = path.read_bytes()
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "half":
        path.write_bytes(data[: len(data) // 2])
    elif kind == "zeroed":
        path.write_bytes(bytes(len(data)))
    elif kind == "one bit":
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes((data[middle] ^ 4,)) + data[middle + 1 :])
    else:
        path.unlink()


def _outcome(folder):
    """Return what a damaged index answers, or None when the damage is noticed; the folder is removed."""
    try:
        return answers(folder)
    except (IndexDamaged, IndexMissing):
        return None
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("kind", ["empty", "half", "zeroed", "one bit", "missing"])
def test_damage_to_any_file_is_noticed_or_mended(folder, kind):
    for path in files(folder):
        if kind == "one bit" and path.suffix == ".toc":
            continue  # has no checksum of its own; the store keeps one
        copy = folder.parent / "damaged"
        shutil.copytree(folder, copy)
        damage(copy / path.name, kind)
        outcome = _outcome(copy)
        if outcome is None:
            continue
        # arrays that are gone are made again; of tables of contents that are gone an older one is left
        assert kind == "missing", path
        assert path.suffix in (".arrays", ".toc"), path
        assert path.suffix == ".toc" or outcome == [document["id"] for document in MADE]


def test_arrays_of_an_older_version_are_made_anew(folder, monkeypatch):
    monkeypatch.setattr(arrays, "ARRAYS_VERSION", arrays.ARRAYS_VERSION + 1)
    assert answers(folder) == [document["id"] for document in MADE]


def test_arrays_half_made_by_another_process_do_not_spoil_those_made_here(folder, monkeypatch):
    """The other one begins and dies while this one is about to give its own their name."""
    for path in folder.glob("*.arrays"):
        path.unlink()
    sync, died = os.fsync, []

    def die(*_arguments):
        died.append(True)
        raise RuntimeError

    def begin_and_die(handle):
        if not died:
            with monkeypatch.context() as patch, suppress(RuntimeError):
                patch.setattr(ArrayWriter, "close", die)
                Snapshot.open(folder)
        sync(handle)

    monkeypatch.setattr(os, "fsync", begin_and_die)
    snapshot = Snapshot.open(folder)
    snapshot.verify()
    assert died
    assert snapshot.search(wq.Term("text", "alfa")).total == 40


def test_arrays_made_from_the_segment_equal_those_the_writer_made(folder):
    for path in folder.glob("*.arrays"):
        before = ArrayFile(path)
        sections = {name: before.get(name).copy() for name in before.info["sections"]}
        fields = before.info["fields"]
        path.unlink()
        Snapshot.open(folder)
        after = ArrayFile(path)
        assert after.info["fields"] == fields
        assert after.info["sections"].keys() == sections.keys()
        for name, array in sections.items():
            assert np.array_equal(after.get(name), array), name


def test_sections_come_back_as_they_were_written(tmp_path):
    path = tmp_path / "file"
    with path.open("wb") as file:
        writer = ArrayWriter(file)
        writer.add("a", np.arange(10, dtype=np.int32))
        writer.add("b", np.zeros(0, np.uint8))
        writer.close({"files": {}, "any": 1})
    opened = ArrayFile(path)
    opened.verify()
    assert opened.get("a").tolist() == list(range(10))
    assert opened.get("b").size == 0
    assert opened.find("c") is None
    assert opened.info["any"] == 1


def test_missing_arrays_are_outdated_not_damaged(tmp_path):
    with pytest.raises(ArraysOutdated):
        ArrayFile(tmp_path / "nothing")


def test_folder_without_index_is_missing(tmp_path):
    with pytest.raises(IndexMissing):
        Snapshot.open(tmp_path)


numbers = st.lists(st.integers(0, 50), max_size=60)


@given(numbers, numbers)
def test_common_and_distinct_are_those_of_sets(a, b):
    found = common(distinct(np.array(a, np.int64)), distinct(np.array(b, np.int64)))
    assert found.tolist() == sorted(set(a) & set(b))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=20))
def test_ranges_are_runs_of_indices(runs):
    starts, lengths = (np.array([run[n] for run in runs], np.int64) for n in (0, 1))
    assert ranges(starts, lengths).tolist() == [start + n for start, length in runs for n in range(length)]


@given(st.sets(st.binary(max_size=4), max_size=30), st.binary(max_size=3))
def test_terms_are_found_by_binary_search(names, wanted):
    in_order = sorted(names)
    terms = Terms.of(in_order)
    assert list(terms) == in_order
    assert terms.find(wanted) == (in_order.index(wanted) if wanted in names else -1)
    low, high = terms.prefix_range(wanted)
    assert in_order[low:high] == [name for name in in_order if name.startswith(wanted)]


@given(
    st.sets(st.text(max_size=80) | st.text("abc", max_size=3), max_size=30),
    st.lists(st.integers(0, 29), max_size=30),
)
def test_terms_are_read_as_text_together_and_apart(texts, chosen):
    in_order = sorted({text.encode("utf-8", "replace") for text in texts})
    numbers = np.array([number for number in chosen if number < len(in_order)], np.int64)
    assert Terms.of(in_order).texts(numbers) == [in_order[number].decode() for number in numbers]
