"""ninjs 1.x, 2.x and 3.x, the IPTC's news in JSON: a single object, a list, or one a line.

1.x is flat and lower-case, with `body_text` and `body_html`; 2.x has arrays and lower-case dates; 3.x has
arrays and camel case. Names are compared in lower case, so one reader serves all. Only `uri` is required.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Final
from zoneinfo import ZoneInfo

from . import jsonl
from .building import build, one_line, read_pub_status, read_version, read_when, split_paragraphs
from .errors import NoArticle
from .json_objects import Found, looks_like_json
from .record import EDITED, REPORTED, ArticleRecord
from .stories import Reading, Stream

# Fields of the archive's own JSON Lines, which no ninjs has: such an object is ours, even with a `uri`.
OURS: Final = frozenset(("source_key", "published_on", "sign_off"))
TEXT_TYPES: Final = frozenset(("", "text", "composite"))
# The first creation names the story; later versions keep its day, and with it its address.
DATES: Final = ("firstcreated", "versioncreated", "contentcreated")
# Before the source key of an article that is known by its URI.
KEY_PREFIX: Final = "ninjs:"
# The role in `infoSources` of a sign-off code between the first and the last.
TOOK_PART: Final = "took part"
READ: Final = frozenset(
    (
        *("uri", "version", "pubstatus", "language", "headline", "headlines", "located", "standard"),
        *("bodies", "body_text", "body_html", "body_xhtml", "firstcreated"),
    )
)


def detect(head: bytes) -> bool:
    """Tell JSON in which a `uri` stands early; a later one is found by the reader of other JSON."""
    return looks_like_json(head) and b'"uri"' in head.replace(b"\0", b"")


def is_ninjs(fields: Mapping[str, object]) -> bool:
    """Tell an object of ninjs from one in the archive's own fields."""
    return isinstance(fields.get("uri"), str) and not OURS & fields.keys()


def read(stream: Stream, zone: ZoneInfo) -> Reading:
    """Read the articles of a file."""
    return jsonl.read(stream, zone)


def record_of(found: Found, zone: ZoneInfo) -> ArticleRecord:
    """Return the record of one ninjs object. Raise NoArticle for a picture, a video or a graphic."""
    fields = {name.lower(): value for name, value in found.fields.items()}
    kind = one_line(fields.get("type")).lower()
    if kind not in TEXT_TYPES:
        raise NoArticle(f"it describes something of type “{kind[:40]}”")
    printed = next((fields[name] for name in DATES if one_line(fields.get(name))), "")
    body_html, paragraphs = _read_body(fields)
    return build(
        headline=_choose_headline(fields),
        when=read_when(printed, zone),
        timestamp=printed,
        place=fields.get("located"),
        body_html=body_html,
        paragraphs=paragraphs,
        language=fields.get("language"),
        section=_first_genre(fields),
        sign_off="/".join(_sign_off_codes(fields)),
        source_key=f"{KEY_PREFIX}{one_line(fields['uri'])}",
        version=read_version(fields.get("version")),
        pub_status=read_pub_status(fields.get("pubstatus")),
        extra={name: value for name, value in found.fields.items() if name.lower() not in READ},
        encoding=found.encoding,
    )


def _dicts(value: object) -> Iterator[dict]:
    """Yield the objects of an array, names in lower case."""
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict):
            yield {str(name).lower(): part for name, part in each.items()}


_CODE: Final = re.compile(r"[^\W_]{1,8}")


def _sign_off_codes(fields: Mapping[str, object]) -> Iterator[str]:
    """Yield the sign-off codes that this archive's own export names as sources, in order."""
    for each in _dicts(fields.get("infosources")):
        code = one_line(each.get("literal"))
        if each.get("role") in (REPORTED, EDITED, TOOK_PART) and _CODE.fullmatch(code):
            yield code


def _choose_headline(fields: Mapping[str, object]) -> str:
    """Choose the main headline of several, else the first."""
    several = [each for each in _dicts(fields.get("headlines")) if one_line(each.get("value"))]
    several.sort(key=lambda each: one_line(each.get("role")).lower() not in ("main", "headline"))
    return several[0]["value"] if several else one_line(fields.get("headline"))


def _read_body(fields: Mapping[str, object]) -> tuple[str, list[str]]:
    """Return HTML, or paragraphs of plain text; HTML is preferred where both are given."""
    bodies = [each for each in _dicts(fields.get("bodies")) if isinstance(each.get("value"), str)]
    main = [each for each in bodies if one_line(each.get("role")).lower() == "main"]
    for each in main or bodies:
        if "html" in one_line(each.get("contenttype")):
            return each["value"], []
    if bodies:
        first = (main or bodies)[0]["value"]
        return (first, []) if _is_markup(first) else ("", split_paragraphs(first))
    for name in ("body_html", "body_xhtml"):
        if isinstance(fields.get(name), str) and fields[name].strip():
            return fields[name], []
    text = fields.get("body_text")
    return "", split_paragraphs(html.unescape(text)) if isinstance(text, str) else []


def _is_markup(text: str) -> bool:
    return text.lstrip().lower().startswith(("<p", "<div", "<h", "<article", "<section", "<html", "<body"))


def _first_genre(fields: Mapping[str, object]) -> str:
    several = [*_dicts(fields.get("genres")), *_dicts(fields.get("genre"))]
    return next((one_line(each["name"]) for each in several if one_line(each.get("name"))), "")
