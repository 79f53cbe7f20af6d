"""Numbers that were made up are no errors of the server."""

import pytest
from django.urls import reverse

from archive.admin.posted import number_of, numbers_of
from archive.desk import authority
from tests.admin.copies import COPY

MADE_UP = ("9" * 30, "²", "٣", "-1", "1e3", "", " 1", "9" * 5000)


@pytest.mark.parametrize("text", MADE_UP)
def test_what_is_no_number_of_a_row_is_none(text):
    assert number_of(text) == 0


def test_numbers_are_read_among_others():
    assert numbers_of(["7", "x", "0", "123456789012345678"]) == [7, 123456789012345678]


@pytest.mark.django_db
@pytest.mark.parametrize("made_up", MADE_UP[:3])
def test_made_up_numbers_are_answered_everywhere(client_of, upload, made_up):
    client = client_of("archivist")
    name = authority.register_name(kind="person", name="Tarla Okonjo")
    batch = upload(client, [("a.txt", COPY.encode())])
    sent = [
        (reverse("admin:audit"), [f"read:{made_up}", f"confirm:{made_up}", f"means:{made_up}:1:1:x"]),
        (
            reverse("admin:candidates"),
            [f"{verb}:{made_up}" for verb in ("register", "ignore", "restore", "add")],
        ),
        (reverse("admin:workbench", args=[name.pk]), ["split", "confirm", f"merge-in:{made_up}"]),
        (batch.get_absolute_url(), ["accept"]),
    ]
    for address, actions in sent:
        for action in actions:
            data = {"action": action, "article": [made_up], "candidate": [made_up], "item": [made_up]}
            assert client.post(address, data).status_code in (200, 302, 400), (address, action)
