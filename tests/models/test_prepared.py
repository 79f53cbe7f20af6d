"""A query that is put into SQL once answers as if it were put into SQL each time."""

import datetime

import pytest
from django.db.models import F

from archive.models import Article
from archive.models.prepared import MOST_AT_A_TIME, Prepared
from tests.factories import make_article

pytestmark = pytest.mark.django_db

SHOWN = ("pk", "headline", "published_on", "published_at", "source__name", "warnings")


@pytest.fixture
def articles():
    return [make_article(f"Story {n}", on=f"2001-06-{n:02}", warnings=[n]) for n in range(1, 8)]


def plain(keys):
    return Article.objects.published_among(keys).order_by("pk").values_list(*SHOWN)


@pytest.mark.parametrize("count", range(1, 8))
def test_prepared_query_says_what_the_query_says(articles, count):
    pks = [article.pk for article in articles[:count]]
    prepared = Prepared(plain)
    assert prepared.among(pks) == prepared.among(reversed(pks)) == list(plain(pks))
    pk, headline, day, moment, source, warnings = prepared.among(pks)[0]
    assert (pk, headline, day, source, warnings) == (
        pks[0],
        "Story 1",
        datetime.date(2001, 6, 1),
        "Varra Wire",
        [1],
    )
    assert moment == articles[0].published_at


def test_texts_can_be_keys(articles):
    prepared = Prepared(lambda slugs: Article.objects.filter(slug__in=slugs).values_list("headline"))
    assert prepared.among(["story-3", "nothing", "'; --", "story-3"]) == [("Story 3",)]


def test_days_can_be_keys(articles):
    prepared = Prepared(lambda days: Article.objects.filter(published_on__in=days).values_list("headline"))
    assert prepared.among([datetime.date(2001, 6, 3), datetime.date(2002, 6, 3)]) == [("Story 3",)]


def test_no_key_finds_nothing_and_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Prepared(plain).among([]) == []


def test_many_keys_are_asked_for_in_parts(articles, django_assert_num_queries):
    pks = [article.pk for article in articles]
    missing, expected = range(10**6, 10**6 + MOST_AT_A_TIME), list(plain(pks))
    with django_assert_num_queries(2):
        assert Prepared(plain).among([*missing, *pks]) == expected


def test_withdrawn_story_is_gone_from_the_next_answer(articles):
    prepared = Prepared(plain)
    pk = articles[0].pk
    assert [row[0] for row in prepared.among([pk])] == [pk]
    Article.objects.filter(pk=pk).update(status=Article.Status.WITHDRAWN)
    assert prepared.among([pk]) == []


def test_query_that_uses_its_keys_otherwise_is_refused():
    with pytest.raises(ValueError, match="each of its keys"):
        Prepared(lambda pks: Article.objects.filter(pk__in=pks[1:]).values_list("pk")).among([1, 2])
    with pytest.raises(ValueError, match="each of its keys"):
        Prepared(lambda pks: Article.objects.filter(pk=F("pk")).values_list("pk")).among([1])
