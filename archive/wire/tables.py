"""CSV: one article a row, with the archive's own field names in the first row.

Commas, semicolons, tabs and bars part the fields; quotation marks in them are doubled, or follow a backslash.
Rows are parsed as Latin-1, in which every byte is a character, and each is decoded afterwards, so that one in
another encoding spoils no other. After one that is broken, reading goes on with the next line.
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
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
# Excel's way to say what parts the fields.
_SEPARATOR_LINE: Final = re.compile(rb"\"?sep=.\"?\s*", re.IGNORECASE)
# Looking for the next row after a broken one may read some megabytes again each time.
MAX_BROKEN_ROWS: Final = 100
MOST_LOOKS: Final = 50
# Of so many fields a line of prose rarely has as many.
LEAST_TELLING_WIDTH: Final = 4
_NOT_IN_NAME: Final = re.compile(r"\W+")


def detect(head: bytes) -> bool:
    """Tell by the first row: it names a headline or a body, and one further field that is ours."""
    return _find_delimiter(_first_line(head)) is not None


def _first_line(head: bytes) -> str:
    if _is_utf16(head):
        head = head.removeprefix(_UTF16[0]).removeprefix(_UTF16[1]).replace(b"\0", b"")
    lines = _LINE_END.split(head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"), 2)
    is_named = len(lines) > 1 and _SEPARATOR_LINE.fullmatch(lines[0])
    return lines[1 if is_named else 0].decode("latin-1")


def _is_utf16(head: bytes) -> bool:
    return head.startswith(_UTF16) or b"\0" in head[:2]


def _find_delimiter(line: str) -> str | None:
    for delimiter in DELIMITERS:
        names = set(_field_names(line, delimiter))
        if names & TELLING_FIELDS and len(names & FIELDS) > 1:
            return delimiter
    return None


def _field_names(line: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([line.strip()], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [_NOT_IN_NAME.sub("_", name.strip().lower()) for name in row]


def read(stream: Stream, zone: ZoneInfo) -> Reading:
    """Read the articles of a table; the bytes of each are the first row and its own."""
    lines = _iter_lines(stream)
    header = next((line for line in lines if line.strip() and not _SEPARATOR_LINE.fullmatch(line)), b"")
    delimiter = _find_delimiter(header.decode("latin-1")) or ","
    names = _field_names(header.decode("latin-1"), delimiter)
    for number, row, content in _iter_rows(_Lines(lines), delimiter, len(names)):
        name = placed(stream.name, "row", number)
        content = header + content
        try:
            if row is None:
                raise DamagedFile(LABEL, "a quotation mark in it stands alone, or a field is far too long")
            yield Story(_record_of(names, row, content, zone), content, name)
        except WireError as error:
            yield Reject(name, error.message, content)


def _iter_lines(stream: Stream) -> Iterator[bytes]:
    """Yield lines in an encoding that keeps ASCII: UTF-16, which does not, is read whole and rewritten."""
    if _is_utf16(stream.head):
        text = decode(stream.read_all()).text
        yield from io.BytesIO(text.encode("utf-8", "replace"))
        return
    is_old_macintosh = b"\r" in stream.head and b"\n" not in stream.head
    first = True
    for line in stream.iter_lines(b"\r" if is_old_macintosh else b"\n"):
        yield line.removeprefix(b"\xef\xbb\xbf") if first else line
        first = False


class _Lines:
    """Give a csv reader the lines of one row after another; those it took can be had back.

    Raises csv.Error where a row has more bytes than a story.
    """

    def __init__(self, lines: Iterator[bytes]):
        self._lines = lines
        self._waiting: list[bytes] = []
        self.taken: list[bytes] = []
        self._size = 0

    def begin(self) -> bool:
        """Begin a row; False if there is none."""
        self.taken, self._size = [], 0
        return self.has_more()

    def has_more(self) -> bool:
        if not self._waiting and (line := next(self._lines, None)) is not None:
            self._waiting.append(line)
        return bool(self._waiting)

    def give_back(self, keep: int = 0) -> None:
        """Take the lines of this row back, but for the first `keep`."""
        back = self.taken[keep:]
        self._waiting += reversed(back)
        del self.taken[keep:]
        self._size -= sum(map(len, back))

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.pop() if self._waiting else next(self._lines)
        self.taken.append(line)
        self._size += len(line)
        if self._size > MAX_STORY_BYTES:
            raise csv.Error
        return line.decode("latin-1")


def _iter_rows(lines: _Lines, delimiter: str, width: int) -> Iterator[tuple[int, list[str] | None, bytes]]:
    """Yield number, fields and bytes of each row that is not empty; fields are None where it is broken."""
    csv.field_size_limit(MAX_STORY_BYTES)
    options = {"delimiter": delimiter, "skipinitialspace": True}
    number = broken = 0
    while lines.begin():
        row = _read_row(lines, options, width)
        if row is None:
            broken += 1
            _skip_broken(lines, options, width if broken < MAX_BROKEN_ROWS else 0)
        if row is None or any(field.strip() for field in row):
            number += 1
            yield number, row, b"".join(lines.taken)


def _read_row(lines: _Lines, options: dict, width: int) -> list[str] | None:
    """Read a row as the standard says, else with backslashes, else its first line if that has all fields."""
    for escape in (None, "\\"):
        try:
            return next(csv.reader(lines, strict=True, escapechar=escape, **options))
        except csv.Error:
            lines.give_back()
    try:
        line = next(lines)
        row = next(csv.reader([line], **options))
    except csv.Error:
        return None
    return row if len(row) == width and line.count('"') % 2 == 0 else None


def _skip_broken(lines: _Lines, options: dict, width: int) -> None:
    """Take the rest of a broken row: all up to the next line that begins a row with every field.

    In a table of few fields prose looks like a row, so that nothing after a broken one is trusted. Raise
    StoryTooLarge if no row comes.
    """
    looks = MOST_LOOKS if width >= LEAST_TELLING_WIDTH else 0
    while lines.has_more():
        if looks and _peek_row(lines, options) == width:
            return
        looks = max(0, looks - 1)
        try:
            next(lines)
        except csv.Error:
            raise StoryTooLarge(MAX_STORY_BYTES) from None


def _peek_row(lines: _Lines, options: dict) -> int:
    """Return how many fields the row has that the next line begins, 0 if that is no row."""
    taken = len(lines.taken)
    try:
        return len(next(csv.reader(lines, strict=True, **options)))
    except csv.Error:
        return 0
    finally:
        lines.give_back(taken)


def _record_of(names: list[str], row: list[str], content: bytes, zone: ZoneInfo):
    encoding = decode(content).encoding
    texts = [field.encode("latin-1").decode(encoding, "replace") for field in row]
    fields = {name: text for name, text in zip(names, texts, strict=False) if text.strip()}
    if len(texts) > len(names):
        fields["more_fields"] = [one_line(text) for text in texts[len(names) :]]
    return record_of_fields(fields, zone, encoding=encoding)
