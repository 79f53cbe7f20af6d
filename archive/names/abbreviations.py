"""Read abbreviations that a story explains itself: "Long Name (LN)" and "LN (Long Name)".

Initials of capitalised words are tried first, then the method of A. Schwartz and M. Hearst, "A simple
algorithm for identifying abbreviation definitions in biomedical text" (2003): the letters of the short form
are looked for from right to left in the words before it, and the first letter must begin a word.
"""

import re
from typing import Final, NamedTuple

_LONGEST_SHORT_CHARS: Final = 10
_LONGEST_LONG_CHARS: Final = 150
_BRACKETS: Final = re.compile(r"\(([^()\n]{2,150})\)")
_SHORT: Final = re.compile(r"(?:the\s+)?[\"“'‘]?([^\W_][\w.&/-]{1,9})[\"”'’]?(?=[,;]|$)")
_LAST_WORD: Final = re.compile(r"[\w.&/-]+(?=\s*\Z)")
_WORD: Final = re.compile(r"[\w'’.&]+")
# A long form does not reach over the end of a clause.
_CLAUSE_END: Final = re.compile(r"[,;:!?()\[\]\"“”]|[.](?=\s+[A-Z])|\n")


class Abbreviation(NamedTuple):
    """A long name and its short form, each with its place in the text."""

    long: str
    long_start: int
    long_end: int
    short: str
    short_start: int
    short_end: int


def find_abbreviations(text: str) -> list[Abbreviation]:
    """Return the abbreviations that a text explains, in the order of their short forms."""
    brackets = _BRACKETS.finditer(text)
    found = (_explained_before(text, bracket) or _explained_inside(text, bracket) for bracket in brackets)
    return [abbreviation for abbreviation in found if abbreviation]


def _explained_before(text: str, bracket: re.Match[str]) -> Abbreviation | None:
    """Read "Long Name (LN)"."""
    short = _SHORT.match(bracket[1])
    if not short or not _looks_short(short[1]):
        return None
    end = _trimmed(text, bracket.start())
    start = _long_start(text, max(0, end - _LONGEST_LONG_CHARS), end, short[1])
    short_start = bracket.start(1) + short.start(1)
    if start is None:
        return None
    return Abbreviation(text[start:end], start, end, short[1], short_start, short_start + len(short[1]))


def _explained_inside(text: str, bracket: re.Match[str]) -> Abbreviation | None:
    """Read "LN (Long Name)"."""
    begin = max(0, bracket.start() - _LONGEST_SHORT_CHARS - 2)
    short = _LAST_WORD.search(text[begin : bracket.start()])
    if not short or not _looks_short(short[0]):
        return None
    start = _long_start(text, bracket.start(1), bracket.end(1), short[0])
    if start != bracket.start(1) and not (start and bracket[1][: start - bracket.start(1)].lower() == "the "):
        return None
    place = begin + short.start()
    return Abbreviation(
        text[start : bracket.end(1)], start, bracket.end(1), short[0], place, place + len(short[0])
    )


def _trimmed(text: str, end: int) -> int:
    while end > 0 and text[end - 1] in " \u00a0\"”'’":
        end -= 1
    return end


def _looks_short(short: str) -> bool:
    """Tell whether a word can be an abbreviation: at least two capitals, and most of its letters are."""
    letters = [letter for letter in short if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return len(short) <= _LONGEST_SHORT_CHARS and capitals >= 2 and capitals * 2 > len(letters)


def _long_start(text: str, begin: int, end: int, short: str) -> int | None:
    """Return where the shortest long form begins whose letters give the short form in order."""
    breaks = [found.end() for found in _CLAUSE_END.finditer(text, begin, end)]
    begin = max([begin, *breaks])
    wanted = [letter.lower() for letter in short if letter.isalnum()]
    words = list(_WORD.finditer(text, begin, end))[-_most_words(wanted) :]
    if not words:
        return None
    if initial := _spelt_by_initials(words, wanted):
        return initial.start()
    place = end
    for number, letter in reversed(list(enumerate(wanted))):
        place = _rightmost(text, words[0].start(), place, letter, must_begin_word=number == 0)
        if place < 0:
            return None
    return place if _is_long_form(text[place:end], wanted) else None


def _spelt_by_initials(words: list[re.Match[str]], wanted: list[str]) -> re.Match[str] | None:
    """Return the first of the last words whose capital initials are the short form, small words left out."""
    capital = [word for word in words if word[0][0].isupper()][-len(wanted) :]
    initials = [word[0][0].lower() for word in capital]
    return capital[0] if initials == wanted and words[-1] == capital[-1] else None


def _most_words(wanted: list[str]) -> int:
    return min(len(wanted) + 5, len(wanted) * 2)


def _rightmost(text: str, begin: int, end: int, letter: str, must_begin_word: bool) -> int:
    """Return the last place of a letter before end, -1 if there is none."""
    for place in range(end - 1, begin - 1, -1):
        begins_word = place == 0 or not text[place - 1].isalnum()
        if text[place].lower() == letter and (begins_word or not must_begin_word):
            return place
    return -1


def _is_long_form(long: str, wanted: list[str]) -> bool:
    """Tell a name from words that merely have the letters: it begins with a capital and has more to it."""
    return long[:1].isupper() and len(long) > len(wanted) + 1 and len(long.split()) > 1
