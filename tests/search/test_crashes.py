"""Kill the writing process at random moments, and look whether anything that was acknowledged is gone."""

import os
import random
import signal
import time
import traceback
from pathlib import Path
from typing import Final, TextIO

import pytest
from whoosh import query as wq

from archive.search.engines.whoosh import bulk
from archive.search.engines.whoosh.store import IndexStore

from .test_store import FINGERPRINT, nothing, schema

KILLS: Final = 320
ARTICLES: Final = 60


def write_for_ever(root: Path, log: Path, seed: int, version: int) -> None:
    """Write batches of updates and deletions, merges and rebuilds.

    A batch is noted before it is written, like a row of the outbox, and again when its commit has returned:
    what that second note says was acknowledged.
    """
    store, rng = IndexStore(root, lock_timeout_seconds=20), random.Random(seed)
    bulk.BLOCK_DOCUMENTS = 10  # so that other processes are at work, too, when this one is killed
    with log.open("a", buffering=1) as notes:
        while True:
            version += 1
            numbers = rng.sample(range(ARTICLES), rng.randint(1, 6))
            gone = [n for n in numbers if rng.random() < 0.2]
            note(notes, "try", version, numbers)
            if rng.random() < 0.05:
                rebuild_from_itself(store, rng.randint(1, 2))
            write_batch(store, version, [n for n in numbers if n not in gone], gone, rng.random() < 0.2)
            note(notes, "gone", version, gone)
            note(notes, "kept", version, [n for n in numbers if n not in gone])


def note(notes: TextIO, kind: str, version: int, numbers: list[int]) -> None:
    notes.write(" ".join([kind, str(version), *map(str, numbers)]) + "\n")


def write_batch(store: IndexStore, version: int, kept: list[int], gone: list[int], merge: bool) -> None:
    with store.writing(FINGERPRINT) as writer:
        for n in gone:
            writer.delete_by_term("id", f"d{n}")
        for n in kept:
            writer.update_document(id=f"d{n}", text=f"common v{version} w{n}", number=version)
        if merge:
            writer.merge_small_segments()


def rebuild_from_itself(store: IndexStore, processes: int) -> None:
    snapshot = store.snapshot()
    kept = [snapshot.stored(doc) for doc in snapshot.iter_docs()]
    with store.rebuilding(schema(), FINGERPRINT, nothing, processes=processes) as rebuild:
        for values in kept:
            rebuild.writer.queue_document(values["id"], values)


def start_writer(root: Path, log: Path, seed: int, version: int) -> int:
    """Fork a writer and return its process id."""
    child = os.fork()
    if child == 0:
        try:
            write_for_ever(root, log, seed, version)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    return child


def expected_state(log: Path) -> tuple[dict[int, int], dict[int, set[int]], int]:
    """Return the acknowledged version of each article, versions that may be there too, and the last version tried.

    Only the batch that was under way when the process died may be there without having been acknowledged.
    """
    kept: dict[int, int] = {}
    maybe: dict[int, set[int]] = {}
    last, open_batch = 0, []
    for line in log.read_text().splitlines():
        kind, version, *numbers = line.split()
        version, numbers = int(version), [int(number) for number in numbers]
        if kind == "try":
            for number in open_batch:  # died in it; what it left is settled by the next look
                maybe.setdefault(number, set()).add(last)
            last, open_batch = version, numbers
        elif kind == "gone":
            for number in numbers:
                kept.pop(number, None)
                maybe.pop(number, None)
        else:
            open_batch = []
            for number in numbers:
                kept[number] = version
                maybe.pop(number, None)
    for number in open_batch:
        maybe.setdefault(number, set()).add(last)
    return kept, maybe, last


def check(root: Path, log: Path) -> int:
    """Compare the index with what was acknowledged, and return the last version tried."""
    kept, maybe, last = expected_state(log)
    store = IndexStore(root)
    snapshot = store.snapshot()
    stored = [snapshot.stored(doc) for doc in snapshot.iter_docs()]
    found = {int(document["id"][1:]): document["number"] for document in stored}
    assert len(found) == len(stored), "an article is there twice"
    for number in range(ARTICLES):
        allowed = {kept.get(number), *maybe.get(number, ())}
        if number in maybe:
            allowed.add(None)  # the batch that died may have been its deletion
        assert found.get(number) in allowed, (number, found.get(number), allowed)
    for document in stored:
        term = f"v{document['number']}"
        hits = snapshot.search(wq.And([wq.Term("text", term), wq.Term("id", document["id"])]))
        assert hits.total == 1, "an article cannot be found by its words"
    assert snapshot.search(wq.Term("text", "common"), limit=None).total == len(stored), "a phantom posting"
    assert store.verify() == []
    return last


@pytest.mark.slow
def test_killing_the_writer_loses_nothing_acknowledged(tmp_path):
    root, log = tmp_path / "index", tmp_path / "acknowledged"
    store = IndexStore(root)
    store.create_empty(schema(), FINGERPRINT)
    log.touch()
    rng, last = random.Random(20190710), 0
    for kill in range(KILLS):
        notes = count_notes(log) + rng.randint(1, 8)
        child = start_writer(root, log, kill, last)
        wait_for_notes(log, notes, child)
        time.sleep(rng.random() * 0.05)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        last = check(root, log)
    batches = sum(line.startswith("kept") for line in log.read_text().splitlines())
    assert batches > KILLS
    write_batch(store, last + 1, [0], [], False)  # the lock is free and the folder is tidy
    assert len(list((root / store.state().folder).glob("*.toc"))) == 1
    with store.rebuilding(schema(), FINGERPRINT, nothing):
        pass
    assert store.snapshot().doc_count == 0


def count_notes(log: Path) -> int:
    return log.read_bytes().count(b"\n")


def wait_for_notes(log: Path, notes: int, child: int) -> None:
    """Wait until the process has done some of its work, three notes a batch, so that it is killed in the middle."""
    deadline = time.monotonic() + 600
    while count_notes(log) < notes:
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "the writer ended by itself"
        assert time.monotonic() < deadline, "the writer did not get on"
        time.sleep(0.002)
