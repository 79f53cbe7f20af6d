"""What the mentions of a name say about it: spellings, their use over time, titles, places, silences."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from archive.models import Entity, Mention
from archive.pages.counts import Month, written_out

# Facts are counted over so many of a name's newest articles. Without this bound, a name in nine of ten of
# 100,000 articles took 105 seconds.
MOST_COUNTED: Final = 1_000
MOST_TITLES: Final = 12
MOST_PLACES: Final = 8
# A shorter break is no silence.
LEAST_SILENCE_DAYS: Final = 60


class Seen(NamedTuple):
    """One mention, with what its article says of itself."""

    text: str
    title: str
    article_id: int
    day: datetime.date
    source: str
    place: str


SEEN_FIELDS: Final = (
    "text",
    "title",
    "article_id",
    "article__published_on",
    "article__source__name",
    "article__place",
)


class Title(NamedTuple):
    """A title as copy gives it, with the days between which it does and the sources that do."""

    text: str
    stories: int
    first: datetime.date
    last: datetime.date
    sources: list[str]
    newest_id: int


class Silence(NamedTuple):
    """The longest time without a story: the last day before it, the first after, and the days between."""

    since: datetime.date
    until: datetime.date
    days: int


def pairs_beside(entity: Entity, article_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return each (article, name) of some articles once, without those of `entity`, which is in all."""
    rows = Mention.objects.filter(article__in=written_out(article_ids)).exclude(entity=entity).order_by()
    return list(dict.fromkeys(rows.values_list("article_id", "entity_id")))


def stories_by_spelling(seen: Iterable[Seen]) -> dict[str, int]:
    """Count the articles in which each spelling stands."""
    return dict(Counter(text for text, _ in {(row.text, row.article_id) for row in seen}))


def titles_held(seen: Iterable[Seen]) -> list[Title]:
    """Return the titles that copy gives a person, the earliest first; capitals make no other title."""
    rows = defaultdict(list)
    for row in seen:
        if row.title:
            rows[row.title.casefold()].append(row)
    titles = [_title(own) for own in rows.values()]
    most = sorted(titles, key=lambda title: (-title.stories, title.first))[:MOST_TITLES]
    return sorted(most, key=lambda title: (title.first, title.last, title.text))


def _title(rows: list[Seen]) -> Title:
    days = [row.day for row in rows]
    texts = Counter(row.title for row in rows)
    newest = max(rows, key=lambda row: (row.day, row.article_id))
    return Title(
        max(texts, key=lambda text: (texts[text], text)),
        len({row.article_id for row in rows}),
        min(days),
        max(days),
        sorted({row.source for row in rows}),
        newest.article_id,
    )


def filed_from(seen: Iterable[Seen]) -> list[tuple[str, int]]:
    """Return where the articles were filed from, the most frequent first."""
    places = Counter(place for place, _ in {(row.place, row.article_id) for row in seen} if place)
    return sorted(places.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_PLACES]


def longest_silence(days: Mapping[datetime.date, int]) -> Silence | None:
    """Return the longest time between two stories, the first of equals; None if it is a short one."""
    gaps = [(until - since, since, until) for since, until in pairwise(sorted(days))]
    # They are in order of time, and `max` takes the first of equals.
    gap, since, until = max(gaps, key=lambda each: each[0], default=(datetime.timedelta(), None, None))
    return Silence(since, until, gap.days) if gap.days >= LEAST_SILENCE_DAYS else None


def peak_month(months: Mapping[Month, int]) -> tuple[Month, int] | None:
    """Return the month with the most stories, the first of equals."""
    return min(months.items(), key=lambda pair: (-pair[1], pair[0])) if months else None
