"""Closing versions and originals, as an archivist does it."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from archive.desk import correct
from archive.models import Closing
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db):
    article = take_in("Call 555-0142.")
    return correct.edit(article, {"body_html": "<p>Call nobody.</p>"}, by=None, why="A slip.")


@pytest.fixture
def url(story):
    return reverse("admin:archive_article_closings", args=[story.pk])


def test_ticked_ones_are_closed_and_told(client_of, story, url):
    archivist = client_of("archivist")
    original = story.originals.get()
    data = {"action": "close", "version": ["1"], "original": [original.pk], "reason": "Private."}
    page = archivist.post(url, data, follow=True).content.decode()
    assert "2 closed to readers." in page
    assert Closing.objects.in_force().count() == 2
    assert Closing.objects.first().closed_by == User.objects.get(username="archivist")
    history = archivist.get(reverse("admin:archive_article_history", args=[story.pk])).content.decode()
    assert "closed now: version 1" in history
    restore = archivist.get(reverse("admin:archive_article_restore", args=[story.pk, 1])).content.decode()
    assert "This version is closed to readers" in restore


def test_opened_again_with_a_reason(client_of, story, url):
    archivist = client_of("archivist")
    archivist.post(url, {"action": "close", "version": ["1"], "reason": "Private."})
    closing = Closing.objects.get()
    archivist.post(url, {"action": f"open:{closing.pk}", "why": ""})
    assert Closing.objects.in_force().exists()
    page = archivist.post(url, {"action": f"open:{closing.pk}", "why": "Lifted."}, follow=True)
    assert "Readers can see version 1 again." in page.content.decode()
    assert not Closing.objects.in_force().exists()
    assert "Lifted." in archivist.get(url).content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"version": ["1"], "reason": ""}, "give a reason"),
        ({"reason": "Private."}, "Tick what is to be closed"),
        ({"version": ["2"], "reason": "Private."}, "how the story stands now"),
        ({"version": ["99"], "reason": "Private."}, "never saw one of these"),
        ({"original": ["987654"], "reason": "Private."}, "not of this story"),
        ({"version": ["1 or 1=1", "9" * 40], "reason": "Private."}, "Tick what is to be closed"),
    ],
)
def test_what_cannot_be_done_is_told(client_of, url, data, message):
    page = client_of("archivist").post(url, {"action": "close", **data})
    assert message in page.content.decode()
    assert not Closing.objects.exists()


def test_closing_of_another_story_is_not_opened_here(client_of, story, url):
    other = take_in("Another story.")
    closing = Closing.objects.create(article=other, version=1, reason="Private.")
    answer = client_of("archivist").post(url, {"action": f"open:{closing.pk}", "why": "Mine."})
    assert answer.status_code == 404
    assert Closing.objects.in_force().exists()


@pytest.mark.parametrize("role", ["contributor", "staff"])
def test_only_who_publishes_may_close(client_of, story, url, role):
    client = client_of(role)
    assert client.get(url).status_code == 403
    assert client.post(url, {"action": "close", "version": ["1"], "reason": "Private."}).status_code == 403
    assert not Closing.objects.exists()


def test_address_is_made_anew(client_of, story, url):
    story = correct.edit(story, {"headline": "Another headline"}, by=None, why="Clearer.")
    archivist = client_of("archivist")
    assert "Make a new address" in archivist.get(url).content.decode()
    archivist.post(url, {"action": "readdress"})
    story.refresh_from_db()
    assert story.slug == "another-headline"
    assert "Make a new address" not in archivist.get(url).content.decode()
