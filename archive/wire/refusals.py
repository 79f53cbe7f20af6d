"""Formats that are recognised by their first bytes and not read, each with what to do instead."""

import re
from typing import Final, NamedTuple

from .errors import UnknownFormat

_UNPACK: Final = "Unpack it and add the files in it."
_AS_TEXT: Final = "Open it in the program that made it, save it as plain text, and add that file."
_NO_TEXT: Final = "Only files of text can be added."
_COPY_OUT: Final = "Copy the article's text into a plain text file and add that."


class Refusal(NamedTuple):
    """Pair a pattern for the start of a file with the format's name and advice."""

    pattern: re.Pattern[bytes]
    label: str
    advice: str


def _starts(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


# Office formats are zip files; whoever looks for those looks here first.
OFFICE_REFUSALS: Final = (
    Refusal(_starts(rb"PK\x03\x04.{0,2000}word/"), "a Word document", _AS_TEXT),
    Refusal(_starts(rb"PK\x03\x04.{0,2000}xl/"), "an Excel workbook", _AS_TEXT),
    Refusal(_starts(rb"PK\x03\x04.{0,2000}ppt/"), "a PowerPoint presentation", _AS_TEXT),
    Refusal(_starts(rb"PK\x03\x04.{0,2000}\[Content_Types\]\.xml"), "an Office document", _AS_TEXT),
    Refusal(_starts(rb"PK\x03\x04.{0,100}vnd\.oasis"), "an OpenDocument file", _AS_TEXT),
)

# The first that matches names the file.
BINARY_REFUSALS: Final = (
    *OFFICE_REFUSALS,
    Refusal(
        _starts(rb"PK\x07\x08|BZh[1-9]1AY|\xfd7zXZ\0|7z\xbc\xaf\x27|Rar!\x1a|\x28\xb5\x2f\xfd"),
        "a packed file of another kind than zip and gzip",
        _UNPACK,
    ),
    Refusal(_starts(rb"%PDF-"), "a PDF", _AS_TEXT),
    Refusal(_starts(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "an old Office document", _AS_TEXT),
    Refusal(_starts(rb"\s*\{\\rtf"), "a rich text (RTF) document", _AS_TEXT),
    Refusal(
        _starts(rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|BM.{4}\0\0\0\0|II\*\0|MM\0\*|\0.{3}ftypavif"),
        "a picture",
        _NO_TEXT,
    ),
    Refusal(
        _starts(rb"ID3[\x02-\x04]|OggS\0|fLaC\0|RIFF.{4}(WAVE|AVI )|\0.{3}ftyp|\x1aE\xdf\xa3"),
        "a sound or video file",
        _NO_TEXT,
    ),
    Refusal(_starts(rb"SQLite format 3\0"), "a database", _NO_TEXT),
    Refusal(_starts(rb"MZ.\0|\x7fELF"), "a program", _NO_TEXT),
)

# Comments are taken whole (atomic): a row of them must not be tried in every combination.
HTML_START: Final = _starts(
    rb"(?i)(<\?xml[^>]*>\s*)?((?><!--.{0,2000}?-->)\s*+)*+<"
    # A page, or what content management systems hand out of one.
    rb"(!doctype html|html|head|body|title|meta|article|main|section|div|p|h[1-6]|table|center|font)\b"
)

# Matched against `text_head`.
TEXT_REFUSALS: Final = (
    Refusal(_starts(rb"(?i)(<\?xml[^>]*>\s*)?<(rss|feed|rdf:rdf)\b"), "a feed", _COPY_OUT),
    Refusal(_starts(rb"(?i)<\?xml|<!doctype\s|<svg\b"), "an XML file of a kind unknown here", _COPY_OUT),
)

_TEXT_LEAD: Final = re.compile(rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff|\0")


def text_head(head: bytes) -> bytes:
    """Return the beginning of a text without byte order mark, zero bytes (UTF-16) and leading blanks."""
    return _TEXT_LEAD.sub(b"", head).lstrip()


def is_office(head: bytes) -> bool:
    """Tell the zip files of office programs from others."""
    return any(refusal.pattern.match(head) for refusal in OFFICE_REFUSALS)


def check(head: bytes) -> None:
    """Raise UnknownFormat if the first bytes of a file are those of a format that is not read."""
    for refusals, start in ((BINARY_REFUSALS, head), (TEXT_REFUSALS, text_head(head))):
        for refusal in refusals:
            if refusal.pattern.match(start):
                raise UnknownFormat(refusal.label, refusal.advice)
