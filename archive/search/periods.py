"""Periods of days, both ends inclusive: told in words, divided for a histogram."""

import calendar
import datetime
from typing import Final, NamedTuple

# Above so many days a histogram shows months instead of days, and years instead of months.
MOST_DAYS_BY_DAY: Final = 62
MOST_DAYS_BY_MONTH: Final = 731
# A story of the year 1 must not draw two thousand years of nothing.
MOST_PERIODS_FILLED: Final = 200


class Period(NamedTuple):
    """Days from `since` to `until`, both inclusive; None leaves that side open."""

    since: datetime.date | None
    until: datetime.date | None

    def within(self, other: "Period") -> "Period":
        """Return the days that are in both; the first may then be after the last."""
        return Period(
            max(filter(None, (self.since, other.since)), default=None),
            min(filter(None, (self.until, other.until)), default=None),
        )

    def __str__(self):
        since, until = self
        if since is None or until is None:
            return f"since {_in_words(since)}" if since else f"until {_in_words(until)}"
        if since == until:
            return f"on {_in_words(since)}"
        if self == month_of(since):
            return f"in {since:%B %Y}"
        if since == year_of(since).since and until == year_of(until).until:
            return f"in {since.year}" if since.year == until.year else f"{since.year} to {until.year}"
        if since.year != until.year:
            return f"{_in_words(since)} to {_in_words(until)}"
        first = f"{since.day}" if since.month == until.month else f"{since.day} {since:%B}"
        return f"{first} to {_in_words(until)}"


ALWAYS: Final = Period(None, None)


def month_of(day: datetime.date) -> Period:
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last))


def year_of(day: datetime.date) -> Period:
    return Period(datetime.date(day.year, 1, 1), datetime.date(day.year, 12, 31))


def gap_for(period: Period) -> str:
    """Return how fine a histogram of a period is: year, month or day."""
    if None in period:
        return "year"
    days = (period.until - period.since).days
    return "day" if days <= MOST_DAYS_BY_DAY else "month" if days <= MOST_DAYS_BY_MONTH else "year"


def period_of(day: datetime.date, gap: str) -> Period:
    """Return the year, month or day that `day` lies in."""
    return {"year": year_of, "month": month_of}.get(gap, lambda day: Period(day, day))(day)


def filled(counts: list[tuple[datetime.date, int]], gap: str) -> list[tuple[datetime.date, int]]:
    """Return a count for every period from the first to the last that has one, also for those without.

    `counts` are (a day of the period, count) in order of time. Over MOST_PERIODS_FILLED, gaps stay gaps.
    """
    known = {period_of(day, gap).since: count for day, count in counts if count}
    if not known:
        return []
    every, day, last = [], min(known), max(known)
    while day <= last:
        every.append((day, known.get(day, 0)))
        if len(every) > MOST_PERIODS_FILLED:
            return sorted(known.items())
        until = period_of(day, gap).until
        if until == datetime.date.max:
            break
        day = until + datetime.timedelta(days=1)
    return every


def _in_words(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"
