"""The published articles that name somebody, or that a code signs: by day, the newest, and page by page.

A few are read from their rows, found by their numbers. The days of many are counted by the index: 4 ms for a
name in 35,000 of 100,000 articles, where the database takes 40. The index is asked only when it has learnt
everything; while it is behind or does not answer, the database says the same.
"""

import datetime
import logging
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from haystack.query import SQ, SearchQuerySet

from archive.models import Article, IndexTask
from archive.pages.counts import count_days, newest_day_first, newest_ids, written_out
from archive.pages.stories import Story, stories_in
from archive.search.errors import SearchError
from archive.search.rescue import ask

log = logging.getLogger("archive.pages")

# So many rows are read with what their articles say in 6 ms.
FEW: Final = 1_000
# The last day of the newest brings more with it than is asked for.
_SPARE: Final = 100


class Stands(NamedTuple):
    """Where a row stands."""

    article_id: int
    day: datetime.date


STANDS_FIELDS: Final = ("article_id", "article__published_on")


def with_size(owners: QuerySet, rows: QuerySet) -> QuerySet:
    """Say of each owner what StoriesOf has to know, in the query that finds it.

    `rows` belong to the owner by OuterRef; they are not counted beyond FEW.
    """
    return owners.annotate(are_many=Exists(rows.order_by()[FEW : FEW + 1]), by_index=_is_index_worth_asking())


def _is_index_worth_asking() -> Q:
    """Say that the index has learnt everything, in an archive that is not so small that it saves nothing."""
    return Q(Exists(Article.objects.order_by()[FEW : FEW + 1])) & ~Q(Exists(IndexTask.objects.all()))


def ask_index(question: Callable, *, by_index: bool):
    """Return what the index answers; None where it is not to be asked, or is silent."""
    if not by_index:
        return None
    try:
        return question()
    except SearchError:
        log.warning("The index does not answer; the database counts in its place.", exc_info=True)
        return None


class _InIndex(NamedTuple):
    """What the index knows: how many were printed on each day, and the numbers of the newest."""

    days: dict[datetime.date, int]
    newest: list[int]


class StoriesOf:
    """The articles that `rows`, of mentions or credits, stand in; `sq` asks the index for them.

    `make` is called with the `fields` of a row, and its result has the `article_id` and its `day`.
    """

    def __init__(
        self,
        rows: QuerySet,
        sq: SQ,
        *,
        are_many: bool,
        by_index: bool,
        fields: tuple[str, ...] = STANDS_FIELDS,
        make: Callable = Stands,
    ):
        self._rows = rows.order_by()
        self._sq = sq
        self._are_many = are_many
        self._by_index = by_index
        self._fields, self._make = fields, make

    @classmethod
    def measured(cls, rows: QuerySet, sq: SQ) -> "StoriesOf":
        """Find out in a query what `with_size` says of those who have rows."""
        beyond = rows.order_by().annotate(by_index=_is_index_worth_asking())
        found = list(beyond.values_list("by_index", flat=True)[FEW : FEW + 1])
        return cls(rows, sq, are_many=bool(found), by_index=any(found))

    @cached_property
    def days(self) -> dict[datetime.date, int]:
        """Count them by printed day, oldest first."""
        if not self._are_many:
            return dict(sorted(Counter(self._few_days.values()).items()))
        days = ask_index(lambda: self._in_index.days, by_index=self._by_index)
        return count_days(self._all) if days is None else days

    def newest_rows(self, most: int) -> list:
        """Return the rows of the newest `most` articles, by day and then by number; `most` is FEW or more."""
        if not self._are_many:
            return self._few
        ids = ask_index(lambda: self._newest_in_index(most), by_index=self._by_index)
        if ids is None:
            return self._read(self._rows.filter(article__in=newest_ids(self._all, most)))
        rows = self._read(self._rows.filter(article__in=written_out(ids)))
        newest = sorted({(row.day, row.article_id) for row in rows}, reverse=True)[:most]
        return rows if len(newest) < most else [r for r in rows if (r.day, r.article_id) >= newest[-1]]

    def printed(self, first: datetime.date, last: datetime.date) -> QuerySet:
        """Return those of the days from `first` to `last`, without order; its time grows with these days."""
        if self._are_many:
            theirs = Exists(self._rows.filter(article=OuterRef("pk")))
            return Article.objects.published().filter(theirs, published_on__gte=first, published_on__lte=last)
        ids = [pk for pk, day in self._few_days.items() if first <= day <= last]
        return Article.objects.published_among(written_out(ids)) if ids else Article.objects.none()

    @property
    def _all(self) -> QuerySet:
        return Article.objects.published().filter(pk__in=self._rows.values("article"))

    @cached_property
    def _few(self) -> list:
        return self._read(self._rows)

    @cached_property
    def _few_days(self) -> dict[int, datetime.date]:
        return {row.article_id: row.day for row in self._few}

    def _read(self, rows: QuerySet) -> list:
        # With a condition on the status, SQLite goes through its index of all published articles.
        read = rows.values_list("article__status", *self._fields)
        return [self._make(*row) for status, *row in read if status == Article.Status.PUBLISHED]

    def _newest_in_index(self, most: int) -> list[int] | None:
        """Return the newest `most` and what else was printed on the last day that they reach.

        The index orders the stories of a day in another way. None for days with too many.
        """
        reach = 0
        for count in reversed(self.days.values()):
            reach += count
            if reach >= most:
                break
        if reach > 2 * most:
            return None
        ids = self._in_index.newest
        if reach > len(ids):
            ids = [int(pk) for pk in self._newest_first[:reach]]
        return ids[:reach]

    @cached_property
    def _in_index(self) -> "_InIndex":
        """Ask the index once for both: the days of all, and as many of the newest as are mostly wanted."""
        every = self._newest_first.date_facet("published_on", datetime.date.min, datetime.date.max, "day")
        newest = [int(pk) for pk in every[: FEW + _SPARE]]
        return _InIndex(dict(every.facet_counts()["dates"]["published_on"]), newest)

    @property
    def _newest_first(self) -> SearchQuerySet:
        found = ask(self._sq).order_by("-published_on")
        return found.result_class(_Key).values_list("pk", flat=True)


class NewestFirst:
    """Stories in the order of lists, to be sliced; a slice looks at the days only that it falls on."""

    def __init__(self, stories: StoriesOf, days: Mapping[datetime.date, int]):
        self._stories = stories
        self._days = sorted(days, reverse=True)
        self._ends = list(accumulate(days[day] for day in self._days))

    def __getitem__(self, wanted: slice) -> list[Story]:
        stop = min(wanted.stop, self._ends[-1] if self._ends else 0)
        if wanted.start >= stop:
            return []
        first, last = bisect_right(self._ends, wanted.start), bisect_left(self._ends, stop)
        before = self._ends[first - 1] if first else 0
        printed = newest_day_first(self._stories.printed(self._days[last], self._days[first]))
        return stories_in(printed[wanted.start - before : stop - before])


class _Key:
    """A result of the index that is its number and nothing else: a thousand of Haystack's take 3 ms more."""

    __slots__ = ("pk",)

    def __init__(self, app_label: str, model_name: str, pk: str, score: float, **stored):
        self.pk = pk
