"""ArchiveQuery -> ResultPage: the one way in which pages, feeds and commands search."""

import datetime
import logging
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from haystack.query import SearchQuerySet

from archive.desk.credits import SignOff, people_behind
from archive.models import Article, Entity
from archive.search import facets, indexer, rescue
from archive.search.carried import with_search
from archive.search.compile import Compiled, compile_query
from archive.search.errors import QueryRefused, SearchError
from archive.search.facets import FACETS, Bar, Labels
from archive.search.fallback import find_in_database
from archive.search.hits import Marker
from archive.search.periods import Period, filled, gap_for, month_of, period_of, year_of
from archive.search.query import SORTS, ArchiveQuery
from archive.search.rescue import Way
from archive.search.tree import Note

log = logging.getLogger("archive.search")

# A histogram ends with the day after; the calendar has none after its last.
_LAST_UNTIL: Final = datetime.date.max - datetime.timedelta(days=1)
REDUCED = (
    "The search index is being mended, so this answer comes from the database: words are found exactly as "
    "typed, without counts to narrow by. Everything can be read as usual."
)


class Hit(NamedTuple):
    """A story found; `url` is its address, `link` the same with the search, which stays marked there."""

    article: Article
    url: str
    headline_html: SafeString
    snippet_html: SafeString
    codes: list[SignOff]
    link: str


class FacetValue(NamedTuple):
    """`url` chooses the value, or gives it up if it is selected; `exclude_url` leaves its stories out."""

    label: str
    count: int
    selected: bool
    url: str
    exclude_url: str = ""


class Facet(NamedTuple):
    """`more` says that there are values which are not shown; `all_url` lists every one."""

    key: str
    label: str
    values: list[FacetValue]
    more: bool = False
    all_url: str = ""


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
    levels: list[Suggestion] = field(default_factory=list)

    @property
    def first(self) -> int:
        """Return the place of the first hit of this page among all, counted from 1."""
        return (self.page - 1) * settings.ARCHIVE_RESULTS_PER_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.hits) - 1


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
    results = query.in_order(results)
    for spec in FACETS:
        results = results.facet(spec.field)
    period = compiled.period
    gap = gap_for(period)
    results = results.date_facet(
        "published_on",
        period.since or datetime.date.min,
        min(period.until or _LAST_UNTIL, _LAST_UNTIL) + datetime.timedelta(days=1),
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
        hits=_hits(found.article_ids, compiled, query),
        facets=[facet for spec in FACETS if (facet := _facet(spec, query, found.counts, labels)).values],
        chips=[Chip(c.label, c.rest.url, c.kind) for c in (*compiled.clauses, *compiled.spellings)],
        sorts=[Sort(label, query.with_sort(sort).url, sort == query.order) for sort, label in SORTS.items()],
        bars=[_bar(day, count, found.gap, query) for day, count in filled(found.histogram, found.gap)],
        levels=_levels(query),
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
    hits = _hits(more.article_ids, compiled, query, placed=False)
    return MoreHits(compiled.some_heading, more.total, hits, query.but(text=compiled.some_words).url)


def _hits(
    article_ids: list[int], compiled: Compiled, query: ArchiveQuery, *, placed: bool = True
) -> list[Hit]:
    """Load the articles in one query, in order; one that was withdrawn a moment ago is left out.

    `placed` says that they are a page of the result, so that a reader can go on from one to the next.
    """
    before = (query.page - 1) * settings.ARCHIVE_RESULTS_PER_PAGE
    articles = Article.objects.published().select_related("source").with_badges().in_bulk(article_ids)
    signed = people_behind(articles.values())
    marker = Marker(compiled.mark_sq)
    return [
        Hit(
            article,
            (url := article.get_absolute_url()),
            marker.mark(article.headline),
            marker.passage(article.body_text),
            signed[pk],
            with_search(url, query, place=before + number if placed else 0),
        )
        for number, pk in enumerate(article_ids, 1)
        if (article := articles.get(pk))
    ]


def _facet(spec, query: ArchiveQuery, counts: dict, labels: Labels) -> Facet:
    chosen = {value for key, value in query.filters if key == spec.key}
    values, more = [], False
    for value, count in counts.get(spec.field, ()):
        in_address = labels.in_address(spec, value)
        if not (count and in_address):
            continue
        selected = in_address in chosen
        if len(values) >= facets.MOST_VALUES_SHOWN and not selected:
            more = True
            continue
        values.append(facet_value(spec, query, labels.label(spec, value), in_address, count))
    # A chosen value stays removable when nothing is left of it.
    shown = {labels.in_address(spec, value) for value, count in counts.get(spec.field, ()) if count}
    values += [
        FacetValue(value, 0, True, query.without_filter(spec.key, value).url)
        for key, value in query.filters
        if key == spec.key and value not in shown
    ]
    if spec.key == "year":
        values.sort(key=lambda value: value.label)
    return Facet(spec.key, spec.label, values, more, facet_url(spec, query))


def facet_value(spec, query: ArchiveQuery, label: str, in_address: str, count: int) -> FacetValue:
    """Return a value of a facet with what choosing it, giving it up and leaving it out lead to."""
    selected = (spec.key, in_address) in query.filters
    change = query.without_filter if selected else query.with_filter
    exclude_url = query.excluding(spec.key, in_address).url
    return FacetValue(label, count, selected, change(spec.key, in_address).url, exclude_url)


def facet_url(spec, query: ArchiveQuery) -> str:
    """Return the address that lists every value of a facet."""
    return f"{reverse('search_facet')}?{'&'.join(filter(None, (query.question, f'facet={spec.key}')))}"


def _levels(query: ArchiveQuery) -> list[Suggestion]:
    """Return the wider periods around the one that was chosen, the widest first; none if none was."""
    since, until = query.period
    if not (since and until):
        return []
    wider = [("All years", Period(None, None))]
    if since.year == until.year and query.period != year_of(since):
        wider.append((str(since.year), year_of(since)))
        if since.month == until.month and query.period != month_of(since):
            wider.append((f"{since:%B %Y}", month_of(since)))
    return [Suggestion(label, query.but(**period._asdict()).url) for label, period in wider]


def _bar(day: datetime.date, count: int, gap: str, query: ArchiveQuery) -> Bar:
    period = period_of(day, gap)
    return Bar(str(period).removeprefix("in ").removeprefix("on "), count, query.but(**period._asdict()).url)


def _suggestion(query: ArchiveQuery, text: str) -> Suggestion | None:
    if not text or text.casefold() == query.text.casefold():
        return None
    return Suggestion(text, query.but(text=text).url)
