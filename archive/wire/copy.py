"""Plain wire copy: headline, timestamp, dateline, body, sign-off codes.

Every part can be missing. What is missing stays empty and leaves a warning; what is doubtful is kept as
printed and leaves a warning. Nothing of the text is lost: what is no other part is body.

The source key is made of the printed local time and the folded headline, so that neither a file's name nor
the configured zone decides what an article is. Without a headline, a day or a clock time that is too little
to tell two stories apart, and the key is the SHA-256 of the decoded original.
"""

import hashlib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from . import layout, sanitize, sign_offs
from .datelines import Dateline, day_of, find_dateline, misspelt_month, parse_dateline
from .decoding import decode
from .errors import CopyTooLarge
from .layout import Line
from .marks import strip_marks
from .record import BODY, DATELINE, HEADLINE, SIGN_OFF, TIMESTAMP, ArticleRecord, ParseWarning, Span
from .timestamps import Timestamp, is_timestamp, read_timestamp

# A file of plain copy is one story; the longest have some 100,000 characters.
MAX_STORY_BYTES: Final = 2 * 1024 * 1024
# A headline, a second deck, a byline and a slug can stand above the timestamp; body text does not.
MAX_LINES_BEFORE_TIMESTAMP: Final = 6
MAX_HEADLINE_CHARS: Final = 250
MAX_HEADLINE_LINES: Final = 4

# An editor's note above the dateline, such as "(Adds survivors, cause)": one or two, seldom more.
MAX_NOTES: Final = 3

_NOTE: Final = re.compile(r"[(\[][^()\[\]]*(?:[(\[][^()\[\]]*[)\]][^()\[\]]*)*[)\]]\.?")
_BLANKS: Final = re.compile(r"\s+")
_NOT_WORD: Final = re.compile(r"[\W_]+")


def detect(head: bytes) -> bool:
    """Take any text: plain copy has no sign of its own, so it is asked last."""
    return True


def iter_records(content: bytes, zone: ZoneInfo) -> Iterator[ArticleRecord]:
    """Return the one record of a file of plain copy; reads it at once and so raises at once."""
    if len(content) > MAX_STORY_BYTES:
        raise CopyTooLarge(len(content), MAX_STORY_BYTES)
    decoded = decode(content)
    record = read(decoded.text, zone, encoding=decoded.encoding)
    return iter((replace(record, warnings=decoded.warnings + record.warnings),))


def read(text: str, zone: ZoneInfo, *, encoding: str = "") -> ArticleRecord:
    """Read one story from its decoded original; any text gives a record.

    `zone` is where the timestamp's clock hangs. The warnings are the parser's own; those of decoding come
    from `archive.wire.decoding`.
    """
    parts = _divide(layout.split_lines(text))
    stamp = read_timestamp(parts.timestamp, zone) if parts.timestamp else Timestamp(None, None, None, ())
    headline = _BLANKS.sub(" ", parts.headline)
    marked = strip_marks(headline)
    codes = sign_offs.split_codes(parts.sign_off)
    opening, body_html, body_text = _read_body(parts)
    dateline = opening.dateline
    return ArticleRecord(
        headline=headline,
        mark=marked.mark,
        update_number=marked.update_number,
        timestamp=parts.timestamp,
        published_at=stamp.published_at,
        published_on=stamp.published_on,
        dateline=dateline.printed if dateline else "",
        dateline_on=day_of(dateline.printed, stamp.published_on) if dateline else None,
        place=dateline.place if dateline else "",
        body_html=body_html,
        body_text=body_text,
        sign_off=parts.sign_off,
        credits=sign_offs.credit_codes(codes),
        source_key=_source_key(text, headline, stamp),
        warnings=tuple(_iter_warnings(parts, stamp, dateline, body_text, codes)),
        spans=tuple(_iter_spans(text, parts, opening)),
        encoding=encoding,
    )


class _Parts(NamedTuple):
    """Hold the story cut into parts; spans are None where a part is missing."""

    headline: str
    headline_span: tuple[int, int] | None
    timestamp: str
    timestamp_span: tuple[int, int] | None
    body: Sequence[Line]
    sign_off: str
    sign_off_span: tuple[int, int] | None
    warnings: tuple[ParseWarning, ...]


def _divide(lines: Sequence[Line]) -> _Parts:
    stamp_at = _find_timestamp_line(lines)
    headline, body, warnings = _cut_headline(lines, stamp_at)
    timestamp_span = lines[stamp_at].find_ends() if stamp_at is not None else None
    body, sign_off, sign_off_span, sign_off_warnings = _cut_sign_off(body)
    return _Parts(
        headline="\n".join(line.text.strip() for line in headline),
        headline_span=(headline[0].find_ends()[0], headline[-1].find_ends()[1]) if headline else None,
        timestamp=lines[stamp_at].text.strip() if stamp_at is not None else "",
        timestamp_span=timestamp_span,
        body=body,
        sign_off=sign_off,
        sign_off_span=sign_off_span,
        warnings=warnings + sign_off_warnings,
    )


def _find_timestamp_line(lines: Sequence[Line]) -> int | None:
    seen = 0
    for index, line in enumerate(lines):
        if line.is_blank:
            continue
        if is_timestamp(line.text):
            return index
        seen += 1
        if seen > MAX_LINES_BEFORE_TIMESTAMP:
            return None
    return None


def _cut_headline(
    lines: Sequence[Line], stamp_at: int | None
) -> tuple[list[Line], list[Line], tuple[ParseWarning, ...]]:
    """Cut the headline off, and the timestamp's line out of the rest."""
    if stamp_at is None:
        first = next(layout.iter_blocks(lines), [])
        if not _looks_like_headline(first):
            return [], list(lines), ()
        return first, list(lines[lines.index(first[-1]) + 1 :]), ()
    above, below = list(layout.iter_blocks(lines[:stamp_at])), list(lines[stamp_at + 1 :])
    if not above:
        return [], below, ()
    between = lines[lines.index(above[0][-1]) + 1 : stamp_at]
    if len(above) == 1:
        return above[0], below, ()
    start, end = above[1][0].find_ends()[0], above[-1][-1].find_ends()[1]
    message = "There is text between the headline and the timestamp; it was kept at the start of the body."
    blank = Line("", lines[stamp_at].start)
    return above[0], [*between, blank, *below], (ParseWarning("text_before_timestamp", message, start, end),)


def _looks_like_headline(block: Sequence[Line]) -> bool:
    """Tell whether the first lines of a story without a timestamp are its headline."""
    text = " ".join(line.text.strip() for line in block)
    if not text or len(block) > MAX_HEADLINE_LINES or len(text) > MAX_HEADLINE_CHARS:
        return False
    is_sentence = re.search(r"[.…][)\]\"'”’»]*$", text[-8:]) is not None
    return not is_sentence and find_dateline(text) is None


def _cut_sign_off(
    body: list[Line],
) -> tuple[list[Line], str, tuple[int, int] | None, tuple[ParseWarning, ...]]:
    last = next((index for index in reversed(range(len(body))) if not body[index].is_blank), None)
    if last is None:
        return [], "", None, ()
    line = body[last]
    if sign_offs.has_too_many_codes(line.text):
        message = (
            f"The last line has more than {sign_offs.MAX_CODES} codes; it stays text and credits nobody."
        )
        return body[: last + 1], "", None, (ParseWarning("sign_off_too_long", message, *line.find_ends()),)
    found = sign_offs.find_sign_off(line.text)
    if found is None:
        return body[: last + 1], "", None, ()
    kept = [*body[:last], Line(line.text[: found.start], line.start)]
    return kept, found.printed, (line.start + found.start, line.start + found.end), ()


class _Opening(NamedTuple):
    """Hold the dateline that opens the story, and the editor's notes that stand above it."""

    dateline: Dateline | None
    notes: tuple[str, ...] = ()


def _read_body(parts: _Parts) -> tuple[_Opening, str, str]:
    """Return how the body opens, its HTML and its text. Notes above the dateline are body text."""
    paragraphs = layout.join_paragraphs(parts.body)
    opening = _find_opening(paragraphs)
    if opening.dateline:
        at = len(opening.notes)
        rest = paragraphs[at][len(opening.dateline.opening) :].strip()
        paragraphs[at : at + 1] = [rest] if rest else []
    return opening, sanitize.paragraphs_to_html(paragraphs), "\n\n".join(paragraphs)


def _find_opening(paragraphs: Sequence[str]) -> _Opening:
    """Find the dateline of the first paragraph that is no editor's note.

    With a day or an agency it may stand on a line of its own, as long as text follows.
    """
    notes = tuple(itertools.takewhile(_NOTE.fullmatch, paragraphs[:MAX_NOTES]))
    story = paragraphs[len(notes) : len(notes) + 2]
    dateline = find_dateline(story[0]) if story else None
    if dateline is None and len(story) > 1:
        alone = parse_dateline(story[0])
        has_evidence = alone and (alone.month_day or alone.agency or alone.misspelt)
        dateline = alone if has_evidence else None
    return _Opening(dateline, notes if dateline else ())


def _source_key(text: str, headline: str, stamp: Timestamp) -> str:
    folded = fold_headline(headline)
    if not folded or stamp.published_at is None:
        return "copy:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return content_key(datetime.combine(stamp.published_on, stamp.printed_time), headline)


def content_key(printed_at: datetime, headline: str) -> str:
    """Make a source key of a printed local time (zone ignored) and a headline (see `fold_headline`)."""
    printed = f"{printed_at.replace(tzinfo=None).isoformat(timespec='seconds')}\n{fold_headline(headline)}"
    return "copy:" + hashlib.sha256(printed.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def fold_headline(headline: str) -> str:
    """Fold case, punctuation and spacing, so that curly quotes or a second space make no other article.

    A mark stays: a CORRECTED story is another document than the one it corrects.
    """
    return _NOT_WORD.sub(" ", headline.casefold()).strip()


def _iter_spans(text: str, parts: _Parts, opening: _Opening) -> Iterator[Span]:
    if parts.headline_span:
        yield Span(HEADLINE, *parts.headline_span)
    if parts.timestamp_span:
        yield Span(TIMESTAMP, *parts.timestamp_span)
    filled = [line for line in parts.body if not line.is_blank]
    if filled:
        start, end = _start_of_story(filled, opening), filled[-1].find_ends()[1]
        if opening.dateline:
            yield Span(DATELINE, start, _skip_printed(text, start, opening.dateline.printed))
            start = min(end, _skip_printed(text, start, opening.dateline.opening))
            start += len(text[start:end]) - len(text[start:end].lstrip())
        if start < end:
            yield Span(BODY, start, end)
    if parts.sign_off_span:
        yield Span(SIGN_OFF, *parts.sign_off_span)


def _start_of_story(filled: Sequence[Line], opening: _Opening) -> int:
    """Find where dateline or body starts. Parts are disjoint, so a note above the dateline is in none."""
    letters = sum(len(_BLANKS.sub("", note)) for note in opening.notes)
    for line in filled:
        if letters <= 0:
            return line.find_ends()[0]
        letters -= len(_BLANKS.sub("", line.text))
    return filled[-1].find_ends()[1]


def _skip_printed(text: str, start: int, printed: str) -> int:
    """Find the end of `printed` in the original, where its blanks may be longer or line ends."""
    for character in printed:
        if character.isspace():
            continue
        while text[start].isspace():
            start += 1
        start += 1
    return start


def _iter_warnings(
    parts: _Parts, stamp: Timestamp, dateline: Dateline | None, body_text: str, codes: tuple[str, ...]
) -> Iterator[ParseWarning]:
    if not parts.headline:
        yield ParseWarning("headline_missing", "The story has no headline.")
    if not parts.timestamp:
        yield ParseWarning("timestamp_missing", "The story has no timestamp; its date stays empty.")
    for warning in stamp.warnings:
        yield warning._replace(start=parts.timestamp_span[0], end=parts.timestamp_span[1])
    yield from parts.warnings
    if not body_text:
        yield ParseWarning("body_missing", "The story has no body.")
    elif dateline is None:
        yield ParseWarning("dateline_missing", "The story does not begin with a place.")
    yield from _iter_dateline_warnings(dateline, stamp.published_on)
    if not codes:
        yield ParseWarning("sign_off_missing", "The story has no sign-off codes; nobody is credited.")
    for warning in sign_offs.iter_sign_off_warnings(codes):
        yield warning._replace(start=parts.sign_off_span[0], end=parts.sign_off_span[1])


def _iter_dateline_warnings(dateline: Dateline | None, published_on: date | None) -> Iterator[ParseWarning]:
    if not dateline:
        return
    if dateline.misspelt:
        yield misspelt_month(dateline)
    elif not dateline.month_day:
        if any(map(str.isdecimal, dateline.printed)):
            message = f"The calendar has no such day: “{dateline.printed}”. Only the place was taken."
            yield ParseWarning("dateline_day_impossible", message)
    elif published_on and dateline.month_day != (published_on.month, published_on.day):
        message = (
            f"The dateline “{dateline.printed}” names another day than the timestamp, {published_on}; "
            "the timestamp's day counts."
        )
        yield ParseWarning("dateline_day_differs", message)
