"""Suggestions while a question is typed."""

import json
import xml.etree.ElementTree as ElementTree

import pytest

from archive.models import Article
from archive.search import indexer, known_names
from archive.search.suggest import MOST, suggest
from tests.factories import make_entity, make_story_about

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexed(wire):
    indexer.rebuild()
    known_names.forget()
    yield wire
    known_names.forget()


@pytest.mark.parametrize(
    ("typed", "labels"),
    [
        ("takhti", ["Mirvan Takhti Rahim"]),
        ("Takhti-R", ["Mirvan Takhti Rahim"]),
        ("takhtirah", ["Mirvan Takhti Rahim"]),
        ("mirvan takhti rahim", ["Mirvan Takhti Rahim"]),
        ("تختی", ["Mirvan Takhti Rahim"]),
        ("corbaz", ["Anne-Lise Corbaz"]),
        ("anne l", ["Anne-Lise Corbaz"]),
        ("var", ["Varra", "Rain in Varra"]),
        ("trea", ["Treaty in force", "Treaty signed"]),
        ("treaty for", ["Treaty in force"]),
        ("treaty", ["Treaty in force", "Treaty signed"]),
        ("secr", []),
        ("withdrawn", []),
        ("only in", []),
        ("headl", ["headline:"]),
        ("talks hea", ["headline:"]),
        ("from:", ["from:Varra"]),
        ("from:va", ["from:Varra"]),
        ("talks from:VAR", ["from:Varra"]),
        ("by:n", ["by:NA", 'by:"Nasrin Avadi"']),
        ("by:avad", []),
        ("by:nasr", ["by:NA", 'by:"Nasrin Avadi"']),
        ("name:corb", ['name:"Anne-Lise Corbaz"']),
        ('person:"takhti', ['person:"Mirvan Takhti Rahim"']),
        ("place:va", ["place:Varra"]),
        ("person:va", []),
        ("is:co", ["is:corrected"]),
        ("sort:new", ["sort:newest"]),
        ("source:w", ["source:wire"]),
        ("a", []),
        ("", []),
        ("zzzz", []),
        ("***", []),
        ("http://x", []),
    ],
)
def test_what_is_typed_suggests(indexed, typed, labels):
    assert [each.label for each in suggest(typed)] == labels


def test_name_leads_to_its_search_and_headline_to_its_story(reader, indexed):
    name = suggest("corbaz")[0]
    assert (name.text, name.detail) == ('"Anne-Lise Corbaz"', "person, 2 stories")
    assert reader.get(name.url).context["result"].total == 2
    story = suggest("rain")[0]
    assert (story.kind, story.url, story.detail) == ("headline", "/2001/03/02/rain-in-varra/", "2 March 2001")


def test_value_completes_the_question_typed_before_it(reader, indexed):
    value = suggest("talks from:v")[0]
    assert value.text == "talks from:Varra"
    assert reader.get(value.url).context["result"].query.text == "talks from:Varra"


def test_new_name_is_suggested_after_a_moment(indexed, monkeypatch):
    assert suggest("zelda") == []
    monkeypatch.setattr(known_names, "SECONDS_BETWEEN_LOOKS", 0)
    make_story_about(make_entity("Zelda Murjani"), headline="Glass", on="2003-01-01")
    assert [each.label for each in suggest("zelda")] == ["Zelda Murjani"]


def test_story_withdrawn_behind_the_indexs_back_is_not_suggested(indexed):
    Article.objects.filter(slug="rain-in-varra").update(status="withdrawn")
    assert [each.kind for each in suggest("rain")] == []


def test_list_is_short_however_many_begin_alike(indexed):
    for number in range(MOST + 5):
        make_story_about(make_entity(f"Zorba Number{number}"), headline=f"Zorba {number}", on="2003-01-01")
    known_names.forget()
    indexer.rebuild()
    assert len(suggest("zorba")) == MOST


def test_programs_get_json_and_browsers_a_page(reader, indexed):
    answer = reader.get("/search/suggest/?q=corb")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Vary"] == "Accept"
    assert json.loads(answer.content)["suggestions"][0]["label"] == "Anne-Lise Corbaz"
    page = reader.get("/search/suggest/?q=corb", headers={"accept": "text/html,*/*;q=0.8"}).content.decode()
    assert '<a href="/search/?q=%22Anne-Lise+Corbaz%22">' in page


def test_page_of_suggestions_shows_markup_as_text(reader, indexed):
    address = "/search/suggest/?q=%3Cscript%3Ealert(1)%3C/script%3E"
    assert "<script>alert" not in reader.get(address, headers={"accept": "text/html"}).content.decode()


def test_browser_gets_opensearch_suggestions(reader, indexed):
    answer = reader.get("/search/suggest/browser/?q=corb")
    assert answer.headers["Content-Type"] == "application/x-suggestions+json"
    assert json.loads(answer.content) == [
        "corb",
        ['"Anne-Lise Corbaz"'],
        ["person, 2 stories"],
        ["http://testserver/search/?q=%22Anne-Lise+Corbaz%22"],
    ]


def test_description_names_search_and_suggestions(reader, settings, db):
    settings.ARCHIVE_NAME = "The <Long> Archive & Library of Varra"
    answer = reader.get("/opensearch.xml")
    tree = ElementTree.fromstring(answer.content)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert len(tree.find(f"{space}ShortName").text) <= 16
    urls = {url.get("type"): url.get("template") for url in tree.findall(f"{space}Url")}
    assert urls["text/html"] == "http://testserver/search/?q={searchTerms}"
    assert urls["application/x-suggestions+json"].endswith("/search/suggest/browser/?q={searchTerms}")
    assert 'rel="search"' in reader.get("/").content.decode()


def test_suggestions_without_the_index_still_know_names(indexed, monkeypatch):
    from archive.search import suggest as module
    from archive.search.errors import SearchUnavailable

    def broken(sq):
        raise SearchUnavailable("gone")

    monkeypatch.setattr(module, "ask", broken)
    assert [each.label for each in suggest("var")] == ["Varra"]
