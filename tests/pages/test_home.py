import datetime

import pytest
from django.utils import timezone

from archive.models import Article, IndexTask
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def pks(stories):
    return [story.pk for story in stories]


def test_home_shows_the_latest_day_and_what_came_before(reader, wire):
    page = reader.get("/")
    assert pks(page.context["latest_stories"]) == [wire.weather.pk]
    earlier = [wire.later.pk, wire.treaty.pk, wire.pause.pk, wire.talks.pk]
    assert pks(page.context["earlier_stories"]) == earlier
    assert "Friday, 2 March 2001" in page.content.decode()


def test_home_says_what_the_archive_covers(reader, wire):
    coverage = reader.get("/").context["coverage"]
    assert coverage == {
        "stories": 5,
        "first_day": datetime.date(1999, 7, 10),
        "last_day": datetime.date(2001, 3, 2),
        "days": 3,
        "names": 4,
        "contributors": 3,
    }


def test_home_chart_links_months(reader, wire):
    bars = reader.get("/").context["chart"].bars
    assert [(bar.label, bar.count, bar.url) for bar in bars] == [
        ("July 1999", 3, "/1999/07/"),
        ("March 2001", 2, "/2001/03/"),
    ]


def test_home_names_those_in_the_news(reader, wire):
    names = reader.get("/").context["names_in_the_news"]
    assert [(entity.name, entity.stories) for entity in names] == [("Varra", 2), ("Mirvan Takhti Rahim", 1)]


def test_home_remembers_this_day_in_other_years(reader, wire, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: datetime.date(2024, 7, 10))
    page = reader.get("/")
    assert pks(page.context["on_this_day"]) == [wire.treaty.pk, wire.pause.pk, wire.talks.pk]
    assert "On 10 July in other years" in page.content.decode()


def test_home_hides_drafts_and_withdrawn_stories(reader, wire):
    make_article("Newest draft", on="2020-01-01", status="draft")
    page = reader.get("/").content.decode()
    for headline in ("Newest draft", "Secret draft", "Withdrawn claim", "Only In Drafts"):
        assert headline not in page


def test_home_counts_once_for_each_state_of_the_archive(reader, wire, django_assert_num_queries, monkeypatch):
    # the state, again for days, days, names in the news (2), then: numbers of names and people, newest stories (2), names, and this
    # day (2)
    monkeypatch.setattr(timezone, "localdate", lambda: datetime.date(2024, 7, 10))
    with django_assert_num_queries(12):
        reader.get("/")
    with django_assert_num_queries(8):
        reader.get("/")
    for number in range(10):
        make_article(f"Number {number}", on="2001-03-02")
    IndexTask.objects.create(article_id=1)
    with django_assert_num_queries(12):
        assert reader.get("/").context["coverage"]["stories"] == 15


def test_remembered_numbers_show_no_withdrawn_story(reader, wire):
    reader.get("/")
    wire.weather.status = "withdrawn"
    wire.weather.save()
    page = reader.get("/").content.decode()
    assert "Rain in Varra" not in page


def test_remembered_names_follow_a_new_name(reader, wire):
    reader.get("/")
    wire.varra.name = "Greater Varra"
    wire.varra.save()
    assert "Greater Varra" in reader.get("/").content.decode()


def test_names_are_isolated_from_the_direction_around_them(reader, wire):
    assert "<bdi>Varra</bdi>" in reader.get("/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_withdrawn_story_is_gone_from_the_next_visit(reader):
    first = make_article("Rain in Varra", on="2001-03-02")
    make_article("Sun in Varra", on="2001-03-01")
    assert "Rain in Varra" in reader.get("/").content.decode()
    Article.objects.filter(pk=first.pk).update(status=Article.Status.WITHDRAWN)
    page = reader.get("/").content.decode()
    assert "Rain in Varra" not in page
    assert "Sun in Varra" in page
