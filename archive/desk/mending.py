"""What an archivist types into a form <-> the fields of a story, be it a record or an article.

The body is edited as plain paragraphs, parted by blank lines, as long as it has nothing else in it; a body
with headings, lists or links is edited as HTML. Days and times are those of the source's zone, as printed.
"""

import datetime
import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from archive.wire import sanitize

_OTHER_THAN_PARAGRAPH: Final = re.compile(r"<(?!/?p>)", re.IGNORECASE)
_BLANK_LINES: Final = re.compile(r"\n[ \t]*\n\s*")


class Printed(NamedTuple):
    """What a form shows of a story, all text; a day is 2019-07-10, a time 22:07 or 22:07:30."""

    headline: str
    day: str
    time: str
    place: str
    section: str
    sign_off: str
    body: str


def printed(story, zone: str) -> Printed:
    """Return what a form shows of a record or an article of a source in `zone`."""
    return Printed(
        headline=story.headline,
        day=story.published_on.isoformat() if story.published_on else "",
        time=_local_time(story.published_at, zone),
        place=story.place,
        section=story.section,
        sign_off=story.sign_off,
        body=story.body_html if has_markup(story.body_html) else story.body_text,
    )


def changed_fields(story, typed: Mapping[str, str], zone: str) -> dict:
    """Return the story's fields that `typed` changes, with values as `desk.correct.edit` takes them.

    `typed` maps names of Printed to text and may lack some. Raise ValueError on a day or time that is none.
    """
    before = printed(story, zone)
    typed = {name: value for name, value in typed.items() if value != getattr(before, name)}
    changes = {name: typed[name] for name in ("headline", "place", "section", "sign_off") if name in typed}
    if "day" in typed or "time" in typed:
        day = typed.get("day", before.day)
        changes["published_on"] = datetime.date.fromisoformat(day) if day else None
        changes["published_at"] = instant(day, typed.get("time", before.time), zone)
    if "body" in typed:
        changes["body_html"] = html_of(typed["body"], as_html=has_markup(story.body_html))
    return changes


def instant(day: str, time: str, zone: str) -> datetime.datetime | None:
    """Return the instant of a printed day and time, in UTC; None unless both are known."""
    if not (day and time):
        return None
    local = datetime.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(datetime.UTC)


def has_markup(body_html: str) -> bool:
    """Say whether a body holds anything but plain paragraphs."""
    return _OTHER_THAN_PARAGRAPH.search(body_html) is not None


def html_of(body: str, *, as_html: bool) -> str:
    """Return safe HTML of a body as typed: HTML, or paragraphs parted by blank lines."""
    if as_html:
        return sanitize.clean(body)
    return sanitize.paragraphs_to_html(filter(None, (part.strip() for part in _BLANK_LINES.split(body))))


def _local_time(moment: datetime.datetime | None, zone: str) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")
