"""Strangers cannot fill the disk."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client

from archive.pages.bodies import MAX_ANONYMOUS_BYTES

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(monkeypatch):
    """Count the bytes of files that are written while a request is read."""
    sizes = []
    receive = TemporaryFileUploadHandler.receive_data_chunk

    def count(handler, data, start):
        sizes.append(len(data))
        return receive(handler, data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", count)
    return sizes


def send(client, size, path="/admin/login/"):
    return client.post(path, {"file": SimpleUploadedFile("a.txt", b"x" * size)})


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/upload/", "/search/", "/", "/nowhere/"])
def test_large_request_of_a_stranger_is_refused_unread(written, path):
    response = send(Client(enforce_csrf_checks=True), 4 * MAX_ANONYMOUS_BYTES, path)
    assert response.status_code == 413
    assert "at most 1.0\xa0MB" in response.content.decode()
    assert written == []


def test_made_up_session_does_not_help(written):
    client = Client()
    client.cookies["sessionid"] = "made-up"
    assert send(client, 4 * MAX_ANONYMOUS_BYTES).status_code == 413
    assert written == []


def test_small_request_of_a_stranger_is_answered():
    assert send(Client(), MAX_ANONYMOUS_BYTES // 2).status_code == 200


def test_large_request_of_somebody_signed_in_is_read(written):
    client = Client()
    client.force_login(User.objects.create_user("editor", is_staff=True))
    assert send(client, 4 * MAX_ANONYMOUS_BYTES, "/admin/password_change/").status_code == 200
    assert sum(written) == 4 * MAX_ANONYMOUS_BYTES


@pytest.mark.parametrize("length", ["-1", "x", "٩٩٩٩٩٩٩٩", ""])
def test_odd_lengths_are_none(length):
    assert Client().get("/", CONTENT_LENGTH=length).status_code == 200
