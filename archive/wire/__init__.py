"""Bytes in, ArticleRecords out.

Untrusted: everything in a file, and its name. Guaranteed afterwards: records whose HTML is safe to show and
whose doubts are written down, or a WireError that says what to do. What a file is, its content decides.

A further format is a module with `detect(head)` and `read(content, zone)` and one row in FORMATS; its row in
`archive.wire.refusals`, if it has one, goes.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from . import copy, refusals
from .errors import FileTooLarge, WireError
from .record import ArticleRecord, Credit, ParseWarning, Span

__all__ = ["FORMATS", "ArticleRecord", "Credit", "Format", "ParseWarning", "Span", "WireError", "read"]

DEFAULT_MAX_BYTES: Final = 50 * 1024 * 1024
# Enough for a byte order mark, blank lines, an XML declaration and the first element.
HEAD_BYTES: Final = 4096


class Format(NamedTuple):
    """Name a format, tell it by the first HEAD_BYTES of a file, and read the records of one."""

    name: str
    label: str
    detect: Callable[[bytes], bool]
    read: Callable[[bytes, ZoneInfo], Iterator[ArticleRecord]]


# The first that detects its own is taken. Plain copy has no sign of its own and stays last.
FORMATS: Final = (Format("copy", "Plain wire copy", copy.detect, copy.iter_records),)


def read(
    name: str, content: bytes, *, zone: ZoneInfo, max_bytes: int = DEFAULT_MAX_BYTES
) -> Iterator[ArticleRecord]:
    """Read the articles of one file, in its order.

    `name` is for people and never decides anything. `zone` is where clock times without a zone of their own
    were printed. Raises a WireError at once if the file as a whole cannot be read, and while iterating if a
    later part of it cannot.
    """
    if len(content) > max_bytes:
        raise FileTooLarge(len(content), max_bytes)
    head = content[:HEAD_BYTES]
    refusals.check(head)
    return find_format(head).read(content, zone)


def find_format(head: bytes) -> Format:
    """Find the format of a file by its first bytes; the last of FORMATS takes what no other does."""
    return next((format_ for format_ in FORMATS if format_.detect(head)), FORMATS[-1])
