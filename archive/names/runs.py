"""Find runs of words that are written as names are: the spans, not yet their kinds."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from archive.names.casing import CasingStatistics, Line, Word, split_lines
from archive.names.context import CALENDAR_WORDS, FUNCTION_WORDS
from archive.names.gazetteer import EVENT_WORDS, PLACE_WORDS, is_demonym, is_given_name, is_place
from archive.names.titles import (
    COURTESIES,
    REGNAL,
    bare,
    is_organisation_word,
    is_title_modifier,
    is_title_word,
)
from archive.names.vocabulary import load_words

_PARTICLES: Final = load_words("particles")
_LINKS: Final = frozenset(["of", "for", "on"])
_HEADS_OF: Final = load_words("heads_before_of")
# These are names as often as titles, once something stands before them.
_NEVER_INSIDE: Final = (COURTESIES | REGNAL | load_words("leading_adjectives")) | frozenset(
    [
        "private",
        "head",
        "chief",
        "father",
        "sister",
        "brother",
        "mother",
        "chair",
        "count",
        "speaker",
        "judge",
    ]
)
_OFFICES_OF_STATE: Final = frozenset(
    ["state", "defense", "defence", "interior", "justice", "finance", "commerce"]
)
_LONGEST_WORD_CHARS: Final = 50
_MOST_REMEMBERED: Final = 20_000
_ENDINGS: Final = _PARTICLES | _LINKS
_GAP: Final = re.compile(r" |\. ?|-| ?& ?|/|' ")
# Longer runs are lists in capitals, not names; the bound keeps hostile text linear.
_MOST_WORDS: Final = 12
_HAS_DIGIT: Final = re.compile(r"\d")
# U.S.-led and Paris-based are no names; Shu-yin is one.
_COMPOUND_TAIL: Final = re.compile(
    r"-(?:\w*(?:ed|ing)|based|born|wide|style|run|held|era|old|bound|like|made|free|day|year|level|owned|long|\w{7,})$"
)
_NOT_NAMES: Final = load_words("not_names")
_ADJECTIVES: Final = load_words("leading_adjectives")
_DIRECTIONS: Final = frozenset(
    ["north", "south", "east", "west", "northern", "southern", "eastern", "western", "latin"]
)


class Run(NamedTuple):
    """Consecutive words that look like one name."""

    words: tuple[Word, ...]
    in_capitals: bool

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


def find_runs(text: str, statistics: CasingStatistics, lines: list[Line] | None = None) -> list[Run]:
    """Return the runs of a text in order, titles and nationalities in front cut off.

    `lines` are those of `split_lines`, from somebody who has them already.
    """
    runs: list[Run] = []
    for line in split_lines(text) if lines is None else lines:
        runs += _runs_of_line(text, line.words, _is_in_capitals(line.text), statistics)
    return runs


def _is_in_capitals(line: str) -> bool:
    return line.isupper() and len(line.split()) > 2


def _runs_of_line(
    text: str, words: list[Word], capitals: bool, statistics: CasingStatistics
) -> Iterator[Run]:
    looks = [
        word.text[0].isupper() and _looks_like_name(words, position, capitals, statistics)
        for position, word in enumerate(words)
    ]
    if True not in looks:
        return
    _bridge(words, looks)
    current: list[Word] = []
    for word, is_name in zip(words, looks, strict=True):
        is_full = len(current) >= _MOST_WORDS
        if current and (is_full or not is_name or not _GAP.fullmatch(text[current[-1].end : word.start])):
            yield from _trimmed(current, capitals)
            current = []
        if is_name:
            current.append(word)
    yield from _trimmed(current, capitals)


def _looks_like_name(words: list[Word], position: int, capitals: bool, statistics: CasingStatistics) -> bool:
    word = words[position]
    key = word.text.lower()
    if len(word.text) > _LONGEST_WORD_CHARS or not _is_word_of_names(word.text):
        return False
    if key in FUNCTION_WORDS and not (len(key) < 4 and word.text.isupper() and not capitals and len(key) > 1):
        return False
    if key in CALENDAR_WORDS or key in _NOT_NAMES:
        return False
    if capitals:
        return _is_name_in_capitals(key, statistics) or _is_part_of_place(words, position)
    return not word.starts_sentence or _is_name_at_start(words, position, statistics)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _is_word_of_names(word: str) -> bool:
    return not (_HAS_DIGIT.search(word) or _COMPOUND_TAIL.search(word))


def _is_name_in_capitals(key: str, statistics: CasingStatistics) -> bool:
    share = statistics.capital_share(key)
    return share > 0.5 if share is not None else is_place(key) or is_given_name(key)


def _is_part_of_place(words: list[Word], position: int) -> bool:
    """Tell whether a word and its neighbour are a place together (NEW YORK)."""
    around = words[max(0, position - 1) : position + 2]
    return any(is_place(f"{one.text} {other.text}") for one, other in pairwise(around))


def _is_name_at_start(words: list[Word], position: int, statistics: CasingStatistics) -> bool:
    """Decide about a capital that the start of a sentence would explain as well."""
    word = words[position]
    share = statistics.capital_share(word.text)
    if word.text.lower() in _ADJECTIVES and not _precedes_capital(words, position):
        return False
    if share is not None:
        return share > 0.4
    if len(word.text) > 1 and word.text.isupper():
        return True
    if word.text.endswith("ing") and not is_place(word.text):
        return False
    return (
        _precedes_capital(words, position)
        or is_place(word.text)
        or is_given_name(word.text)
        or not _is_inflected(word.text)
    )


def _precedes_capital(words: list[Word], position: int) -> bool:
    if position + 1 == len(words):
        return False
    word, after = words[position], words[position + 1]
    return after.text[0].isupper() and after.start - word.end == 1


def _is_inflected(word: str) -> bool:
    return word.endswith(("ing", "ed", "ly", "ion", "ions", "ers", "ies", "ment", "ments"))


def _bridge(words: list[Word], looks: list[bool]) -> None:
    """Count small words inside names as parts of them: Bank of Japan, Ursula von der Leyen."""
    has_link = False
    for position in range(1, len(words) - 1):
        key = words[position].text
        if looks[position] or not looks[position - 1]:
            has_link = has_link and looks[position]
        elif key == "of" and words[position + 1].text.lower() in _OFFICES_OF_STATE:
            looks[position] = looks[position + 1]
        elif _links(key, words[position - 1].text, has_link):
            looks[position] = has_link = looks[position + 1]
        elif key in _PARTICLES:
            _bridge_particles(words, looks, position)


def _links(key: str, before: str, has_link: bool) -> bool:
    """Tell whether a word carries a name on: Organisation for Security and Cooperation in Europe."""
    return (key in _LINKS and before.lower() in _HEADS_OF) or (has_link and key in ("and", "in"))


def _bridge_particles(words: list[Word], looks: list[bool], position: int) -> None:
    last = position
    while last + 1 < len(words) and words[last + 1].text in _PARTICLES:
        last += 1
    if last + 1 < len(words) and looks[last + 1]:
        looks[position : last + 1] = [True] * (last + 1 - position)


def _trimmed(words: list[Word], capitals: bool) -> Iterator[Run]:
    """Yield what is left of a run without titles, nationalities and small words around the names."""
    for part in _between_titles(words):
        end = len(part)
        while end and part[end - 1].text in _ENDINGS:
            end -= 1
        rest = part[_length_of_people([word.text for word in part[:end]]) : end]
        if rest and not _says_nothing([word.text for word in rest]):
            yield Run(tuple(rest), capitals)


def _between_titles(words: list[Word]) -> Iterator[list[Word]]:
    """Part a run at the titles in it: U.S. | Secretary of State John Kerry; Cofinec | CEO Stephen Frater."""
    start, end = _title_in([word.text for word in words])
    if end:
        # A country in front of a title is a name of its own; a ministry in front of it is part of the title.
        before = words[:start]
        while before and is_title_modifier(before[-1].text) and not is_place(before[-1].text):
            before = before[:-1]
        yield before
        yield from _between_titles(words[end:])
    else:
        yield words


def _title_in(words: list[str]) -> tuple[int, int]:
    """Return the span of the first title that has a name after it, (0, 0) if there is none."""
    for position, word in enumerate(words[:-1]):
        if is_title_word(word) and not any(map(is_organisation_word, words[position:])):
            if position and (bare(word) in _NEVER_INSIDE or not word[0].isupper()):
                continue
            end = position + 1
            if words[end] == "of" and end + 2 < len(words):
                end += 2
            return position, end
        if position == 0 and word in _ENDINGS:
            return 0, 1
    return 0, 0


def _length_of_people(words: list[str]) -> int:
    if len(words) > 1 and is_people(words[0]) and not _names_a_body(words[-1]):
        return 1
    return 0


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_people(word: str) -> bool:
    """Tell whether a word is a nationality and not also a place (Georgian, not Niger)."""
    return is_demonym(word) and not is_place(word)


def _says_nothing(words: list[str]) -> bool:
    """Tell whether only nationalities, directions, titles or one letter are left."""
    if len(words) == 1 and (
        len(words[0].strip(".")) == 1 or is_title_word(words[0]) or words[0].lower() in _ADJECTIVES
    ):
        return True
    return all(is_people(word) or word.lower() in _DIRECTIONS for word in words) and any(
        map(is_people, words)
    )


def _names_a_body(word: str) -> bool:
    return is_organisation_word(word) or word.lower() in PLACE_WORDS or word.lower() in EVENT_WORDS


__all__ = ["Run", "find_runs", "is_people"]
