"""ArchiveQuery -> ResultPage: the one way in which pages, feeds and commands search."""

import datetime
import logging
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final, NamedTuple

from django.conf import settings
from django.urls import get_script_prefix
from django.utils import timezone
from haystack.query import SearchQuerySet

from archive.models import Article, Entity
from archive.search import indexer, rescue
from archive.search.compile import Compiled, compile_query
from archive.search.errors import QueryRefused, SearchError
from archive.search.facets import Bar
from archive.search.fallback import find_in_database
from archive.search.hits import Hit, hits_of
from archive.search.links import Links
from archive.search.name_cards import NameCard, cards_of
from archive.search.narrowing import Facet, Step, ask_for_facets, bars_of, facets_of, wider_periods
from archive.search.periods import gap_for
from archive.search.query import SORTS, ArchiveQuery
from archive.search.remembered import remembered
from archive.search.rescue import Way
from archive.search.tree import Note

log = logging.getLogger("archive.search")

# A histogram ends with the day after; the calendar has none after its last.
_LAST_UNTIL: Final = datetime.date.max - datetime.timedelta(days=1)
REDUCED = (
    "The search index is being mended, so this answer comes from the database: words are found exactly as "
    "typed, without counts to narrow by. Everything can be read as usual."
)


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
    """A page of results with finished labels and addresses, as templates want it.

    `total` counts articles, as facets and exports do; `rows` counts stories, which is less where versions of
    one are folded. `versions_url` gives each version a row, or folds them again. A page is `complete` unless
    the engine failed or refused to answer some of it.
    """

    query: ArchiveQuery
    reading: str
    total: int = 0
    rows: int = 0
    hits: list[Hit] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    sorts: list[Sort] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    cards: list[NameCard] = field(default_factory=list)
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
    versions_url: str = ""
    levels: list[Step] = field(default_factory=list)
    complete: bool = True

    @property
    def first(self) -> int:
        """Return the place of the first hit of this page among all, counted from 1."""
        return (self.page - 1) * settings.ARCHIVE_RESULTS_PER_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.hits) - 1


class _Found(NamedTuple):
    """What an engine, or the database in its place, answered; `folded` are versions under those of a row."""

    total: int
    rows: int
    article_ids: list[int]
    folded: dict[int, list[int]]
    counts: dict[str, list[tuple]]
    histogram: list[tuple[datetime.date, int]]
    gap: str
    suggestion: str
    reduced: str
    complete: bool = True


def run(query: ArchiveQuery) -> ResultPage:
    """Answer a question; never raises for what a reader typed, nor for an index that is broken.

    The same answer serves all who ask the same until something is written.
    """
    indexer.catch_up_now_and_then()
    # Some dates are counted from today; addresses begin with where the archive is mounted.
    key = (ResultPage, query, timezone.localdate(), get_script_prefix())
    return remembered(key, lambda: _answer(query), keep=attrgetter("complete"))


def _answer(query: ArchiveQuery) -> ResultPage:
    compiled = compile_query(query)
    notes = [*map(Remark, query.errors), *(_remark(note, query) for note in compiled.notes)]
    try:
        found = _search(query, compiled)
    except QueryRefused as error:
        notes.append(Remark(f"{error} Narrow it down and search again."))
        found = _Found(0, 0, [], {}, {}, [], "year", "", "", complete=False)
    except SearchError:
        log.exception("The index does not answer; the database does in its place.")
        indexer.start_in_background(indexer.mend)
        total, ids = find_in_database(query, compiled, _slice(query))
        found = _Found(total, total, ids, {}, {}, [], "year", "", REDUCED, complete=False)
    return _page(query, compiled, found, notes)


def _slice(query: ArchiveQuery) -> slice:
    size = settings.ARCHIVE_RESULTS_PER_PAGE
    return slice((query.page - 1) * size, query.page * size)


def _search(query: ArchiveQuery, compiled: Compiled) -> _Found:
    results = SearchQuerySet().models(Article).filter(compiled.sq) if compiled.sq else SearchQuerySet().all()
    results = query.as_listed(results)
    results = ask_for_facets(results, query)
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
    ids = [int(row.pk) for row in rows]
    row_count = results.count()
    total = results.query.match_count
    folded = {int(pk): [int(other) for other in others] for pk, others in results.query.folded.items()}
    return _Found(
        total=total,
        rows=row_count,
        article_ids=ids,
        folded=folded,
        counts=counted.get("fields", {}),
        histogram=[(_as_day(day), count) for day, count in counted.get("dates", {}).get("published_on", ())],
        gap=gap,
        suggestion="" if total else rescue.spelled_better(query, results),
        reduced="",
    )


def _as_day(value) -> datetime.date:
    return value.date() if isinstance(value, datetime.datetime) else value


def _page(query: ArchiveQuery, compiled: Compiled, found: _Found, notes: list[str]) -> ResultPage:
    pages = -(-found.rows // settings.ARCHIVE_RESULTS_PER_PAGE)
    links = Links(query)
    if query.page > max(pages, 1):
        notes.append(Remark(f"There are only {pages} pages." if pages else "There is no such page."))
    return ResultPage(
        query=query,
        reading=compiled.reading,
        total=found.total,
        rows=found.rows,
        hits=hits_of(found.article_ids, compiled, query, folded=found.folded),
        versions_url=_versions_url(query, found),
        facets=facets_of(query, found.counts, links),
        chips=[Chip(c.label, c.rest.url, c.kind) for c in (*compiled.clauses, *compiled.spellings)],
        sorts=[Sort(label, query.with_sort(sort).url, sort == query.order) for sort, label in SORTS.items()],
        bars=bars_of(found.histogram, found.gap, links),
        levels=wider_periods(query, links),
        names=compiled.names,
        notes=notes,
        page=query.page,
        pages=pages,
        previous_url=query.but(page=min(query.page - 1, max(pages, 1))).url if query.page > 1 else "",
        next_url=query.but(page=query.page + 1).url if query.page < pages else "",
        suggestion=_suggestion(query, found.suggestion),
        reduced=found.reduced,
        **_extras(query, compiled, found),
    )


def _remark(note: Note, query: ArchiveQuery) -> Remark:
    return Remark(note, [Suggestion(label, query.but(text=text).url) for label, text in note.choices])


def _extras(query: ArchiveQuery, compiled: Compiled, found: _Found) -> dict:
    """Return who is meant, what else helps, and whether the page is complete; no more of a broken index."""
    if found.reduced:
        return {"complete": False}
    try:
        cards = cards_of(query, compiled)
        return {"complete": found.complete, "cards": cards, **_help(query, compiled, found)}
    except SearchError:
        return {"complete": False}


def _help(query: ArchiveQuery, compiled: Compiled, found: _Found) -> dict:
    """Return what helps when less than a page was found."""
    size = settings.ARCHIVE_RESULTS_PER_PAGE
    if query.page > 1 or found.total >= size or compiled.sq is None:
        return {}
    offered = {"more": _more(query, compiled, found, size)}
    if not found.total:
        offered["without"] = rescue.ways_without(compiled)
        offered["near_names"] = rescue.near_names(query, compiled)
        offered["some_words"] = rescue.some_words(query, compiled)
    return offered


def _more(query: ArchiveQuery, compiled: Compiled, found: _Found, size: int) -> MoreHits | None:
    strict_ids = [*found.article_ids, *(pk for others in found.folded.values() for pk in others)]
    more = rescue.find_more(compiled, strict_ids, size - len(found.article_ids))
    if more is None:
        return None
    hits = hits_of(more.article_ids, compiled, query, placed=False)
    return MoreHits(compiled.some_heading, more.total, hits, query.but(text=compiled.some_words).url)


def _versions_url(query: ArchiveQuery, found: _Found) -> str:
    """Return where every version has a row, or none but the latest; "" where nothing is folded."""
    folds = query.every_version or found.rows < found.total
    return query.but(every_version=not query.every_version).url if folds else ""


def _suggestion(query: ArchiveQuery, text: str) -> Suggestion | None:
    if not text or text.casefold() == query.text.casefold():
        return None
    return Suggestion(text, query.but(text=text).url)
