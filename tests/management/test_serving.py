"""Where the archive is served is checked before anything else takes time."""

import io
import os
import socket

import pytest
from django.core.management import CommandError, call_command

from archive.management.serving import check_address, prepare


@pytest.mark.parametrize("bind", ["nonsense", ":8000", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:٨", ""])
def test_what_is_no_address_is_refused(bind):
    with pytest.raises(CommandError, match="is no address to serve on; write HOST:PORT"):
        check_address(bind)


def test_port_out_of_range_is_refused():
    with pytest.raises(CommandError, match=r"Cannot serve on 127\.0\.0\.1:99999"):
        check_address("127.0.0.1:99999")


def test_taken_address_is_refused_and_a_free_one_stays_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CommandError, match="Choose another address with --bind"):
            check_address(f"127.0.0.1:{port}")
    check_address(f"127.0.0.1:{port}")
    check_address(f"127.0.0.1:{port}")


@pytest.mark.parametrize("option", ["--workers=0", "--threads=0", "--workers=-1"])
def test_server_without_processes_or_threads_is_refused(option):
    with pytest.raises(CommandError, match="at least one"):
        call_command("serve", option, "--bind=127.0.0.1:0")


@pytest.mark.django_db
def test_static_files_that_cannot_be_written_are_told_with_the_folder(settings, tmp_path):
    (tmp_path / "static").write_text("a file where a folder should be")
    settings.ARCHIVE_DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static" / "below"
    with pytest.raises(CommandError) as refused:
        prepare(io.StringIO())
    assert f"The archive in {tmp_path} could not be made ready" in str(refused.value)
    assert os.strerror(20) in str(refused.value)
