"""Accounts of each role, a source, and the two pages of an upload as a browser uses them."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from archive.desk.sources import get_or_register_source
from archive.models import Batch


@pytest.fixture
def source(db):
    return get_or_register_source("varra-wire", name="Varra Wire", zone="Asia/Tehran")


@pytest.fixture
def user_of(db):
    """Make an account of a role; "reader" may sign in nowhere, "staff" may sign in and do nothing."""

    def make(role: str, name: str = "") -> User:
        user = User.objects.create_user(name or role, password="correct horse", is_staff=role != "reader")
        if role not in ("reader", "staff"):
            user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def client_of(user_of):
    def make(role: str, name: str = "") -> Client:
        client = Client()
        client.force_login(user_of(role, name))
        return client

    return make


@pytest.fixture
def upload(source):
    """Upload files, given as name=content, and return the staged batch."""

    def send(client, files=(), text="", **extra) -> Batch:
        data = {
            "source": source.pk,
            "files": [SimpleUploadedFile(name, content) for name, content in files],
            "text": text,
            **extra,
        }
        response = client.post(reverse("admin:upload"), data)
        assert response.status_code == 302, response.content.decode()
        return Batch.objects.latest("pk")

    return send


@pytest.fixture
def decide():
    """Press a button of the review page: post the form as a browser would, with `changes` typed into it."""

    def press(client, batch, action, changes=None, untick=(), page=None):
        response = page or client.get(batch.get_absolute_url())
        data = {"action": action, "item": []}
        for row in response.context["rows"]:
            data["item"].append(row.item.pk)
            for field in row.form:
                value = field.value()
                if field.name == "accept" and (not value or row.item.pk in untick):
                    continue
                data[field.html_name] = "on" if field.name == "accept" else value
        for name, value in (changes or {}).items():
            data[name] = value
        return client.post(batch.get_absolute_url(), data)

    return press
