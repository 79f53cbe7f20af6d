"""ArchiveQuery -> ResultPage: the one way in which pages, feeds and commands search."""

import datetime
import logging
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString
from haystack.query import SearchQuerySet

from archive.desk.credits import SignOff, people_behind
from archive.models import Article, Entity
from archive.search import facets, indexer, rescue
from archive.search.compile import Compiled, compile_query
from archive.search.errors import QueryRefused, SearchError
from archive.search.facets import FACETS, Bar, Labels
from archive.search.fallback import find_in_database
from archive.search.hits import Marker
from archive.search.periods import gap_for, period_of
from archive.search.query import SORTS, ArchiveQuery
from archive.search.rescue import Way
from archive.search.tree import Note

log = logging.getLogger("archive.search")

_ORDERS = {
    "relevance": (),
    "newest": ("-published_on", "-published_at"),
    "oldest": ("published_on", "published_at"),
}
REDUCED = (
    "The search index is being mended, so this answer comes from the database: words are found exactly as "
    "typed, without counts to narrow by. Everything can be read as usual."
)


class Hit(NamedTuple):
    article: Article
    url: str
    headline_html: SafeString
    snippet_html: SafeString
    codes: list[SignOff]


class FacetValue(NamedTuple):
    label: str
    count: int
    selected: bool
    url: str


class Facet(NamedTuple):
    key: str
    label: str
    values: list[FacetValue]


class Chip(NamedTuple):
    """`kind`: clause, filter, period, spelling (one that is searched for) or dropped (one that is not)."""

    label: str
    remove_url: str
    kind: str = "clause"


class Sort(NamedTuple):
    label: str
    url: str
    selected: bool


class Suggestion(NamedTuple):
    text: str
    url: str


class Remark(str):
    """A sentence about how the question was read; `choices` are other questions it may have meant."""

    def __new__(cls, sentence: str, choices: list[Suggestion] = ()):
        remark = super().__new__(cls, sentence)
        remark.choices = list(choices)
        return remark


class MoreHits(NamedTuple):
    """The best stories with most of the words, after the few that have all."""

    heading: str
    total: int
    hits: list[Hit]
    url: str


@dataclass(frozen=True)
class ResultPage:
    """A page of results with finished labels and addresses, as templates want it."""

    query: ArchiveQuery
    reading: str
    total: int = 0
    hits: list[Hit] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    sorts: list[Sort] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    names: list[Entity] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    page: int = 1
    pages: int = 0
    previous_url: str = ""
    next_url: str = ""
    suggestion: Suggestion | None = None
    reduced: str = ""
    more: MoreHits | None = None
    without: list[Way] = field(default_factory=list)
    near_names: list[Way] = field(default_factory=list)
    some_words: Way | None = None


class _Found(NamedTuple):
    """What an engine, or the database in its place, answered."""

    total: int
    article_ids: list[int]
    counts: dict[str, list[tuple]]
    histogram: list[tuple[datetime.date, int]]
    gap: str
    suggestion: str
    reduced: str


def run(query: ArchiveQuery) -> ResultPage:
    """Answer a question; never raises for what a reader typed, nor for an index that is broken."""
    compiled = compile_query(query)
    notes = [*map(Remark, query.errors), *(_remark(note, query) for note in compiled.notes)]
    try:
        found = _search(query, compiled)
    except QueryRefused as error:
        notes.append(Remark(f"{error} Narrow it down and search again."))
        found = _Found(0, [], {}, [], "year", "", "")
    except SearchError:
        log.exception("The index does not answer; the database does in its place.")
        indexer.start_in_background(indexer.mend)
        total, ids = find_in_database(query, compiled, _slice(query))
        found = _Found(total, ids, {}, [], "year", "", REDUCED)
    return _page(query, compiled, found, notes)


def _slice(query: ArchiveQuery) -> slice:
    size = settings.ARCHIVE_RESULTS_PER_PAGE
    return slice((query.page - 1) * size, query.page * size)


def _search(query: ArchiveQuery, compiled: Compiled) -> _Found:
    indexer.catch_up_if_forgotten()
    results = SearchQuerySet().models(Article).filter(compiled.sq) if compiled.sq else SearchQuerySet().all()
    results = results.order_by(*_ORDERS[query.order]) if _ORDERS[query.order] else results
    for spec in FACETS:
        results = results.facet(spec.field)
    period = compiled.period
    gap = gap_for(period)
    results = results.date_facet(
        "published_on",
        period.since or datetime.date(1, 1, 1),
        (period.until or datetime.date(9999, 12, 30)) + datetime.timedelta(days=1),
        gap,
    )
    rows = results[_slice(query)]
    counted = results.facet_counts()
    total = results.count()
    return _Found(
        total=total,
        article_ids=[int(row.pk) for row in rows],
        counts=counted.get("fields", {}),
        histogram=[(_as_day(day), count) for day, count in counted.get("dates", {}).get("published_on", ())],
        gap=gap,
        suggestion="" if total else rescue.spelled_better(query, results),
        reduced="",
    )


def _as_day(value) -> datetime.date:
    return value.date() if isinstance(value, datetime.datetime) else value


def _page(query: ArchiveQuery, compiled: Compiled, found: _Found, notes: list[str]) -> ResultPage:
    pages = -(-found.total // settings.ARCHIVE_RESULTS_PER_PAGE)
    labels = Labels(found.counts)
    if query.page > max(pages, 1):
        notes.append(Remark(f"There are only {pages} pages." if pages else "There is no such page."))
    return ResultPage(
        query=query,
        reading=compiled.reading,
        total=found.total,
        hits=_hits(found.article_ids, compiled),
        facets=[facet for spec in FACETS if (facet := _facet(spec, query, found.counts, labels)).values],
        chips=[Chip(c.label, c.rest.url, c.kind) for c in (*compiled.clauses, *compiled.spellings)],
        sorts=[Sort(label, query.with_sort(sort).url, sort == query.order) for sort, label in SORTS.items()],
        bars=[_bar(day, count, found.gap, query) for day, count in found.histogram if count],
        names=compiled.names,
        notes=notes,
        page=query.page,
        pages=pages,
        previous_url=query.but(page=min(query.page - 1, max(pages, 1))).url if query.page > 1 else "",
        next_url=query.but(page=query.page + 1).url if query.page < pages else "",
        suggestion=_suggestion(query, found.suggestion),
        reduced=found.reduced,
        **_help(query, compiled, found),
    )


def _remark(note: Note, query: ArchiveQuery) -> Remark:
    return Remark(note, [Suggestion(label, query.but(text=text).url) for label, text in note.choices])


def _help(query: ArchiveQuery, compiled: Compiled, found: _Found) -> dict:
    """Return what helps when less than a page was found; nothing while the index does not answer."""
    size = settings.ARCHIVE_RESULTS_PER_PAGE
    if found.reduced or query.page > 1 or found.total >= size or compiled.sq is None:
        return {}
    try:
        offered = {"more": _more(query, compiled, found.article_ids, size)}
        if not found.total:
            offered["without"] = rescue.ways_without(compiled)
            offered["near_names"] = rescue.near_names(query, compiled)
            offered["some_words"] = rescue.some_words(query, compiled)
        return offered
    except SearchError:
        return {}


def _more(query: ArchiveQuery, compiled: Compiled, strict_ids: list[int], size: int) -> MoreHits | None:
    more = rescue.find_more(compiled, strict_ids, size - len(strict_ids))
    if more is None:
        return None
    hits = _hits(more.article_ids, compiled)
    return MoreHits(compiled.some_heading, more.total, hits, query.but(text=compiled.some_words).url)


def _hits(article_ids: list[int], compiled: Compiled) -> list[Hit]:
    """Load the articles in one query, in order; one that was withdrawn a moment ago is left out."""
    articles = Article.objects.published().select_related("source").in_bulk(article_ids)
    signed = people_behind(articles.values())
    marker = Marker(compiled.mark_sq)
    return [
        Hit(
            article,
            article.get_absolute_url(),
            marker.mark(article.headline),
            marker.passage(article.body_text),
            signed[pk],
        )
        for pk in article_ids
        if (article := articles.get(pk))
    ]


def _facet(spec, query: ArchiveQuery, counts: dict, labels: Labels) -> Facet:
    chosen = {value for key, value in query.filters if key == spec.key}
    values = []
    for value, count in counts.get(spec.field, ()):
        in_address = labels.in_address(spec, value)
        if not (count and in_address):
            continue
        selected = in_address in chosen
        if len(values) >= facets.MOST_VALUES_SHOWN and not selected:
            continue
        change = query.without_filter if selected else query.with_filter
        values.append(
            FacetValue(labels.label(spec, value), count, selected, change(spec.key, in_address).url)
        )
    # A chosen value stays removable when nothing is left of it.
    shown = {labels.in_address(spec, value) for value, count in counts.get(spec.field, ()) if count}
    values += [
        FacetValue(value, 0, True, query.without_filter(spec.key, value).url)
        for key, value in query.filters
        if key == spec.key and value not in shown
    ]
    if spec.key == "year":
        values.sort(key=lambda value: value.label)
    return Facet(spec.key, spec.label, values)


def _bar(day: datetime.date, count: int, gap: str, query: ArchiveQuery) -> Bar:
    period = period_of(day, gap)
    return Bar(str(period).removeprefix("in ").removeprefix("on "), count, query.but(**period._asdict()).url)


def _suggestion(query: ArchiveQuery, text: str) -> Suggestion | None:
    if not text or text.casefold() == query.text.casefold():
        return None
    return Suggestion(text, query.but(text=text).url)
