import datetime

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from archive.desk import correct, dates
from archive.desk.accept import accept
from archive.models import Article, DateDoubt
from tests.desk.copy_samples import make_source, read

pytestmark = pytest.mark.django_db


def take_in(timestamp="July 10, 2004 - 22:07", dateline="VARRA", headline="Ferries sail"):
    record, received = read(f"{headline}\n\n{timestamp}\n\n{dateline} - The ferries sail again.\n\nNA/PA\n")
    return accept(record, source=make_source(), received=received, publish=True).article


def doubts(article=None):
    rows = DateDoubt.objects.filter(article=article) if article else DateDoubt.objects.all()
    return list(rows.order_by("kind").values_list("kind", "facts"))


@pytest.mark.parametrize(
    ("timestamp", "dateline", "expected"),
    [
        ("July 10, 2004 - 22:07", "VARRA", []),
        ("July 10, 2004 - 22:07", "VARRA, July 10", []),
        ("July 10, 2004 - 22:07", "VARRA, July 6", []),
        ("July 10, 2004 - 22:07", "VARRA, July 5", [("earlier", "2004-07-05 2004-07-10")]),
        # It was tomorrow already in Kiritimati, but not five hours before.
        ("July 10, 2004 - 22:07", "VARRA, July 11", []),
        ("July 10, 2004 - 13:59", "VARRA, July 11", [("later", "2004-07-11 2004-07-10")]),
        ("July 10, 2004", "VARRA, July 11", []),
        ("July 10, 2004", "VARRA, July 12", [("later", "2004-07-12 2004-07-10")]),
        ("July 10, 2004 - 22:07", "VARRA, July 12", [("later", "2004-07-12 2004-07-10")]),
        ("January 2, 2004 - 22:07", "VARRA, Dec 31", []),
        ("Saturday, July 10, 2004 - 22:07", "VARRA", []),
        ("Monday, July 10, 2004 - 22:07", "VARRA", [("weekday", "Monday 2004-07-10")]),
        (
            "Monday, July 10, 2004 - 22:07",
            "VARRA, July 12",
            [("later", "2004-07-12 2004-07-10"), ("weekday", "Monday 2004-07-10")],
        ),
    ],
)
def test_days_that_disagree_are_noted(timestamp, dateline, expected):
    assert doubts(take_in(timestamp, dateline)) == expected


def test_three_days_are_kept_apart():
    article = take_in(dateline="VARRA, July 9")
    assert article.dateline_on == datetime.date(2004, 7, 9)
    assert article.published_on == datetime.date(2004, 7, 10)
    assert dates.received_on(article, "UTC") == article.created_at.date()


def test_story_of_the_future_is_noted():
    next_year = timezone.now().year + 1
    article = take_in(f"July 10, {next_year} - 22:07")
    ((kind, facts),) = doubts(article)
    assert (kind, facts[-10:]) == ("future", f"{next_year}-07-10")


def test_day_begins_where_the_source_is():
    article = Article(
        published_on=datetime.date(2004, 7, 11),
        created_at=datetime.datetime(2004, 7, 10, 22, tzinfo=datetime.UTC),
    )
    assert dates.find_doubts(article, "Indian/Mahe") == {}
    assert list(dates.find_doubts(article, "UTC")) == ["future"]


def test_what_was_accepted_stays_accepted():
    by = User.objects.create_user("ana")
    article = take_in(dateline="VARRA, July 12")
    assert dates.accept([dates.waiting().get().pk], by=by, why="So printed.") == 1
    assert not dates.waiting()
    correct.edit(article, {"headline": "Another headline"}, by=by, why="Clearer.")
    assert not dates.waiting()
    doubt = DateDoubt.objects.get()
    assert (doubt.accepted_by, doubt.why) == (by, "So printed.")


def test_what_was_accepted_is_asked_again_when_the_days_change():
    article = take_in(dateline="VARRA, July 12")
    dates.accept([dates.waiting().get().pk], by=None)
    correct.move_to_day(article, datetime.date(2004, 7, 9), by=None, why="The day before.")
    assert dates.waiting().get().facts == "2004-07-12 2004-07-09"


def test_moving_a_story_keeps_its_clock_and_settles_the_doubt():
    article = take_in(dateline="VARRA, July 12")
    correct.move_to_day(article, datetime.date(2004, 7, 12), by=None, why="As in its dateline.")
    article.refresh_from_db()
    assert article.published_on == datetime.date(2004, 7, 12)
    assert article.published_at == datetime.datetime(2004, 7, 12, 18, 7, tzinfo=datetime.UTC)
    assert doubts() == []


def test_story_without_a_day_has_no_doubts():
    record, received = read("Ferries sail\n\nVARRA, July 9 - The ferries sail again.\n")
    article = accept(record, source=make_source(), received=received).article
    assert doubts(article) == []


def test_withdrawn_stories_do_not_wait():
    correct.withdraw(take_in(dateline="VARRA, July 12"), by=None, why="Untrue.")
    assert not dates.waiting()


@pytest.mark.parametrize("timestamp", ["December 31, 9999 - 22:07", "December 31, 9999"])
@pytest.mark.parametrize("dateline", ["VARRA, Dec 31", "VARRA, Jan 1"])
def test_day_that_has_none_after_it(timestamp, dateline):
    assert "future" in dict(doubts(take_in(timestamp, dateline)))


def test_any_number_of_doubts_is_accepted_at_once(monkeypatch):
    monkeypatch.setattr(dates, "DOUBTS_AT_ONCE", 2)
    for number in range(5):
        take_in(dateline="VARRA, July 12", headline=f"Ferries sail {number}")
    numbers = list(dates.waiting().values_list("pk", flat=True))
    assert (dates.accept(numbers, by=None), dates.waiting().count()) == (5, 0)
