"""Take titles and honorifics off a person's name."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from archive.names.vocabulary import load_words

COURTESIES: Final = load_words("courtesies")
REGNAL: Final = load_words("regnal")
_OFFICES: Final = load_words("offices")
_MODIFIERS: Final = load_words("title_modifiers")
ORGANISATION_WORDS: Final = load_words("organisation_words")
# Copy repeats its words: what was found out about so many of them is remembered.
MOST_REMEMBERED: Final = 20_000

_DEMONYM: Final = re.compile(r"[A-Z][a-z]+(?:ian|ish|ese|can|nian)$")
_SUFFIX: Final = re.compile(r"(?:,\s*|\s+)(?:Jr|Sr|II|III|IV|MP|MEP|PhD|Ph\.D|MD|M\.D|KC|QC|OBE|CBE|Esq)\.?$")


class SplitName(NamedTuple):
    """A name parted into its title (empty if there is none) and the name proper."""

    title: str
    name: str


def split_title(name: str) -> SplitName:
    """Part a leading title from a person's name; at least one word always stays in the name.

    "Iranian Foreign Minister Javad Zarif" gives ("Iranian Foreign Minister", "Javad Zarif"). Organisations
    that begin like a title ("General Motors") stay whole. Suffixes such as "Jr." and "MP" fall away too.
    """
    words = name.split()
    cut = _title_length(words)
    rest = _SUFFIX.sub("", " ".join(words[cut:]))
    if cut and (any(map(is_organisation_word, words[cut:])) or _is_office(words[:cut], words[cut:])):
        return SplitName("", name.strip())
    return SplitName(" ".join(words[:cut]), rest)


def _is_office(title: list[str], rest: list[str]) -> bool:
    """Tell an office without its holder (Chief Justice, Attorney General) from a name (Dr. King)."""
    return bare(title[0]) not in COURTESIES and all(is_title_word(word) for word in rest)


@lru_cache(maxsize=MOST_REMEMBERED)
def is_organisation_word(word: str) -> bool:
    """Tell whether a word names a kind of organisation (Agency, Ministry, Corp.)."""
    return bare(word) in ORGANISATION_WORDS


@lru_cache(maxsize=MOST_REMEMBERED)
def is_title_word(word: str) -> bool:
    """Tell whether a word alone can be a title before a name (Mr., Senator, King)."""
    key = bare(word)
    return key in COURTESIES or key in REGNAL or key in _OFFICES


def bare(word: str) -> str:
    """Return a word in lower case without full stops and commas around it."""
    return word.strip(".,;:()").lower()


def _title_length(words: list[str]) -> int:
    """Count the leading words that make up a title; the last of them is a title word itself."""
    length = 0
    for position, word in enumerate(words[:-1]):
        if is_title_word(word):
            length = position + 1
        elif not is_title_modifier(word):
            break
    if words[length : length + 1] == ["of"] and len(words) > length + 2:
        return length + 2  # Secretary of State, Minister of Defence
    return length


@lru_cache(maxsize=MOST_REMEMBERED)
def is_title_modifier(word: str) -> bool:
    """Tell whether a word may stand inside a title, before the office (Deputy, Foreign, Iranian)."""
    # "ex-president" and "vice-chairman" are titles by their last part.
    return bare(word) in _MODIFIERS or bool(_DEMONYM.match(word)) or is_title_word(word.rpartition("-")[2])
