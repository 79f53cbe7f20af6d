"""The search log as archivists see it."""

import datetime

import pytest
from django.utils import timezone

from archive.models import SearchLogEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def archivist(client_of):
    return client_of("archivist")


@pytest.fixture
def logged(db):
    today = timezone.localdate()
    rows = [
        (today, "takhti rahim", 5, 0, 20),
        (today, "fishries", 2, 2, 900),
        (today - datetime.timedelta(days=3), "takhti rahim", 2, 0, 40),
        (today - datetime.timedelta(days=60), "long ago", 99, 99, 9_999),
    ]
    for day, text, times, in_vain, slowest in rows:
        SearchLogEntry.objects.create(
            day=day, text=text, times=times, times_without_hits=in_vain, slowest_ms=slowest
        )


def test_archivist_sees_frequent_vain_and_slow_searches(archivist, logged):
    page = archivist.get("/admin/searches/")
    assert page.status_code == 200
    tables = {
        heading: [(r["text"], r["number"]) for r in rows] for heading, _, rows in page.context["tables"]
    }
    assert tables == {
        "Frequent": [("takhti rahim", 7), ("fishries", 2)],
        "Without a hit": [("fishries", 2)],
        "Slow": [("fishries", 900), ("takhti rahim", 40)],
    }
    assert page.context["total"] == 9
    assert [bar.count for bar in page.context["chart"].bars] == [2, 7]
    assert "<svg" in page.content.decode()


def test_period_can_be_chosen_and_nonsense_is_a_month(archivist, logged):
    assert archivist.get("/admin/searches/?days=365").context["total"] == 108
    assert archivist.get("/admin/searches/?days=zzz").context["days"] == 30


def test_what_readers_typed_is_shown_as_text(archivist, db):
    SearchLogEntry.objects.create(day=timezone.localdate(), text="<script>alert(1)</script>", times=1)
    assert "<script>alert" not in archivist.get("/admin/searches/").content.decode()


def test_contributor_may_not_look(client_of, logged):
    assert client_of("contributor").get("/admin/searches/").status_code == 403
