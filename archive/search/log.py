"""Counts what is searched for, without who: buffered in memory, written now and then, never in the way.

A search never waits for it and never fails with it: entries gather in this process and a thread writes them
in one short transaction. What was gathered when a process is killed is lost; habits are counted, not deeds.
"""

import datetime
import logging
import re
import threading
from typing import Final, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, PositiveIntegerField, Value, When
from django.utils import timezone

from archive.models import SearchLogEntry
from archive.models.readers import LOGGED_CHARS
from archive.search.tokens import is_operator

log = logging.getLogger("archive.search")

SECONDS_BETWEEN_WRITES: Final = 30
# So many different questions are held; further ones are counted once there is room again.
MOST_HELD: Final = 2_000
WRITE_AT: Final = 500
DAYS_KEPT: Final = 400


class Tally(NamedTuple):
    times: int = 0
    times_without_hits: int = 0
    slowest_ms: int = 0


# What counts with its capitals stays whole.
_WORD: Final = re.compile(r"(?ai:caps)\([^()]*\)|[\w/]+")
_lock = threading.Lock()
_held: dict[tuple[datetime.date, str], Tally] = {}
_timer: threading.Timer | None = None


def note(text: str, *, total: int, seconds: float) -> None:
    """Count one search. Cheap, and silent whatever happens."""
    key = (timezone.localdate(), normalised(text))
    if not settings.ARCHIVE_SEARCH_LOG or not key[1]:
        return
    with _lock:
        before = _held.get(key, Tally())
        if before.times == 0 and len(_held) >= MOST_HELD:
            return
        slowest = max(before.slowest_ms, round(seconds * 1000))
        _held[key] = Tally(before.times + 1, before.times_without_hits + (not total), slowest)
        _set_timer(0 if len(_held) == WRITE_AT else SECONDS_BETWEEN_WRITES)


def normalised(text: str) -> str:
    """Return what makes two searches the same: words in small letters, operators as they are.

    So the text asks the same when an archivist follows it.
    """
    text = _WORD.sub(lambda match: _small(match.group()), " ".join(text.split()))
    return text[:LOGGED_CHARS].strip()


def _small(word: str) -> str:
    return word if is_operator(word) or "(" in word else word.lower()


def _set_timer(seconds: float) -> None:
    """Start the thread that writes, unless one waits already and there is no hurry."""
    global _timer
    if _timer is not None and _timer.is_alive() and seconds:
        return
    _timer = threading.Timer(seconds, _write_in_background)
    _timer.daemon = True
    _timer.start()


def _write_in_background() -> None:
    try:
        flush()
    except Exception:
        log.warning("The search log could not be written; search goes on.", exc_info=True)
    finally:
        connection.close()


def flush() -> int:
    """Write what is held; return how many different questions that were."""
    with _lock:
        held = dict(_held)
        _held.clear()
    if not held:
        return 0
    with transaction.atomic():
        for (day, text), tally in held.items():
            _add(day, text, tally)
        oldest = timezone.localdate() - datetime.timedelta(days=DAYS_KEPT)
        SearchLogEntry.objects.filter(day__lt=oldest).delete()
    return len(held)


def _add(day: datetime.date, text: str, tally: Tally) -> None:
    slowest = Case(
        When(slowest_ms__lt=tally.slowest_ms, then=Value(tally.slowest_ms)),
        default=F("slowest_ms"),
        output_field=PositiveIntegerField(),
    )
    SearchLogEntry.objects.bulk_create([SearchLogEntry(day=day, text=text)], ignore_conflicts=True)
    SearchLogEntry.objects.filter(day=day, text=text).update(
        times=F("times") + tally.times,
        times_without_hits=F("times_without_hits") + tally.times_without_hits,
        slowest_ms=slowest,
    )
