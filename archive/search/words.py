"""One word of a question -> a leaf of the tree: plain, a beginning, a shape, or its near spellings."""

import re
from typing import Final

from archive.search.fields import (
    LEAST_LETTERS_BEFORE_STAR,
    LONG_WORD_LETTERS,
    MAX_DISTANCE_WORDS,
    MAX_EDITS,
)
from archive.search.tokens import has_letter, is_operator, trimmed
from archive.search.tree import Fuzzy, Leaf, Near, Node, Note, Phrase, Prefix, Wildcard, Word

# The fraction of older engines says how alike words must be; it counts as no number.
_FUZZY: Final = re.compile(r"(.+?)~(?:0?\.[0-9]+|([0-9]{0,2}))")
_SPECIAL: Final = re.compile(r"[*?~]")
# What makes a word between quotes more than a word: a star, a question mark within it, a tilde.
_SHAPED: Final = re.compile(r"\w\*|\w\?+\w|\w~[0-9]?$")
_JOINED_OPERATOR: Final = re.compile(r"[^\W\d]+(?=\d)")
_PARTS: Final = re.compile(r"[^\w*?]+")
_NOT_IN_WORDS: Final = re.compile(r"[*?~:=<>≥≤|()]")


def read_word(text: str, start: int, end: int, notes: list[Note]) -> Node | None:
    """Read a word with its star, question marks or tilde; None if there is nothing to look for."""
    text = trimmed(text)
    if match := _FUZZY.fullmatch(text):
        return _fuzzy(match, start, end, notes)
    text = trimmed(text, keep="*")
    if not has_letter(text):
        return None
    return _starred(text, start, end, notes) if _SPECIAL.search(text) else Word(start, end, text)


def _fuzzy(match: re.Match, start: int, end: int, notes: list[Note]) -> Leaf | None:
    text, typed = match.groups()
    if not text.isalnum():
        notes.append(Note(f"Near spellings work for single words; “{text}” was read as it is.", start, end))
        return _plain(text, start, end)
    edits = int(typed) if typed else (2 if len(text) >= LONG_WORD_LETTERS else 1)
    if edits > MAX_EDITS:
        notes.append(Note(f"At most {MAX_EDITS} letters of a word may differ.", start, end))
    return Fuzzy(start, end, text, max(1, min(edits, MAX_EDITS)))


def _starred(text: str, start: int, end: int, notes: list[Note]) -> Node | None:
    """Read stars and question marks; where they cannot be used, the word goes without them."""
    parts = [part for part in _PARTS.split(text) if has_letter(part)]
    leaves = [_shape(part, start, end) for part in parts]
    if not leaves or None in leaves:
        notes.append(
            Note(
                f"A star needs at least {LEAST_LETTERS_BEFORE_STAR} letters before it and a question mark "
                f"one; “{text}” was read without.",
                start,
                end,
            )
        )
        return _plain(text, start, end)
    return leaves[0] if len(leaves) == 1 else Near(start, end, tuple(leaves), 1, ordered=True)


def _shape(part: str, start: int, end: int) -> Leaf | None:
    """Return the leaf of a part without punctuation; None if too few letters stand before its star."""
    part = part.rstrip("?")
    if not _SPECIAL.search(part):
        return Word(start, end, inner_word(part))
    stem = part.rstrip("*")
    before_star = part.partition("*")[0]
    if "?" in part[:1] or ("*" in part and len(before_star.replace("?", "")) < LEAST_LETTERS_BEFORE_STAR):
        return None
    return Wildcard(start, end, part) if _SPECIAL.search(stem) else Prefix(start, end, stem)


def _plain(text: str, start: int, end: int) -> Word | None:
    text = trimmed(_SPECIAL.sub("/", text), keep="")
    return Word(start, end, _no_operator(text)) if has_letter(text) else None


def _no_operator(text: str) -> str:
    if not is_operator(text):
        return text
    return _JOINED_OPERATOR.sub(r"\g<0>-", text.lower().replace("/", "-"), count=1)


def inner_word(text: str) -> str:
    """Return a word so that it stays a word wherever it is written."""
    text = trimmed(_NOT_IN_WORDS.sub("/", text), keep="")
    text = text[next((at for at, char in enumerate(text) if char == "_" or char.isalnum()), 0) :]
    return _no_operator(text)


def read_phrase(text: str, slop: int | None, start: int, end: int, notes: list[Note]) -> Node | None:
    """Read what stood between quotes: a phrase, words near each other, or a phrase with stars in it."""
    if not has_letter(text):
        return None
    words = [word for word in text.split() if has_letter(word)]
    if len(words) > 1 and (slop is not None or any(map(_SHAPED.search, words))):
        parts = _parts(words, start, end, notes)
        if slop is not None:
            return Near(start, end, parts, distance(slop, start, end, notes))
        return Near(start, end, parts, 1, ordered=True)
    return Phrase(start, end, text)


def _parts(words: list[str], start: int, end: int, notes: list[Note]) -> tuple[Leaf, ...]:
    """Return the words between quotes; one that can have no star or tilde goes without."""
    parts = []
    for word in words:
        part = read_word(word.lstrip("*?~=-"), start, end, notes) if _SHAPED.search(word) else None
        shaped = isinstance(part, Prefix | Wildcard | Fuzzy)
        parts.append(part if shaped else Word(start, end, inner_word(word)))
    return tuple(parts)


def distance(words: int | None, start: int, end: int, notes: list[Note]) -> int:
    """Return how far apart, within the limit."""
    if words > MAX_DISTANCE_WORDS:
        notes.append(Note(f"“Near” reaches at most {MAX_DISTANCE_WORDS} words.", start, end))
    return max(1, min(words, MAX_DISTANCE_WORDS))
