"""CSV: one article a row, with the archive's own field names in the first row.

Commas, semicolons, tabs and bars part the fields. Rows are parsed as Latin-1, in which every byte is a
character, and each row is decoded afterwards, so that one row in another encoding spoils no other.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from .building import one_line
from .decoding import decode
from .errors import DamagedFile, StoryTooLarge, WireError
from .jsonl import FIELDS, TELLING_FIELDS, record_of_fields
from .stories import MAX_STORY_BYTES, Reading, Reject, Story, Stream, placed

LABEL: Final = "a CSV table"
DELIMITERS: Final = (",", ";", "\t", "|")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_NOT_IN_NAME: Final = re.compile(r"\W+")


def detect(head: bytes) -> bool:
    """Tell by the first row: it names a headline or a body, and one further field that is ours."""
    return _find_delimiter(_first_line(head)) is not None


def _first_line(head: bytes) -> str:
    if head.startswith(_UTF16):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").split(b"\n", 1)[0].decode("latin-1")


def _find_delimiter(line: str) -> str | None:
    for delimiter in DELIMITERS:
        names = set(_field_names(line, delimiter))
        if names & TELLING_FIELDS and len(names & FIELDS) > 1:
            return delimiter
    return None


def _field_names(line: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([line.strip()], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [_NOT_IN_NAME.sub("_", name.strip().lower()) for name in row]


def read(stream: Stream, zone: ZoneInfo) -> Reading:
    """Read the articles of a table; the bytes of each are the first row and its own."""
    lines = _iter_lines(stream)
    header = next((line for line in lines if line.strip()), b"")
    delimiter = _find_delimiter(header.decode("latin-1")) or ","
    names = _field_names(header.decode("latin-1"), delimiter)
    for number, row, content in _iter_rows(lines, delimiter):
        name = placed(stream.name, "row", number)
        content = header + content
        try:
            if row is None:
                raise DamagedFile(LABEL, "a quotation mark in it is not closed, or a field is far too long")
            yield Story(_record_of(names, row, content, zone), content, name)
        except WireError as error:
            yield Reject(name, error.message, content)


def _iter_lines(stream: Stream) -> Iterator[bytes]:
    """Yield lines in an encoding that keeps ASCII: UTF-16, which does not, is read whole and rewritten."""
    if stream.head.startswith(_UTF16):
        text = decode(stream.read_all()).text
        yield from io.BytesIO(text.encode("utf-8", "replace"))
        return
    first = True
    for line in stream.iter_lines():
        yield line.removeprefix(b"\xef\xbb\xbf") if first else line
        first = False


def _iter_rows(lines: Iterator[bytes], delimiter: str) -> Iterator[tuple[int, list[str] | None, bytes]]:
    """Yield number, fields and bytes of each row that is not empty; fields are None where it is broken."""
    taken: list[bytes] = []
    size = 0

    def feed() -> Iterator[str]:
        nonlocal size
        for line in lines:
            size += len(line)
            if size > MAX_STORY_BYTES:
                raise StoryTooLarge(MAX_STORY_BYTES)
            taken.append(line)
            yield line.decode("latin-1")

    rows = csv.reader(feed(), delimiter=delimiter)
    csv.field_size_limit(MAX_STORY_BYTES)
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            row = None
        content, size = b"".join(taken), 0
        taken.clear()
        if row is None or any(field.strip() for field in row):
            number += 1
            yield number, row, content


def _record_of(names: list[str], row: list[str], content: bytes, zone: ZoneInfo):
    encoding = decode(content).encoding
    texts = [field.encode("latin-1").decode(encoding, "replace") for field in row]
    fields = {name: text for name, text in zip(names, texts, strict=False) if text.strip()}
    if len(texts) > len(names):
        fields["more_fields"] = [one_line(text) for text in texts[len(names) :]]
    return record_of_fields(fields, zone, encoding=encoding)
