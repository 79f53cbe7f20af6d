"""Downloads hold a place each, and slow readers leave the archive to others."""

import socket
import time

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import RequestFactory

from archive.pages import exports
from archive.pages.slots import Sending, Slots
from archive.search import indexer
from tests.factories import make_article

DEADLINE_SECONDS = 300


@pytest.fixture(autouse=True)
def nobody_downloads(monkeypatch):
    """Answers of other tests that were never read may still hold places."""
    monkeypatch.setattr(exports, "slots", Slots())


def test_places_are_given_back_once(settings):
    settings.ARCHIVE_EXPORTS_AT_ONCE = 2
    slots = Slots()
    first, second = Sending(iter_of("a"), slots.take()), Sending(iter_of("b"), slots.take())
    assert slots.take() is None
    first.close()
    first.close()
    third = slots.take()
    assert third is not None
    assert slots.take() is None
    del second
    assert slots.take() is not None


def test_no_limit_is_no_limit(settings):
    settings.ARCHIVE_EXPORTS_AT_ONCE = 0
    slots = Slots()
    assert all(slots.take() for _ in range(50))


def iter_of(*pieces):
    yield from pieces


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["json", "csv", "ris", "atom"])
def test_third_download_waits_until_another_is_closed(reader, wire, ending, settings):
    settings.ARCHIVE_EXPORTS_AT_ONCE = 2
    indexer.rebuild()
    address = f"/search/results.{ending}"
    sent = [exports.results(RequestFactory().get(address), ending) for _ in range(2)]
    next(iter(sent[0].streaming_content))
    page = reader.get(address)
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "The pages can be read as usual." in page.content.decode()
    close(sent[0])
    again = reader.get(address)
    assert again.status_code == 200
    assert b"".join(again.streaming_content)
    close(sent[1])


def close(response):
    """Close a response as a server does, but keep the connection to the test's database."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


@pytest.mark.django_db
def test_refused_and_failing_downloads_keep_no_place(reader, wire, settings, monkeypatch):
    settings.ARCHIVE_EXPORTS_AT_ONCE = 1
    settings.ARCHIVE_MAX_EXPORT = 1
    indexer.rebuild()
    for _ in range(3):
        assert reader.get("/search/results.csv").status_code == 400
    settings.ARCHIVE_MAX_EXPORT = 0
    with monkeypatch.context() as patched:
        patched.setattr(exports, "find_everything", lambda query: 1 / 0)
        for _ in range(3):
            assert reader.get("/search/results.csv").status_code == 500
    page = reader.get("/search/results.csv")
    assert page.status_code == 200
    assert b"".join(page.streaming_content)


@pytest.mark.django_db(transaction=True)
def test_reader_who_stops_reading_holds_one_place_only(live_server, settings):
    """A body no socket buffers as a whole; whoever leaves in the middle gives the place back."""
    settings.ARCHIVE_EXPORTS_AT_ONCE = 2
    paragraph = "The ferry left Port Selim once more. " * 200
    for number in range(60):
        make_article(f"Long story {number}", on="2001-06-14", slug=f"long-{number}", body=[paragraph] * 40)
    indexer.rebuild()
    slow = [begin(live_server) for _ in range(2)]
    assert [status for _, status in slow] == [200, 200]
    assert begin(live_server)[1] == 503
    for connection, _ in slow:
        connection.close()
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (answer := begin(live_server))[1] == 503 and time.monotonic() < deadline:
        answer[0].close()
        time.sleep(0.2)
    answer[0].close()
    assert answer[1] == 200


def begin(server):
    """Ask for a download and read no more than the beginning of the answer; return (connection, status)."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(DEADLINE_SECONDS)
    connection.connect((server.thread.host, server.thread.port))
    connection.sendall(b"GET /search/results.json HTTP/1.0\r\nHost: localhost\r\n\r\n")
    return connection, int(connection.recv(64).split()[1])
