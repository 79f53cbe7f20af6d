"""Word by word, what parts two texts. Pure: text in, pieces of text out, nothing marked up or escaped."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from rapidfuzz.distance import Indel

SAME: Final = "same"
ADDED: Final = "added"
REMOVED: Final = "removed"

# The comparison's table has a bit for each pair of words: 12 MB and some tens of milliseconds at most.
MAX_WORDS: Final = 10_000
# A word or two that stayed between rewritten ones only makes the difference harder to read.
LEAST_SAME_WORDS: Final = 3
# How many unchanged paragraphs stand around a changed one.
CONTEXT_PARAGRAPHS: Final = 1

_TOKEN: Final = re.compile(r"\n\s*|[^\s]+[^\S\n]*|[^\S\n]+")


class Piece(NamedTuple):
    """A stretch of text that is SAME, ADDED or REMOVED."""

    kind: str
    text: str


class Paragraph(NamedTuple):
    """A paragraph of the difference; with `skipped`, it stands for so many unchanged ones."""

    pieces: tuple[Piece, ...]
    skipped: int = 0

    @property
    def is_changed(self) -> bool:
        return any(piece.kind != SAME for piece in self.pieces)


def compare(before: str, after: str) -> list[Paragraph]:
    """Return both texts as one, in paragraphs, with what was removed and added; [] if they are equal.

    Unchanged paragraphs far from any change are counted, not shown. Texts of more than MAX_WORDS words are
    compared paragraph by paragraph.
    """
    if before == after:
        return []
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return _shorten(_in_paragraphs(_merge(_changes(old, new))))


def _changes(old: list[str], new: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield stretches as (kind, words of the old text, words of the new); the one of no use is empty."""
    for opcode in Indel.opcodes(_folded(old), _folded(new)):
        before, after = old[opcode.src_start : opcode.src_end], new[opcode.dest_start : opcode.dest_end]
        if opcode.tag == "equal":
            yield SAME, before, after
            continue
        if before:
            yield REMOVED, before, []
        if after:
            yield ADDED, [], after


def _folded(tokens: list[str]) -> list[str]:
    """Fold spaces: a word before a line end is the same word."""
    return [token.rstrip() or token[:1] for token in tokens]


def _merge(changes: Iterable[tuple[str, list[str], list[str]]]) -> Iterator[Piece]:
    """Join neighbours of a kind, and give up the few words that stayed within a rewritten passage."""
    removed: list[str] = []
    added: list[str] = []
    stretches = list(changes)
    for at, (kind, before, after) in enumerate(stretches):
        is_last = at + 1 == len(stretches)
        if kind == SAME and (is_last or not _is_stray(after, removed, added)):
            yield from _flush(removed, added)
            yield Piece(SAME, "".join(after))
        else:
            removed += before
            added += after
    yield from _flush(removed, added)


def _is_stray(words: list[str], removed: list[str], added: list[str]) -> bool:
    is_short = len(words) < LEAST_SAME_WORDS and len(words) < min(len(removed), len(added))
    return is_short and not any(word.startswith("\n") for word in words)


def _flush(removed: list[str], added: list[str]) -> Iterator[Piece]:
    for kind, words in ((REMOVED, removed), (ADDED, added)):
        if words:
            yield Piece(kind, "".join(words))
            words.clear()


def _in_paragraphs(pieces: Iterable[Piece]) -> Iterator[Paragraph]:
    """Cut at the line ends, those that were removed included."""
    current: list[Piece] = []
    for piece in pieces:
        lines = re.split(r"\n\s*", piece.text)
        for number, line in enumerate(lines):
            if number:
                yield Paragraph(tuple(current))
                current = []
            if line.strip():
                current.append(Piece(piece.kind, line))
    yield Paragraph(tuple(current))


def _shorten(paragraphs: Iterable[Paragraph]) -> list[Paragraph]:
    """Replace the unchanged paragraphs far from any change with their number."""
    filled = [paragraph for paragraph in paragraphs if paragraph.pieces]
    changed = [number for number, paragraph in enumerate(filled) if paragraph.is_changed]
    near = {
        number + step for number in changed for step in range(-CONTEXT_PARAGRAPHS, CONTEXT_PARAGRAPHS + 1)
    }
    shown: list[Paragraph] = []
    for is_near, run in groupby(enumerate(filled), key=lambda pair: pair[0] in near):
        kept = [paragraph for _, paragraph in run]
        shown += kept if is_near else [Paragraph((), skipped=len(kept))]
    return shown
