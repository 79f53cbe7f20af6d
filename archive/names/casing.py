"""Learn from a collection's own copy which words it writes with a capital, and in what company they stand."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple, Self

from archive.names.context import FUNCTION_WORDS
from archive.names.titles import bare, is_title_word

# What stands before a word, and the word. Plain words in lower case, four in five, are tried first.
_GAP_AND_TOKEN: Final = re.compile(
    r"([^\w\u0300-\u036f]*+)("
    r"[a-z]++(?![\w\u0300-\u036f'’&-])"
    r"|(?=[A-Z])(?:(?:[A-Z]\.)+(?:[A-Z]\b)?|(?:Inc|Corp|Co|Ltd|Bros|Cos|St|Mt|Ft|Jr|Sr)\.)"
    r"|[\w\u0300-\u036f]+(?:['’&-][\w\u0300-\u036f]+)*)"
)
# Longer gaps are rows of dots or dashes; looking at all of one from each of its dots would not be linear.
_LONGEST_GAP_CHARS: Final = 20
_MOST_REMEMBERED: Final = 4_096
_POSSESSIVES: Final = ("'s", "’s")
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


class Line(NamedTuple):
    """A line of a text and its words, whose places are those in the text."""

    text: str
    words: list[Word]


def split_lines(text: str) -> list[Line]:
    """Return the lines of a text with their words: cut once, for counting them and for finding names."""
    lines, place = [], 0
    for line in text.splitlines(keepends=True):
        end = place + len(line)
        lines.append(Line(line, _words_of_line(text, place, end)))
        place = end
    return lines


class CasingStatistics:
    """Count for each word how the collection writes it; feed it every article once."""

    def __init__(self, counts: dict[str, dict[str, int]] | None = None):
        self._counts: dict[str, Counter[str]] = {
            kind: Counter((counts or {}).get(kind)) for kind in KINDS_OF_COUNT
        }

    def update(self, text: str) -> None:
        """Count the words of one article; lines all in capitals say nothing and are passed over."""
        self.update_lines(split_lines(text))

    def update_lines(self, lines: Iterable[Line], *, with_company: bool = True) -> None:
        """Count the words of lines; without their company, how they are written is all that is counted."""
        for line in lines:
            if not line.text.isupper():
                self._count_line(line.words, with_company)

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

    def _count_line(self, words: list[Word], with_company: bool) -> None:
        # Nine words in ten are in lower case: those are counted all at once.
        self._counts[LOWER].update([word.text for word in words if word.text.islower()])
        for position, word in enumerate(words):
            kind = None if word.text.islower() else _written(word.text)
            if kind and not word.starts_sentence:
                self._counts[kind][word.text.lower()] += 1
            if kind and with_company:
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


def _words_of_line(text: str, start: int, end: int) -> list[Word]:
    """Return the words of text[start:end]; dotted initials are one word, a possessive ending is cut."""
    words: list[Word] = []
    place = start
    for gap, token in _GAP_AND_TOKEN.findall(text, start, end):
        place += len(gap)
        word = token[:-2] if token.endswith(_POSSESSIVES) else token
        begins = not words or (gap != " " and _is_sentence_end(gap[:_LONGEST_GAP_CHARS]))
        words.append(Word(word, place, place + len(word), begins))
        place += len(token)
    return words


@lru_cache(maxsize=_MOST_REMEMBERED)
def _is_sentence_end(between: str) -> bool:
    return bool(_SENTENCE_END.search(between))


def _written(text: str) -> str | None:
    """Return how a word that is not in lower case is written; None if it cannot show case."""
    if text.lower() in FUNCTION_WORDS:
        return None
    if len(text) > 1 and text.isupper():
        return ACRONYM
    return CAPITAL if text[:1].isupper() else None
