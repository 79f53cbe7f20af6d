"""A question as it stands in an address: text, filters, period, order and page."""

import datetime
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import get_script_prefix, reverse
from django.utils import timezone

from archive.search import form
from archive.search.dates import read_date
from archive.search.facets import FACETS
from archive.search.fields import SORT_VALUES
from archive.search.grammar import Reading, parse
from archive.search.periods import Period
from archive.search.tokens import clean_text
from archive.search.tree import And, Field, Leaf, Node, Or, Value, walk
from archive.search.writing import written

_ORDERS: Final = {
    "relevance": (),
    "newest": ("-published_on", "-published_at"),
    "oldest": ("published_on", "published_at"),
}
SORTS: Final = {"relevance": "best match", "newest": "newest first", "oldest": "oldest first"}
MAX_DAY_CHARS: Final = 100
# `not-person=...` in an address leaves stories with that person out.
NOT: Final = "not-"
VERSIONS: Final = "versions"
ALL_VERSIONS: Final = "all"
# The field of the index by which versions of one story become one row of a page.
STORY: Final = "story"
MAX_FILTERS: Final = 40
MAX_FILTER_CHARS: Final = 200
LAST_PAGE: Final = 5_000


@dataclass(frozen=True)
class ArchiveQuery:
    """What a reader asks for; the address says it all.

    `filters` are (facet key, value) pairs in the order they were chosen, `excluded` those that must not fit;
    `since` and `until` are days, both inclusive; `drop` are spellings of names not to search for; `errors`
    are readable sentences about parameters that could not be read and were left out. `every_version` gives
    each version of a story a row of its own.
    """

    text: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    sort: str = ""
    page: int = 1
    drop: tuple[str, ...] = ()
    every_version: bool = False
    errors: tuple[str, ...] = ()

    @classmethod
    def from_params(cls, params: QueryDict) -> "ArchiveQuery":
        """Read an address; never fails. Unknown parameters are ignored, unreadable ones named in `errors`."""
        errors: list[str] = []
        filters, excluded = _chosen(params), _chosen(params, NOT)
        if len(filters) > MAX_FILTERS or len(excluded) > MAX_FILTERS:
            errors.append(f"Only the first {MAX_FILTERS} filters were used.")
        return cls(
            text=joined_text(clean_text(params.get("q", "")), form.text_of(params)),
            filters=tuple(dict.fromkeys(filters[:MAX_FILTERS])),
            excluded=tuple(dict.fromkeys(excluded[:MAX_FILTERS])),
            since=_day(params, "since", errors),
            until=_day(params, "until", errors, last=True),
            sort=_sort(params, errors),
            page=_page(params, errors),
            drop=_dropped(params),
            every_version=params.get(VERSIONS, "") == ALL_VERSIONS,
            errors=tuple(errors),
        )

    @property
    def order(self) -> str:
        """Return the order in force: best match for words, newest first for mere browsing."""
        return self.sort or self._typed_sort or ("relevance" if self._has_words else "newest")

    def in_order(self, results):
        """Return results of the engine (a SearchQuerySet) in the order that is asked for."""
        keys = _ORDERS[self.order]
        return results.order_by(*keys) if keys else results

    @cached_property
    def reading(self) -> Reading:
        """Return how the text was read."""
        return parse(self.text)

    @property
    def _typed_sort(self) -> str:
        typed = [node.child.text for node in self._sorts]
        return SORT_VALUES.get(typed[-1].lower(), "") if typed else ""

    @property
    def _sorts(self) -> list[Field]:
        return [n for n in self.reading.tree.children if isinstance(n, Field) and n.name == "sort"]

    @property
    def _has_words(self) -> bool:
        """Say whether anything was asked that some stories answer better than others."""
        children = (node for node in self.reading.tree.children if not _is_place(node))
        nodes = (node for child in children for node in walk(child))
        return any(isinstance(node, Leaf) and not isinstance(node, Value) for node in nodes)

    def as_listed(self, results):
        """Return results as pages list them: in order, and one row for all versions of a story that fit.

        Everything else counts, and sends away, each article that fits.
        """
        results = self.in_order(results)
        if not self.every_version:
            results = results.all()
            results.query.collapse_by = STORY
        return results

    @property
    def period(self) -> Period:
        return Period(self.since, self.until)

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.filters or self.excluded or self.since or self.until)

    @cached_property
    def pieces(self) -> tuple[str, str, str, str]:
        """Return what `question` is made of, encoded: words and filters, what is left out, period, rest."""
        asked = [("q", self.text)] if self.text else []
        days = [(name, day.isoformat()) for name in ("since", "until") if (day := getattr(self, name))]
        rest = [("sort", self.sort)] if self.sort else []
        versions = [(VERSIONS, ALL_VERSIONS)] if self.every_version else []
        return (
            urlencode([*asked, *self.filters]),
            urlencode([(f"{NOT}{key}", value) for key, value in self.excluded]),
            urlencode(days),
            urlencode([*rest, *(("drop", text) for text in self.drop), *versions]),
        )

    @cached_property
    def question(self) -> str:
        """Return what stands behind the question mark of the shortest address that asks this, page left out.

        Every page and output that takes up a search reads it with `from_params`.
        """
        return "&".join(filter(None, self.pieces))

    @property
    def path(self) -> str:
        """Return the address of the search page without a question."""
        return _search_path(get_script_prefix())

    @property
    def url(self) -> str:
        """Return the shortest address that asks this."""
        page = f"page={self.page}" if self.page > 1 else ""
        question = "&".join(filter(None, (self.question, page)))
        return f"{self.path}?{question}" if question else self.path

    def but(self, **changes) -> "ArchiveQuery":
        """Return the question with changes, from its first page unless `page` is given."""
        return replace(self, **{"page": 1, **changes})

    def with_sort(self, sort: str) -> "ArchiveQuery":
        """Return the question in another order; what the text says about order goes."""
        if not self._sorts:
            return self.but(sort=sort)
        kept = tuple(node for node in self.reading.tree.children if node not in self._sorts)
        return self.but(sort=sort, text=written(And(0, 0, kept)))

    def with_filter(self, key: str, value: str) -> "ArchiveQuery":
        excluded = tuple(pair for pair in self.excluded if pair != (key, value))
        return self.but(filters=tuple(dict.fromkeys((*self.filters, (key, value)))), excluded=excluded)

    def without_filter(self, key: str, value: str) -> "ArchiveQuery":
        return self.but(filters=tuple(pair for pair in self.filters if pair != (key, value)))

    def excluding(self, key: str, value: str) -> "ArchiveQuery":
        """Return the question for stories that do not have this value."""
        excluded = tuple(dict.fromkeys((*self.excluded, (key, value))))
        return self.without_filter(key, value).but(excluded=excluded)

    def not_excluding(self, key: str, value: str) -> "ArchiveQuery":
        return self.but(excluded=tuple(pair for pair in self.excluded if pair != (key, value)))


@cache
def _search_path(script_prefix: str) -> str:
    """Return the path of the search page; a page of results has a hundred links to it."""
    return reverse("search")


def _chosen(params, before: str = "") -> list[tuple[str, str]]:
    """Return the values chosen from the facets; `before` is what their keys begin with."""
    return [
        (spec.key, value)
        for spec in FACETS
        for raw in params.getlist(f"{before}{spec.key}")
        if (value := clean_text(raw)[:MAX_FILTER_CHARS])
    ]


def _day(params, name: str, errors: list[str], *, last: bool = False) -> datetime.date | None:
    """Read a day in any form that `date:` takes; of a longer period, its first or last."""
    raw = clean_text(params.get(name, ""))[:MAX_DAY_CHARS]
    if not raw:
        return None
    answer = read_date(raw, timezone.localdate())
    if answer.period is None:
        meant = " or ".join(f"{text} for {label}" for label, text in answer.choices if text != label)
        errors.append(f"{answer.problem} It was left out.{f' Write {meant}.' if meant else ''}")
        return None
    return answer.period.until if last else answer.period.since


def _is_place(node: Node) -> bool:
    """Say whether a part asks where a story was filed from, which no story answers better than others."""
    children = node.children if isinstance(node, Or) else (node,)
    return all(isinstance(child, Field) and child.name == "from" for child in children)


def joined_text(*texts: str) -> str:
    """Join pieces of a question so that each keeps its meaning: an OR in one does not reach into another."""
    texts = [text for text in texts if text]
    if len(texts) < 2:
        return "".join(texts)
    return " ".join(f"({text})" if _reaches_out(text) else text for text in texts)


def _reaches_out(text: str) -> bool:
    children = parse(text).tree.children
    return len(children) == 1 and isinstance(children[0], Or)


def _dropped(params) -> tuple[str, ...]:
    texts = (clean_text(raw)[:MAX_FILTER_CHARS] for raw in params.getlist("drop"))
    return tuple(dict.fromkeys(text for text in texts if text))[:MAX_FILTERS]


def _sort(params, errors: list[str]) -> str:
    raw = params.get("sort", "")
    if raw and raw not in SORTS:
        errors.append("That order is not known; the usual one was used.")
        return ""
    return raw


def _page(params, errors: list[str]) -> int:
    raw = params.get("page", "1")
    if raw.isascii() and raw.isdigit() and len(raw) < 10 and 1 <= int(raw) <= LAST_PAGE:
        return int(raw)
    errors.append(f"Pages are numbered from 1 to {LAST_PAGE:,}; this is the first.")
    return 1
