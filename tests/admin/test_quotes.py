"""An editor's last word on quotes."""

import pytest
from django.urls import reverse

from archive.desk.authority import register_name
from archive.desk.retagging import read_again
from archive.models import IndexTask
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def quote():
    register_name(kind="person", name="Lena Moss")
    return take_in('"We will sing until the morning comes," Lena Moss said.').quotes.get()


def url(quote):
    return reverse("admin:archive_quote_change", args=[quote.pk])


def test_speaker_is_corrected_and_stays_so(client_of, quote):
    other = register_name(kind="person", name="Helena Kadri")
    IndexTask.objects.all().delete()
    data = {"speaker": other.pk, "speaker_text": quote.speaker_text}
    assert client_of("archivist").post(url(quote), data).status_code == 302
    assert IndexTask.objects.get().article_id == quote.article_id
    read_again([quote.article_id], "test")
    quote.refresh_from_db()
    assert (quote.speaker, quote.speaker_text, quote.is_by_hand) == (other, "Helena Kadri", True)
    assert quote.reason == "decided by archivist"


def test_quote_is_hidden_and_released(client_of, quote):
    client = client_of("archivist")
    client.post(url(quote), {"speaker": quote.speaker_id, "speaker_text": "Lena Moss", "is_hidden": "on"})
    quote.refresh_from_db()
    assert quote.is_hidden
    client.post(url(quote), {"speaker": quote.speaker_id, "speaker_text": "Lena Moss", "release": "on"})
    again = quote.article.quotes.get()
    assert (again.is_hidden, again.is_by_hand, str(again.speaker)) == (False, False, "Lena Moss")


def test_quotes_are_listed_and_neither_added_nor_deleted(client_of, quote):
    client = client_of("archivist")
    assert "We will sing" in client.get(reverse("admin:archive_quote_changelist")).content.decode()
    assert client.get(reverse("admin:archive_quote_add")).status_code == 403
    assert client.post(reverse("admin:archive_quote_delete", args=[quote.pk])).status_code == 403


@pytest.mark.parametrize(("role", "view", "change"), [("contributor", 200, 403), ("staff", 403, 403)])
def test_only_archivists_correct_quotes(client_of, quote, role, view, change):
    client = client_of(role)
    assert client.get(url(quote)).status_code == view
    assert client.post(url(quote), {"speaker_text": "Me"}).status_code == change
