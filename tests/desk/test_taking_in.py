"""What is no file is named and passed over: opening it might never end."""

import errno
import os
import socket

import pytest

from archive.desk.ingest import count_bytes, find_files, ingest
from tests.desk.copy_samples import STORY, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.txt").write_text(STORY)
    os.mkfifo(tmp_path / "b.pipe")
    (tmp_path / "c.device").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        # The path of a socket has to be short.
        before = os.getcwd()
        os.chdir(tmp_path)
        listener.bind("d.socket")
        os.chdir(before)
    return tmp_path


def test_pipes_devices_and_sockets_in_a_folder_are_named(folder):
    files = find_files([folder])
    assert count_bytes(files) == len(STORY.encode())
    report = ingest(files, make_source())
    assert report.outcomes["new"] == 1
    assert [path.name for path, _ in report.skipped] == ["b.pipe", "c.device", "d.socket"]
    assert {reason.split(":")[0] for _, reason in report.skipped} == {
        "It is no file but a pipe, a socket or a device, which are not read"
    }


def test_pipe_that_is_named_is_refused(folder):
    report = ingest(find_files([folder / "b.pipe"]), make_source(), dry_run=True)
    assert report.skipped_count == 1


def test_folder_that_cannot_be_opened_is_named(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir()
    (tmp_path / "a.txt").write_text(STORY)
    scandir = os.scandir

    def scandir_unless_closed(path):
        if os.fspath(path) == os.fspath(closed):
            raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
        return scandir(path)

    # Whoever runs the tests may be root, who may open every folder.
    monkeypatch.setattr(os, "scandir", scandir_unless_closed)
    report = ingest(find_files([tmp_path]), make_source())
    assert report.outcomes["new"] == 1
    assert [(path.name, reason.split(".")[0]) for path, reason in report.skipped] == [
        ("closed", "The folder cannot be opened")
    ]
