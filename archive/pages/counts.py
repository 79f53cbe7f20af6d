"""How many stories on which day, month and year."""

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, F
from django.db.models.expressions import RawSQL

from archive.models import Article, Entity
from archive.models.addresses import month_url
from archive.search.remembered import public_stories, remembered


class Month(NamedTuple):
    """A month of the calendar; sorts by time."""

    year: int
    month: int

    @property
    def start(self) -> datetime.date:
        return datetime.date(self.year, self.month, 1)

    @property
    def end(self) -> datetime.date:
        """Return the first day after the month."""
        return self.following.start if self < (9999, 12) else datetime.date.max

    @property
    def following(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def label(self) -> str:
        return f"{self.start:%B} {self.year}"

    @property
    def key(self) -> str:
        """Return the month as addresses write it: 2019-07."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def url(self) -> str:
        return month_url(*self)


def count_days(articles) -> dict[datetime.date, int]:
    """Count a queryset of articles by printed day, oldest first, in one query.

    Days are counted in the index and months added up here: cutting dates to months in SQLite calls Python for
    every article.
    """
    dated = articles.filter(published_on__isnull=False).order_by("published_on")
    return dict(dated.values_list("published_on").annotate(Count("pk")))


def public_days() -> dict[datetime.date, int]:
    """Count the public stories of each day, oldest first, once for each state of the archive.

    Readers share the answer, so nobody may change it.
    """
    return remembered("days", lambda: count_days(Article.objects.published()), state=public_stories)


def by_month(days: dict[datetime.date, int]) -> dict[Month, int]:
    months = Counter()
    for day, count in days.items():
        months[day.year, day.month] += count
    return {Month(*month): count for month, count in months.items()}


def by_year(months: dict[Month, int]) -> dict[int, int]:
    years = Counter()
    for month, count in months.items():
        years[month.year] += count
    return dict(years)


def articles_naming(entity):
    """Return the published articles that name `entity`, each once."""
    return Article.objects.published().filter(pk__in=entity.mentions.values("article"))


def in_published(rows):
    """Keep mentions or credits that stand in published articles.

    Said as "in none of the others", which are few: SQLite answers it from indexes alone, four to twelve times
    faster than by looking at the article of every row.
    """
    others = Article.objects.exclude(status=Article.Status.PUBLISHED)
    return rows.exclude(article__in=others.order_by().values("pk"))


def written_out(ids: Iterable[int]) -> RawSQL:
    """Return numbers for an `__in` condition, as text: a thousand parameters take 2 ms to be prepared."""
    return RawSQL(",".join(str(int(pk)) for pk in ids), ())  # noqa: S611


def newest_ids(articles, most: int):
    """Return a query for the numbers of the newest `most` of `articles`, which bounds a count over them."""
    return articles.order_by("-published_on", "-pk").values("pk")[:most]


def most_named(mentions, most: int) -> list[tuple[Entity, int]]:
    """Return the names that `mentions` hold in most articles, with how many, in two queries.

    Names are looked up afterwards: joined to the count, they tempt SQLite to begin with all names there are.
    """
    counted = mentions.order_by().values_list("entity").annotate(stories=Count("article", distinct=True))
    stories = dict(counted.order_by("-stories", "entity")[:most])
    entities = Entity.objects.current().in_bulk(stories)
    return [(entities[pk], count) for pk, count in stories.items() if pk in entities]


def newest_day_first(articles):
    """Order for lists by day; within a day newest first, stories without a time last."""
    return articles.order_by("-published_on", F("published_at").desc(nulls_last=True), "-pk")


def in_order_of_the_day(articles):
    """Order as the day went; stories without a time last."""
    return articles.order_by("published_on", F("published_at").asc(nulls_last=True), "pk")
