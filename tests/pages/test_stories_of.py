"""Few or many, told by the index or by the database: the stories of a name are the same."""

import datetime

import pytest
from haystack import connections
from haystack.query import SQ

from archive.desk.correct import withdraw
from archive.models import Article, Credit, IndexTask, Mention
from archive.pages import stories_of
from archive.pages.counts import newest_day_first
from archive.pages.stories_of import NewestFirst, StoriesOf, ask_index
from archive.search import indexer
from archive.search.errors import SearchUnavailable
from tests.factories import make_article, make_entity, make_mention, make_story_about

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def indexed(empty_index, monkeypatch):
    """Twenty stories of a name on five days, one of them without a time; others, and some not published."""
    monkeypatch.setattr(stories_of, "FEW", 4)
    monkeypatch.setattr(stories_of, "_SPARE", 4)
    rahim, corbaz = make_entity("Mirvan Rahim"), make_entity("Anne Corbaz")
    for number in range(20):
        names = (rahim, corbaz) if number % 3 else (rahim,)
        story = make_story_about(
            *names,
            headline=f"Number {number}",
            on=f"2001-0{1 + number % 5}-10",
            at="" if number == 7 else f"{(number * 7) % 24:02}:15",
            sign_off="NA/PA",
        )
        make_mention(story, rahim, "Rahim", start=1)
    for status in ("draft", "withdrawn"):
        make_story_about(rahim, headline=f"A {status}", on="2001-02-10", status=status, sign_off="NA")
    make_article("Nobody")
    indexer.rebuild()
    return rahim


def stories(entity, *, are_many, by_index):
    sq = SQ(names__exact=str(entity.pk))
    return StoriesOf(entity.mentions, sq, are_many=are_many, by_index=by_index)


WAYS = pytest.mark.parametrize(
    ("are_many", "by_index"), [(False, False), (True, True), (True, False)], ids=["few", "index", "database"]
)


@WAYS
def test_days_are_counted_without_what_is_hidden(indexed, are_many, by_index):
    days = stories(indexed, are_many=are_many, by_index=by_index).days
    assert list(days.items()) == [(datetime.date(2001, month, 10), 4) for month in range(1, 6)]


@WAYS
@pytest.mark.parametrize("most", [5, 8, 10])
def test_newest_rows_are_those_of_the_newest_articles(indexed, are_many, by_index, most):
    rows = stories(indexed, are_many=are_many, by_index=by_index).newest_rows(most)
    newest = Article.objects.published().filter(mentions__entity=indexed).distinct()
    newest = newest.order_by("-published_on", "-pk").values_list("pk", flat=True)
    expected = set(newest if not are_many else newest[:most])
    assert {row.article_id for row in rows} == expected
    assert len(rows) == 2 * len(expected)


@WAYS
@pytest.mark.parametrize(("start", "stop"), [(0, 3), (3, 6), (2, 9), (18, 21), (0, 50), (20, 23), (40, 43)])
def test_any_slice_is_in_the_order_of_lists(indexed, are_many, by_index, start, stop):
    found = stories(indexed, are_many=are_many, by_index=by_index)
    every = newest_day_first(Article.objects.published().filter(sign_off="NA/PA"))
    every = list(every.values_list("pk", flat=True))
    assert len(every) == 20
    assert [story.pk for story in NewestFirst(found, found.days)[start:stop]] == every[start:stop]


def test_slice_of_nothing_is_empty(indexed):
    found = stories(make_entity("Nobody Else"), are_many=False, by_index=False)
    assert found.days == {}
    assert NewestFirst(found, {})[0:50] == []
    assert found.newest_rows(5) == []


def test_size_is_measured_beside_the_owner(indexed):
    found = StoriesOf.measured(Credit.objects.filter(code="NA"), SQ(codes__exact="NA"))
    assert (found._are_many, found._by_index) == (True, True)
    few = StoriesOf.measured(Credit.objects.filter(code="XX"), SQ(codes__exact="XX"))
    assert (few._are_many, few.days) == (False, {})
    assert found.days == stories(indexed, are_many=False, by_index=False).days


def test_index_that_has_something_to_learn_is_not_asked(indexed, reader):
    # The story was withdrawn, and no index task has been done since.
    story = Article.objects.published().filter(mentions__entity=indexed).first()
    Article.objects.filter(pk=story.pk).update(status="withdrawn")
    IndexTask.objects.create(article_id=story.pk, attempts=indexer.MOST_ATTEMPTS)
    page = reader.get("/names/mirvan-rahim/")
    assert page.context["total"] == 19
    assert story.pk not in [other.pk for other in page.context["page"].items]


def test_silent_index_leaves_the_page_as_it_is(indexed, reader, monkeypatch, django_assert_max_num_queries):
    def page():
        with django_assert_max_num_queries(9):
            return reader.get("/names/mirvan-rahim/").content

    answered = page()
    assert b"20 articles" in answered

    def fail(*args, **kwargs):
        raise SearchUnavailable("broken")

    monkeypatch.setattr(connections["default"].get_backend().store, "snapshot", fail)
    assert page() == answered


def test_question_is_asked_only_of_an_index_that_is_worth_it():
    assert ask_index(lambda: 3, by_index=True) == 3
    assert ask_index(lambda: 3, by_index=False) is None


def test_page_follows_a_withdrawal_at_once(indexed, reader):
    assert reader.get("/names/mirvan-rahim/").context["total"] == 20
    withdraw(Mention.objects.filter(entity=indexed).first().article, by=None, why="false")
    assert reader.get("/names/mirvan-rahim/").context["total"] == 19
