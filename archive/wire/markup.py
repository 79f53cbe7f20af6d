"""Put elements around ranges of an article's text: links on names, marks on hits, numbers on quotes.

Offsets are those of `sanitize.text_of(clean_html)`. The canonical HTML goes in trusted and comes out well
formed: elements are split at the tags and blocks they would cross, and they nest where they overlap.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from .html_blocks import BLOCK_TAGS
from .sanitize import unescape_text

ANNOTATION_TAGS: Final = frozenset(("a", "abbr", "cite", "data", "mark", "span", "time"))

_TOKEN: Final = re.compile(r"<(?P<slash>/?)(?P<name>[a-z0-9]+)[^<>]*>|[^<]+|<")
_ATTRIBUTE_NAME: Final = re.compile(r"(?!on|style$)[a-z][a-z0-9-]*")


class Annotation(NamedTuple):
    """Put `tag`, one of ANNOTATION_TAGS, around the characters from `start` up to `end`.

    `attributes` are name and value pairs; values are escaped here, but an href must be safe already.
    """

    start: int
    end: int
    tag: str
    attributes: tuple[tuple[str, str], ...] = ()


def annotate(clean_html: str, annotations: Iterable[Annotation]) -> str:
    """Return `clean_html` with `annotations` around its text.

    Longer annotations stand outside shorter ones from the same start, and earlier ones outside later ones. A
    link within a link is left out for as long as the outer one lasts. Breaks and the gaps between blocks are
    never wrapped; ranges outside the text are cut off. An `id` goes to the first piece of a split annotation
    only. Time is linear in the text, and in the annotations times how many of them overlap.

    Raises ValueError for a tag or an attribute that annotations may not have: the caller's mistake.
    """
    wanted = sorted(
        (each for each in annotations if each.start < each.end), key=lambda each: (each.start, -each.end)
    )
    _check(wanted)
    if not wanted:
        return clean_html
    sweep = _Sweep(wanted)
    return "".join(_iter_annotated(clean_html, sweep))


def _check(annotations: Iterable[Annotation]) -> None:
    for each in annotations:
        names = [name for name, _ in each.attributes]
        if each.tag not in ANNOTATION_TAGS or not all(map(_ATTRIBUTE_NAME.fullmatch, names)):
            raise ValueError(f"an annotation must not be <{each.tag} {' '.join(names)}>")


def _iter_annotated(clean_html: str, sweep: "_Sweep") -> Iterator[str]:
    offset, is_in_link = 0, False
    block_has_text = gap_is_due = False
    for token in _TOKEN.finditer(clean_html):
        name = token["name"]
        if name in BLOCK_TAGS:
            gap_is_due, block_has_text = gap_is_due or block_has_text, False
        elif name == "a":
            is_in_link = not token["slash"]
        if name and name != "br":
            yield token[0]
            continue
        offset += 2 if gap_is_due else 0
        gap_is_due, block_has_text = False, True
        if name == "br":
            offset += 1
            yield token[0]
        else:
            text = unescape_text(token[0])
            yield from sweep.iter_wrapped(text, offset, is_in_link=is_in_link)
            offset += len(text)


class _Sweep:
    """Walk once through annotations sorted by start, with those that cover the current place."""

    def __init__(self, annotations: Sequence[Annotation]):
        self.annotations = annotations
        self.next = 0
        self.active: list[int] = []
        self.begun: set[int] = set()

    def iter_wrapped(self, text: str, start: int, *, is_in_link: bool) -> Iterator[str]:
        """Yield `text`, which stands at `start` and within no tag, wrapped and escaped."""
        opened: list[int] = []
        position, end = start, start + len(text)
        while position < end:
            self._advance(position)
            cut = self._find_next_cut(end)
            wrapping = self._select(is_in_link)
            common = _count_common(opened, wrapping)
            yield from (f"</{self.annotations[index].tag}>" for index in reversed(opened[common:]))
            yield from map(self._open_tag, wrapping[common:])
            yield html.escape(text[position - start : cut - start], quote=False)
            opened, position = wrapping, cut
        yield from (f"</{self.annotations[index].tag}>" for index in reversed(opened))

    def _advance(self, position: int) -> None:
        """Let the annotations that cover `position` be the active ones."""
        while self.next < len(self.annotations) and self.annotations[self.next].start <= position:
            self.active.append(self.next)
            self.next += 1
        self.active = [index for index in self.active if self.annotations[index].end > position]

    def _find_next_cut(self, end: int) -> int:
        """Find where the active annotations next change, at most `end`."""
        changes = [self.annotations[index].end for index in self.active]
        if self.next < len(self.annotations):
            changes.append(self.annotations[self.next].start)
        return min([end, *changes])

    def _select(self, is_in_link: bool) -> list[int]:
        """List the active annotations without links inside links."""
        selected = []
        for index in self.active:
            if self.annotations[index].tag == "a":
                if is_in_link:
                    continue
                is_in_link = True
            selected.append(index)
        return selected

    def _open_tag(self, index: int) -> str:
        annotation = self.annotations[index]
        is_first = index not in self.begun
        self.begun.add(index)
        attributes = (
            f' {name}="{html.escape(value)}"'
            for name, value in annotation.attributes
            if is_first or name != "id"
        )
        return f"<{annotation.tag}{''.join(attributes)}>"


def _count_common(first: Sequence[int], second: Sequence[int]) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
