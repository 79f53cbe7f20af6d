"""What the index asks the database while it is filled: as much for many articles as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive.desk.authority import register_name
from archive.models import Article
from archive.search_indexes import ArticleIndex
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stories():
    register_name(kind="person", name="Lena Moss")
    register_name(kind="place", name="Varra")
    for number in range(6):
        take_in(f"Lena Moss said in Varra that {number} ferries sail, and Moss sang.")


def prepared(count: int) -> tuple[list[dict], int]:
    index = ArticleIndex()
    with CaptureQueriesContext(connection) as caught:
        articles = list(index.index_queryset().order_by("pk")[:count])
        index.look_up(articles)
        return [index.prepare(article) for article in articles], len(caught)


def test_many_articles_take_as_many_queries_as_one():
    assert prepared(1)[1] == prepared(6)[1]


def test_article_alone_says_the_same_as_in_a_batch():
    alone = ArticleIndex().prepare(Article.objects.order_by("pk").first())
    assert prepared(6)[0][0] == alone
    assert (len(alone["names"]), len(alone["persons"]), len(alone["places"])) == (2, 1, 1)
    assert alone["codes"] == []
