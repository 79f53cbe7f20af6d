"""The queue of days that disagree."""

import datetime

import pytest
from django.urls import reverse

from archive.admin import dates as page_of_dates
from archive.desk import dates
from archive.models import DateDoubt
from tests.desk.test_dates import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def url():
    return reverse("admin:dates")


@pytest.fixture
def doubts(db):
    """Two doubts: a dateline that is later, and a weekday that is another."""
    take_in(dateline="VARRA, July 12", headline="Later <dateline>")
    take_in("Monday, July 10, 2004 - 22:07", headline="Other weekday")
    return list(DateDoubt.objects.order_by("pk"))


def test_three_days_stand_beside_each_other(client_of, doubts, url):
    text = client_of("archivist").get(url).content.decode()
    assert "Later &lt;dateline&gt;" in text
    for day in ("Sat, 10 July 2004", "Mon, 12 July 2004", "Monday, July 10, 2004 - 22:07", "VARRA, July 12"):
        assert day in text
    assert f"{doubts[0].article.created_at.year}" in text
    assert "2 doubts about days" in text


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("?kind=later", ["Later &lt;"]),
        ("?kind=weekday", ["Other weekday"]),
        ("?kind=future", []),
        ("?source=varra-wire", ["Later &lt;", "Other weekday"]),
        ("?source=nobody", ["Later &lt;", "Other weekday"]),
        ("?kind=drop+table&page=x", ["Later &lt;", "Other weekday"]),
    ],
)
def test_doubts_are_filtered(client_of, doubts, url, question, shown):
    text = client_of("archivist").get(url + question).content.decode()
    assert [name for name in ("Later &lt;", "Other weekday") if name in text] == shown


def test_ticked_are_accepted_and_gone(client_of, doubts, url):
    archivist = client_of("archivist")
    data = {"action": "accept", "doubt": [doubts[0].pk], "accepted-why": "So printed."}
    assert "1 accepted as it is." in archivist.post(url, data, follow=True).content.decode()
    assert [doubt.pk for doubt in dates.waiting()] == [doubts[1].pk]
    assert DateDoubt.objects.get(pk=doubts[0].pk).why == "So printed."


def test_all_that_are_asked_for_are_accepted(client_of, doubts, url):
    archivist = client_of("archivist")
    archivist.post(url + "?kind=weekday", {"action": "accept-all"})
    assert [doubt.pk for doubt in dates.waiting()] == [doubts[0].pk]


def test_pages_keep_the_filter(client_of, doubts, url, monkeypatch):
    monkeypatch.setattr(page_of_dates, "PER_PAGE", 1)
    text = client_of("archivist").get(url + "?source=varra-wire").content.decode()
    assert "?source=varra-wire&amp;page=2" in text
    assert "All 2 are right" in text


def test_day_is_corrected_with_a_reason(client_of, doubts, url):
    archivist = client_of("archivist")
    pk = doubts[0].pk
    data = {"action": f"correct:{pk}", f"day-{pk}": "2004-07-12", f"why-{pk}": "As in its dateline."}
    text = archivist.post(url, data, follow=True).content.decode()
    assert "is now a story of 12 July 2004." in text
    article = doubts[0].article
    article.refresh_from_db()
    assert article.published_on == datetime.date(2004, 7, 12)
    assert article.revisions.latest("history_id").history_change_reason == "As in its dateline."
    assert not DateDoubt.objects.filter(pk=pk).exists()


@pytest.mark.parametrize(
    ("day", "why", "message"),
    [
        ("2004-07-12", "", "Readers see why"),
        ("", "So.", "Say which day is right"),
        ("2004-02-30", "So.", "This is no day"),
        ("x" * 5_000, "So.", "This is no day"),
    ],
)
def test_day_that_is_none_is_refused(client_of, doubts, url, day, why, message):
    pk = doubts[0].pk
    data = {"action": f"correct:{pk}", f"day-{pk}": day, f"why-{pk}": why}
    assert message in client_of("archivist").post(url, data, follow=True).content.decode()
    assert dates.waiting().count() == 2


@pytest.mark.parametrize("action", ["", "accept", "accept:x", "correct:999999", "correct:", "drop table"])
def test_made_up_actions_change_nothing(client_of, doubts, url, action):
    answer = client_of("archivist").post(url, {"action": action, "doubt": ["x", "9" * 40]}, follow=True)
    assert answer.status_code == 200
    assert dates.waiting().count() == 2


@pytest.mark.parametrize("role", ["contributor", "staff"])
def test_only_who_publishes_may_look(client_of, url, role):
    assert client_of(role).get(url).status_code == 403


def test_desk_counts_what_waits(client_of, doubts):
    text = client_of("archivist").get(reverse("admin:index")).content.decode()
    assert "Days that disagree" in text
