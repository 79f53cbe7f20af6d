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
    """Tell whether the first line is an object by itself, or the beginning of one too long to see."""
    if b"\0" in head:
        return False
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)
    if not first[0].startswith(b"{"):
        return False
    if len(first) == 1:
        return first[0].rstrip() != b"{"
    return first[0].rstrip().endswith(b"}")


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
    value = loads(decoded.text)
    if isinstance(value, dict):
        yield _found(value, stream.name, content, decoded.encoding)
        return
    for number, each in enumerate(value if isinstance(value, list) else [value], 1):
        # A list's item alone is written anew: it is a file by itself then, and says the same.
        part = json.dumps(each, ensure_ascii=False).encode("utf-8", "replace")
        yield _found(each, placed(stream.name, "item", number), part, decoded.encoding)


def _found(value: object, name: str, content: bytes, encoding: str) -> Found | Reject:
    if isinstance(value, dict):
        return Found(value, name, content, encoding)
    return Reject(name, "It is no article: it is not a JSON object in braces.", content)


def loads(text: str) -> object:
    """Parse JSON. Raise DamagedFile naming line and column for text that is none, or nested without end."""
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno:,}, column {error.colno:,}"
        raise DamagedFile(LABEL, f"its syntax is broken at {where}: {error.msg.lower()}") from None
    except RecursionError:
        raise DamagedFile(LABEL, "it is nested too deeply") from None
    except ValueError:
        raise DamagedFile(LABEL, "it has a number of too many digits") from None
