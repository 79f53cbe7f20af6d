"""Reduce a text to the letters that tell names apart, and remember where each letter stood.

Case, accents, hyphens, spaces and apostrophes go; Persian and Arabic letter forms become one. Works on whole
arrays of code points: a megabyte takes some 30 ms.
"""

import sys
import unicodedata
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from archive.names.transliteration import LETTER_FORMS

APOSTROPHES: Final = "'’‘ʼ`´′＇ʻʿʾ"
HYPHENS: Final = "-‐‑‒–—−\u00ad"
SPACES: Final = " \t\n\r\u00a0\u2009\u200a\u202f\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

# Marks that only decorate a letter. Vowel signs of Indian and South-East Asian scripts are letters and stay.
_MARKS: Final = ((0x0300, 0x0370), (0x0591, 0x05BE), (0x05BF, 0x05C8), (0x064B, 0x0660), (0x0670, 0x0671))
# Scripts without spaces between words, and Hangul, which glues particles to names.
_UNSPACED: Final = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF),
    (0x3400, 0x9FFF), (0xAC00, 0xD7A3),
)  # fmt: skip
_SURROGATES: Final = slice(0xD800, 0xE000)
_TABLE_SIZE: Final = 0x10000
_LONGEST_EXPANSION: Final = 3
_UTF32: Final = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"

NO_WORD, WORD, UNSPACED_WORD = 0, 1, 2


class Squeezed(NamedTuple):
    """The letters kept, and for each of them its index in the text it came from."""

    letters: str
    offsets: np.ndarray


def squeeze(text: str) -> Squeezed:
    """Return the letters of a text that tell names apart, with their places."""
    if text.isascii():
        return _squeeze_ascii(text)
    codes = code_points(text)
    expansions, lengths = _expansions()
    small = np.minimum(codes, _TABLE_SIZE - 1)
    counts = np.where(codes < _TABLE_SIZE, lengths[small], 1)
    if counts.max() == 1 and codes.max() < _TABLE_SIZE:
        offsets = np.flatnonzero(counts).astype(np.uint32)
        letters = expansions[codes[offsets], 0]
        return Squeezed(letters.tobytes().decode(_UTF32, "surrogatepass"), offsets)
    counts = counts.astype(np.int64)
    offsets = np.repeat(np.arange(len(codes), dtype=np.uint32), counts)
    first = np.cumsum(counts) - counts
    place_in_run = np.arange(len(offsets)) - first[offsets] if len(offsets) else offsets
    kept = codes[offsets]
    letters = np.where(kept < _TABLE_SIZE, expansions[np.minimum(kept, _TABLE_SIZE - 1), place_in_run], kept)
    return Squeezed(letters.astype(np.uint32).tobytes().decode(_UTF32, "surrogatepass"), offsets)


def _squeeze_ascii(text: str) -> Squeezed:
    codes = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    letters, is_kept = _ascii_letters()
    offsets = np.flatnonzero(is_kept[codes]).astype(np.uint32)
    return Squeezed(letters[codes[offsets]].tobytes().decode("ascii"), offsets)


@cache
def _ascii_letters() -> tuple[np.ndarray, np.ndarray]:
    expansions, lengths = _expansions()
    return expansions[:128, 0].astype(np.uint8), lengths[:128] == 1


def word_classes(text: str) -> np.ndarray:
    """Return for each character whether it belongs to a word: NO_WORD, WORD or UNSPACED_WORD."""
    if text.isascii():
        return _classes()[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]
    codes = code_points(text)
    classes = _classes()[np.minimum(codes, _TABLE_SIZE - 1)]
    return np.where(codes < _TABLE_SIZE, classes, NO_WORD).astype(np.uint8)


def code_points(text: str) -> np.ndarray:
    """Return the code points of a text as an array; lone surrogates pass."""
    return np.frombuffer(text.encode(_UTF32, "surrogatepass"), dtype=np.uint32)


@cache
def _expansions() -> tuple[np.ndarray, np.ndarray]:
    """Return for each code point of the basic plane what it becomes, and how many letters that is."""
    table = np.zeros((_TABLE_SIZE, _LONGEST_EXPANSION), dtype=np.uint32)
    table[:, 0] = np.arange(_TABLE_SIZE)
    lengths = np.ones(_TABLE_SIZE, dtype=np.uint8)
    table[_SURROGATES, 0] = ord("\ufffd")  # lone halves cannot be encoded for the automaton
    for code in range(_TABLE_SIZE):
        if 0x3400 <= code <= 0x9FFF or 0xAC00 <= code <= 0xF8FF:
            continue  # ideographs, Hangul, surrogates and private use stand for themselves
        letters = _letters_of(chr(code))
        if len(letters) <= _LONGEST_EXPANSION:
            lengths[code] = len(letters)
            table[code, : len(letters)] = [min(ord(letter), _TABLE_SIZE - 1) for letter in letters]
    return table, lengths


_DROPPED: Final = frozenset(APOSTROPHES + HYPHENS + SPACES)
_STROKES: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d"}
)


def _letters_of(character: str) -> str:
    if character in _DROPPED:
        return ""
    parts = unicodedata.normalize("NFKD", character.translate(LETTER_FORMS)).casefold().translate(_STROKES)
    return "".join(part for part in parts if not _is_mark(ord(part)) and part not in _DROPPED)


def _is_mark(code: int) -> bool:
    return any(start <= code < end for start, end in _MARKS)


@cache
def _classes() -> np.ndarray:
    classes = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    for code in range(_TABLE_SIZE):
        character = chr(code)
        if character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M":
            classes[code] = WORD
    for start, end in _UNSPACED:
        classes[start : end + 1] = np.where(classes[start : end + 1], UNSPACED_WORD, NO_WORD)
    return classes
