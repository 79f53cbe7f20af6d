"""Days of a story that do not fit together: of publication, of the dateline, and of coming in here.

Every doubt waits for an archivist, who accepts it, which is remembered for as long as the days stay the same,
or corrects the day.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from archive.desk.pieces import in_pieces
from archive.models import Article, DateDoubt
from archive.wire.timestamps import WEEKDAY_NAMES, read_weekday

# At any moment the calendar shows the latest day where clocks are this far ahead of UTC.
EASTERNMOST: Final = datetime.timedelta(hours=14)
# Stories are filed on the day of their dateline or the next; a weekend and a holiday lie between at most.
MAX_DATELINE_AGE_DAYS: Final = 4
# A database takes some 30,000 values in a query.
DOUBTS_AT_ONCE: Final = 10_000
# Fields of an article on which doubts depend.
COMPARED: Final = ("published_on", "dateline_on", "timestamp")


def find_doubts(article: Article, zone: str) -> dict[str, str]:
    """Return what is doubtful about an article's days, as facts by DateDoubt.Kind; nothing without a day."""
    on = article.published_on
    if on is None:
        return {}
    found, dateline, received = {}, article.dateline_on, received_on(article, zone)
    if dateline and dateline > _latest_day(article):
        found[DateDoubt.Kind.DATELINE_LATER] = f"{dateline} {on}"
    elif dateline and (on - dateline).days > MAX_DATELINE_AGE_DAYS:
        found[DateDoubt.Kind.DATELINE_EARLIER] = f"{dateline} {on}"
    if received and on > received:
        found[DateDoubt.Kind.FUTURE] = f"{received} {on}"
    weekday = read_weekday(article.timestamp) if article.timestamp else None
    if weekday not in (None, on.weekday()):
        found[DateDoubt.Kind.WEEKDAY] = f"{WEEKDAY_NAMES[weekday]} {on}"
    return found


def _latest_day(article: Article) -> datetime.date:
    """Return the latest day that any place on earth had when an article was published.

    Of 14,000 datelines of Reuters-21578 with a day, 275 were a day ahead of New York: it was tomorrow there.
    """
    try:
        if article.published_at is None:
            return article.published_on + datetime.timedelta(days=1)
        return max(article.published_on, (article.published_at.astimezone(datetime.UTC) + EASTERNMOST).date())
    except OverflowError:  # 31 December 9999 has no day after it
        return datetime.date.max


def received_on(article: Article, zone: str) -> datetime.date | None:
    """Return the day an article first came in, where its source is; None for one that is not saved."""
    return article.created_at.astimezone(ZoneInfo(zone)).date() if article.created_at else None


def note_new(articles: Iterable[Article]) -> None:
    """Write down the doubts about articles that have just been saved for the first time."""
    DateDoubt.objects.bulk_create(
        DateDoubt(article=article, kind=kind, facts=facts)
        for article in articles
        for kind, facts in find_doubts(article, article.source.zone).items()
    )


def note(article: Article) -> None:
    """Bring the doubts about a changed article up to date. What was accepted holds while its days do."""
    found = find_doubts(article, article.source.zone)
    for doubt in DateDoubt.objects.filter(article=article):
        if found.get(doubt.kind) == doubt.facts:
            del found[doubt.kind]
        else:
            doubt.delete()
    DateDoubt.objects.bulk_create(
        DateDoubt(article=article, kind=kind, facts=facts) for kind, facts in found.items()
    )


def waiting() -> QuerySet[DateDoubt]:
    """Return the doubts that nobody has accepted, of articles that are not withdrawn, the newest first."""
    rows = DateDoubt.objects.filter(accepted_at__isnull=True)
    rows = rows.exclude(article__status=Article.Status.WITHDRAWN)
    return rows.select_related("article__source").order_by("-article_id", "kind")


@transaction.atomic
def accept(doubts: Sequence[int], *, by, why: str = "") -> int:
    """Say that the days of some doubts are right as they are; return of how many that was new."""
    now, waits = timezone.now(), DateDoubt.objects.filter(accepted_at__isnull=True)
    return sum(
        waits.filter(pk__in=piece).update(accepted_at=now, accepted_by=by, why=why)
        for piece in in_pieces(doubts, DOUBTS_AT_ONCE)
    )
