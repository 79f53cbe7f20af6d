"""What narrows a search: leaving values out, long facets, the advanced form, the periods of the chart."""

import pytest
from django.http import QueryDict

from archive.search import facet_list, indexer
from archive.search.query import ArchiveQuery
from tests.factories import make_story_about

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexed(wire):
    make_story_about(wire.corbaz, headline="Reef of glass", on="2004-05-05", place="Geneva")
    indexer.rebuild()
    return wire


def headlines(page):
    return [hit.article.headline for hit in page.context["result"].hits]


def facet_of(page, key):
    return next(facet for facet in page.context["result"].facets if facet.key == key)


def test_value_is_left_out_and_taken_back_with_one_click(reader, indexed):
    value = facet_of(reader.get("/search/?sort=oldest"), "person").values[0]
    assert value.label == "Mirvan Takhti Rahim"
    page = reader.get(value.exclude_url)
    assert headlines(page) == ["Rain in Varra", "Reef of glass"]
    assert page.context["result"].reading == "Articles not naming Mirvan Takhti Rahim."
    (chip,) = page.context["result"].chips
    assert (chip.label, chip.remove_url) == ("not naming Mirvan Takhti Rahim", "/search/?sort=oldest")
    assert "Leave out Mirvan Takhti Rahim" in reader.get("/search/").content.decode()


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("not-from=Geneva", 5),
        ("not-from=Geneva&not-from=Varra", 4),
        ("not-by=NA", 3),
        ("not-year=1999", 3),
        ("not-year=x", 6),
        ("not-person=nobody", 6),
        ("not-source=wire", 0),
        ("person=anne-lise-corbaz&not-year=1999", 1),
    ],
)
def test_left_out_values_are_counted_exactly(reader, indexed, question, left):
    assert reader.get(f"/search/?{question}").context["result"].total == left


def test_choosing_what_was_left_out_takes_it_back(indexed):
    query = ArchiveQuery.from_params(QueryDict("q=treaty&not-person=mirvan-takhti-rahim"))
    assert query.question == "q=treaty&not-person=mirvan-takhti-rahim"
    assert (
        query.with_filter("person", "mirvan-takhti-rahim").question == "q=treaty&person=mirvan-takhti-rahim"
    )
    chosen = ArchiveQuery.from_params(QueryDict("person=a"))
    assert chosen.excluding("person", "a").question == "not-person=a"


def test_left_out_values_hold_without_the_index(reader, indexed, monkeypatch):
    from archive.search import run
    from archive.search.errors import SearchError

    def broken(*args):
        raise SearchError("the index is gone")

    monkeypatch.setattr(run, "_search", broken)
    monkeypatch.setattr(indexer, "start_in_background", lambda work: False)
    assert reader.get("/search/?not-from=Geneva").context["result"].total == 5


def test_long_facet_says_that_there_is_more(reader, indexed, monkeypatch):
    monkeypatch.setattr("archive.search.facets.MOST_VALUES_SHOWN", 1)
    facet = facet_of(reader.get("/search/?q=talks"), "person")
    assert (len(facet.values), facet.more) == (1, True)
    assert facet.all_url == "/search/facet/?q=talks&facet=person"
    listed = reader.get(facet.all_url).context["listed"]
    assert [value.label for value in listed.values] == ["Mirvan Takhti Rahim", "Anne-Lise Corbaz"]


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("facet=person&find=corb", ["Anne-Lise Corbaz"]),
        ("facet=person&find=anne lise", ["Anne-Lise Corbaz"]),
        ("facet=person&find=TAKHTI-R", ["Mirvan Takhti Rahim"]),
        ("facet=person&find=تختی", ["Mirvan Takhti Rahim"]),
        ("facet=person&find=zzz", []),
        ("facet=person&find=-", ["Anne-Lise Corbaz", "Mirvan Takhti Rahim"]),
        ("facet=from&find=gen", ["Geneva"]),
        ("facet=by&find=avadi", ["NA · Nasrin Avadi"]),
        ("facet=by&find=p", ["PA"]),
        ("facet=source&find=varra", ["Varra Wire"]),
        ("facet=year&find=200", ["2001", "2004"]),
        ("facet=place", ["Varra"]),
    ],
)
def test_value_of_a_facet_is_found_by_a_part(reader, indexed, question, labels):
    listed = reader.get(f"/search/facet/?{question}").context["listed"]
    assert sorted(value.label for value in listed.values) == sorted(labels)


def test_facet_page_keeps_the_question_and_comes_in_pages(reader, indexed, monkeypatch):
    monkeypatch.setattr(facet_list, "VALUES_PER_PAGE", 1)
    page = reader.get("/search/facet/?q=talks&since=1999&facet=person&find=a")
    listed = page.context["listed"]
    assert (listed.total, listed.pages, listed.page) == (2, 2, 1)
    assert listed.next_url == "/search/facet/?q=talks&since=1999-01-01&facet=person&find=a&page=2"
    assert reader.get(listed.next_url).context["listed"].values[0].label == "Anne-Lise Corbaz"
    assert ("since", "1999-01-01") in page.context["hidden"]
    assert listed.values[0].url == "/search/?q=talks&person=mirvan-takhti-rahim&since=1999-01-01"


def test_unknown_facet_is_not_found(reader, db):
    assert reader.get("/search/facet/?facet=password").status_code == 404
    assert reader.get("/search/facet/").status_code == 404


def test_facet_page_says_so_when_the_index_is_silent(reader, indexed, monkeypatch):
    from archive.search.errors import SearchUnavailable

    def broken(sq):
        raise SearchUnavailable("gone")

    monkeypatch.setattr(facet_list, "ask", broken)
    assert "being mended" in reader.get("/search/facet/?facet=person").content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "treaty",
        '"close cooperation" treaty -rain',
        'headline:talks from:Varra by:NA date:1999 (ocean OR reef) "a b"~5',
        'name:"Takhti Rahim" source:wire is:corrected',
        "a OR b",
        "-(a OR b)",
        "<b>&\"'",
    ],
)
def test_question_goes_through_the_advanced_form_without_loss(reader, indexed, text):
    page = reader.get("/search/advanced/", {"q": text, "person": "anne-lise-corbaz", "sort": "oldest"})
    form = {box.key: value for box, value in page.context["boxes"]}
    form["q"] = page.context["rest"]
    answer = reader.get("/search/", {**form, **dict(page.context["hidden"])})
    assert answer.status_code == 302
    asked = ArchiveQuery.from_params(QueryDict(answer.url.partition("?")[2]))
    assert asked.filters == (("person", "anne-lise-corbaz"),)
    assert asked.sort == "oldest"
    before = ArchiveQuery.from_params(QueryDict("", mutable=True)).but(text=text)
    again = reader.get("/search/advanced/", {"q": asked.text})
    assert {b.key: v for b, v in again.context["boxes"]} == {k: v for k, v in form.items() if k != "q"}
    assert reader.get(asked.but(filters=()).url).context["result"].total == (
        reader.get(before.url).context["result"].total
    )


def test_bars_have_room_for_years_without_stories(reader, indexed):
    bars = reader.get("/search/").context["result"].bars
    assert [(bar.label, bar.count) for bar in bars] == [
        *(("1999", 3), ("2000", 0), ("2001", 2)),
        *(("2002", 0), ("2003", 0), ("2004", 1)),
    ]


def test_chart_leads_from_year_to_month_to_day_and_back(reader, indexed):
    page = reader.get("/search/?q=talks")
    year = page.context["result"].bars[0].url
    page = reader.get(year)
    assert [bar.label for bar in page.context["result"].bars] == ["July 1999"]
    assert [level.text for level in page.context["result"].levels] == ["All years"]
    page = reader.get(page.context["result"].bars[0].url)
    assert [bar.label for bar in page.context["result"].bars] == ["10 July 1999"]
    assert [level.text for level in page.context["result"].levels] == ["All years", "1999"]
    page = reader.get(page.context["result"].bars[0].url)
    assert page.context["result"].reading == "Articles on 10 July 1999, with “talks”."
    levels = page.context["result"].levels
    assert [level.text for level in levels] == ["All years", "1999", "July 1999"]
    assert levels[1].url == year
    assert levels[0].url == "/search/?q=talks"


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (0, "No articles"),
        (1, "One article"),
        (12, "Twelve articles"),
        (13, "13 articles"),
        (1302, "1,302 articles"),
    ],
)
def test_count_is_told_in_words(total, words):
    from archive.pages.wording import articles_in_words

    assert articles_in_words(total) == words


def test_question_of_hundreds_of_conditions_shows_forty_of_them(reader, indexed):
    years = "&".join(f"year={year}&not-year={year + 100}" for year in range(1900, 1940))
    page = reader.get(f"/search/?q=talks&{years}")
    assert (len(page.context["chips"]), page.context["more_chips"]) == (40, 41)
    assert "and 41 more" in page.content.decode()


def test_caption_of_the_chart_reads_well_for_days_too(reader, indexed):
    text = reader.get("/search/?since=1999-07-01&until=1999-07-31").content.decode()
    assert "Most: 3 (10 July 1999)." in text
    assert "Most: 3 (1999)." in reader.get("/search/").content.decode()
