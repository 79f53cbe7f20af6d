"""Days, months, years and ranges as readers write them -> Period, or readable choices. Nothing is guessed.

2019  2019-07  2019-07-10  2019/7/10  10 July 2019  July 10, 2019  July 2019  10.7.2019
10-Jul-2019  07/2019  1990s  2001-2003  a..b  a to b  >=a  yesterday  last week  last 30 days
1398-04-19sh (Solar Hijri)
"""

import calendar
import datetime
import re
import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple

from persiantools.jdatetime import JalaliDate

from archive.search.periods import Period, month_of, year_of

_MONTHS: Final = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
MONTH: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_SOLAR_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("farvardin",),
            ("ordibehesht",),
            ("khordad",),
            ("tir",),
            ("mordad", "amordad"),
            ("shahrivar",),
            ("mehr",),
            ("aban",),
            ("azar",),
            ("dey",),
            ("bahman",),
            ("esfand",),
        ),
        1,
    )
    for name in names
}
SOLAR_MONTH: Final = "|".join(_SOLAR_MONTHS)
UNIT: Final = "day|week|month|year"
_ISO: Final = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SLASHED: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_SHORT_YEAR: Final = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}", re.ASCII)
_SOLAR: Final = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?\s?(?:sh|ash|hs)", re.ASCII)
_SOLAR_NAMED: Final = re.compile(
    rf"(?:(\d{{1,2}})\s)?({SOLAR_MONTH})\s(\d{{4}})(?:\s?(?:sh|ash|hs))?", re.ASCII
)
_DAY_FIRST: Final = re.compile(
    rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?[\s/-](?:of\s)?)?({MONTH})\.?(?:(?:,?\s|[/-])(\d{{4}}))?", re.ASCII
)
_YEAR_FIRST: Final = re.compile(rf"(\d{{4}})[\s/-]({MONTH})(?:[\s/-](\d{{1,2}}))?", re.ASCII)
_MONTH_AND_YEAR: Final = re.compile(r"(\d{1,2})[-/.](\d{4})", re.ASCII)
_YEARS: Final = re.compile(r"(\d{4})[-/](\d{4})", re.ASCII)
_DECADE: Final = re.compile(r"(\d{3})0s", re.ASCII)
_MONTH_FIRST: Final = re.compile(rf"({MONTH})\.?\s(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(\d{{4}}))?", re.ASCII)
_RELATIVE: Final = re.compile(rf"(last|past|previous|this)\s(?:(\d{{1,3}})\s)?({UNIT})s?", re.ASCII)
UP_TO: Final = re.compile(r"\s{0,3}(?P<dots>\.{2,3}|…)\s{0,3}|\s(?ai:to)\s")
# Years that are Solar Hijri rather than Gregorian in a news archive.
_SOLAR_YEARS: Final = range(1200, 1500)
_LAST_YEAR: Final = 9999
HELP: Final = "Write a day as 2019-07-10, a month as 2019-07, a year as 2019, or 1398-04-19sh."


class DateAnswer(NamedTuple):
    """A period; or None with the problem in a sentence. `choices` are (label, text) to write instead."""

    period: Period | None
    problem: str = ""
    choices: tuple[tuple[str, str], ...] = ()


def read_date(text: str, today: datetime.date, op: str = "") -> DateAnswer:
    """Read a day, month, year or range of them; both ends of a range are included.

    `op` is one of > >= < <=: after the last day, from the first day on, before the first day, up to the last.
    """
    text = UP_TO.sub("..", _plain(text))
    if ".." in text and not op:
        return _range(text, today)
    answer = _point(text, today)
    if answer.period is None:
        return answer._replace(choices=tuple((label, op + choice) for label, choice in answer.choices))
    since, until = answer.period
    day = datetime.timedelta(days=1)
    try:
        period = {
            ">": lambda: Period(until + day, None),
            ">=": lambda: Period(since, None),
            "<": lambda: Period(None, since - day),
            "<=": lambda: Period(None, until),
        }.get(op, lambda: answer.period)()
    except OverflowError:
        return DateAnswer(None, "There is no day beyond that one.")
    return answer._replace(period=period)


def _plain(text: str) -> str:
    """Return the text in lower case, with the digits 0 to 9 for those of any script."""
    digits = (str(unicodedata.decimal(char, char)) for char in text.translate(_DASHES))
    return " ".join("".join(digits).lower().split())


_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–−"), "-")


def _range(text: str, today: datetime.date) -> DateAnswer:
    first, _, last = text.partition("..")
    first = _completed(first.strip(" ."), last.strip(" ."))
    ends = [_point(end.strip(" ."), today) if end.strip(" .") else None for end in (first, last)]
    for end, typed in zip(ends, (first, last), strict=True):
        if end and end.period is None:
            whole = tuple((label, text.replace(typed, choice, 1)) for label, choice in end.choices)
            return end._replace(choices=whole)
    since = ends[0].period.since if ends[0] else None
    until = ends[1].period.until if ends[1] else None
    if since and until and since > until:
        turned = f"{last.strip(' .')}..{first.strip(' .')}"
        return DateAnswer(None, f"“{text}” ends before it begins.", ((turned, turned),))
    if since is None and until is None:
        return DateAnswer(None, f"“{text}” has neither a first nor a last day. {HELP}")
    return DateAnswer(Period(since, until))


def _completed(first: str, last: str) -> str:
    """Return the first end of a range with what only the last says, as in 14 June to 2 July 2001."""
    day_first, month_first = _DAY_FIRST.fullmatch(last), _MONTH_FIRST.fullmatch(last)
    day, month, year = (
        day_first.groups() if day_first else month_first.group(2, 1, 3) if month_first else (None,) * 3
    )
    if year and day and first.isdigit() and len(first) < 3:
        return f"{first} {month} {year}"
    named = _DAY_FIRST.fullmatch(first) or _MONTH_FIRST.fullmatch(first)
    return f"{first} {year}" if named and named[3] is None and year else first


def _point(text: str, today: datetime.date) -> DateAnswer:
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(text):
            return read(match, today)
    return DateAnswer(None, f"“{text}” is not a date. {HELP}")


def _iso(match: re.Match, today: datetime.date) -> DateAnswer:
    year, month, day = (int(part) if part else None for part in match.group(1, 3, 4))
    if year in _SOLAR_YEARS and year < today.year - 400:
        solar = match.group() + "sh"
        problem = f"“{match.group()}” looks like a year of the Solar Hijri calendar."
        return DateAnswer(None, problem, ((f"{solar} ({_label(solar, today)})", solar),))
    return _gregorian(year, month, day)


def _label(text: str, today: datetime.date) -> str:
    answer = _point(text, today)
    return str(answer.period) if answer.period else "Solar Hijri"


def _month_and_year(match: re.Match, today: datetime.date) -> DateAnswer:
    return _point(f"{match[2]}-{match[1]}", today)


def _years(match: re.Match, today: datetime.date) -> DateAnswer:
    return _range(f"{match[1]}..{match[2]}", today)


def _decade(match: re.Match, today: datetime.date) -> DateAnswer:
    return _range(f"{match[1]}0..{match[1]}9", today)


def _compact(match: re.Match, today: datetime.date) -> DateAnswer:
    return _gregorian(*map(int, match.groups()))


def _gregorian(year: int, month: int | None, day: int | None) -> DateAnswer:
    """Return a year, month or day; what the calendar does not have gives what is nearest to it."""
    if not 1 <= year <= _LAST_YEAR:
        return DateAnswer(None, f"There is no year {year}. {HELP}")
    if month is None:
        return DateAnswer(year_of(datetime.date(year, 1, 1)))
    if not 1 <= month <= 12:
        choices = [(f"{year:04}", f"{year:04}")]
        if day and 1 <= day <= 12 and month <= 31:
            choices.insert(0, _choice(year, day, month))
        return DateAnswer(None, f"There is no month {month}.", tuple(filter(None, choices)))
    first = datetime.date(year, month, 1)
    if day is None:
        return DateAnswer(month_of(first))
    last = month_of(first).until
    if not 1 <= day <= last.day:
        problem = f"{first:%B} {year} has {last.day} days."
        return DateAnswer(None, problem, (_choice(year, month, last.day), _choice(year, month)))
    return DateAnswer(_day(first.replace(day=day)))


def _choice(year: int, month: int, day: int | None = None) -> tuple[str, str] | None:
    try:
        first = datetime.date(year, month, day or 1)
    except ValueError:
        return None
    if day is None:
        return f"{first:%B} {year}", f"{year:04}-{month:02}"
    return f"{first.day} {first:%B} {year}", first.isoformat()


def _day(day: datetime.date) -> Period:
    return Period(day, day)


def _slashed(match: re.Match, today: datetime.date) -> DateAnswer:
    """Read 10/07/2019, which is two days unless it cannot be; 10.07.2019 is written day first everywhere."""
    one, two, year = (int(part) for part in match.group(1, 3, 4))
    if match[2] == "." or one == two or one > 12:
        return _gregorian(year, two, one)
    if two > 12:
        return _gregorian(year, one, two)
    choices = tuple(filter(None, (_choice(year, two, one), _choice(year, one, two))))
    return DateAnswer(None, f"“{match.group()}” can be two days.", choices)


def _short_year(match: re.Match, today: datetime.date) -> DateAnswer:
    return DateAnswer(None, f"“{match.group()}” can be many days; write the year with four digits. {HELP}")


def _named(day: str | None, month: str, year: str | None, today: datetime.date) -> DateAnswer:
    """Read a month by its name; without a year, the last one that has begun."""
    number = _MONTHS[month]
    if year is None:
        begun = (number, int(day or 1)) <= (today.month, today.day)
        year = today.year if begun else today.year - 1
    return _gregorian(int(year), number, int(day) if day else None)


def _relative(match: re.Match, today: datetime.date) -> DateAnswer:
    which, count, unit = match.groups()
    if count:
        return _last_many(int(count), unit, today)
    before = 0 if which == "this" else 1
    match unit:
        case "day":
            return DateAnswer(_day(today - datetime.timedelta(days=before)))
        case "week":
            monday = today - datetime.timedelta(days=today.weekday() + 7 * before)
            return DateAnswer(Period(monday, monday + datetime.timedelta(days=6)))
        case "month":
            first = today.replace(day=1)
            return DateAnswer(month_of(first - datetime.timedelta(days=1) if before else first))
        case _:
            return DateAnswer(year_of(today.replace(year=today.year - before, day=1)))


def _last_many(count: int, unit: str, today: datetime.date) -> DateAnswer:
    """Return so many days, weeks, months or years up to and including today."""
    days = {"day": count, "week": 7 * count}.get(unit)
    if days is None:
        months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
        year, month = months // 12, months % 12 + 1
        if year < 1:
            return DateAnswer(Period(None, today))
        last = calendar.monthrange(year, month)[1]
        begin = datetime.date(year, month, min(today.day, last)) + datetime.timedelta(days=1)
        return DateAnswer(Period(begin, today))
    return DateAnswer(Period(today - datetime.timedelta(days=max(days, 1) - 1), today))


def _solar(year: int, month: int | None, day: int | None) -> DateAnswer:
    """Return the Gregorian days of a Solar Hijri year, month or day."""
    try:
        first = JalaliDate(year, month or 1, day or 1)
    except ValueError:
        return _no_such_solar_day(year, month, day)
    if day:
        return DateAnswer(_day(first.to_gregorian()))
    last_month = month or 12
    last = JalaliDate(year, last_month, JalaliDate.days_in_month(last_month, year))
    return DateAnswer(Period(first.to_gregorian(), last.to_gregorian()))


def _no_such_solar_day(year: int, month: int, day: int | None) -> DateAnswer:
    text = f"{year:04}sh"
    if month is not None and 1 <= month <= 12 and year in _SOLAR_YEARS:
        last = JalaliDate.days_in_month(month, year)
        month_text = f"{year:04}-{month:02}sh"
        choices = ((f"{year:04}-{month:02}-{last:02}sh",) * 2, (month_text, month_text))
        return DateAnswer(None, f"Month {month} of {year} (Solar Hijri) has {last} days.", choices)
    choices = ((text, text),) if year in _SOLAR_YEARS else ()
    return DateAnswer(None, "The Solar Hijri calendar has no such day.", choices)


def _solar_digits(match: re.Match, today: datetime.date) -> DateAnswer:
    return _solar(*(int(part) if part else None for part in match.groups()))


def _solar_named(match: re.Match, today: datetime.date) -> DateAnswer:
    day, month, year = match.groups()
    return _solar(int(year), _SOLAR_MONTHS[month], int(day) if day else None)


_Read = Callable[[re.Match, datetime.date], DateAnswer]
_FORMS: Final[tuple[tuple[re.Pattern, _Read], ...]] = (
    (_ISO, _iso),
    (_COMPACT, _compact),
    (_SLASHED, _slashed),
    (_SHORT_YEAR, _short_year),
    (_SOLAR, _solar_digits),
    (_SOLAR_NAMED, _solar_named),
    (_DAY_FIRST, lambda match, today: _named(match[1], match[2], match[3], today)),
    (_MONTH_FIRST, lambda match, today: _named(match[2], match[1], match[3], today)),
    (_YEAR_FIRST, lambda match, today: _named(match[3], match[2], match[1], today)),
    (_MONTH_AND_YEAR, _month_and_year),
    (_YEARS, _years),
    (_DECADE, _decade),
    (_RELATIVE, _relative),
    (re.compile("today"), lambda match, today: DateAnswer(_day(today))),
    (re.compile("yesterday"), lambda match, today: DateAnswer(_day(today - datetime.timedelta(days=1)))),
)
