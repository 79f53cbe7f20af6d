import os

import pytest

from archive.desk.ingest import count_bytes, find_files, ingest
from archive.models import Article, BatchReject, IndexTask, Original
from tests.desk.copy_samples import STORY, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "2004").mkdir()
    (tmp_path / "2004" / "b.txt").write_text(STORY)
    (tmp_path / "2004" / "a.txt").write_text(STORY.replace("Sable", "Amber"))
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8)
    (tmp_path / ".hidden").write_text("x")
    return tmp_path


def test_files_are_found_in_order_without_hidden_ones(folder):
    names = [str(path.relative_to(folder)) for path in find_files([folder, folder / "empty.txt"])]
    assert names == ["empty.txt", "photo.jpg", "2004/a.txt", "2004/b.txt"]


def test_missing_path_is_named(folder):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        find_files([folder / "nowhere"])


def test_bad_files_are_named_and_the_rest_goes_on(folder):
    report = ingest(find_files([folder]), make_source(), publish=True)
    assert report.counts() == {
        "read": 4,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "duplicate": 0,
        "kept as draft": 0,
        "skipped": 2,
    }
    assert [path.name for path, _ in report.skipped] == ["empty.txt", "photo.jpg"]
    assert all(reason.endswith(".") for _, reason in report.skipped)
    assert Article.objects.published().count() == 2


def test_names_that_are_no_text_are_kept_as_far_as_they_are(tmp_path):
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    for name, content in ((b"ann\xe9e.txt", STORY.encode()), (b"no\xebl.bin", bytes(2_000))):
        with open(folder + b"/" + name, "wb") as file:
            file.write(content)
    report = ingest(find_files([tmp_path]), make_source(), origin=os.fsdecode(folder))
    assert (report.outcomes["new"], report.skipped_count) == (1, 1)
    assert str(report.skipped[0].path) == f"{tmp_path}/caf�/no�l.bin"
    assert Original.objects.get().name == "ann�e.txt"
    assert BatchReject.objects.get().name == "no�l.bin"
    assert report.batch.origin == f"{tmp_path}/caf�"


def test_second_run_changes_nothing(folder):
    ingest(find_files([folder]), make_source(), publish=True)
    IndexTask.objects.all().delete()
    report = ingest(find_files([folder]), make_source(), publish=True)
    assert (report.outcomes["new"], report.outcomes["unchanged"]) == (0, 2)
    assert not IndexTask.objects.exists()


def test_dry_run_writes_nothing(folder):
    report = ingest(find_files([folder]), make_source(), dry_run=True)
    assert report.outcomes["new"] == 2
    assert not Article.objects.exists()


def test_oversize_file_is_refused_without_being_read_whole(tmp_path, settings):
    settings.ARCHIVE_MAX_UPLOAD_BYTES = 1_000
    (tmp_path / "big.txt").write_text(STORY + "x" * 5_000)
    report = ingest(find_files([tmp_path]), make_source())
    assert len(report.skipped) == 1
    assert report.skipped[0].reason.startswith("The file has 5,")


def test_file_that_vanishes_is_named(tmp_path):
    report = ingest([tmp_path / "gone.txt"], make_source())
    assert report.skipped[0].reason == "It could not be read: No such file or directory."


def test_progress_counts_every_byte_and_story(folder):
    seen = []
    files = find_files([folder])
    ingest(files, make_source(), progress=lambda *done: seen.append(done))
    assert [sum(column) for column in zip(*seen, strict=True)] == [count_bytes(files), 4]
