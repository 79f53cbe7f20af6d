"""The index on disk: generations, lock, torn files, processes. Documents here are plain dicts, no Django model."""

import multiprocessing
import os
import pickle
import resource
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress

import pytest
from whoosh import query as wq
from whoosh.fields import ID, NUMERIC, TEXT, Schema
from whoosh.index import open_dir

from archive.search.engines.whoosh import analysis, opening
from archive.search.engines.whoosh.locking import FileLock
from archive.search.engines.whoosh.state import State, checksum, signature
from archive.search.engines.whoosh.store import IndexStore, store_at
from archive.search.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexNotReady,
    SchemaChanged,
    WriteFailed,
)

FINGERPRINT = "fields-1"


def schema() -> Schema:
    return Schema(
        id=ID(stored=True, unique=True),
        text=TEXT(stored=True, analyzer=analysis.text_analyzer()),
        number=NUMERIC(int, bits=64, stored=True, sortable=True, shift_step=0),
    )


@pytest.fixture
def store(tmp_path) -> IndexStore:
    store = IndexStore(tmp_path / "index", lock_timeout_seconds=1)
    store.create_empty(schema(), FINGERPRINT)
    return store


def put(store, *numbers, text="common words", **options):
    with store.writing(FINGERPRINT, touching=[f"d{n}" for n in numbers], **options) as writer:
        for number in numbers:
            writer.update_document(id=f"d{number}", text=f"{text} w{number}", number=number)


def ids(store) -> list[str]:
    snapshot = store.snapshot()
    return sorted(snapshot.stored(doc)["id"] for doc in snapshot.iter_docs())


def fresh(store) -> IndexStore:
    """The same folder as another process sees it, that has opened nothing yet."""
    return IndexStore(store.root, lock_timeout_seconds=1)


def generation(store):
    return store.root / store.state().folder


# --- what is there ------------------------------------------------------------------------------------------


def test_missing_index_is_named_as_missing(tmp_path):
    store = IndexStore(tmp_path / "nowhere")
    for ask in (store.snapshot, store.state, lambda: put(store, 1)):
        with pytest.raises(IndexMissing, match="rebuild"):
            ask()
    assert "no index" in store.reason_to_rebuild(FINGERPRINT)
    assert store.verify()


def test_committed_documents_are_found_by_every_store(store):
    put(store, 1, 2)
    assert ids(store) == ids(fresh(store)) == ["d1", "d2"]
    put(store, 3)
    assert ids(store) == ids(fresh(store)) == ["d1", "d2", "d3"]


def test_folder_is_private(store):
    put(store, 1)
    for folder in (store.root, generation(store)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((store.root / "current").stat().st_mode) == 0o600


def test_snapshot_is_shared_until_something_is_committed(store):
    put(store, 1)
    first = store.snapshot()
    assert store.snapshot() is first
    put(store, 2)
    assert store.snapshot() is not first
    assert first.doc_count == 1


def test_block_that_raises_writes_nothing(store):
    put(store, 1)
    before = store.state()
    with suppress(RuntimeError), store.writing(FINGERPRINT) as writer:
        writer.update_document(id="d1", text="changed", number=1)
        writer.update_document(id="d2", text="new", number=2)
        raise RuntimeError
    assert store.state() == before
    assert ids(store) == ids(fresh(store)) == ["d1"]
    put(store, 3)
    assert ids(store) == ["d1", "d3"]


def test_stock_whoosh_opens_the_folder(store):
    put(store, 1, 2, 3)
    put(store, 2, text="rarer")
    with open_dir(str(generation(store))).searcher() as searcher:
        assert searcher.doc_count() == 3
        hits = searcher.search(wq.Term("text", "rarer"))
        assert [hit["id"] for hit in hits] == ["d2"]


def test_other_fields_are_noticed_and_not_written(store):
    put(store, 1)
    with pytest.raises(SchemaChanged), store.writing("fields-2"):
        pass
    assert "other fields" in store.reason_to_rebuild("fields-2")
    assert store.reason_to_rebuild(FINGERPRINT) == ""
    assert ids(store) == ["d1"]


def test_disk_that_is_full_fails_the_write_and_keeps_the_index(store, monkeypatch):
    put(store, 1)

    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(State, "write", full)
        with pytest.raises(WriteFailed, match="No space"):
            put(store, 2)
    assert ids(store) == ids(fresh(store)) == ["d1"]
    put(store, 3)
    assert ids(store) == ids(fresh(store)) == ["d1", "d3"]


def test_disk_that_is_full_does_not_keep_the_lock(store, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with store.locked(0):
            pass
    with fresh(store).locked(0):
        pass


# --- torn files ---------------------------------------------------------------------------------------------


def empty(path):
    path.write_bytes(b"")


def halve(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def zero(path):
    path.write_bytes(bytes(path.stat().st_size))


def flip(path):
    content = bytearray(path.read_bytes())
    for place in range(0, len(content) * 3 // 4, max(1, len(content) // 40)):
        content[place] ^= 0x20
    path.write_bytes(content)


def remove(path):
    path.unlink()


@pytest.mark.parametrize("tear", [empty, halve, zero, flip, remove])
@pytest.mark.parametrize("which", ["*.toc", "MAIN_*.seg", "MAIN_*.arrays", "current"])
def test_torn_file_is_detected_and_a_rebuild_mends_it(store, tear, which):
    """The table of what a power cut leaves behind: no wrong answer, one named error, whole again after a rebuild."""
    put(store, *range(40))
    folder = store.root if which == "current" else generation(store)
    for path in folder.glob(which):
        tear(path)
    torn = fresh(store)
    if (which, tear) == ("MAIN_*.arrays", remove):
        assert len(ids(torn)) == 40  # made anew from Whoosh's own files
        return
    for _ in range(2):
        with pytest.raises((IndexDamaged, IndexMissing)):
            torn.snapshot()
    assert torn.reason_to_rebuild(FINGERPRINT)
    assert torn.verify()
    with torn.rebuilding(schema(), FINGERPRINT, lambda rebuild, ids: None) as rebuild:
        rebuild.writer.add_document(id="d1", text="whole again", number=1)
    assert ids(torn) == ids(fresh(store)) == ["d1"]
    assert torn.verify() == []


@pytest.mark.parametrize("tear", [empty, halve, zero, flip, remove])
def test_torn_segment_stops_writers_too(store, tear):
    put(store, *range(40))
    for path in generation(store).glob("MAIN_*.seg"):
        tear(path)
    with pytest.raises(IndexDamaged):
        put(fresh(store), 99)


def test_too_many_open_files_are_no_damage(store):
    put(store, *range(3))
    searching = fresh(store)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        with pytest.raises(IndexNotReady):
            searching.snapshot()
        assert searching.reason_to_rebuild(FINGERPRINT) == ""
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert ids(searching) == ["d0", "d1", "d2"]


def test_arrays_of_a_large_segment_are_made_beside_the_search(store, monkeypatch):
    put(store, *range(40))
    monkeypatch.setattr(opening, "MADE_AT_ONCE_DOCUMENTS", 10)
    for path in generation(store).glob("MAIN_*.arrays"):
        path.unlink()
    searching = fresh(store)
    with pytest.raises(IndexNotReady, match="made anew"):
        searching.snapshot()
    assert searching.reason_to_rebuild(FINGERPRINT) == ""
    assert eventually(lambda: len(ids(searching)) == 40)


def eventually(is_so) -> bool:
    """Tell whether something comes true within five minutes; until then the index may not be ready."""
    for _ in range(3_000):
        with suppress(IndexNotReady):
            if is_so():
                return True
        time.sleep(0.1)
    return False


def test_verify_notices_what_was_altered_after_opening(store):
    put(store, *range(40))
    assert store.verify() == []
    flip(next(generation(store).glob("MAIN_*.seg")))
    assert store.verify()


def test_damage_in_a_large_index_is_found_in_the_background(store, monkeypatch):
    monkeypatch.setattr("archive.search.engines.whoosh.integrity.READ_AT_ONCE_BYTES", 0)
    monkeypatch.setattr("archive.search.engines.whoosh.integrity.BACKGROUND_DELAY_SECONDS", 0.05)
    put(store, *range(40))
    path = next(generation(store).glob("MAIN_*.seg"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    torn = fresh(store)
    with pytest.raises(IndexDamaged, match="checksum"):
        ask_for(10, torn)


def test_large_index_is_read_once_in_the_background_however_many_commits(store, monkeypatch):
    monkeypatch.setattr("archive.search.engines.whoosh.integrity.READ_AT_ONCE_BYTES", 0)
    monkeypatch.setattr("archive.search.engines.whoosh.integrity.BACKGROUND_DELAY_SECONDS", 0.5)
    put(store, 1)
    reader, read = fresh(store), []
    monkeypatch.setattr(
        "archive.search.engines.whoosh.integrity.checksum",
        lambda path, pause=0.0: read.append(path.name) or checksum(path, pause),
    )
    for number in range(2, 6):
        put(store, number)
        assert len(ids(reader)) == number
    for thread in threading.enumerate():
        if thread.name == "archive-index-check":
            thread.join()
    segments = [name for name in read if name.endswith(".seg")]
    assert len(set(segments)) == 5
    assert max(map(segments.count, segments)) == 1


def ask_for(seconds, store):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        store.snapshot()
        time.sleep(0.01)


def test_files_put_back_serve_again(store, monkeypatch):
    monkeypatch.setattr("archive.search.engines.whoosh.serving.DAMAGE_RECHECK_SECONDS", 0)
    put(store, 1)
    path = next(generation(store).glob("MAIN_*.seg"))
    content = path.read_bytes()
    path.unlink()
    torn = fresh(store)
    with pytest.raises(IndexDamaged):
        torn.snapshot()
    path.write_bytes(content)
    assert ids(torn) == ["d1"]


def test_left_overs_of_a_crash_are_removed_by_the_next_writer(store):
    put(store, 1)
    folder = generation(store)
    left = [folder / "MAIN_0123456789abcdef.seg", folder / "MAIN_x.pst", folder / "_MAIN_99.toc.123"]
    for path in left:
        path.write_bytes(b"half")
    newest = max(folder.glob("*.toc"))
    shutil.copy(newest, folder / "_MAIN_98.toc")
    assert ids(fresh(store)) == ["d1"]
    put(store, 2)
    assert ids(fresh(store)) == ["d1", "d2"]
    assert not any(path.exists() for path in left)
    assert len(list(folder.glob("*.toc"))) == 1


# --- the lock -----------------------------------------------------------------------------------------------


def test_second_writer_waits_and_then_gives_up(store):
    with store.locked():
        started = time.monotonic()
        failures = []

        def write():
            try:
                put(store, 1, timeout_seconds=0.2)
            except IndexLocked as error:
                failures.append(str(error))

        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        assert time.monotonic() - started >= 0.2
    assert "nothing was written" in failures[0]
    assert f"process {os.getpid()}" in failures[0]
    put(store, 1)
    assert ids(store) == ["d1"]


def test_waiting_writer_goes_on_when_the_lock_is_free(store):
    thread = threading.Thread(target=put, args=(store, 1), kwargs={"timeout_seconds": 300})
    with store.locked():
        thread.start()
        time.sleep(0.05)
    thread.join()
    assert ids(store) == ["d1"]


def test_lock_nests_within_a_thread(store):
    with store.locked(), store.locked(0):
        put(store, 1)
        put(store, 2)
    assert ids(store) == ["d1", "d2"]


def test_deleting_the_folder_does_not_free_the_lock(store):
    with store.locked():
        shutil.rmtree(store.root)
        with pytest.raises(IndexLocked), FileLock(store._write_lock.path).held(0):
            pass


def test_deleted_lock_file_excludes_again(store):
    store._write_lock.path.unlink()
    with store.locked(), pytest.raises(IndexLocked), FileLock(store._write_lock.path).held(0):
        pass


SCRIPT = """
    import sys, time
    sys.path.insert(0, {root!r})
    from archive.search.engines.whoosh.store import IndexStore
    store = IndexStore({path!r}, lock_timeout_seconds=5)
    {body}
"""


def start_process(store, body) -> subprocess.Popen:
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
    code = textwrap.dedent(SCRIPT).format(root=root, path=str(store.root), body=textwrap.dedent(body))
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )


def test_another_process_excludes_and_its_death_frees(store):
    holder = start_process(store, "with store.locked(): print('held', flush=True); time.sleep(60)")
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(IndexLocked, match=f"process {holder.pid}"):
        put(store, 1, timeout_seconds=0.1)
    holder.kill()
    holder.wait()
    put(store, 1)
    assert ids(store) == ["d1"]


def test_two_processes_write_in_turn_and_lose_nothing(store):
    body = """
for n in range({start}, {start} + 10):
    with store.writing("fields-1") as writer:
        writer.update_document(id=f"d{{n}}", text="common words", number=n)
"""
    processes = [start_process(store, body.format(start=start)) for start in (0, 100)]
    assert [process.wait() for process in processes] == [0, 0]
    assert len(ids(store)) == 20


def test_forked_child_neither_keeps_nor_frees_the_lock(store):
    with store.locked():
        child = os.fork()
        if child == 0:
            time.sleep(30)
            os._exit(0)
    try:
        put(store, 1, timeout_seconds=0.5)  # free although the child lives
        with store.writing(FINGERPRINT) as writer:
            short = os.fork()
            if short == 0:
                os._exit(0)
            os.waitpid(short, 0)
            with pytest.raises(IndexLocked), FileLock(store._write_lock.path).held(0):
                pass  # still held although a child ended
            writer.update_document(id="d2", text="after the fork", number=2)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert ids(store) == ["d1", "d2"]


def _search_in_child(store, queue):
    queue.put(ids(store))


def test_forked_children_search_and_write_for_themselves(store):
    put(store, 1)
    assert ids(store) == ["d1"]
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    children = [context.Process(target=_search_in_child, args=(store, queue)) for _ in range(3)]
    for child in children:
        child.start()
    answers = [queue.get(timeout=300) for _ in children]
    for child in children:
        child.join()
    assert answers == [["d1"]] * 3
    writer = context.Process(target=put, args=(store, 2))
    writer.start()
    writer.join()
    assert writer.exitcode == 0
    assert ids(store) == ["d1", "d2"]


def test_forked_child_opens_the_files_that_whoosh_reads_for_itself(store):
    """The places at which a file is read are shared with the parent after a fork; maps are not."""
    put(store, 1)
    parents = store.snapshot()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=lambda: queue.put((store.snapshot() is parents, ids(store))))
    child.start()
    assert queue.get(timeout=300) == (False, ["d1"])
    child.join()


# --- rebuilding ---------------------------------------------------------------------------------------------


def fill(rebuild, numbers):
    for number in numbers:
        rebuild.writer.add_document(id=f"d{number}", text=f"new words w{number}", number=number)


def nothing(rebuild, touched):
    pass


def test_old_generation_serves_until_the_flip(store):
    put(store, 1)
    old = generation(store)
    with store.rebuilding(schema(), "fields-2", nothing) as rebuild:
        fill(rebuild, [5, 6])
        rebuild.commit()
        assert ids(store) == ids(fresh(store)) == ["d1"]
    assert ids(store) == ids(fresh(store)) == ["d5", "d6"]
    assert store.state().fingerprint == "fields-2"
    assert not old.exists()


def test_rebuild_that_fails_leaves_the_old_generation(store):
    put(store, 1)
    with suppress(RuntimeError), store.rebuilding(schema(), FINGERPRINT, nothing) as rebuild:
        fill(rebuild, [5])
        raise RuntimeError
    assert ids(store) == ids(fresh(store)) == ["d1"]
    assert len(list(store.root.glob("g-*"))) == 1
    put(store, 2)
    assert ids(store) == ["d1", "d2"]


@pytest.mark.parametrize("step", ["_stop_noting", "_remove_other_generations"])
def test_rebuild_interrupted_after_the_flip_keeps_the_new_generation(store, monkeypatch, step):
    put(store, 1)

    def interrupted(*_args):
        raise KeyboardInterrupt

    with (
        monkeypatch.context() as patched,
        suppress(KeyboardInterrupt),
        store.rebuilding(schema(), FINGERPRINT, nothing) as rebuild,
    ):
        fill(rebuild, [5])
        patched.setattr(store, step, interrupted)
    assert ids(store) == ids(fresh(store)) == ["d5"]
    assert fresh(store).verify() == []
    put(store, 6)
    assert ids(store) == ["d5", "d6"]


def test_half_written_state_of_a_killed_process_is_removed_by_the_next_rebuild(store):
    (store.root / "current.4711.tmp").write_bytes(b"half")
    with store.rebuilding(schema(), FINGERPRINT, nothing):
        pass
    assert list(store.root.glob("*.tmp")) == []


def test_what_is_written_during_a_rebuild_is_written_again(store):
    put(store, 1, 2)
    asked = []

    def catch_up(rebuild, touched):
        asked.extend(touched)
        rebuild.writer.delete_by_term("id", "d2")
        fill(rebuild, [3])

    with store.rebuilding(schema(), FINGERPRINT, catch_up) as rebuild:
        fill(rebuild, [1, 2])
        put(store, 3)
        with store.writing(FINGERPRINT, touching=["d2"]) as writer:
            writer.delete_by_term("id", "d2")
        put(store, 3)
        assert ids(store) == ["d1", "d3"]
    assert asked == ["d3", "d2"]
    assert ids(store) == ["d1", "d3"]
    assert not (store.root / "touched").exists()


def test_second_rebuild_is_refused_while_one_runs(store):
    second = fresh(store).rebuilding(schema(), FINGERPRINT, nothing)
    with store.rebuilding(schema(), FINGERPRINT, nothing), pytest.raises(IndexLocked):
        second.__enter__()


def test_notes_of_a_killed_rebuild_are_thrown_away(store):
    (store.root / "touched").write_text("d7\n")
    put(store, 1)
    assert not (store.root / "touched").exists()


def test_generation_of_a_killed_rebuild_is_removed_by_the_next(store):
    put(store, 1)
    dead = store.root / "g-000002-dead"
    dead.mkdir()
    (dead / "MAIN_1.seg").write_bytes(b"half")
    assert ids(fresh(store)) == ["d1"]
    with store.rebuilding(schema(), FINGERPRINT, nothing) as rebuild:
        fill(rebuild, [2])
    assert [path.name for path in store.root.glob("g-*")] == [store.state().folder]


def test_rebuild_under_four_searching_threads_gives_no_error_and_no_empty_answer(store):
    put(store, *range(200))
    wrong, answers, stop = [], [0], threading.Event()

    def search():
        while not stop.is_set():
            try:
                hits = store.snapshot().search(wq.Term("text", "word"), limit=5)
                answers[0] += 1
                if hits.total != 200 or len(hits.docs) != 5:
                    wrong.append(hits.total)
            except Exception as error:
                wrong.append(repr(error))

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        with store.rebuilding(schema(), FINGERPRINT, nothing) as rebuild:
            fill(rebuild, range(200))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert answers[0]


def test_readers_of_another_process_survive_rebuilds_and_commits(store):
    put(store, *range(50))
    other = fresh(store)
    for round_number in range(5):
        with store.rebuilding(schema(), FINGERPRINT, nothing) as rebuild:
            fill(rebuild, range(50))
        put(store, 1, text=f"round{round_number}")
        assert len(ids(other)) == 50


def test_signature_changes_with_every_commit(store):
    seen = {signature(store.root)}
    for number in range(20):
        put(store, number)
        seen.add(signature(store.root))
    assert len(seen) == 21


def test_one_store_a_folder_a_process(tmp_path):
    assert store_at(tmp_path / "a") is store_at(str(tmp_path / "a"))
    assert store_at(tmp_path / "a") is not store_at(tmp_path / "b")


def test_state_file_that_is_a_pickle_is_not_loaded(store):
    (store.root / "current").write_bytes(pickle.dumps({"folder": "g"}))
    with suppress(IndexDamaged):
        store.state()
        pytest.fail("a pickle was taken for a state")
