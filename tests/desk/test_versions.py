import pytest

from archive.desk import correct
from archive.desk.accept import accept
from archive.desk.versions import count_public, public_versions
from archive.models import Article, Revision
from tests.desk.copy_samples import STORY, make_source, read
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db


def numbers(article):
    return [version.number for version in public_versions(article)]


def test_versions_before_publication_stay_with_the_desk():
    article = take_in("The toll is 41.", publish=False)
    article = correct.edit(article, {"headline": "Second thoughts"}, by=None, why="Draft.")
    correct.publish(article, by=None)
    correct.edit(article, {"headline": "Third thoughts"}, by=None, why="Clearer.")
    assert numbers(article) == [4, 3]
    assert count_public([article]) == {article.pk: 2}


def test_version_says_what_it_changed_and_why():
    article = take_in("The toll is 41.")
    correct.edit(article, {"body_html": "<p>The toll is 98.</p>"}, by=None, why="A later count.")
    latest, first = public_versions(article)
    assert (first.is_first, first.changes) == (True, [])
    assert latest.why == "A later count."
    assert [change.label for change in latest.changes] == ["Text"]
    assert [(piece.kind, piece.text) for piece in latest.changes[0].paragraphs[0].pieces] == [
        ("same", "The toll is "),
        ("removed", "41."),
        ("added", "98."),
    ]


def test_counting_versions_of_many_articles_is_one_query(django_assert_num_queries):
    articles = [take_in("One."), take_in("Two.")]
    with django_assert_num_queries(1):
        count_public(articles)


class TestRestore:
    def test_brings_back_what_a_version_said(self):
        article = take_in("The toll is 41.")
        before = Article.objects.get(pk=article.pk)
        correct.edit(article, {"headline": "Other", "body_html": "<p>98.</p>"}, by=None, why="Wrong.")
        correct.restore(article, 1, by=None, why="The first was right.")
        after = Article.objects.get(pk=article.pk)
        assert (after.headline, after.body_html, after.body_text) == (
            before.headline,
            before.body_html,
            before.body_text,
        )
        assert (after.version, after.get_absolute_url()) == (3, before.get_absolute_url())
        assert public_versions(after)[0].why == "The first was right."

    def test_is_by_hand_so_copy_does_not_overwrite_it(self):
        record, received = read()
        article = accept(record, source=make_source(), received=received, publish=True).article
        later, received_later = read(STORY.replace("would be shared", "would be divided"))
        accept(later, source=make_source(), received=received_later)
        restored = correct.restore(article, 1, by=None, why="The first was right.")
        third, received_third = read(STORY.replace("would be shared", "would be closed"))
        accept(third, source=make_source(), received=received_third)
        assert Article.objects.get(pk=article.pk).body_text == restored.body_text

    def test_does_not_bring_a_withdrawn_story_back(self):
        article = take_in("The toll is 41.")
        correct.edit(article, {"headline": "Other"}, by=None, why="Wrong.")
        correct.withdraw(article, by=None, why="Untrue.")
        restored = correct.restore(article, 1, by=None, why="Keep it right.")
        assert restored.status == "withdrawn"

    def test_refuses_a_version_that_never_was(self):
        article = take_in("The toll is 41.")
        with pytest.raises(Revision.DoesNotExist):
            correct.restore(article, 7, by=None, why="")

    def test_refuses_to_leave_a_published_story_without_a_day(self):
        article = take_in("The toll is 41.", publish=False)
        Article.objects.filter(pk=article.pk).update(published_on="2004-07-10")
        Revision.objects.filter(id=article.pk).update(published_on=None)
        article = correct.edit(article, {"headline": "Other"}, by=None, why="")
        correct.publish(article, by=None)
        with pytest.raises(correct.CannotPublish):
            correct.restore(article, 1, by=None, why="")
