"""A question that is a registered name is answered with who that is, above the articles."""

import pytest

from archive.search import indexer
from tests.factories import make_entity, make_story_about

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexed(wire):
    wire.rahim.mentions.filter(article=wire.later).update(title="Fisheries Minister")
    wire.rahim.mentions.filter(article=wire.talks).update(title="envoy")
    indexer.rebuild()
    return wire


def cards(reader, question):
    return reader.get(f"/search/?q={question}").context["result"].cards


@pytest.mark.parametrize(
    "question",
    [
        "Mirvan Takhti Rahim",
        '"mirvan takhti rahim"',
        "Takhtirahim",
        "takhti-rahim",
        "میروان تختی‌رحیم",
        'name:"Takhti-Rahim"',
        'person:"Mirvan Takhti Rahim" sort:date',
        "Takhti-Rahim&by=NA",
    ],
)
def test_name_in_any_spelling_is_introduced(reader, indexed, question):
    (card,) = cards(reader, question)
    assert card.entity == indexed.rahim
    assert card.about == "Fisheries Minister"
    assert card.spellings == ["Takhti-Rahim", "میروان تختی‌رحیم"]
    assert card.articles == 4
    assert card.first == ("10 July 1999", indexed.talks.get_absolute_url())
    assert card.last == ("1 March 2001", indexed.later.get_absolute_url())
    assert card.only_url == ""


@pytest.mark.parametrize(
    "question",
    [
        *("talks", "talks Takhti-Rahim", "-Takhti-Rahim", "Takhti-Rahim OR Corbaz", ""),
        *('headline:"Takhti-Rahim"', 'said:"Takhti-Rahim"', "Takhti-Rahim&page=2", '"Takhti-Rahim talks"~5'),
    ],
)
def test_other_questions_have_no_card(reader, indexed, question):
    assert cards(reader, question) == []


def test_description_goes_before_a_title(reader, indexed):
    indexed.rahim.description = "Minister of Fisheries 1999 to 2004"
    indexed.rahim.save()
    assert cards(reader, "Takhti-Rahim")[0].about == "Minister of Fisheries 1999 to 2004"


def test_title_of_a_story_that_was_withdrawn_a_moment_ago_is_gone(reader, indexed):
    assert cards(reader, "Takhti-Rahim")[0].about == "Fisheries Minister"
    indexed.later.status = "withdrawn"
    indexed.later.save()  # the index is not told yet
    assert cards(reader, "Takhti-Rahim")[0].about == "envoy"


def test_names_with_the_same_spelling_are_offered(reader, indexed):
    other = make_entity("Takhti-Rahim", kind="place", slug="takhti-rahim-place")
    make_story_about(other, on="2003-03-03")
    indexer.rebuild()
    page = reader.get("/search/?q=takhti-rahim")
    found = page.context["result"].cards
    assert {card.entity for card in found} == {indexed.rahim, other}
    only = next(card for card in found if card.entity == indexed.rahim).only_url
    assert cards(reader, only.partition("?q=")[2])[0].entity == indexed.rahim


def test_name_without_published_articles_has_a_card_without_dates(reader, indexed):
    (card,) = cards(reader, '"Only In Drafts"')
    assert (card.articles, card.first, card.last) == (0, None, None)
    assert "Secret draft" not in reader.get('/search/?q="Only In Drafts"').content.decode()


def test_card_takes_two_more_queries(reader, indexed, django_assert_max_num_queries):
    reader.get("/search/?q=talks")
    with django_assert_max_num_queries(11):
        reader.get("/search/?q=Takhti-Rahim")


def test_card_is_escaped(reader, indexed):
    entity = make_entity(
        "<b>Bold & Co</b>", spellings=["Boldco <i>"], description="<script>alert(1)</script>"
    )
    make_story_about(entity)
    indexer.rebuild()
    page = reader.get("/search/?q=Boldco").content.decode()
    assert "<script>alert" not in page
    assert "<b>Bold" not in page
