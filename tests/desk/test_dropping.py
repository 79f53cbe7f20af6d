"""The drop folder: only finished files, each to where it belongs."""

import os

import pytest

from archive.desk import dropping
from archive.desk.dropping import DropFolder
from archive.desk.ingest import Stopped, ingest
from archive.models import Article, Batch
from tests.desk.copy_samples import STORY, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(tmp_path):
    return DropFolder(tmp_path, make_source(), publish=True)


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_file_is_taken_at_the_second_look_and_moved(drop, tmp_path):
    (tmp_path / "a.txt").write_text(STORY)
    assert drop.look() == 0
    assert drop.look() == 1
    assert Article.objects.published().count() == 1
    assert (names(tmp_path), names(tmp_path / "done")) == ([], ["a.txt"])
    assert Batch.objects.get().kind == "watch"


def test_file_that_still_grows_waits(drop, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(STORY[:40])
    drop.look()
    path.write_text(STORY)
    assert drop.look() == 0
    assert drop.look() == 1
    assert Article.objects.get().sign_off == "NA/PA"


def test_bad_file_is_put_aside_with_its_reason(drop, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    drop.look(), drop.look()
    assert names(tmp_path / "failed") == ["a.jpg", "a.jpg.reason.txt"]
    assert "This is a picture" in (tmp_path / "failed" / "a.jpg.reason.txt").read_text()


def test_unfinished_hidden_and_linked_files_are_left_alone(drop, tmp_path):
    for name in ("a.part", "b.tmp", ".c"):
        (tmp_path / name).write_text(STORY)
    os.symlink("/etc/hostname", tmp_path / "d")
    drop.look()
    assert drop.look() == 0


def test_second_file_of_a_name_overwrites_nothing(drop, tmp_path):
    for text in (STORY, STORY.replace("Sable", "Amber")):
        (tmp_path / "a.txt").write_text(text)
        drop.look(), drop.look()
    assert names(tmp_path / "done") == ["a-2.txt", "a.txt"]
    assert Article.objects.count() == 2


def test_file_taken_in_before_a_crash_comes_in_once(drop, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(STORY)
    ingest([path], make_source(), publish=True)
    drop.look(), drop.look()
    assert Article.objects.count() == 1
    assert names(tmp_path / "done") == ["a.txt"]


def test_file_that_changes_while_it_is_taken_in_waits_for_its_end(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(STORY[:40])

    def write_the_rest(name, report):
        if report.outcomes["new"] and path.exists() and path.read_text() != STORY:
            path.write_text(STORY)

    drop = DropFolder(tmp_path, make_source(), tell=write_the_rest)
    drop.look(), drop.look()
    assert names(tmp_path) == ["a.txt"]
    drop.look(), drop.look()
    assert (names(tmp_path), names(tmp_path / "done")) == ([], ["a.txt"])
    assert Article.objects.filter(sign_off="NA/PA").exists()


def test_file_that_is_gone_meanwhile_harms_nothing(drop, tmp_path):
    (tmp_path / "a.txt").write_text(STORY)
    drop.look()
    drop._tell = lambda name, report: (tmp_path / "a.txt").unlink()
    assert drop.look() == 1
    assert names(tmp_path / "done") == []


def test_once_takes_more_files_than_are_looked_at_together(drop, tmp_path, monkeypatch):
    monkeypatch.setattr(dropping, "MAX_FILES_AT_ONCE", 2)
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(STORY.replace("Sable", f"Sable {number}"))
    drop.run(every_seconds=0.01, once=True)
    assert len(names(tmp_path / "done")) == 5


def test_locked_database_is_waited_for(tmp_path, monkeypatch):
    calls, complaints = [], []

    def ingest_later(files, source, **options):
        calls.append(files)
        if len(calls) == 1:
            raise Stopped("Another program keeps the database locked.")
        return ingest(files, source, **options)

    def tell(name, report):
        raise KeyboardInterrupt

    monkeypatch.setattr(dropping, "ingest", ingest_later)
    monkeypatch.setattr(dropping, "PAUSE_SECONDS", 0.01)
    (tmp_path / "a.txt").write_text(STORY)
    drop = DropFolder(tmp_path, make_source(), tell=tell, complain=complaints.append)
    with pytest.raises(KeyboardInterrupt):
        drop.run(every_seconds=0.01)
    assert Article.objects.count() == 1
    assert complaints == ["Another program keeps the database locked. Trying again in 0 seconds."]


def test_file_that_cannot_be_moved_is_taken_once(tmp_path):
    complaints = []
    drop = DropFolder(tmp_path, make_source(), complain=complaints.append)
    (tmp_path / "done").rmdir()
    (tmp_path / "done").write_text("no folder")
    (tmp_path / "a.txt").write_text(STORY)
    assert [drop.look() for _ in range(4)] == [0, 2, 0, 0]
    assert "a.txt cannot be moved: Not a directory. It stays." in complaints
