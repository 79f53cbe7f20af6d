"""Read a CoNLL-2003 file as plain articles with the places of the names in them."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

KINDS: Final = {"PER": "person", "ORG": "organisation", "LOC": "place"}
_NO_SPACE_BEFORE: Final = frozenset(
    [".", ",", ";", ":", "?", "!", "'s", "'", "n't", "'re", "'ve", "'ll", ")", "%"]
)
_NO_SPACE_AFTER: Final = frozenset(["(", "$"])

Span = tuple[int, int, str]


class Story(NamedTuple):
    """One article: its text (a sentence a line) and its names as (start, end, kind)."""

    text: str
    names: list[Span]


def read_stories(path: Path) -> list[Story]:
    """Return the articles of a file, which may be compressed."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        documents = lines.read().split("-DOCSTART-")[1:]
    return [_story(document.split("\n", 1)[1]) for document in documents]


def _story(document: str) -> Story:
    text, names = "", []
    for sentence in document.strip().split("\n\n"):
        rows = [line.split() for line in sentence.strip().split("\n")]
        spans, text = _places(text, [row[0] for row in rows])
        names += _names(spans, [row[-1] for row in rows])
        text += "\n"
    return Story(text, names)


def _places(text: str, words: list[str]) -> tuple[list[tuple[int, int]], str]:
    spans, before = [], "("
    for word in words:
        if word not in _NO_SPACE_BEFORE and before not in _NO_SPACE_AFTER:
            text += " "
        spans.append((len(text), len(text) + len(word)))
        text, before = text + word, word
    return spans, text


def _names(spans: list[tuple[int, int]], tags: list[str]) -> Iterator[Span]:
    """Yield the names; I-X after another kind or B-X begins a new one (the original IOB1 scheme)."""
    current: Span | None = None
    for (start, end), tag in zip(spans, tags, strict=True):
        kind = KINDS.get(tag[2:])
        if current and (kind != current[2] or tag.startswith("B-")):
            yield current
            current = None
        if kind:
            current = (current[0] if current else start, end, kind)
    if current:
        yield current
