"""Rows that are written from forms: what they say, and that no text of theirs becomes markup."""

import datetime
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.utils.html import escape

from archive.models import Article
from archive.pages.calendar import Cell, MonthTable
from archive.pages.charts import Column, chart_of_columns
from archive.pages.counts import Month
from archive.pages.related import Named
from archive.pages.stories import Story, load_stories
from archive.search.highlight import Span, mark
from archive.search.hits import Hit, Listed, Version
from archive.search.narrowing import Facet, FacetValue
from archive.templatetags import rows
from tests.factories import make_article

EVIL = "\"><script>alert('&')</script>{}{0}"
DAY = datetime.date(2001, 6, 4)


def story(**changes) -> Story:
    usual = Story(1, "Talks", "talks", "", DAY, None, "", "", 1, "Varra Wire", "UTC", None)
    return usual._replace(**changes)


def hit(text="Talks", **changes) -> Hit:
    listed = Listed(1, text, "talks", DAY, changes.pop("place", ""), changes.pop("sign_off", ""), "", text)
    usual = Hit(
        listed, "/talks/", "/talks/?q=a&b", mark(text, []), mark(text, []), "4 Jun 2001", "1 word", ""
    )
    return usual._replace(**changes)


def test_story_of_a_day_has_its_time():
    at = datetime.datetime(2001, 6, 4, 18, 37, tzinfo=datetime.UTC)
    assert rows.story_rows([story(published_at=at, source_zone="Asia/Tehran", word_count=1200)]) == (
        '<li class="story">\n<p class="story-when"><time datetime="2001-06-04T23:07:00+04:30">23:07</time></p>\n'
        '<div class="story-what">\n<p class="story-headline"><a href="/2001/06/04/talks/" dir="auto">Talks</a></p>\n'
        '<p class="facts"><span>Varra Wire</span><span>1,200 words</span></p>\n</div>\n</li>\n'
    )


def test_story_of_many_days_has_its_day_and_all_that_is_known():
    told = story(language="fa", place="VARRA", sign_off="NA/PA", later_mark="correction")
    assert rows.story_rows([told], days=True, years=True) == (
        '<li class="story">\n<p class="story-when"><time datetime="2001-06-04">4 Jun '
        '<span class="story-year">2001</span></time></p>\n<div class="story-what">\n<p class="story-headline">'
        '<a href="/2001/06/04/talks/" dir="auto" lang="fa">Talks</a> <span class="badge">corrected</span></p>\n'
        '<p class="facts"><span class="place">VARRA</span><span>Varra Wire</span><span>NA/PA</span>'
        "<span>1 word</span></p>\n</div>\n</li>\n"
    )


def test_hit_has_its_headline_facts_and_passage_marked():
    found = hit(place="VARRA", headline_html=mark("Talks", [Span(0, 5, 0)]), badge="corrected")
    assert rows.hit_rows([found]) == (
        '<li class="hit">\n<article>\n<p class="hit-headline"><a href="/talks/?q=a&amp;b" dir="auto">'
        '<mark>Talks</mark></a> <span class="badge">corrected</span></p>\n<p class="facts">'
        '<time datetime="2001-06-04">4 Jun 2001</time><span class="place">VARRA</span><span>Talks</span>'
        '<span>1 word</span></p>\n<p class="hit-snippet" dir="auto">Talks</p>\n</article>\n</li>\n'
    )


def test_hit_with_versions_has_them_folded():
    version = Version(mark("Before", []), "/before/", "3 Jun 2001", "Wire")
    shown = rows.hit_rows([hit(versions=(version,), more_versions=2)])
    assert "<summary>3 earlier versions " in shown
    assert '<a href="/before/" dir="auto">Before</a>' in shown
    assert "and 2 more" in shown
    assert "<summary>1 earlier version <" in rows.hit_rows([hit(versions=(version,))])


def test_chosen_value_can_be_given_up_and_others_left_out():
    values = [FacetValue("Varra", 1200, True, "/a"), FacetValue("Geneva", 1, False, "/b", "/c")]
    assert rows.facet_values(values) == (
        '<li><a class="facet-value" href="/a" aria-current="true"><bdi>Varra</bdi></a> '
        '<span class="count">1,200</span></li>\n'
        '<li><a class="facet-value" href="/b"><bdi>Geneva</bdi></a> <span class="count">1</span> '
        '<a class="facet-exclude" href="/c" aria-label="Leave out Geneva" title="Leave out">−</a></li>\n'
    )


def test_days_of_a_month_lead_to_their_stories():
    cells = [
        Cell("", "", 0, "", 0),
        Cell("1", "1 June 2001", 1, "/1/", 2),
        Cell("2", "2 June 2001", 1200, "/2/", 5),
    ]
    table = MonthTable(Month(2001, 6), 1201, [cells])
    assert rows.month_rows(table, False) == (
        '<tr><td class="cell shade-0"></td>'
        '<td class="cell shade-2"><a href="/1/" title="1 June 2001: 1 story">1</a></td>'
        '<td class="cell shade-5"><a href="/2/" title="2 June 2001: 1200 stories">2</a></td></tr>\n'
    )
    counted = '2<span class="cell-count">1,200<span class="unseen"> stories</span></span></a></td></tr>\n'
    assert rows.month_rows(table, True).endswith(counted)


class Tags(HTMLParser):
    """Remembers the tags of a page, with their attributes."""

    def __init__(self, markup: str):
        super().__init__()
        self.found = []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(name for name, _ in attrs)))


def every_row(text: str) -> list[str]:
    """Write every kind of row with a text in each place that a text of the archive can stand in."""
    version = Version(mark(text, []), text, text, text)
    facts = {"place": text, "sign_off": text, "link": text, "badge": text, "day": text, "words": text}
    told = story(headline=text, slug=text, language=text, place=text, sign_off=text, source_name=text)
    values = [FacetValue(text, 1, True, text), FacetValue(text, 1, False, text, text)]
    chart = chart_of_columns([Column(text, 1, text), Column(text, 2, text, True)], title=text, unit=text)
    name = SimpleNamespace(
        name=text,
        stories=1,
        get_absolute_url=lambda: text,
        get_kind_display=Named(1, "person", "", "").get_kind_display,
    )
    cells = MonthTable(Month(2001, 6), 1, [[Cell(text, text, 1, text, 1)]])
    return [
        rows.hit_rows([hit(text, versions=(version,), more_versions=1, **facts)]),
        rows.story_rows([told], days=True),
        rows.facet_sections([Facet(text, text, values, True, text)]),
        rows.name_rows([name]),
        rows.month_rows(cells, True),
        rows.month_rows(cells, False),
        rows.chart_bars(chart),
        rows.chart_rows(chart),
    ]


@pytest.mark.parametrize("number", range(8))
def test_no_text_becomes_markup(number):
    harmless, shown = every_row("text")[number], every_row(EVIL)[number]
    assert Tags(shown).found == Tags(harmless).found
    assert shown.count(escape(EVIL)) == harmless.count("text") > 0


@pytest.mark.django_db
def test_articles_and_loaded_stories_are_written_alike():
    article = make_article(place="VARRA", sign_off="NA", language="fr")
    hidden = make_article("Withdrawn", status=Article.Status.WITHDRAWN)
    loaded = load_stories([hidden.pk, article.pk])
    assert [each.pk for each in loaded] == [article.pk]
    assert rows.story_rows(loaded) == rows.story_rows(
        [Article.objects.select_related("source").get(pk=article.pk)]
    )
