"""Reads the title that copy gives a person beside the name: before it, or in apposition after it."""

import re
from typing import Final

from archive.names.titles import COURTESIES, bare, is_title_modifier, is_title_word
from archive.names.vocabulary import load_words

MOST_TITLE_CHARS: Final = 120
_MOST_WORDS: Final = 6
_MOST_DEPARTMENT_WORDS: Final = 2
_NO_DEPARTMENT: Final = load_words("function_words") | load_words("calendar_words")
_REACH_CHARS: Final = 90
_BEFORE: Final = re.compile(r"(?:[\w.'’-]+ ){1,6}\Z")
# ", the fisheries minister of Varra," but not ", who was a minister,".
_APPOSITION: Final = re.compile(
    r", (?:(?:the|a|an|its|his|her|their) )?((?:[\w'’-]+ ){0,6}?[\w'’-]+)"
    r"(?=,|\.|;| (?:said|says|told|and|who|was|is|has|had)\b)"
)


def find_title(text: str, start: int, end: int) -> str:
    """Return the title of the person named at text[start:end], as printed; "" if none stands there."""
    return _before(text, start) or _after(text, end)


def _before(text: str, start: int) -> str:
    found = _BEFORE.search(text, max(0, start - _REACH_CHARS), start)
    if found is None:
        return ""
    words = found[0].split()
    first = len(words)
    while first > 0 and (is_title_word(words[first - 1]) or is_title_modifier(words[first - 1])):
        first -= 1
    if first < len(words):
        first = _with_department(words, first)
    title = words[first:]
    while title and not _is_capital_or_title(title[0]):
        title = title[1:]
    return " ".join(title)[:MOST_TITLE_CHARS] if _names_an_office(title) else ""


def _with_department(words: list[str], first: int) -> int:
    """Take along what an office is for (Fisheries Minister), which no list can hold."""
    least = max(0, first - _MOST_DEPARTMENT_WORDS)
    while first > least and words[first - 1].istitle() and words[first - 1].lower() not in _NO_DEPARTMENT:
        first -= 1
    return first


def _is_capital_or_title(word: str) -> bool:
    return word[:1].isupper() or is_title_word(word)


def _after(text: str, end: int) -> str:
    found = _APPOSITION.match(text, end, end + _REACH_CHARS)
    if found is None:
        return ""
    words = found[1].split()
    offices = [word for word in words if is_title_word(word)]
    if not offices or not _names_an_office(offices) or not words[0][:1].isalpha():
        return ""
    # A description begins with its office or what qualifies it: "minister of trade", "deputy party leader".
    before = words[: words.index(offices[0])]
    return found[1][:MOST_TITLE_CHARS] if len(before) < _MOST_WORDS - 1 else ""


def _names_an_office(words: list[str]) -> bool:
    """Tell an office from a courtesy: Minister, but not Mr."""
    return any(is_title_word(word) and bare(word) not in COURTESIES for word in words)
