"""What a page of results has by the hundred: rows, values to narrow by, bars.

Each is a form of markup, filled in with texts that `filled` escapes. As a loop of a template, at ten
microseconds a value, they would be most of the time that a page takes.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django import template
from django.utils.safestring import SafeString

from archive.search.highlight import filled

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

_VALUE: Final = (
    '<li><a class="facet-value" href="{}"><bdi>{}</bdi></a> <span class="count">{}</span> '
    '<a class="facet-exclude" href="{}" aria-label="Leave out {}" title="Leave out">−</a></li>\n'
)
_CHOSEN_VALUE: Final = (
    '<li><a class="facet-value" href="{}" aria-current="true"><bdi>{}</bdi></a> '
    '<span class="count">{}</span></li>\n'
)

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
def facet_values(values: Iterable) -> SafeString:
    """Write what can be chosen (archive.search.narrowing.FacetValue) as items of a list."""
    return filled(map(_value, values))


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


def _value(value) -> tuple[str, Sequence[str]]:
    label, number = value.label, value.number
    if value.selected:
        return _CHOSEN_VALUE, (value.url, label, number)
    return _VALUE, (value.url, label, number, value.exclude_url, label)


def _bar(bar, full: str) -> tuple[str, Sequence[str]]:
    named = (bar.label, bar.number)
    column = (bar.x, bar.width, full)
    drawn = (bar.bar_x, str(bar.y), bar.bar_width, str(bar.height))
    return _BAR, (" chart-link-selected" if bar.selected else "", bar.url, *named, *named, *column, *drawn)
