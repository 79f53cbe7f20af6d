"""What readers are told when the database cannot be written to, or does not answer."""

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.utils import timezone

from archive.desk import correct
from archive.pages import errors
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db


def test_what_cannot_be_kept_is_said_and_reading_goes_on(reader, db):
    story = take_in("The ferries sail.")
    User.objects.create_user("reader", password="a long password 123")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            page = reader.post("/sign-in/", {"username": "reader", "password": "a long password 123"})
            read = reader.get(story.get_absolute_url())
        finally:
            cursor.execute("PRAGMA query_only = OFF")
    assert page.status_code == 503
    assert "Nothing can be kept just now" in page.content.decode()
    assert page["Retry-After"] == "60"
    assert "no-store" in page["Cache-Control"]
    assert read.status_code == 200


@pytest.mark.parametrize(
    ("method", "error", "status", "heading"),
    [
        ("get", OperationalError("database is locked"), 503, "The archive does not answer just now"),
        ("post", OperationalError("database or disk is full"), 503, "Nothing can be kept just now"),
        ("get", ValueError("a slip"), 500, "Something broke on our side"),
    ],
)
def test_trouble_with_the_database_is_told_from_other_faults(method, error, status, heading):
    request = getattr(RequestFactory(), method)("/")
    try:
        raise error
    except type(error):
        page = errors.server_error(request)
    assert page.status_code == status
    assert heading in page.content.decode()
    assert str(error) not in page.content.decode()


def test_withdrawn_story_tells_the_day_of_this_archives_zone(reader):
    story = take_in("The ferries sail.")
    correct.withdraw(story, by=None, why="Untrue.")
    late = story.revisions.latest("history_id").history_date.replace(year=2136, month=3, day=1, hour=22)
    story.revisions.filter(status="withdrawn").update(history_date=late)
    with timezone.override("Asia/Tehran"):
        page = reader.get(story.get_absolute_url())
    assert page.status_code == 410
    assert "2 March 2136" in page.content.decode()
