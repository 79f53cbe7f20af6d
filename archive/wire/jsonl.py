"""JSON Lines with the archive's own field names: one article a line, or a list, or a single object.

The fields are those of ArticleRecord; `body` and `text` also name the body's text. Fields that say what the
archive works out itself (mark, credits, warnings, spans) are read past. All others go to `extra`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from .building import When, build, read_pub_status, read_version, read_when, split_paragraphs
from .errors import NoArticle, WireError
from .json_objects import Found, iter_objects, looks_like_json
from .record import ArticleRecord, ParseWarning
from .stories import Reading, Reject, Story, Stream

BODY_FIELDS: Final = ("body_text", "body", "text")
# One of these makes an object an article.
TELLING_FIELDS: Final = frozenset(("headline", "body_html", *BODY_FIELDS))
FIELDS: Final = frozenset(
    (
        *("headline", "timestamp", "published_at", "published_on", "dateline", "place", "body_html"),
        *BODY_FIELDS,
        *("sign_off", "language", "section", "source_key", "version", "pub_status", "extra"),
    )
)
WORKED_OUT: Final = frozenset(("mark", "update_number", "credits", "warnings", "spans", "encoding"))


def detect(head: bytes) -> bool:
    """Tell JSON; whether it holds articles, its fields say."""
    return looks_like_json(head)


def read(stream: Stream, zone: ZoneInfo) -> Reading:
    """Read the articles of a file; an object that is ninjs is read as such."""
    from . import ninjs

    for found in iter_objects(stream):
        if isinstance(found, Reject):
            yield found
            continue
        try:
            is_ninjs = ninjs.is_ninjs(found.fields)
            record = (ninjs.record_of if is_ninjs else _record_of)(found, zone)
            yield Story(record, found.content, found.name)
        except WireError as error:
            yield Reject(found.name, error.message, found.content)


def _record_of(found: Found, zone: ZoneInfo) -> ArticleRecord:
    return record_of_fields(found.fields, zone, encoding=found.encoding)


def record_of_fields(fields: Mapping[str, object], zone: ZoneInfo, *, encoding: str) -> ArticleRecord:
    """Return the record of an article given in our own fields. Raise NoArticle if none of them tells one."""
    if not TELLING_FIELDS & fields.keys():
        raise NoArticle("it has neither a headline nor a body among its fields")
    nested = fields.get("extra")
    unknown = {name: value for name, value in fields.items() if name not in FIELDS | WORKED_OUT}
    text = next((fields[name] for name in BODY_FIELDS if isinstance(fields.get(name), str)), "")
    body_html = fields.get("body_html")
    when = _read_when(fields, zone)
    return build(
        headline=fields.get("headline"),
        when=when,
        timestamp=fields.get("timestamp"),
        dateline=fields.get("dateline"),
        place=fields.get("place"),
        body_html=body_html if isinstance(body_html, str) else "",
        paragraphs=split_paragraphs(text),
        language=fields.get("language"),
        section=fields.get("section"),
        sign_off=fields.get("sign_off"),
        mark=fields.get("mark") if isinstance(fields.get("mark"), str) else "",
        source_key=fields.get("source_key") if isinstance(fields.get("source_key"), str) else "",
        version=read_version(fields.get("version")),
        pub_status=read_pub_status(fields.get("pub_status")),
        extra={**(nested if isinstance(nested, dict) else {}), **unknown},
        encoding=encoding,
    )


def _read_when(fields: Mapping[str, object], zone: ZoneInfo) -> When:
    """Join the instant and the printed day; where they disagree, the day as printed counts."""
    at = read_when(fields.get("published_at"), zone)
    on = read_when(fields.get("published_on"), zone)
    if on.on is None:
        return at if at.on or not fields.get("timestamp") else read_when(fields["timestamp"], zone)
    if at.at is None:
        return on
    if at.on == on.on:
        return at
    message = f"The instant falls on {at.on} in {zone}, the printed day is {on.on}; the printed day counts."
    clock = datetime.combine(on.on, at.clock.time()) if at.clock else None
    return When(at.at, on.on, (*at.warnings, ParseWarning("days_differ", message)), clock)
