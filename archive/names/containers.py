"""Tell a place from the same word inside a longer name: Varra, but not the Varra Wire.

What belongs to the place itself still speaks of it: Varra police, the Varra Government, the Mayor of Varra.
"""

import re
from typing import Final

from archive.names.context import CALENDAR_WORDS, in_capitals, starts_sentence
from archive.names.titles import ORGANISATION_WORDS, bare, is_title_modifier, is_title_word
from archive.names.vocabulary import load_words

_ENDINGS: Final = (ORGANISATION_WORDS - load_words("place_bodies")) | load_words("place_enders")
_DIRECTIONS: Final = frozenset(
    ["north", "south", "east", "west", "new", "port", "fort", "lake", "mount", "cape"]
)
# A headline with a capital on every word tells nothing about where a name ends.
_MOST_WORDS: Final = 4
_REACH_CHARS: Final = 80
_WORDS_AFTER: Final = re.compile(r"(?: [A-Z][\w'’&.-]*)+")
_HEAD_BEFORE: Final = re.compile(r"\b([A-Z]\w+) of (?:the )?\Z")
_WORD_BEFORE: Final = re.compile(r"\b([A-Z]\w+) \Z")


def is_inside_other_name(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a place, text[start:end], make a name of something else of it."""
    goes_on = text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()
    if not goes_on and text[start - 1 : start] != " ":
        return False
    if in_capitals(text, start, end):
        return False
    return (goes_on and _ends_otherwise(text, end)) or _begins_otherwise(text, start)


def _ends_otherwise(text: str, end: int) -> bool:
    found = _WORDS_AFTER.match(text, end, end + _REACH_CHARS)
    words = found[0].split() if found else []
    if len(words) > _MOST_WORDS:
        return False
    for word in words:
        if is_title_word(word) or is_title_modifier(word) or bare(word) in CALENDAR_WORDS:
            return False
        if bare(word).removesuffix("'s").removesuffix("’s") in _ENDINGS:
            return True
        if word.endswith((".", ",")):
            return False
    return False


def _begins_otherwise(text: str, start: int) -> bool:
    before = text[max(0, start - _REACH_CHARS) : start]
    if head := _HEAD_BEFORE.search(before):
        return head[1].lower() in _ENDINGS
    word = _WORD_BEFORE.search(before)
    if word is None or word[1].lower() not in _DIRECTIONS:
        return False
    # "New Varra law" begins a sentence, "in New Varra" does not.
    return not starts_sentence(text, start - len(before) + word.start())
