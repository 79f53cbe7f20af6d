"""The drop folder: only finished files, each to where it belongs."""

import os

import pytest

from archive.desk.dropping import DropFolder
from archive.desk.ingest import ingest
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
