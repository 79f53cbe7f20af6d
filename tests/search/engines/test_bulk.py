"""Documents indexed by several processes: the same index as by one, failures named, nothing left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from whoosh import query as wq

from archive.search.engines.whoosh import bulk, lexicon, working
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.engines.whoosh.workers import Workers, default_processes
from archive.search.engines.whoosh.writer import FastWriter
from archive.search.errors import WriteFailed

from .corpora import create, matching, plain_schema
from .test_writer import contents, rich_documents, rich_schema

WAIT_SECONDS = 300


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Make blocks small, so that a few hundred documents keep several processes busy."""
    monkeypatch.setattr(bulk, "BLOCK_DOCUMENTS", 50)


def fill(index, documents, processes, **options):
    writer = FastWriter(index, processes=processes, **options)
    queue(writer, documents)
    return writer


def queue(writer, documents):
    with writer:
        for document in documents:
            writer.queue_document(document["id"], document)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(is_true):
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def names_of(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith("LOCK"))


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_any_number_of_processes_make_the_same_index(tmp_path, processes):
    once, shared = create(tmp_path / "once", rich_schema()), create(tmp_path / "shared", rich_schema())
    made = rich_documents(420)
    with FastWriter(once) as writer:
        for document in made:
            writer.add_document(**document)
    fill(shared, made, processes)
    assert contents(shared) == contents(once)
    one, other = Snapshot.open(tmp_path / "once"), Snapshot.open(tmp_path / "shared")
    assert len(other.segments) == 1
    query = wq.Or([wq.Term("text", "alfa"), wq.Term("ours", "bravo"), wq.Term("tags", "golf")])
    ours, theirs = (s.search(query, limit=50, facets=["names", "number"]) for s in (other, one))
    assert ours.total == theirs.total > 100
    assert (ours.docs.tolist(), ours.scores.tolist()) == (theirs.docs.tolist(), theirs.scores.tolist())
    assert {name: dict(facet) for name, facet in ours.facets.items()} == {
        name: dict(facet) for name, facet in theirs.facets.items()
    }


def test_index_is_the_same_when_memory_is_short(tmp_path, monkeypatch):
    once, small = create(tmp_path / "once", rich_schema()), create(tmp_path / "small", rich_schema())
    made = rich_documents(420)
    fill(once, made, 1)
    monkeypatch.setattr(lexicon, "MAX_TOKENS", 4)
    monkeypatch.setattr(lexicon, "KEPT_TOKENS", 2)
    monkeypatch.setattr(bulk, "PIECE_POSTINGS", 10)  # so that fields are merged into files
    monkeypatch.setattr(working, "PIECE_POSTINGS", 10)
    fill(small, made, 1)
    assert contents(small) == contents(once)
    assert not list((tmp_path / "small").glob("*.tmp"))
    one, other = (Snapshot.open(tmp_path / name).segments[0].file for name in ("once", "small"))
    assert other.names == one.names
    assert [other.checksum(name) for name in other.names] == [one.checksum(name) for name in one.names]
    assert [other.get(name).dtype for name in other.names] == [one.get(name).dtype for name in one.names]


def test_segments_are_cut_where_they_would_be_too_large(tmp_path):
    index = create(tmp_path, plain_schema())
    made = [{"id": str(n), "text": "alfa"} for n in range(420)]
    fill(index, made, 2, segment_documents=150)
    snapshot = Snapshot.open(tmp_path)
    assert [segment.doc_count for segment in snapshot.segments] == [150, 150, 120]
    assert matching(snapshot, wq.Every()) == [str(n) for n in range(420)]


def test_few_documents_start_no_process(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "Workers", None)
    index = create(tmp_path, plain_schema())
    fill(index, [{"id": str(n), "text": "alfa"} for n in range(49)], 4)
    assert Snapshot.open(tmp_path).doc_count == 49


@pytest.mark.parametrize("processes", [1, 2])
def test_documents_that_fail_are_named_and_keep_no_others_out(tmp_path, processes):
    index = create(tmp_path, rich_schema())
    made = [{"id": str(n), "text": "alfa"} for n in range(130)]
    made[7] |= {"number": "seven"}
    made[77] |= {"nofield": "x"}
    made[78] |= {"kept": lambda: None}
    made[129] |= {"text": 7}
    writer = fill(index, made, processes)
    assert sorted(key for key, _ in writer.failed) == ["129", "7", "77", "78"]
    reasons = dict(writer.failed)
    assert "seven" in reasons["7"]
    assert reasons["77"].startswith("UnknownFieldError: No field named 'nofield'")
    snapshot = Snapshot.open(tmp_path)
    assert matching(snapshot, wq.Term("text", "alfa")) == [
        str(n) for n in range(130) if n not in (7, 77, 78, 129)
    ]


def test_block_of_only_failing_documents_makes_no_run(tmp_path):
    index = create(tmp_path, rich_schema())
    writer = fill(index, [{"id": str(n), "number": "seven"} for n in range(120)], 2)
    assert len(writer.failed) == 120
    assert Snapshot.open(tmp_path).doc_count == 0


def test_queued_documents_are_replaced_and_deleted_like_others(tmp_path):
    index = create(tmp_path, plain_schema())
    with FastWriter(index, processes=2) as writer:
        writer.add_document(id="first", text="alfa")
        for n in range(120):
            writer.queue_document(str(n), {"id": str(n), "text": "alfa"})
        assert writer.doc_count() == 121
        assert writer.delete_by_term("id", "60") == 1
        writer.update_document(id="3", text="bravo")
    snapshot = Snapshot.open(tmp_path)
    rest = [str(n) for n in range(120) if n not in (3, 60)]
    assert matching(snapshot, wq.Every()) == ["first", *rest, "3"]
    assert matching(snapshot, wq.Term("text", "bravo")) == ["3"]


def test_killed_process_fails_the_whole_batch_and_leaves_nothing(tmp_path):
    index = create(tmp_path, plain_schema())
    with FastWriter(index) as writer:
        writer.add_document(id="old")
    before = names_of(tmp_path)
    helpers = []

    def fill_and_kill():
        with FastWriter(index, processes=2) as writer:
            for n in range(10_000_000):
                writer.queue_document(str(n), {"id": str(n), "text": "alfa " * 50})
                if n == 200:
                    helpers.extend(worker.pid for worker in writer._bulk._workers.all)
                    os.kill(helpers[0], signal.SIGKILL)

    with pytest.raises(WriteFailed, match="ended"):
        fill_and_kill()
    assert names_of(tmp_path) == before
    assert not any(map(is_alive, helpers))
    assert matching(Snapshot.open(tmp_path), wq.Every()) == ["old"]
    FastWriter(index).cancel()  # the lock is free


def test_error_in_a_process_fails_the_batch_with_its_reason(tmp_path):
    index = create(tmp_path, plain_schema())
    before = names_of(tmp_path)
    made = [{"id": str(n), "text": "alfa"} for n in range(300)]
    writer = FastWriter(index, processes=2)
    writer._bulk._new_path = lambda: tmp_path / "missing" / "folder" / "a.run.tmp"
    with pytest.raises(WriteFailed, match="FileNotFoundError"):
        queue(writer, made)
    assert names_of(tmp_path) == before


def test_cancelled_batch_ends_its_processes_in_the_middle_of_their_work(tmp_path):
    index = create(tmp_path, plain_schema())
    before = names_of(tmp_path)
    writer = FastWriter(index, processes=2)
    for n in range(200):
        writer.queue_document(str(n), {"id": str(n), "text": f"alfa{n} " * 100})
    helpers = [worker.pid for worker in writer._bulk._workers.all]
    writer.cancel()
    assert not any(map(is_alive, helpers))
    assert names_of(tmp_path) == before


WRITE_AND_WAIT = """
    import sys, time
    from archive.search.engines.whoosh import bulk
    from archive.search.engines.whoosh.writer import FastWriter
    from whoosh.index import open_dir

    bulk.BLOCK_DOCUMENTS = 50
    writer = FastWriter(open_dir(sys.argv[1]), processes=2)
    for n in range(120):
        writer.queue_document(str(n), {"id": str(n), "text": "alfa"})
    print(*(worker.pid for worker in writer._bulk._workers.all), flush=True)
    time.sleep(600)
"""


def test_processes_of_a_killed_writer_end_by_themselves(tmp_path):
    index = create(tmp_path, plain_schema())
    command = [sys.executable, "-c", textwrap.dedent(WRITE_AND_WAIT), str(tmp_path)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    helpers = [int(pid) for pid in writer.stdout.readline().split()]
    assert len(helpers) == 2
    assert all(map(is_alive, helpers))
    writer.kill()
    writer.wait()
    wait_until(lambda: not any(map(is_alive, helpers)))
    with FastWriter(index) as next_writer:  # the lock went with the writer, whatever its helpers did
        next_writer.add_document(id="1", text="bravo")
    assert matching(Snapshot.open(tmp_path), wq.Every()) == ["1"]


def test_processes_know_nothing_of_files_that_their_writer_has_open(tmp_path):
    """A helper that kept the lock's file open would hold the lock after its writer has died."""
    index = create(tmp_path, plain_schema())
    with FastWriter(index, processes=2) as writer:
        for n in range(120):
            writer.queue_document(str(n), {"id": str(n), "text": "alfa"})
        helper = writer._bulk._workers.all[0].pid
        if not os.path.isdir(f"/proc/{helper}/fd"):
            pytest.skip("this system does not list the open files of a process")
        folder = f"/proc/{helper}/fd"
        opened = {os.readlink(f"{folder}/{number}") for number in ("0", "1", "2")}
        assert all(not name.startswith(str(tmp_path)) for name in opened)
        assert not any("LOCK" in os.readlink(f"{folder}/{fd}") for fd in _listed(folder))


def _listed(folder):
    found = []
    for number in os.listdir(folder):
        try:
            os.readlink(f"{folder}/{number}")
        except FileNotFoundError:  # closed meanwhile
            continue
        found.append(number)
    return found


def test_writers_in_threads_have_processes_of_their_own(tmp_path):
    indexes = [create(tmp_path / name, plain_schema()) for name in "ab"]
    made = [{"id": str(n), "text": "alfa"} for n in range(160)]
    threads = [threading.Thread(target=fill, args=(index, made, 2)) for index in indexes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    for name in "ab":
        assert Snapshot.open(tmp_path / name).doc_count == 160


def test_without_more_processes_the_writer_does_it_alone(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("archive.search.engines.whoosh.workers.sys.executable", str(tmp_path / "nothing"))
    index = create(tmp_path / "index", plain_schema())
    fill(index, [{"id": str(n), "text": "alfa"} for n in range(120)], 2)
    assert Snapshot.open(tmp_path / "index").doc_count == 120
    assert "cannot be started" in caplog.text


def test_default_number_of_processes_is_between_one_and_four():
    assert 1 <= default_processes() <= 4


def test_closing_workers_twice_is_harmless():
    workers = Workers(1, plain_schema())
    workers.close()
    workers.close()
