"""What readers of files give, and the stream they read from.

A file gives stories and rejects in its order. A reject is one story that could not be read, with the reason;
the ones after it still come. A WireError ends the file.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple
from zoneinfo import ZoneInfo

from .errors import FileTooLarge, StoryTooLarge
from .record import ArticleRecord

# Enough for a byte order mark, blank lines, an XML declaration and the first element.
HEAD_BYTES: Final = 4096
# The longest stories have some 100,000 characters; markup and metadata come on top.
MAX_STORY_BYTES: Final = 2 * 1024 * 1024
CHUNK_BYTES: Final = 64 * 1024
# Bytes of a file's name that are no UTF-8 come as halves of surrogate pairs, which no database keeps.
_NO_TEXT: Final = re.compile("[\ud800-\udfff]")


class Story(NamedTuple):
    """Carry a record with the bytes it was read from: the whole file, or this story's part of it.

    `name` is that of the file, followed by the place in it if it holds several. `content` alone is a file
    that reads as the same record.
    """

    record: ArticleRecord
    content: bytes
    name: str


class Reject(NamedTuple):
    """Name a story that could not be read, why in a readable sentence, and its bytes as far as they came."""

    name: str
    reason: str
    content: bytes = b""


Reading = Iterator[Story | Reject]


class Stream:
    """Read a file once, from its start to its end; `head` shows the beginning without taking it away.

    `size_bytes` is None where nobody knows it before the end. `max_bytes` bounds what may be in memory at
    once, not what may pass through.
    """

    def __init__(self, file: BinaryIO, name: str, max_bytes: int, size_bytes: int | None = None):
        self.name = name
        self.max_bytes = max_bytes
        self.size_bytes = size_bytes
        self._file = file
        self.head = _read_exactly(file, HEAD_BYTES)
        self._waiting = self.head

    @property
    def file(self) -> BinaryIO:
        """Return the file itself, for readers that seek in it; its position is after the head."""
        return self._file

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes, and none only at the end."""
        if self._waiting:
            taken, self._waiting = self._waiting[:size], self._waiting[size:]
            return taken
        return self._file.read(size)

    def read_all(self) -> bytes:
        """Return the whole file. Raise FileTooLarge, without reading if the size is known beforehand."""
        if self.size_bytes is not None and self.size_bytes > self.max_bytes:
            raise FileTooLarge(self.size_bytes, self.max_bytes)
        # One byte more, so that a file that grows meanwhile is refused as well.
        content = self._waiting + _read_exactly(self._file, self.max_bytes + 1 - len(self._waiting))
        self._waiting = b""
        if len(content) > self.max_bytes:
            raise FileTooLarge(len(content), self.max_bytes)
        return content

    def iter_lines(self, end: bytes = b"\n", max_line_bytes: int = MAX_STORY_BYTES) -> Iterator[bytes]:
        """Yield lines with their ends. Raise StoryTooLarge at one of more than `max_line_bytes`."""
        rest = b""
        while chunk := self.read(CHUNK_BYTES):
            *lines, rest = (rest + chunk).split(end)
            yield from (line + end for line in lines)
            if len(rest) > max_line_bytes:
                raise StoryTooLarge(max_line_bytes)
        if rest:
            yield rest


def _read_exactly(file: BinaryIO, size: int) -> bytes:
    """Return `size` bytes, or all there are; one read of a pipe or a packed file may give fewer."""
    parts = []
    while size > 0 and (part := file.read(min(size, 16 * CHUNK_BYTES))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def one_story(
    read: Callable[[bytes, ZoneInfo], ArticleRecord],
) -> Callable[[Stream, ZoneInfo], Reading]:
    """Make a reader of files that are one story each out of a function of their bytes."""

    def iter_stories(stream: Stream, zone: ZoneInfo) -> Reading:
        content = stream.read_all()
        yield Story(read(content, zone), content, stream.name)

    return iter_stories


def clean_name(name: str) -> str:
    """Return a file's name as text that can be kept and printed."""
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", name)


def placed(name: str, what: str, number: int) -> str:
    """Return the name of a story among others: "wire.jsonl, line 12"."""
    return f"{name}, {what} {number:,}"
