"""Words that stand only in paragraphs which unrelated stories share can be left out of a search."""

import pytest
from django.db import transaction
from haystack.query import SQ

from archive.desk import families
from archive.desk.accept import accept
from archive.desk.correct import edit, publish, withdraw
from archive.models import Article
from archive.search import indexer
from archive.search.query import ArchiveQuery
from archive.search.rescue import ask
from archive.search.run import run
from tests.desk.copy_samples import make_source, read

pytestmark = pytest.mark.django_db(transaction=True)

BACKGROUND = (
    "The Malindra Strait, thirty nautical miles wide, parts the two republics and carries a tenth of the "
    "tankers of the region through the reefs of Sennet."
)
OPENINGS = {
    "amber": "Amber traders met in the harbour hall on Monday to speak of lower prices for the season.",
    "coral": "Divers counted colonies of bleached polyps along eleven kilometres, a laboratory reported.",
    "dune": "A sandstorm closed both runways for nine hours while passengers slept beneath the counters.",
    "ebony": "Carpenters who restored the old parliament were given medals by their guild this weekend.",
}


@pytest.fixture(autouse=True)
def index(empty_index):
    return empty_index


def take_in(word, background=BACKGROUND, publish=True):
    copy = f"{word.title()} story\n\nJuly 10, 2004 - 22:7\n\nVARRA - {OPENINGS[word]}\n\n{background}\n\nNA\n"
    record, received = read(copy)
    return accept(record, source=make_source(), received=received, publish=publish).article


def found(text):
    hits = run(ArchiveQuery(text=text)).hits
    return sorted(hit.article.headline.split()[0].lower() for hit in hits)


@pytest.fixture
def shared():
    """Three stories with the background, and one that is about the strait itself."""
    articles = [take_in(word) for word in ("amber", "coral", "dune")]
    take_in(
        "ebony", background="Their ship crossed the strait to Tessara with thirty crates of nautical charts."
    )
    return articles


@pytest.mark.parametrize(
    ("text", "with_background", "without"),
    [
        ("strait", ["amber", "coral", "dune", "ebony"], ["ebony"]),
        ("nautical", ["amber", "coral", "dune", "ebony"], ["ebony"]),
        ('"nautical miles"', ["amber", "coral", "dune"], []),
        ("body:strait", ["amber", "coral", "dune", "ebony"], ["ebony"]),
        ("CAPS(Malindra)", ["amber", "coral", "dune"], []),
        ('="Malindra Strait"', ["amber", "coral", "dune"], []),
        ("tanke*", ["amber", "coral", "dune"], []),
        ("divers strait", ["coral"], []),
        ("divers kilometres", ["coral"], ["coral"]),
        ("divers NEAR/5 counted", ["coral"], ["coral"]),
        ("headline:coral", ["coral"], ["coral"]),
        ("strait -tessara", ["amber", "coral", "dune"], []),
    ],
)
def test_words_of_recycled_paragraphs_do_not_count(shared, text, with_background, without):
    assert found(text) == with_background
    assert found(f"{text} -is:boilerplate") == without


def test_switch_narrows_nothing_by_itself(shared):
    assert len(found("-is:boilerplate")) == 4
    assert found("is:boilerplate") == ["amber", "coral", "dune"]
    page = run(ArchiveQuery(text="strait -is:boilerplate"))
    assert page.reading == "Articles not counting recycled paragraphs, with “strait”."
    assert [chip.label for chip in page.chips] == ["“strait”", "not counting recycled paragraphs"]
    assert run(ArchiveQuery(text="strait NOT is:recycled")).total == 1


def test_third_story_makes_a_paragraph_recycled_in_the_first_two():
    for word in ("amber", "coral"):
        take_in(word)
    assert found("strait -is:boilerplate") == ["amber", "coral"]
    take_in("dune", publish=False)
    assert found("strait -is:boilerplate") == ["amber", "coral"]
    publish(Article.objects.get(headline="Dune story"), by=None)
    assert found("strait -is:boilerplate") == []
    assert indexer.compare().count == 0


def test_paragraph_is_its_story_s_own_again_when_others_are_gone(shared):
    withdraw(shared[0], by=None, why="Wrong.")
    assert found("strait -is:boilerplate") == ["coral", "dune", "ebony"]


def test_versions_of_one_story_are_no_background(shared):
    with transaction.atomic():
        families.unite(shared[0], shared[1])
        families.unite(shared[0], shared[2])
    assert found("is:boilerplate") == []


def test_rewritten_story_loses_the_field_of_its_own(shared):
    edit(shared[2], {"body_html": "<p>Nothing but lighthouses.</p>"}, by=None, why="Rewritten.")
    assert ask(SQ(own="runways")).count() == 0
    assert found("lighthouses -is:boilerplate") == ["dune"]
