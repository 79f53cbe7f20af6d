"""JSON files -> objects: one object, a list of them, or one a line."""

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from .decoding import decode
from .errors import DamagedFile, WireError
from .stories import Reject, Stream, placed

LABEL: Final = "JSON"
_START: Final = re.compile(rb'(?:\{\s*(?:"[^"\n]{1,200}"\s*:|\}\s*$)|\[\s*\{\s*")', re.DOTALL)
_LEAD: Final = re.compile(rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff|\0")


# Line separators of Unicode, which strings may hold, are line ends once a file is decoded; and so are those
# that careless writers leave as they are.
_DECODER: Final = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
# What stands between two values of a list, or of a row of them, and after the last.
_NEXT: Final = re.compile(r"[\s,]*\]?\s*")


class Found(NamedTuple):
    """Hold one object of a file, its name, bytes and encoding."""

    fields: dict
    name: str
    content: bytes
    encoding: str


def looks_like_json(head: bytes) -> bool:
    """Tell an object, or a list of objects, in any encoding."""
    return _START.match(_LEAD.sub(b"", head).lstrip()) is not None


def iter_objects(stream: Stream) -> Iterator[Found | Reject]:
    """Yield the objects of a file in its order; lines come one at a time, other shapes are read whole."""
    if _is_lines(stream.head):
        yield from _iter_lines(stream)
    else:
        yield from _iter_values(stream)


def _is_lines(head: bytes) -> bool:
    """Tell whether the first line is an object by itself, or the beginning of one too long to see.

    Where the first is damaged, the next tells: another object begins there.
    """
    if b"\0" in head or (b"\r" in head and b"\n" not in head):
        return False
    first, *others = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)
    first = first.rstrip()
    if not first.startswith(b"{") or first == b"{":
        return False
    return not others or first.endswith(b"}") or others[0].startswith(b'{"')


def _iter_lines(stream: Stream) -> Iterator[Found | Reject]:
    for number, line in enumerate(stream.iter_lines(), 1):
        content = line.strip().removeprefix(b"\xef\xbb\xbf")
        if not content:
            continue
        is_alone = number == 1 and len(line) == stream.size_bytes
        name = stream.name if is_alone else placed(stream.name, "line", number)
        try:
            decoded = decode(content)
            yield _found(loads(decoded.text), name, content, decoded.encoding)
        except WireError as error:
            yield Reject(name, error.message, content)


def _iter_values(stream: Stream) -> Iterator[Found | Reject]:
    content = stream.read_all()
    decoded = decode(content)
    try:
        value = loads(decoded.text)
    except DamagedFile as error:
        yield from _iter_sound(decoded.text, stream.name, decoded.encoding, error)
        return
    if isinstance(value, dict):
        yield _found(value, stream.name, content, decoded.encoding)
        return
    for number, each in enumerate(value if isinstance(value, list) else [value], 1):
        # A list's item alone is written anew: it is a file by itself then, and says the same.
        part = json.dumps(each, ensure_ascii=False).encode("utf-8", "replace")
        yield _found(each, placed(stream.name, "item", number), part, decoded.encoding)


def _iter_sound(text: str, name: str, encoding: str, error: DamagedFile) -> Iterator[Found | Reject]:
    """Yield the objects of text that is no single value: several in a row, or a list that is damaged.

    What follows the last sound one is a reject. Raise `error` if there is no sound one.
    """
    at, number = _NEXT.match(text, len(text) - len(text.lstrip("[ \t\n"))).end(), 0
    while at < len(text):
        number += 1
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            if number == 1:
                raise error from None
            yield Reject(placed(name, "item", number), error.message, text[at:].encode("utf-8", "replace"))
            return
        yield _found(value, placed(name, "item", number), text[at:end].encode("utf-8", "replace"), encoding)
        at = _NEXT.match(text, end).end()


def _found(value: object, name: str, content: bytes, encoding: str) -> Found | Reject:
    if isinstance(value, dict):
        return Found(value, name, content, encoding)
    return Reject(name, "It is no article: it is not a JSON object in braces.", content)


def loads(text: str) -> object:
    """Parse JSON. Raise DamagedFile naming line and column for text that is none, or nested without end."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno:,}, column {error.colno:,}"
        raise DamagedFile(LABEL, f"its syntax is broken at {where}: {error.msg.lower()}") from None
    except RecursionError:
        raise DamagedFile(LABEL, "it is nested too deeply") from None
    except ValueError:
        raise DamagedFile(LABEL, "it has a number of too many digits") from None
