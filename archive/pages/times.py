"""The time of a story where it was filed, not where the server or the reader is."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo


class LocalTime(NamedTuple):
    """A finished time: `iso` for machines, the rest for people."""

    iso: str
    clock: str
    zone: str
    offset: str


def local_time(article) -> LocalTime | None:
    """Return when `article` was published in its source's zone, or None if only the day is known."""
    at = article.published_at
    return local_time_in(article.source.zone, at) if at else None


def local_time_in(zone: str, at: datetime) -> LocalTime:
    """Return a moment as the clocks of a zone showed it."""
    local = at.astimezone(ZoneInfo(zone))
    return LocalTime(local.isoformat(), f"{local:%H:%M}", zone_label(zone), offset_label(local))


def zone_label(zone: str) -> str:
    """Return the city of a zone name: Indian/Mahe is Mahe, America/New_York is New York."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def offset_label(local: datetime) -> str:
    """Return the offset as UTC, UTC+4 or UTC−4:30 (with a minus sign)."""
    minutes = round(local.utcoffset().total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")
