import pytest
from django.urls import reverse

from archive.desk import corrections, families
from archive.models import Apart, Article, Correction, Family
from tests.factories import make_article

pytestmark = pytest.mark.django_db
TEXT = "The ferry Sennet Star sank off the northern island early on Thursday in heavy swell, boats searched for all."


@pytest.fixture
def kill(db):
    story = make_article("Minister held shares in mine <b>", body=(TEXT,), at="06:00")
    notice = make_article("KILL: Minister story", body=("Do not use.",), at="09:00", mark="withdrawn")
    families.place([story, notice])
    corrections.link([notice])
    return story, Correction.objects.get()


def decide(client, row, target, **more):
    data = {"correction": row.pk, "target": target, "address": "", "why": "The desk asked.", **more}
    return client.post(reverse("admin:corrections"), data)


def test_queue_tells_what_waits_and_what_it_may_be(client_of, kill):
    client = client_of("archivist")
    assert "Corrections to link" in client.get(reverse("admin:index")).content.decode()
    page = client.get(reverse("admin:corrections")).content.decode()
    assert "KILL: Minister story" in page
    assert "Minister held shares in mine &lt;b&gt;" in page


@pytest.mark.parametrize("how", ["number", "address", "whole address"])
def test_decision_carries_the_withdrawal_out(client_of, kill, how):
    story, row = kill
    url = story.get_absolute_url()
    target, address = {
        "number": (story.pk, ""),
        "address": ("address", url),
        "whole address": ("address", f"https://archive.example.org{url}?q=1"),
    }[how]
    assert decide(client_of("archivist"), row, target, address=address).status_code == 302
    assert Article.objects.get(pk=story.pk).status == "withdrawn"
    row.refresh_from_db()
    assert (row.decided_by.username, row.why) == ("archivist", "The desk asked.")


def test_nothing_in_this_archive_settles_it(client_of, kill):
    story, row = kill
    decide(client_of("archivist"), row, "nothing")
    assert Article.objects.get(pk=story.pk).status == "published"
    assert not corrections.waiting().exists()


@pytest.mark.parametrize(
    "address", ["", "/no/such/", "/2001/06/14/nothing/", "/9999/99/99/nothing/", "http://["]
)
def test_address_that_leads_nowhere_is_refused(client_of, kill, address):
    page = decide(client_of("archivist"), kill[1], "address", address=address)
    assert "There is no story with this address" in page.content.decode()
    assert corrections.waiting().count() == 1


def test_story_cannot_correct_itself(client_of, kill):
    page = decide(client_of("archivist"), kill[1], kill[1].correcting_id)
    assert "cannot correct itself" in page.content.decode()


@pytest.mark.parametrize(("role", "status"), [("contributor", 403), ("staff", 403), ("reader", 302)])
def test_only_who_publishes_may_decide(client_of, kill, role, status):
    assert decide(client_of(role), kill[1], kill[0].pk).status_code == status
    assert Article.objects.get(pk=kill[0].pk).status == "published"


def test_not_the_same_story_is_remembered(client_of):
    stories = [make_article(f"Story {n}", body=(TEXT,)) for n in (1, 2)]
    families.place(stories)
    client = client_of("archivist")
    address = reverse("admin:family", args=[stories[0].pk])
    assert "Story 2" in client.get(address).content.decode()
    assert (
        address in client.get(reverse("admin:archive_article_change", args=[stories[0].pk])).content.decode()
    )
    client.post(address, {"why": "Another ferry."})
    assert Family.objects.count() == 0
    assert (Apart.objects.get().why, Apart.objects.get().by.username) == ("Another ferry.", "archivist")
