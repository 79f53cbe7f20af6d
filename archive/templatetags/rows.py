"""What a page of results has by the hundred: rows, values to narrow by, bars.

Each is a form of markup, filled in with texts that `filled` escapes. As a loop of a template, at ten
microseconds a value, they would be most of the time that a page takes.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django import template
from django.utils.safestring import SafeString

from archive.pages.stories import Story, story_of
from archive.search.highlight import filled
from archive.search.hits import counted_words

register = template.Library()

Forms = Iterator[tuple[str, Sequence[str]]]

_HIT: Final = '<li class="hit">\n<article>\n<p class="hit-headline"><a href="{}" dir="auto">{}</a>'
_BADGE: Final = ' <span class="badge">{}</span>'
_DAY: Final = '</p>\n<p class="facts"><time datetime="{}">{}</time>'
_PLACE: Final = '<span class="place">{}</span>'
_FACT: Final = "<span>{}</span>"
_SNIPPET: Final = '<p class="hit-snippet" dir="auto">{}</p>\n'
_VERSIONS: Final = (
    '<details class="hit-versions">\n'
    '<summary>{} earlier version{} <span class="unseen">of {}</span></summary>\n<ul class="headlines">\n'
)
_VERSION: Final = '<li><span class="headlines-when">{} · {}</span> <a href="{}" dir="auto">{}</a></li>\n'
_MORE_VERSIONS: Final = '<p class="quiet">and {} more</p>\n'

_FACET: Final = (
    '<section class="facet" aria-labelledby="facet-{}">\n<h2 class="label" id="facet-{}">{}</h2>\n<ul>\n'
)
_ALL_VALUES: Final = (
    '<p class="facet-more"><a href="{}">All, or find one<span class="unseen"> among {}</span></a></p>\n'
)
_VALUE: Final = (
    '<li><a class="facet-value" href="{}"><bdi>{}</bdi></a> <span class="count">{}</span> '
    '<a class="facet-exclude" href="{}" aria-label="Leave out {}" title="Leave out">−</a></li>\n'
)
_CHOSEN_VALUE: Final = (
    '<li><a class="facet-value" href="{}" aria-current="true"><bdi>{}</bdi></a> '
    '<span class="count">{}</span></li>\n'
)

_STORY: Final = '<li class="story">\n<p class="story-when">'
_STORY_DAY: Final = '<time datetime="{}">{} <span class="{}">{}</span></time>'
_STORY_TIME: Final = '<time datetime="{}">{}</time>'
_STORY_WHAT: Final = '</p>\n<div class="story-what">\n<p class="story-headline"><a href="{}" dir="auto"'
_LANGUAGE: Final = ' lang="{}"'
_STORY_HEADLINE: Final = ">{}</a>"
_STORY_FACTS: Final = '</p>\n<p class="facts">'

_NAME: Final = (
    '<li><a href="{}"><bdi>{}</bdi></a> <span class="names-kind">{}</span> '
    '<span class="names-count">{}<span class="unseen"> {}</span></span></li>\n'
)

_CELL: Final = '<td class="cell shade-{}">{}</td>'
_CELL_LINK: Final = '<td class="cell shade-{}"><a href="{}" title="{}: {} {}">{}</a></td>'
_CELL_COUNT: Final = (
    '<td class="cell shade-{}"><a href="{}" title="{}: {} {}">{}'
    '<span class="cell-count">{}<span class="unseen"> {}</span></span></a></td>'
)

_YEAR: Final = '<tr>\n<th scope="row">{}</th>\n'
_YEAR_LINK: Final = '<tr>\n<th scope="row"><a href="{}">{}</a></th>\n'
_MONTH_LINK: Final = '<td class="cell shade-{}"><a href="{}" title="{}">{}</a></td>'
_YEAR_COUNT: Final = '\n<td class="number">{}</td>\n</tr>\n'

_BAR: Final = (
    '<a class="chart-link{}" href="{}" tabindex="-1" aria-label="{}: {}">\n<title>{}: {}</title>\n'
    '<rect class="chart-column" x="{}" y="0" width="{}" height="{}"/>\n'
    '<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}"/>\n</a>\n'
)
_BAR_ROW: Final = '<tr><th scope="row"><a href="{}">{}</a></th><td class="number">{}</td></tr>\n'


@register.simple_tag
def hit_rows(hits: Iterable) -> SafeString:
    """Write stories found (archive.search.hits.Hit) as items of a list."""
    return filled(form for hit in hits for form in _hit(hit))


@register.simple_tag
def story_rows(stories: Iterable, days: bool = False, years: bool = False) -> SafeString:
    """Write stories as items of a list: archive.pages.stories.Story, or articles with their source.

    `days` says that the list spans several days, `years` that it spans several years.
    """
    lines = (story if isinstance(story, Story) else story_of(story) for story in stories)
    return filled(form for line in lines for form in _story(line, days, years))


@register.simple_tag
def facet_sections(facets: Iterable) -> SafeString:
    """Write what a result can be narrowed by (archive.search.narrowing.Facet), a section each."""
    return filled(form for facet in facets for form in _facet(facet))


@register.simple_tag
def facet_values(values: Iterable) -> SafeString:
    """Write what can be chosen (archive.search.narrowing.FacetValue) as items of a list."""
    return filled(map(_value, values))


@register.simple_tag
def name_rows(entities: Iterable) -> SafeString:
    """Write names, each with its number of `stories`, as items of a list."""
    return filled((_NAME, _name(entity)) for entity in entities)


@register.simple_tag
def month_rows(table, counts: bool) -> SafeString:
    """Write the weeks of a month (archive.pages.calendar.MonthTable) as rows; `counts` prints the numbers."""
    return filled(form for week in table.weeks for form in _week(week, counts))


@register.simple_tag
def year_rows(years: Iterable) -> SafeString:
    """Write years (archive.pages.calendar.YearRow) as rows, a cell for each month."""
    return filled(form for year in years for form in _year(year))


@register.simple_tag
def chart_bars(chart) -> SafeString:
    """Write the bars of a chart (archive.pages.charts.Chart) as links in its drawing."""
    return filled(_bar(bar, str(chart.height)) for bar in chart.bars)


@register.simple_tag
def chart_rows(chart) -> SafeString:
    """Write the bars of a chart as rows of a table."""
    return filled((_BAR_ROW, (bar.url, bar.label, bar.number)) for bar in chart.bars)


def _hit(hit) -> Forms:
    article = hit.article
    yield _HIT, (hit.link, hit.headline_html)
    if hit.badge:
        yield _BADGE, (hit.badge,)
    yield _DAY, (article.published_on.isoformat(), hit.day)
    if article.place:
        yield _PLACE, (article.place,)
    for fact in (article.source_name, article.sign_off, hit.words):
        if fact:
            yield _FACT, (fact,)
    yield "</p>\n", ()
    if hit.snippet_html:
        yield _SNIPPET, (hit.snippet_html,)
    if hit.versions:
        yield from _versions(hit)
    yield "</article>\n</li>\n", ()


def _versions(hit) -> Forms:
    count = hit.version_count
    yield _VERSIONS, (str(count), "" if count == 1 else "s", hit.article.headline)
    for version in hit.versions:
        yield _VERSION, (version.day, version.source, version.link, version.headline_html)
    yield "</ul>\n", ()
    if hit.more_versions:
        yield _MORE_VERSIONS, (str(hit.more_versions),)
    yield "</details>\n", ()


def _story(story: Story, days: bool, years: bool) -> Forms:
    yield _STORY, ()
    day = story.published_on
    if days:
        spoken = "story-year" if years else "unseen"
        yield _STORY_DAY, (day.isoformat(), f"{day.day} {day:%b}", spoken, f"{day.year:04}")
    elif time := story.time:
        yield _STORY_TIME, (time.iso, time.clock)
    yield _STORY_WHAT, (story.get_absolute_url(),)
    if story.language:
        yield _LANGUAGE, (story.language,)
    yield _STORY_HEADLINE, (story.headline,)
    if badge := story.badge:
        yield _BADGE, (badge,)
    yield _STORY_FACTS, ()
    if story.place:
        yield _PLACE, (story.place,)
    for fact in (story.source_name, story.sign_off, counted_words(story.word_count)):
        if fact:
            yield _FACT, (fact,)
    yield "</p>\n</div>\n</li>\n", ()


def _facet(facet) -> Forms:
    yield _FACET, (facet.key, facet.key, facet.label)
    yield from map(_value, facet.values)
    yield "</ul>\n", ()
    if facet.more:
        yield _ALL_VALUES, (facet.all_url, facet.label)
    yield "</section>\n", ()


def _value(value) -> tuple[str, Sequence[str]]:
    label, number = value.label, value.number
    if value.selected:
        return _CHOSEN_VALUE, (value.url, label, number)
    return _VALUE, (value.url, label, number, value.exclude_url, label)


def _name(entity) -> Sequence[str]:
    told = entity.stories
    return entity.get_absolute_url(), entity.name, entity.get_kind_display(), f"{told:,}", _stories(told)


def _week(cells: Iterable, counts: bool) -> Forms:
    yield "<tr>", ()
    for cell in cells:
        if not cell.url:
            yield _CELL, (str(cell.shade), cell.label)
            continue
        stories = _stories(cell.count)
        link = (str(cell.shade), cell.url, cell.title, str(cell.count), stories, cell.label)
        yield (_CELL_COUNT, (*link, f"{cell.count:,}", stories)) if counts else (_CELL_LINK, link)
    yield "</tr>\n", ()


def _year(year) -> Forms:
    yield (_YEAR_LINK, (year.url, year.label)) if year.url else (_YEAR, (year.label,))
    for cell in year.cells:
        if cell.url:
            yield _MONTH_LINK, (str(cell.shade), cell.url, cell.title, f"{cell.count:,}")
        else:
            yield _CELL, (str(cell.shade), "")
    yield _YEAR_COUNT, (f"{year.count:,}",)


def _stories(count: int) -> str:
    return "story" if count == 1 else "stories"


def _bar(bar, full: str) -> tuple[str, Sequence[str]]:
    named = (bar.label, bar.number)
    column = (bar.x, bar.width, full)
    drawn = (bar.bar_x, str(bar.y), bar.bar_width, str(bar.height))
    return _BAR, (" chart-link-selected" if bar.selected else "", bar.url, *named, *named, *column, *drawn)
