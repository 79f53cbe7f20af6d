"""Fields of a file format -> ArticleRecord: the rules that all formats share.

Whatever a field holds, the result has clean one-line strings, safe HTML, JSON that any database takes, and a
warning for everything that was left out or doubtful.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from . import copy, sanitize, sign_offs
from .datelines import day_of, misspelt_month, parse_dateline
from .decoding import normalise_text
from .marks import strip_marks
from .record import MARK_LABELS, ArticleRecord, ParseWarning
from .timestamps import EARLIEST_YEAR, is_timestamp, read_timestamp

MAX_KEY_CHARS: Final = 255
MAX_EXTRA_CHARS: Final = 200_000
MAX_EXTRA_DEPTH: Final = 12
# What the archive keeps of these; longer ones are cut with a warning, and the original has all of it.
MAX_CHARS: Final = {
    "headline": 500, "timestamp": 200, "dateline": 200, "place": 120, "language": 20, "section": 80,
    "sign_off": 60,
}  # fmt: skip

_BLANKS: Final = re.compile(r"\s+")
_BLANK_LINES: Final = re.compile(r"\n[ \t]*\n\s*")
_ISO_DAY: Final = re.compile(r"\d{4}-?\d{2}-?\d{2}")


class When(NamedTuple):
    """Hold what a machine-made date says; `warnings` why it says less, `clock` day and time as printed."""

    at: datetime | None = None
    on: date | None = None
    warnings: tuple[ParseWarning, ...] = ()
    clock: datetime | None = None


def one_line(value: object) -> str:
    """Return a value as clean text on one line; "" for anything that is not text or a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    # Most fields are plain: printable ASCII has nothing to normalise, which is ten times faster to see.
    text = value if value.isascii() and value.isprintable() else normalise_text(value)
    return " ".join(text.split())


def split_paragraphs(text: str) -> list[str]:
    """Split plain text at blank lines, or at every line end if it has no blank line."""
    text = normalise_text(text).strip()
    parts = _BLANK_LINES.split(text) if _BLANK_LINES.search(text) else text.split("\n")
    return [part for part in (_BLANKS.sub(" ", part).strip() for part in parts) if part]


def read_when(value: object, zone: ZoneInfo, *, midnight_is_no_time: bool = False) -> When:
    """Read an ISO date with or without a time, extended or basic, or one as people print them.

    Without an offset the clock hangs in `zone`; the day is that of `zone`, where readers of this source are.
    With `midnight_is_no_time`, 00:00:00 says that only the day is known, as NITF writes it.
    """
    printed = one_line(value)
    if not printed:
        return When()
    if _ISO_DAY.fullmatch(printed):
        return _read_day(printed)
    moment = _parse_moment(printed)
    if moment is None:
        if is_timestamp(printed):
            stamp = read_timestamp(printed, zone)
            clock = stamp.published_at and datetime.combine(stamp.published_on, stamp.printed_time)
            return When(stamp.published_at, stamp.published_on, stamp.warnings, clock)
        message = f"“{printed[:80]}” was not understood as a date; the date stays empty."
        return When(warnings=(ParseWarning("timestamp_unknown", message),))
    if midnight_is_no_time and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return _read_day(moment.date().isoformat())
    return _at(moment, zone)


def _read_day(printed: str) -> When:
    try:
        day = date.fromisoformat(printed)
    except ValueError:
        message = f"The calendar has no such day: {printed}. The date stays empty."
        return When(warnings=(ParseWarning("date_impossible", message),))
    if day.year < EARLIEST_YEAR:
        return _implausible(day.year)
    message = "The source gives a day but no time; only the day is known."
    return When(None, day, (ParseWarning("time_missing", message),))


def _parse_moment(printed: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return parse(printed)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _at(moment: datetime, zone: ZoneInfo) -> When:
    if moment.year < EARLIEST_YEAR:
        return _implausible(moment.year)
    try:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return When(aware.astimezone(UTC), aware.astimezone(zone).date(), (), moment.replace(tzinfo=None))
    except (OverflowError, ValueError):
        message = f"The date {moment.date()} is out of range; it stays empty."
        return When(warnings=(ParseWarning("date_impossible", message),))


def _implausible(year: int) -> When:
    message = f"The year {year} may belong to another calendar; the date stays empty."
    return When(warnings=(ParseWarning("year_implausible", message),))


def build(
    *,
    headline: object = "",
    when: When = When(),  # noqa: B008 - an immutable value
    timestamp: object = "",
    dateline: object = "",
    place: object = "",
    body_html: str = "",
    paragraphs: Sequence[str] = (),
    language: object = "",
    section: object = "",
    sign_off: object = "",
    mark: str = "",
    source_key: str = "",
    version: int | None = None,
    pub_status: str = "",
    extra: Mapping[str, object] = {},
    warnings: Sequence[ParseWarning] = (),
    encoding: str = "",
) -> ArticleRecord:
    """Return the record of an article. `body_html` is foreign HTML; else `paragraphs`, which are plain text.

    Without a `source_key` the article is known by its headline and time, as plain copy is, or else by its
    text. Raise MarkupTooLarge for a body that no article has.
    """
    found = list(warnings) + list(when.warnings)
    lines = {
        "headline": headline, "timestamp": timestamp, "dateline": dateline, "place": place,
        "language": language, "section": section, "sign_off": sign_off,
    }  # fmt: skip
    short = {name: _cut(name, one_line(value), found) for name, value in lines.items()}
    marked = strip_marks(short["headline"])
    parsed = parse_dateline(short["dateline"]) if short["dateline"] and not short["place"] else None
    if parsed:
        short["place"] = parsed.place[: MAX_CHARS["place"]]
        found += [misspelt_month(parsed)] if parsed.misspelt else []
    body_html = sanitize.clean(body_html) if body_html else sanitize.paragraphs_to_html(paragraphs)
    body_text = sanitize.text_of(body_html)
    _warn_of_gaps(short, when, body_text, found)
    codes = sign_offs.split_codes(short["sign_off"])
    return ArticleRecord(
        **short,
        mark=marked.mark or (mark if mark in MARK_LABELS else ""),
        update_number=marked.update_number,
        published_at=when.at,
        published_on=when.on,
        dateline_on=day_of(short["dateline"], when.on),
        body_html=body_html,
        body_text=body_text,
        credits=sign_offs.credit_codes(codes),
        source_key=bounded_key(source_key)
        if source_key
        else _content_key(short["headline"], when, body_text),
        version=version,
        pub_status=pub_status,
        extra=_bounded_extra(extra, found),
        warnings=tuple(found),
        encoding=encoding,
    )


def _cut(name: str, text: str, warnings: list[ParseWarning]) -> str:
    if len(text) <= MAX_CHARS[name]:
        return text
    label = name.replace("_", "-")
    message = f"The {label} has {len(text):,} characters; only the first {MAX_CHARS[name]} were kept."
    warnings.append(ParseWarning(f"{name}_cut", message))
    return text[: MAX_CHARS[name]].rstrip()


def _warn_of_gaps(short: dict, when: When, body_text: str, warnings: list[ParseWarning]) -> None:
    if not short["headline"]:
        warnings.append(ParseWarning("headline_missing", "The story has no headline."))
    if when == When():
        warnings.append(ParseWarning("timestamp_missing", "The story has no date; it stays empty."))
    if not body_text:
        warnings.append(ParseWarning("body_missing", "The story has no body."))


def bounded_key(key: str) -> str:
    """Return a source key that fits: a long one keeps its beginning and gets a hash of the whole."""
    key = one_line(key)
    if len(key) <= MAX_KEY_CHARS:
        return key
    return f"{key[:200]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _content_key(headline: str, when: When, body_text: str) -> str:
    if headline and when.clock:
        return copy.content_key(when.clock, headline)
    text = f"{headline}\n{when.on}\n{body_text}"
    return "copy:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _bounded_extra(extra: Mapping[str, object], warnings: list[ParseWarning]) -> dict[str, object]:
    kept = {one_line(key)[:200]: clean_json(value) for key, value in extra.items()}
    kept = {key: value for key, value in kept.items() if value not in (None, "", [], {})}
    if len(json.dumps(kept, ensure_ascii=False)) <= MAX_EXTRA_CHARS:
        return kept
    message = "The fields the archive does not know are too long to keep apart; the original has them."
    warnings.append(ParseWarning("extra_too_long", message))
    return {}


def clean_json(value: object, depth: int = 0) -> object:
    """Return a JSON value that every database takes: no control characters, no NaN, bounded depth."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else normalise_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 63:
        return hex(value)
    if depth >= MAX_EXTRA_DEPTH and isinstance(value, dict | list):
        return None
    if isinstance(value, dict):
        return {normalise_text(str(key)): clean_json(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(each, depth + 1) for each in value]
    return value


def read_version(value: object) -> int | None:
    """Read a version number; None if it is none, such as "1.0b"."""
    text = one_line(value)
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


USABLE: Final = "usable"
WITHHELD: Final = "withheld"
CANCELED: Final = "canceled"
_STATUSES: Final = {
    "usable": USABLE,
    "withheld": WITHHELD,
    "embargoed": WITHHELD,
    "canceled": CANCELED,
    "cancelled": CANCELED,
    "killed": CANCELED,
}


def read_pub_status(value: object) -> str:
    """Read "usable", "stat:canceled", "embargoed" and their like; "" for what is none of them."""
    return _STATUSES.get(one_line(value).rpartition(":")[2].lower(), "")
