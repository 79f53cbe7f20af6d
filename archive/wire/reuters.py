"""Reuters-21578 SGML: many stories a file, each in a REUTERS element.

It is no XML: tags go unclosed, text is Latin-1, and control characters are written as entities. The elements
are therefore cut out with patterns, in a stream. Own fields (tags, slugs, attributes) go to `extra`.
"""

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from .building import When, build, one_line
from .datelines import find_dateline, misspelt_month, parse_dateline
from .decoding import normalise_text
from .errors import DamagedFile, WireError
from .record import ArticleRecord, ParseWarning
from .stories import CHUNK_BYTES, MAX_STORY_BYTES, Reading, Reject, Story, Stream, placed

LABEL: Final = "Reuters-21578 SGML"
TAGS: Final = ("topics", "places", "people", "orgs", "exchanges", "companies")
BRIEF: Final = "BRIEF"
UNPROCESSED: Final = "UNPROC"

_START: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!DOCTYPE lewis\b[^>]{0,200}>\s*)?<REUTERS[\s>]", re.IGNORECASE
)
_OPEN: Final = re.compile(rb"<REUTERS[\s>]")
_CLOSE: Final = b"</REUTERS>"
_ATTRIBUTE: Final = re.compile(r'([A-Z]+)="([^"]*)"')
_ITEM: Final = re.compile(r"<D>(.*?)</D>", re.DOTALL)
_MOMENT: Final = re.compile(r"(\d{1,2})-([A-Z]{3})-(\d{4})(?:\s+(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?)?")
_MONTHS: Final = {name: number for number, name in enumerate(
    ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1)}  # fmt: skip
_END_MARK: Final = re.compile(r"\s*^\s*reuters?\s*[^\w\s]*\s*\Z", re.IGNORECASE | re.MULTILINE)
# An agency after the day is how these datelines end: "PARIS, March 3, Reuter -".
_AGENCY_LAST: Final = re.compile(r",\s*Reuters?\b\s*(?=[-–—]|$)", re.IGNORECASE)


def detect(head: bytes) -> bool:
    """Tell by the first element."""
    return _START.match(head) is not None


def read(stream: Stream, zone: ZoneInfo) -> Reading:
    """Read the stories of a file, one in memory at a time."""
    for number, content in enumerate(_iter_elements(stream), 1):
        name = placed(stream.name, "story", number)
        if not content.endswith(_CLOSE):
            yield Reject(name, str(DamagedFile(LABEL, "it ends in the middle of a story")), content)
            continue
        try:
            yield Story(_read_story(*_decode(content), zone), content, name)
        except WireError as error:
            yield Reject(name, error.message, content)


def _iter_elements(stream: Stream) -> Iterator[bytes]:
    """Yield REUTERS elements; the last lacks its end if the file does. What stands between them is none."""
    waiting = b""
    while chunk := stream.read(CHUNK_BYTES):
        searched = max(0, len(waiting) - len(_CLOSE))
        waiting += chunk
        while (end := waiting.find(_CLOSE, searched)) >= 0:
            end += len(_CLOSE)
            if start := _OPEN.search(waiting, 0, end):
                yield waiting[start.start() : end]
            waiting, searched = waiting[end:], 0
        if len(waiting) > MAX_STORY_BYTES:
            yield waiting[:CHUNK_BYTES]
            return
    if start := _OPEN.search(waiting):
        yield waiting[start.start() :]


def _decode(content: bytes) -> tuple[str, str]:
    """Return a story's text and its encoding; what reads as UTF-8 was rewritten in it."""
    for encoding in ("ascii", "utf-8"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            pass
    return content.decode("latin-1"), "latin-1"


def _read_story(text: str, encoding: str, zone: ZoneInfo) -> ArticleRecord:
    attributes = {name.lower(): value for name, value in _ATTRIBUTE.findall(text[: text.find(">")])}
    body_type = _ATTRIBUTE.search(_opening_tag(text, "TEXT"))
    kind = body_type[2] if body_type else ""
    warnings: list[ParseWarning] = []
    headline = one_line(_element(text, "TITLE")).lstrip("* ")
    body = _element(text, "BODY")
    if kind == UNPROCESSED or (not headline and not body and kind != BRIEF):
        headline, body = _divide_unprocessed(_bare_text(text), headline, warnings)
    body, end_mark = _cut_end_mark(normalise_text(body))
    dateline, place, opening = _read_dateline(_element(text, "DATELINE"), warnings)
    when, printed = _read_date(_element(text, "DATE"), zone)
    extra = {
        **{name: [html.unescape(item) for item in _ITEM.findall(_raw(text, name.upper()))] for name in TAGS},
        **{name: value for name, value in attributes.items() if name not in ("newid", "topics")},
        "topics_attribute": attributes.get("topics", ""),
        "text_type": kind,
        "byline": one_line(_element(text, "AUTHOR")),
        "note": one_line(_element(text, "MKNOTE")),
        "transmission": one_line(_element(text, "UNKNOWN")),
        "end_mark": end_mark,
    }
    return build(
        headline=headline,
        when=when,
        timestamp=printed,
        dateline=dateline,
        place=place,
        body_html=_as_written(body) if kind == UNPROCESSED else "",
        paragraphs=_indented_paragraphs(opening + body),
        language="en",
        source_key=f"reuters:{attributes['newid']}" if attributes.get("newid") else "",
        extra=extra,
        warnings=warnings,
        encoding=encoding,
    )


def _raw(text: str, name: str) -> str:
    """Return what stands in an element, "" if there is none; one that is not closed ends with its story."""
    start = text.find(f"<{name}>")
    if start < 0:
        return ""
    start += len(name) + 2
    end = text.find(f"</{name}>", start)
    return text[start : end if end >= 0 else len(text) - len(_CLOSE)]


def _element(text: str, name: str) -> str:
    return html.unescape(_raw(text, name))


def _opening_tag(text: str, name: str) -> str:
    start = text.find(f"<{name}")
    return text[start : text.find(">", start)] if start >= 0 else ""


def _bare_text(text: str) -> str:
    """Return what stands in TEXT outside its elements."""
    start = text.find(">", text.find("<TEXT")) + 1
    inner = text[start : text.rfind("</TEXT>")]
    inner = re.sub(r"<(TITLE|AUTHOR|DATELINE|BODY)>.*?</\1>", "", inner, flags=re.DOTALL)
    return html.unescape(inner)


def _divide_unprocessed(text: str, headline: str, warnings: list[ParseWarning]) -> tuple[str, str]:
    """Take the first line of a story that nobody took apart as its headline, if it has none."""
    text = normalise_text(text).strip("\n")
    if headline:
        return headline, text
    first, _, rest = text.lstrip().partition("\n")
    message = "The story was not taken apart by its sender; its first line was taken as the headline."
    warnings.append(ParseWarning("headline_guessed", message))
    return one_line(first), rest


def _cut_end_mark(body: str) -> tuple[str, str]:
    match = _END_MARK.search(body)
    return (body[: match.start()], match[0].strip()) if match else (body, "")


def _indented_paragraphs(body: str) -> list[str]:
    """Split a body where a line is indented or follows a blank one."""
    parts = re.split(r"\n[ \t]*\n\s*|\n(?=[ \t]{3,})", body)
    return [part for part in (one_line(part) for part in parts) if part]


def _as_written(body: str) -> str:
    """Keep the lines of a table or a list, which is what stories of type UNPROC mostly are."""
    blocks = re.split(r"\n[ \t]*\n", body.strip("\n"))
    lines = ([one_line(line) for line in block.split("\n")] for block in blocks)
    return "".join(
        "<p>" + "<br>".join(html.escape(line, quote=False) for line in block if line) + "</p>"
        for block in lines
        if any(block)
    )


def _read_dateline(raw: str, warnings: list[ParseWarning]) -> tuple[str, str, str]:
    """Return the dateline as printed, the place in it, and the words after its dash.

    Some elements end at a hyphen of the first sentence, which then begins in them.
    """
    printed = one_line(raw).strip("* ")
    bare = printed.rstrip("-–— ")
    parsed = parse_dateline(_AGENCY_LAST.sub("", bare))
    warnings += [misspelt_month(parsed)] if parsed and parsed.misspelt else []
    if parsed or not bare:
        return bare, parsed.place if parsed else "", ""
    found = find_dateline(printed)
    if found:
        return (
            found.printed,
            found.place,
            printed[len(found.opening) :] + ("" if printed.endswith("-") else " "),
        )
    message = f"The dateline “{bare[:100]}” is not simply a place and a day; the place stays empty."
    warnings.append(ParseWarning("dateline_unusual", message))
    return bare, "", ""


def _read_date(raw: str, zone: ZoneInfo) -> tuple[When, str]:
    """Read "26-FEB-1987 15:01:01.79"; some are followed, and a few damaged, by noise of transmission."""
    printed = one_line(raw)
    match = _MOMENT.search(printed)
    if match is None:
        message = f"“{printed[:80]}” was not understood as a date; the date stays empty."
        return When(warnings=(ParseWarning("timestamp_unknown", message),) if printed else ()), printed
    try:
        day = date(int(match[3]), _MONTHS.get(match[2], 0), int(match[1]))
    except ValueError:
        message = f"The calendar has no such day: {match[0]}. The date stays empty."
        return When(warnings=(ParseWarning("date_impossible", message),)), printed
    try:
        clock = time(int(match[4]), int(match[5]), int(match[6]), int((match[7] or "0").ljust(6, "0")))
    except (ValueError, TypeError):
        message = f"No clock shows the time in “{printed[:80]}”; only the day is known."
        return When(None, day, (ParseWarning("time_impossible", message),)), printed
    local = datetime.combine(day, clock)
    return When(local.replace(tzinfo=zone).astimezone(UTC), day, (), local), printed
