"""The search page over a real index. What a question finds is tested in tests/search."""

import html
import re

import pytest

from archive.search import indexer
from tests.factories import make_story_about

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexed(wire):
    make_story_about(
        wire.corbaz, headline="Mark <script>alert(1)</script> of treaty", slug="mark", on="2002-05-05"
    )
    indexer.rebuild()
    return wire


def headlines(page):
    return [hit.article.headline for hit in page.context["result"].hits]


def test_word_finds_published_stories_and_marks_them(reader, indexed):
    page = reader.get("/search/", {"q": "talks"})
    assert sorted(headlines(page))[:2] == ["Mark <script>alert(1)</script> of treaty", "Rain in Varra"]
    assert "<mark>Talks</mark> open" in page.content.decode()


def test_hidden_stories_are_not_found(reader, indexed):
    for words in ("secret draft", "withdrawn claim", '"Only In Drafts"'):
        page = reader.get("/search/", {"q": words})
        assert headlines(page) == []
        assert "No story fits." in page.content.decode()


def test_markup_in_copy_and_question_stays_text(reader, indexed):
    for question in ("treaty", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'):
        page = reader.get("/search/", {"q": question}).content.decode()
        assert "<script>" not in page
        assert "<img" not in page


def test_new_words_keep_filters_and_period_but_not_the_page(reader, indexed):
    page = reader.get("/search/", {"q": "talks", "by": "NA", "since": "1999", "page": "1", "sort": "oldest"})
    assert page.context["hidden"] == [("by", "NA"), ("since", "1999-01-01"), ("sort", "oldest")]
    assert '<input type="hidden" name="by" value="NA">' in page.content.decode()


def test_bars_lead_to_their_period(reader, indexed):
    chart = reader.get("/search/").context["chart"]
    assert [(bar.label, bar.count) for bar in chart.bars] == [("1999", 3), ("2001", 2), ("2002", 1)]
    assert reader.get(chart.bars[1].url).context["result"].total == 2


def test_facets_are_links_with_counts(reader, indexed):
    page = reader.get("/search/")
    facets = {facet.key: facet for facet in page.context["result"].facets}
    assert [(value.label, value.count) for value in facets["person"].values] == [
        ("Mirvan Takhti Rahim", 4),
        ("Anne-Lise Corbaz", 3),
    ]
    assert f'href="{facets["person"].values[0].url}"'.replace("&", "&amp;") in page.content.decode()


PLAIN = [
    "",
    "q=",
    "q=%00",
    "q=%FF",
    "q=(((((",
    'q="',
    "q=*",
    "q=by:",
    "q=%D9%85%DB%8C%D8%B1%D9%88%D8%A7%D9%86",
]
CHOSEN = [
    "page=0",
    "page=x",
    "sort=x",
    "since=x",
    "since=9999",
    "until=0000-13-77",
    "person=nobody",
    "person=%00",
    "year=x",
]
LONG = ["q=" + "a" * 3000, "q=" + "%28" * 900, "&".join(f"by=X{number}" for number in range(60))]


@pytest.mark.parametrize("question", [*PLAIN, *CHOSEN, *LONG])
def test_any_question_is_answered(reader, indexed, question):
    assert reader.get(f"/search/?{question}").status_code == 200


def test_head_and_an_empty_archive_work(reader, db):
    indexer.rebuild()
    assert reader.head("/search/").status_code == 200
    assert "No story fits." in reader.get("/search/?q=anything").content.decode()


def test_examples_of_the_help_page_can_be_tried(reader, indexed):
    page = reader.get("/search/help/").content.decode()
    examples = re.findall(r'href="(/search/\?q=[^"]+)"', page)
    assert len(examples) > 10
    for example in examples:
        assert reader.get(html.unescape(example)).status_code == 200


def test_spellings_of_a_name_are_shown_and_can_be_left_out(reader, indexed):
    page = reader.get("/search/", {"q": "Takhti-Rahim"})
    spellings = page.context["spellings"]
    assert [chip.label for chip in spellings] == ["Mirvan Takhti Rahim", "Takhti-Rahim", "میروان تختی‌رحیم"]
    assert 'href="/names/mirvan-takhti-rahim/"' in page.content.decode()
    fewer = reader.get(spellings[0].remove_url).context["spellings"]
    assert [chip.label for chip in fewer] == ["Takhti-Rahim", "میروان تختی‌رحیم"]


def test_nothing_found_offers_ways_on(reader, indexed):
    page = reader.get("/search/", {"q": "talks by:QQ"})
    assert page.context["result"].without
    assert "Without the condition" in page.content.decode()


def test_reading_goes_on_without_the_index(reader, indexed, monkeypatch):
    from archive.search import run
    from archive.search.errors import SearchError

    def broken(*args):
        raise SearchError("the index is gone")

    monkeypatch.setattr(run, "_search", broken)
    monkeypatch.setattr(indexer, "start_in_background", lambda work: False)
    page = reader.get("/search/", {"q": "talks"})
    assert page.status_code == 200
    assert "Talks open" in headlines(page)
    assert "comes from the database" in page.content.decode()
