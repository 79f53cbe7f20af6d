"""Timestamps as printed in copy -> a local day and an instant, or a warning instead of a guess.

Local times are read in a zone given by name, so that its daylight saving and its history count. Twice a year
a clock time is doubtful, and the choice is always the same:

- a time that occurs twice (clocks go back) is the first of the two;
- a time that never occurs (clocks go forward) is counted on with the offset from before the change, so 02:30
  becomes the instant that clocks call 03:30.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from .record import ParseWarning

# News agencies began in 1835; earlier years are other calendars (1398 is 2019 in Iran) or slips.
EARLIEST_YEAR: Final = 1800
MAX_TIMESTAMP_CHARS: Final = 80

MONTH_NAMES: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS: Final = {
    **{name[:3]: number for number, name in enumerate(MONTH_NAMES, 1)},
    **{name: number for number, name in enumerate(MONTH_NAMES, 1)},
    "sept": 9,
}
MONTH_PATTERN: Final = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"

_WEEKDAY: Final = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?\s+)?"
_LABEL: Final = r"(?:(?:published|updated|posted|filed|date)(?:\s+(?:on|at))?\s*:?\s+)?"
_CLOCK: Final = (
    r"(?P<hour{0}>\d{{1,2}})[:.](?P<minute{0}>\d{{1,2}})(?:[:.](?P<second{0}>\d{{2}})(?:[.,]\d{{1,9}})?)?"
    r"(?:\s*(?P<half{0}>[ap])\.?m\b\.?)?(?:\s*(?P<zone{0}>Z|[A-Z]{{2,5}}|(?:GMT|UTC)?[+-]\d{{2}}:?\d{{2}})\b)?"
)
_DAY: Final = (
    rf"(?:(?P<month_a>{MONTH_PATTERN})\s+(?P<day_a>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year_a>\d{{4}})"
    rf"|(?P<day_b>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?P<month_b>{MONTH_PATTERN}),?[\s-]*(?P<year_b>\d{{4}})"
    r"|(?P<year_c>\d{4})(?P<sep_c>[-/.])(?P<month_c>\d{1,2})(?P=sep_c)(?P<day_c>\d{1,2})"
    r"|(?P<first_d>\d{1,2})(?P<sep_d>[-/.])(?P<second_d>\d{1,2})(?P=sep_d)(?P<year_d>\d{4}))"
)
_TIMESTAMP: Final = re.compile(
    _LABEL + _WEEKDAY + r"(?:" + _CLOCK.format("_x") + r"[\s,|–—-]+(?:on\s+)?)?" + _WEEKDAY + _DAY
    # the clock after the day: "July 10, 2019 - 22:7", "... at 22:07", "2019-07-10T22:07Z"
    + r"(?:(?:\s+at\s+|[\s,;|–—-]+|T)" + _CLOCK.format("_y") + r")?\.?",
    re.IGNORECASE,
)  # fmt: skip


WEEKDAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ANY_WEEKDAY: Final = re.compile(r"\b(" + "|".join(name[:3] for name in WEEKDAY_NAMES) + r")", re.IGNORECASE)


class Timestamp(NamedTuple):
    """Hold what a printed timestamp says; `printed_time` is the clock's, before any zone."""

    published_at: datetime | None
    published_on: date | None
    printed_time: time | None
    warnings: tuple[ParseWarning, ...]


class _Doubt(Exception):
    """Carry the warning for a day or a time that stays empty."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.warning = ParseWarning(code, message)


def is_timestamp(line: str) -> bool:
    """Tell whether the whole of `line` looks like a day, with or without a clock time."""
    line = line.strip()
    return len(line) <= MAX_TIMESTAMP_CHARS and _TIMESTAMP.fullmatch(line) is not None


def read_weekday(printed: str) -> int | None:
    """Return the weekday that a timestamp prints, Monday being 0; None if it prints none."""
    found = _ANY_WEEKDAY.search(printed) if is_timestamp(printed) else None
    return [name[:3] for name in WEEKDAY_NAMES].index(found[0].capitalize()) if found else None


def read_timestamp(printed: str, zone: ZoneInfo) -> Timestamp:
    """Read a line that `is_timestamp` accepts; any other gives nothing but a warning.

    An offset, Z, GMT or UTC in print decides the instant instead of `zone`. The day is always the printed
    one.
    """
    match = _TIMESTAMP.fullmatch(printed.strip()) if len(printed) <= MAX_TIMESTAMP_CHARS else None
    if match is None:
        message = f"“{printed[:MAX_TIMESTAMP_CHARS]}” was not understood as a date; the date stays empty."
        return Timestamp(None, None, None, (ParseWarning("timestamp_unknown", message),))
    day = clock = None
    warnings: list[ParseWarning] = []
    try:
        day = _read_day(match)
        warnings += _weekday_warnings(printed, day)
        clock = _read_clock(match, warnings)
        instant = _read_instant(match, datetime.combine(day, clock), zone, warnings)
    except _Doubt as doubt:
        return Timestamp(None, day, clock, (*warnings, doubt.warning))
    return Timestamp(instant, day, clock, tuple(warnings))


def _weekday_warnings(printed: str, day: date) -> list[ParseWarning]:
    weekday = read_weekday(printed)
    if weekday in (None, day.weekday()):
        return []
    says, was = WEEKDAY_NAMES[weekday], WEEKDAY_NAMES[day.weekday()]
    return [
        ParseWarning("weekday_differs", f"The timestamp says {says}, but {day} was a {was}; {day} counts.")
    ]


def _read_day(match: re.Match) -> date:
    year, month, day = _day_numbers(match)
    if year < EARLIEST_YEAR:
        message = f"The year {year} may belong to another calendar; the date stays empty."
        raise _Doubt("year_implausible", message)
    try:
        return date(year, month, day)
    except ValueError:
        message = f"The calendar has no such day: {match[0]}. The date stays empty."
        raise _Doubt("date_impossible", message) from None


def _day_numbers(match: re.Match) -> tuple[int, int, int]:
    for style in "ab":
        if match[f"month_{style}"]:
            month = _MONTHS[match[f"month_{style}"].rstrip(".").lower()]
            return int(match[f"year_{style}"]), month, int(match[f"day_{style}"])
    if match["year_c"]:
        return int(match["year_c"]), int(match["month_c"]), int(match["day_c"])
    first, second = int(match["first_d"]), int(match["second_d"])
    if first <= 12 and second <= 12 and first != second:
        message = (
            f"{first}/{second} can be a day and a month either way round; the date stays empty. "
            "Write the month as a word or the year first."
        )
        raise _Doubt("date_ambiguous", message)
    return (int(match["year_d"]), second, first) if first > 12 else (int(match["year_d"]), first, second)


def _clock_side(match: re.Match) -> str:
    return next((side for side in "yx" if match[f"hour_{side}"]), "")


def _read_clock(match: re.Match, warnings: list[ParseWarning]) -> time:
    side = _clock_side(match)
    if not side:
        raise _Doubt("time_missing", "The timestamp has a day but no time; only the day is known.")
    hour, minute = int(match[f"hour_{side}"]), int(match[f"minute_{side}"])
    printed = f"{match[f'hour_{side}']}:{match[f'minute_{side}']}"
    try:
        if match[f"half_{side}"]:
            hour = _from_twelve_hours(hour, match[f"half_{side}"].lower())
        clock = time(hour, minute, int(match[f"second_{side}"] or 0))
    except ValueError:
        message = f"No clock shows {printed}; only the day is known."
        raise _Doubt("time_impossible", message) from None
    if len(match[f"minute_{side}"]) == 1:
        message = f"The minute has one digit: {printed}, read as {hour:02}:{minute:02}."
        warnings.append(ParseWarning("minute_one_digit", message))
    return clock


def _from_twelve_hours(hour: int, half: str) -> int:
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "p" else 0)


def _read_instant(match: re.Match, local: datetime, zone: ZoneInfo, warnings: list) -> datetime:
    printed_zone = match[f"zone_{_clock_side(match)}"]
    try:
        if printed_zone:
            return local.replace(tzinfo=_read_zone(printed_zone)).astimezone(UTC)
        warnings.extend(_iter_clock_change_warnings(local, zone))
        return local.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        raise _Doubt("date_impossible", f"The date {local:%Y-%m-%d} is out of range.") from None


def _read_zone(printed: str) -> tzinfo:
    if printed.upper() in {"Z", "GMT", "UTC"}:
        return UTC
    offset = re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{2}):?(\d{2})", printed, re.IGNORECASE)
    if offset is None or int(offset[2]) > 15 or int(offset[3]) > 59:
        message = f"{printed} does not name one time zone for certain; only the day and the clock are known."
        raise _Doubt("zone_unknown", message)
    sign = -1 if offset[1] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))


def _iter_clock_change_warnings(local: datetime, zone: ZoneInfo) -> Iterator[ParseWarning]:
    first = local.replace(tzinfo=zone)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local:
        message = f"{local:%H:%M} occurs twice on {local:%Y-%m-%d} in {zone}; the first was taken."
        yield ParseWarning("time_ambiguous", message)
    else:
        message = (
            f"{local:%H:%M} does not occur on {local:%Y-%m-%d} in {zone}, where clocks went forward; "
            f"it was read as {first.astimezone(UTC).astimezone(zone):%H:%M}."
        )
        yield ParseWarning("time_nonexistent", message)


def read_month_day(printed: str) -> tuple[int, int] | None:
    """Read "Feb 26" or "26 February" as (2, 26); None if there is no such day in any year."""
    match = _MONTH_DAY.fullmatch(printed.strip())
    if match is None:
        return None
    month = _MONTHS[(match[1] or match[4]).rstrip(".").lower()]
    day = int(match[2] or match[3])
    try:
        date(2000, month, day)  # a leap year
    except ValueError:
        return None
    return month, day


_MONTH_DAY: Final = re.compile(
    rf"({MONTH_PATTERN})\s+(\d{{1,2}})|(\d{{1,2}})\s+({MONTH_PATTERN})", re.IGNORECASE
)
