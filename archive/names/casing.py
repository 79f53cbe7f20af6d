"""Learn from a collection's own copy which words it writes with a capital, and in what company they stand."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple, Self

from archive.names.context import FUNCTION_WORDS
from archive.names.titles import bare, is_title_word

_TOKEN: Final = re.compile(
    r"(?:[A-Z]\.)+(?:[A-Z]\b)?|(?:Inc|Corp|Co|Ltd|Bros|Cos|St|Mt|Ft|Jr|Sr)\.|[\w\u0300-\u036f]+(?:['’&-][\w\u0300-\u036f]+)*"
)
# Longer gaps are rows of dots or dashes; looking at all of one from each of its dots would not be linear.
_LONGEST_GAP_CHARS: Final = 20
_POSSESSIVE: Final = re.compile(r"['’]s$")
_PLACE_PREPOSITIONS: Final = frozenset(
    ["in", "at", "near", "from", "outside", "around", "throughout", "across"]
)
_SENTENCE_END: Final = re.compile(r"[.!?:;]+[\"'”’)]*\s|[\n\"“‘(]|^\s*[-–—*]")

# What a word is counted for.
LOWER, CAPITAL, ACRONYM, PLACE, PERSON, ORGANISATION = (
    "lower",
    "capital",
    "acronym",
    "place",
    "person",
    "organisation",
)
KINDS_OF_COUNT: Final = (LOWER, CAPITAL, ACRONYM, PLACE, PERSON, ORGANISATION)


class Word(NamedTuple):
    """A word of a text with its place, without a possessive ending."""

    text: str
    start: int
    end: int
    starts_sentence: bool


class CasingStatistics:
    """Count for each word how the collection writes it; feed it every article once."""

    def __init__(self, counts: dict[str, dict[str, int]] | None = None):
        self._counts: dict[str, Counter[str]] = {
            kind: Counter((counts or {}).get(kind)) for kind in KINDS_OF_COUNT
        }

    def update(self, text: str) -> None:
        """Count the words of one article; lines all in capitals say nothing and are passed over."""
        for line in text.splitlines():
            if not line.isupper():
                self._count_line(list(iter_words(line)))

    def count(self, kind: str, word: str) -> int:
        """Return how often a word was seen in a role (LOWER, CAPITAL, PLACE ...)."""
        return self._counts[kind][word.lower()]

    def capital_share(self, word: str) -> float | None:
        """Return which part of a word's uses inside sentences have a capital; None if there were none."""
        capital = self.count(CAPITAL, word) + self.count(ACRONYM, word)
        seen = capital + self.count(LOWER, word)
        return capital / seen if seen else None

    def to_dict(self) -> dict[str, dict[str, int]]:
        """Return all counts as plain data, fit for JSON."""
        return {kind: dict(counter) for kind, counter in self._counts.items()}

    @classmethod
    def from_dict(cls, counts: dict[str, dict[str, int]]) -> Self:
        """Rebuild statistics from what to_dict gave."""
        return cls(counts)

    def _count_line(self, words: list[Word]) -> None:
        for position, word in enumerate(words):
            kind = _written(word)
            if kind and not (word.starts_sentence and kind != LOWER):
                self._counts[kind][word.text.lower()] += 1
            if kind in (CAPITAL, ACRONYM):
                before = words[position - 1] if position else None
                after = words[position + 1] if position + 1 < len(words) else None
                self._count_company(word, before, after)

    def _count_company(self, word: Word, before: Word | None, after: Word | None) -> None:
        key = word.text.lower()
        touches_next = after and after.start - word.end == 1 and after.text[:1].isupper()
        if before and before.text.lower() in _PLACE_PREPOSITIONS and not touches_next:
            self._counts[PLACE][key] += 1
        elif (
            before
            and is_title_word(before.text)
            and word.start - before.end <= 2
            and len(bare(before.text)) > 1
        ):
            self._counts[PERSON][key] += 1


def iter_words(text: str) -> Iterator[Word]:
    """Yield the words of a text in order; dotted initials are one word, a possessive ending is cut."""
    last_end = 0
    for found in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", found[0])
        between = text[last_end : found.start()]
        yield Word(word, found.start(), found.start() + len(word), not last_end or _is_sentence_end(between))
        last_end = found.end()


def _is_sentence_end(between: str) -> bool:
    return bool(_SENTENCE_END.search(between[:_LONGEST_GAP_CHARS]))


def _written(word: Word) -> str | None:
    """Return how a word is written; None if it cannot show case."""
    text = word.text
    if text.lower() in FUNCTION_WORDS and not text.islower():
        return None
    if text.islower():
        return LOWER
    if len(text) > 1 and text.isupper():
        return ACRONYM
    return CAPITAL if text[:1].isupper() else None
