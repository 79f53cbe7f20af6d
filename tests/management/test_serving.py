"""Where the archive is served is checked before anything else takes time."""

import io
import os
import socket
import subprocess
import time
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command

from archive.management.serving import check_address, prepare, server_command


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


def test_long_question_in_another_script_reaches_the_archive(tmp_path):
    """A thousand Persian letters are six thousand signs of an address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = server_command(f"127.0.0.1:{port}", 1, 1)
    (tmp_path / "echo.py").write_text(
        "def application(environ, start):\n"
        "    start('200 OK', [])\n"
        "    return [str(len(environ['QUERY_STRING'])).encode()]\n"
    )
    command = ["echo:application" if part == "archive.wsgi" else part for part in command]
    server = subprocess.Popen(command, cwd=tmp_path)
    try:
        answer = _asked(port, "/search/?q=" + quote("ر" * 1000 + " " * 100))
    finally:
        server.terminate()
        server.wait()
    assert answer.startswith("HTTP/1.1 200")
    assert str(len("q=") + 6300) in answer


def _asked(port: int, address: str) -> str:
    """Ask a server that may not have started yet."""
    for _ in range(3000):
        try:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(f"GET {address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        except ConnectionError:
            time.sleep(0.1)
    raise AssertionError("The server did not start.")
