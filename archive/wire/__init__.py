"""Bytes in, ArticleRecords out.

Untrusted: everything in a file, and its name. Guaranteed afterwards: records whose HTML is safe to show and
whose doubts are written down, or a WireError that says what to do. What a file is, its content decides.

A further format is a module with `detect(head)` and `read(stream, zone)` and one row in FORMATS; its row in
`archive.wire.refusals`, if it has one, goes.
"""

import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple
from zoneinfo import ZoneInfo

from . import archives, copy, jsonl, newsml, ninjs, nitf, pages, refusals, reuters, tables
from .errors import CopyTooLarge, FileChanged, FileTooLarge, WireError
from .record import ArticleRecord, Credit, ParseWarning, Span
from .stories import Reading, Reject, Story, Stream, clean_name

__all__ = [
    "FORMATS",
    "ArticleRecord",
    "Credit",
    "Format",
    "ParseWarning",
    "Reject",
    "Span",
    "Story",
    "WireError",
    "clean_name",
    "iter_stories",
    "read",
]

DEFAULT_MAX_BYTES: Final = 50 * 1024 * 1024


class Format(NamedTuple):
    """Name a format, tell it by the first HEAD_BYTES of a file, and read the stories of one."""

    name: str
    label: str
    detect: Callable[[bytes], bool]
    read: Callable[[Stream, ZoneInfo], Reading]


def _read_copy(stream: Stream, zone: ZoneInfo) -> Reading:
    try:
        content = stream.read_all()
    except FileTooLarge as error:
        raise CopyTooLarge(error.size_bytes, min(error.max_bytes, copy.MAX_STORY_BYTES)) from error
    for record in copy.iter_records(content, zone):
        yield Story(record, content, stream.name)


# The first that detects its own is taken. Plain copy has no sign of its own and stays last.
FORMATS: Final = (
    Format("reuters", "Reuters-21578 SGML", reuters.detect, reuters.read),
    Format("nitf", "NITF", nitf.detect, nitf.read),
    Format("newsml", "NewsML-G2", newsml.detect, newsml.read),
    Format("html", "HTML", pages.detect, pages.read),
    Format("ninjs", "ninjs", ninjs.detect, ninjs.read),
    Format("jsonl", "JSON Lines", jsonl.detect, jsonl.read),
    Format("csv", "CSV", tables.detect, tables.read),
    Format("copy", "Plain wire copy", copy.detect, _read_copy),
)


def iter_stories(
    name: str,
    content: bytes | Path | BinaryIO,
    *,
    zone: ZoneInfo,
    max_bytes: int = DEFAULT_MAX_BYTES,
    max_file_bytes: int | None = None,
) -> Reading:
    """Read the stories of a file or an archive of files, in its order, with those that cannot be read.

    `name` is for people and never decides anything. `zone` is where clock times without a zone of their own
    were printed. Files of many stories pass through in a stream: `max_bytes` bounds what is in memory at
    once, `max_file_bytes` the file. A path, or a file that can seek, is best; it is read once.

    Raise a WireError where nothing of the file, or nothing further, can be read, and OSError.
    """
    with content.open("rb") if isinstance(content, Path) else nullcontext(content) as file:
        file = io.BytesIO(file) if isinstance(file, bytes) else file
        before = _state(file)
        yield from _read(clean_name(name), file, zone, max_bytes, max_file_bytes)
        if _state(file) != before:
            raise FileChanged


def _read(name: str, file: BinaryIO, zone: ZoneInfo, max_bytes: int, max_file_bytes: int | None) -> Reading:
    size_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    if max_file_bytes is not None and size_bytes > max_file_bytes:
        raise FileTooLarge(size_bytes, max_file_bytes)
    stream = Stream(file, name, max_bytes, size_bytes)
    if archives.detect(stream.head):
        yield from archives.read(stream, partial(_read_stream, zone=zone))
    else:
        yield from _read_stream(stream, zone)


def _state(file: BinaryIO) -> tuple[int, int] | None:
    """Return what changes when somebody writes to a file; None for one that is in memory."""
    try:
        state = os.fstat(file.fileno())
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def _read_stream(stream: Stream, zone: ZoneInfo) -> Reading:
    return find_format(stream.head).read(stream, zone)


def read(
    name: str, content: bytes | Path | BinaryIO, *, zone: ZoneInfo, max_bytes: int = DEFAULT_MAX_BYTES
) -> Iterator[ArticleRecord]:
    """Read the articles of one file, in its order; see `iter_stories`.

    Raises a WireError at once if the file as a whole cannot be read, and while iterating at the first story
    that cannot.
    """
    stories = iter_stories(name, content, zone=zone, max_bytes=max_bytes, max_file_bytes=max_bytes)
    # Reading the first at once is what raises at once.
    first = list(islice(stories, 1))
    return _records(chain(first, stories))


def _records(stories: Iterable[Story | Reject]) -> Iterator[ArticleRecord]:
    for each in stories:
        if isinstance(each, Reject):
            raise WireError(each.reason)
        yield each.record


def find_format(head: bytes) -> Format:
    """Find the format of a file by its first bytes; the last of FORMATS takes what no other does.

    Raise UnknownFormat for one that is recognised and not read.
    """
    for format_ in FORMATS[:-1]:
        if format_.detect(head):
            return format_
    refusals.check(head)
    return FORMATS[-1]
