"""The search log: counts without readers, and never in the way."""

import datetime

import pytest
from django.utils import timezone

from archive.models import SearchLogEntry
from archive.search import log

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log_without_timer(settings, monkeypatch):
    settings.ARCHIVE_SEARCH_LOG = True
    monkeypatch.setattr(log, "_set_timer", lambda seconds: None)
    log._held.clear()
    yield
    log._held.clear()


def rows():
    fields = ("text", "times", "times_without_hits", "slowest_ms")
    return list(SearchLogEntry.objects.order_by("text").values_list(*fields))


def test_same_question_is_counted_together_over_several_writes():
    log.note("Takhti  Rahim", total=3, seconds=0.020)
    log.note("takhti rahim ", total=0, seconds=0.050)
    log.note("reef", total=0, seconds=0.001)
    assert log.flush() == 2
    log.note("TAKHTI RAHIM", total=3, seconds=0.010)
    assert log.flush() == 1
    assert rows() == [("reef", 1, 1, 1), ("takhti rahim", 3, 1, 50)]


def test_nothing_is_kept_when_switched_off_or_empty(settings):
    log.note("  ", total=0, seconds=0)
    settings.ARCHIVE_SEARCH_LOG = False
    log.note("reef", total=0, seconds=0)
    assert log.flush() == 0
    assert rows() == []


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(log, "MOST_HELD", 3)
    for number in range(10):
        log.note(f"question {number}", total=1, seconds=0)
    log.note("question 0", total=1, seconds=0)
    assert log.flush() == 3
    assert rows()[0] == ("question 0", 2, 0, 0)


def test_long_questions_are_cut():
    log.note("a" * 5000, total=0, seconds=0)
    log.flush()
    assert len(rows()[0][0]) == 200


def test_old_days_are_forgotten():
    old = timezone.localdate() - datetime.timedelta(days=log.DAYS_KEPT + 1)
    SearchLogEntry.objects.create(day=old, text="long ago", times=1)
    log.note("reef", total=1, seconds=0)
    log.flush()
    assert [row[0] for row in rows()] == ["reef"]


def test_failing_write_is_a_warning_and_nothing_more(monkeypatch, caplog):
    def fail():
        raise OSError("disk full")

    monkeypatch.setattr(log, "flush", fail)
    monkeypatch.setattr(log.connection, "close", lambda: None)
    log._write_in_background()
    assert "search goes on" in caplog.text


def test_no_search_writes_to_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        log.note("reef", total=1, seconds=0.1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Storm OR Cyclone", "storm OR cyclone"),
        ("storm or cyclone", "storm or cyclone"),
        ("Oil NEAR/5 Tax", "oil NEAR/5 tax"),
        ("CAPS(IFA) Board", "CAPS(IFA) board"),
        ("From:Geneva NOT Rain", "from:geneva NOT rain"),
    ],
)
def test_question_is_kept_so_that_it_asks_the_same(typed, kept):
    log.note(typed, total=1, seconds=0)
    log.flush()
    assert [text for text, *_ in rows()] == [kept]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("?q=ferry", ["ferry"]),
        ("?q=ferry&from=Varra", []),
        ("?q=ferry&since=2001", []),
        ("?q=ferry&page=2", []),
        ("?q=ferry&sort=newest", []),
    ],
)
def test_narrowing_a_result_is_no_new_question(client, address, kept):
    client.get(f"/search/{address}")
    log.flush()
    assert [text for text, *_ in rows()] == kept
