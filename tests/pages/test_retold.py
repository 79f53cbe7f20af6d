import pytest

from archive.desk import correct, families
from archive.pages import retold as page_of_retold
from archive.search import indexer
from tests.desk.stories import take_in
from tests.desk.test_retellings import CHANGED, FIRST

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories(empty_index):
    """Four stories with one background: the first in other words than the three after it."""
    texts = [FIRST, CHANGED, CHANGED, CHANGED]
    stories = [
        take_in(f"Something else happened on island {n}.", text, day=f"May 3, 200{n}")
        for n, text in enumerate(texts)
    ]
    indexer.drain()
    return stories


def page_of(reader, article, status=200):
    page = reader.get(article.get_absolute_url() + "retold/")
    assert page.status_code == status
    return page.content.decode()


def test_first_appearance_and_drift_are_shown(reader, stories):
    page = page_of(reader, stories[2])
    first, then = page.split("Then</span>")
    assert stories[0].get_absolute_url() in first
    assert "<del>ships" in then
    assert "<ins>tankers" in then
    assert "and 2 later stories in the same words" in then
    assert '<meta name="robots" content="noindex">' in page


def test_story_leads_there(reader, stories):
    page = reader.get(stories[2].get_absolute_url()).content.decode()
    assert f'href="{stories[2].get_absolute_url()}retold/">how the words changed</a>' in page


def test_withdrawn_and_related_stories_are_not_compared(reader, stories):
    correct.withdraw(stories[0], by=None, why="Untrue.")
    assert "ships" not in page_of(reader, stories[2])
    assert "Nobody has changed its words since." in page_of(reader, stories[2])


def test_paragraph_that_a_story_tells_no_more_is_left_out(reader, stories):
    # As a page sees it that was asked for the moment before a correction.
    type(stories[2]).objects.filter(pk=stories[2].pk).update(body_text="Short.", body_html="<p>Short.</p>")
    assert "No paragraph of this story" in page_of(reader, stories[2])


def test_without_the_index_the_same_words_are_compared(reader, stories, monkeypatch):
    monkeypatch.setattr(page_of_retold, "find_alike", lambda paragraph: None)
    page = page_of(reader, stories[2])
    assert "The search does not answer just now" in page
    assert "and 2 later stories in the same words" in page
    assert "ships" not in page


def test_story_with_nothing_retold_says_so(reader, empty_index):
    assert "No paragraph of this story" in page_of(reader, take_in("Only once."))


def test_family_is_left_out(reader, stories):
    families.unite(stories[2], stories[0])
    assert "ships" not in page_of(reader, stories[2])


@pytest.mark.parametrize(("status", "answer"), [("draft", 404), ("withdrawn", 410)])
def test_what_readers_may_not_see_has_no_page(reader, empty_index, status, answer):
    article = take_in("Secret.", publish=status == "withdrawn")
    if status == "withdrawn":
        correct.withdraw(article, by=None, why="Untrue.")
    assert "Secret" not in page_of(reader, article, answer)
