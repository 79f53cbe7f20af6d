import pytest
from django.urls import reverse

from archive.desk import correct
from archive.models import Article
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db):
    article = take_in("The toll is 41.")
    return correct.edit(article, {"headline": "Other <headline>"}, by=None, why="Shorter.")


def address(article, version):
    return reverse("admin:archive_article_restore", args=[article.pk, version])


def test_history_offers_every_version_but_the_current(client_of, story):
    page = client_of("archivist").get(reverse("admin:archive_article_history", args=[story.pk]))
    assert address(story, 1) in page.content.decode()
    assert address(story, 2) not in page.content.decode()


def test_difference_is_shown_before_anything_is_restored(client_of, story):
    page = client_of("archivist").get(address(story, 1)).content.decode()
    assert "<del>Other &lt;headline&gt;</del>" in page
    assert Article.objects.get(pk=story.pk).version == 2


def test_restoring_asks_why_and_keeps_it(client_of, story):
    client = client_of("archivist")
    assert "This field is required" in client.post(address(story, 1), {"why": ""}).content.decode()
    client.post(address(story, 1), {"why": "The first was right."})
    revision = story.revisions.latest("history_id")
    assert revision.headline.startswith("Ferries sail again")
    assert (revision.history_change_reason, revision.history_user.username) == (
        "The first was right.",
        "archivist",
    )


@pytest.mark.parametrize(("role", "status"), [("contributor", 403), ("staff", 403), ("reader", 302)])
def test_only_who_may_change_the_story_may_restore(client_of, story, role, status):
    assert client_of(role).post(address(story, 1), {"why": "Because."}).status_code == status
    assert Article.objects.get(pk=story.pk).version == 2


def test_version_that_never_was_is_not_found(client_of, story):
    assert client_of("archivist").get(address(story, 9)).status_code == 404
