"""Pair quotation marks: which stretches of a text stand between marks, nested and unbalanced ones included.

Paragraphs are parted by a blank line. What is left open at the end of a paragraph ends there: it goes on
if the next paragraph opens with a mark again, as printers do with long quotations.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_PARAGRAPH: Final = re.compile(r"\n[ \t\r]*\n\s*")
_MARK: Final = re.compile(r"[\"“”„‟«»‹›‘’'＂]|``|''")
_CLOSER_OF: Final = {
    '"': '"”',
    "“": '”"',
    "„": '“”"',
    "‟": '”"',
    "«": "»",
    "»": "«",
    "‹": "›",
    "``": "''\"",
    "＂": "＂",
}
_SINGLE_CLOSER_OF: Final = {"‘": "’'", "'": "'’"}
_MOST_OPEN: Final = 8


class Quoted(NamedTuple):
    """A stretch between marks: start and end without them, outer_start and outer_end with them."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    paragraph: int
    is_closed: bool
    depth: int


class Paragraph(NamedTuple):
    """The place of a paragraph in its text."""

    start: int
    end: int


def split_paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs of a text, without the blank lines between them."""
    starts = [0] + [found.end() for found in _PARAGRAPH.finditer(text)]
    ends = [found.start() for found in _PARAGRAPH.finditer(text)] + [len(text)]
    return [Paragraph(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def find_quoted(text: str, paragraphs: list[Paragraph]) -> list[Quoted]:
    """Return the stretches between marks in order of their starts; those of depth 0 do not overlap."""
    found = [
        quoted for number, paragraph in enumerate(paragraphs) for quoted in _pair(text, number, paragraph)
    ]
    return sorted(found)


def _pair(text: str, number: int, paragraph: Paragraph) -> Iterator[Quoted]:
    """Match marks with a small stack; what closes an outer mark closes all inside it."""
    open_marks: list[tuple[str, int, int]] = []
    inner_end: tuple[int, int] | None = None
    for found in _MARK.finditer(text, paragraph.start, paragraph.end):
        mark, start, end = found[0], found.start(), found.end()
        closed = (
            None
            if _must_open(text, mark, start, end, open_marks)
            else _closed_by(text, mark, start, end, open_marks)
        )
        if closed is not None:
            opened = open_marks[closed]
            del open_marks[closed:]
            inner_end = (start, end) if open_marks else None
            yield Quoted(opened[2], start, opened[1], end, number, True, len(open_marks))
        elif len(open_marks) < _MOST_OPEN and _can_open(text, mark, start, end, paragraph):
            open_marks.append((mark, start, end))
    if open_marks and open_marks[0][0] in _CLOSER_OF:
        # Where the closing marks of two quotations were written as one, the last mark closes both.
        end, outer_end = inner_end or (paragraph.end, paragraph.end)
        yield Quoted(open_marks[0][2], end, open_marks[0][1], outer_end, number, inner_end is not None, 0)


def _must_open(text: str, mark: str, start: int, end: int, open_marks: list[tuple[str, int, int]]) -> bool:
    """Tell a nested opening mark from a closing one, where both look the same."""
    if mark != '"' or not open_marks:
        return False
    return text[start - 1 : start] == " " and text[end : end + 1].isalnum()


def _closed_by(
    text: str, mark: str, start: int, end: int, open_marks: list[tuple[str, int, int]]
) -> int | None:
    """Return the position in the stack of the mark that this one closes."""
    for position in range(len(open_marks) - 1, -1, -1):
        opener = open_marks[position][0]
        if mark in _CLOSER_OF.get(opener, ()) or (mark == "''" and opener == "``"):
            return position
        if mark in _SINGLE_CLOSER_OF.get(opener, ()) and _ends_word(text, start, end):
            return position
    return None


def _can_open(text: str, mark: str, start: int, end: int, paragraph: Paragraph) -> bool:
    before = text[start - 1 : start] if start > paragraph.start else " "
    after = text[end : end + 1]
    if mark in _SINGLE_CLOSER_OF:
        return _begins_word(before, after) and _has_single_closer(text, end, paragraph.end)
    if mark in ('"', "＂", "``"):
        return not before.isdigit() and not (before.isalpha() and not after.isalpha())
    return mark in _CLOSER_OF and not (mark == "»" and not _begins_word(before, after))


def _begins_word(before: str, after: str) -> bool:
    return not before.isalnum() and bool(after) and not after.isspace()


def _ends_word(text: str, start: int, end: int) -> bool:
    """Tell a closing single mark from an apostrophe: no letter follows, and no plural s stands before it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not after.isalnum() and not before.isspace() and not (before == "s" and after == " ")


_SINGLE_REACH_CHARS: Final = 400
_SINGLE_CLOSER: Final = re.compile(r"(?<=[\w,.!?…-])['’](?![\w])")


def _has_single_closer(text: str, start: int, end: int) -> bool:
    """Tell whether a single mark is closed nearby; else it is an apostrophe ('tis)."""
    found = _SINGLE_CLOSER.search(text, start, min(end, start + _SINGLE_REACH_CHARS))
    return found is not None


__all__ = ["Paragraph", "Quoted", "find_quoted", "split_paragraphs"]
