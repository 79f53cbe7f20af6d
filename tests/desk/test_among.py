"""Which of some articles readers may see is asked of those alone, however large the archive is."""

import pytest
from django.db import connection

from archive.models import Article
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def test_only_published_ones_are_kept():
    articles = [make_article(headline=f"Story {number}") for number in range(4)]
    Article.objects.filter(pk=articles[1].pk).update(status=Article.Status.WITHDRAWN)
    Article.objects.filter(pk=articles[2].pk).update(status=Article.Status.DRAFT)
    found = Article.objects.published_among([article.pk for article in articles[:3]])
    assert set(found.in_bulk()) == {articles[0].pk}


def test_nothing_among_nothing():
    make_article()
    assert list(Article.objects.published_among([])) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the planner of SQLite is meant")
def test_sqlite_looks_at_the_numbers_asked_for_alone():
    plan = Article.objects.published_among(range(1, 21)).explain()
    assert "INTEGER PRIMARY KEY" in plan
    assert "article_days" not in plan
