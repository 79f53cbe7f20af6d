"""The reader's text -> tokens, one at a time, each with its place. Linear in the length of the text."""

import re
import unicodedata
from typing import Final, NamedTuple

from archive.search.fields import BY_TYPED, Kind

_DOUBLE: Final = '"“”„‟＂'
_ANGLE: Final = "«»‹›「」『』"
QUOTES: Final = _DOUBLE + _ANGLE
_STOPS: Final = rf"\s()|{QUOTES}"
# A single curly mark that closes is an apostrophe as well: only a pair around whole words quotes.
_SINGLE: Final = r"‘[^‘’]*(?:’\w[^‘’]*)*’(?!\w)"
_QUOTED: Final = rf"(?:[{_DOUBLE}][^{_DOUBLE}]*[{_DOUBLE}]?|[{_ANGLE}][^{_ANGLE}]*[{_ANGLE}]?|{_SINGLE})"
_COMPARED: Final = [typed for typed, spec in BY_TYPED.items() if spec.kind in (Kind.DATE, Kind.NUMBER)]
# hd:x; and as other archives write it hd=x, hd(x), words>500.
_FIELD: Final = rf"""
    (?P<field>(?ai:{"|".join(map(re.escape, BY_TYPED))}))(?::(?=\S)|=(?=[^\s=])|(?=\())
    |(?P<compared>(?ai:{"|".join(map(re.escape, _COMPARED))}))(?=[<>≥≤])|"""
# The same sentence or paragraph: /s, w/s and what else means it elsewhere.
_UNIT: Final = r"(?:(?ai:w|n|near))?/(?ai:[sp]|sent|para)"
_REST: Final = rf"""
    (?P<open>\()|(?P<close>\))|(?P<either>\|+)
    |(?P<minus>(?<!-)-(?=[\w(=‘{QUOTES}]))
    |(?P<exact>=(?=[\w{QUOTES}]))
    |(?P<caps>(?ai:(?:all)?caps)\([^()]*\)?)
    |(?ai:atleast)(?P<atleast>[0-9]{{1,9}})(?:\s*\(|(?![^\s()|{QUOTES}]))
    |(?P<quoted>{_QUOTED})(?:~(?P<slop>[0-9]{{1,9}}))?
    |(?P<unit>{_UNIT})(?![^\s()|])
    |(?P<word>\w[^{_STOPS}]*)
"""
_WITH_FIELDS: Final = re.compile(_FIELD + _REST, re.VERBOSE)
_WITHOUT_FIELDS: Final = re.compile(_REST, re.VERBOSE)
# Factiva has near5 and adj5, without a stroke; there, adj keeps the order.
_NEAR: Final = re.compile(
    r"(?ai:(?:(?P<any>near|n|within|w)|(?P<ordered>pre|p|adj))/|near|(?P<adjacent>adj))"
    r"(?P<distance>[0-9]{1,9})|NEAR"
)
_AT_LEAST: Final = re.compile(r"(?ai:atleast)[0-9]{1,9}")
_OPERATORS: Final = (_NEAR, _AT_LEAST, re.compile(_UNIT))
_WORD_OPERATORS: Final = {"OR": "or", "AND": "and", "NOT": "not"}


class Token(NamedTuple):
    """A piece of the text. `kind` says what it is:

    open close or and not minus exact field: as they are; caps atleast quoted word: with their `text`;
    near: `number` words apart, `ordered`; unit: `text` is s or p. `number` is None where none was typed.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    number: int | None = None
    ordered: bool = False


def next_token(text: str, at: int, *, fields: bool = True) -> Token | None:
    """Return the first token from `at` on; what can start none is passed over."""
    pattern = _WITH_FIELDS if fields else _WITHOUT_FIELDS
    while at < len(text):
        if match := pattern.match(text, at):
            return _token(match)
        at += 1
    return None


def _token(match: re.Match) -> Token:
    kind, (start, end) = match.lastgroup, match.span()
    match kind:
        case "word":
            return _word(match.group(), start, end)
        case "field" | "compared":
            return Token("field", start, end, match[kind].lower())
        case "quoted" | "slop":
            slop = match["slop"]
            inner = unquoted(match["quoted"].strip("‘’"))
            return Token("quoted", start, end, inner, int(slop) if slop else None)
        case "either":
            return Token("or", start, end, match.group())
        case "caps":
            name, _, inner = match.group().partition("(")
            inner = unquoted(inner.rstrip(")"))
            return Token("caps", start, end, inner.upper() if name.lower() == "allcaps" else inner)
        case "atleast":
            return Token("atleast", start, end, number=int(match["atleast"]))
        case "unit":
            return Token("unit", start, end, match.group().partition("/")[2][0].lower())
        case _:
            return Token(kind, start, end, match.group())


def _word(raw: str, start: int, end: int) -> Token:
    text = trimmed(raw)
    if text in _WORD_OPERATORS:
        return Token(_WORD_OPERATORS[text], start, end, text)
    if near := _NEAR.fullmatch(text):
        distance, ordered = near["distance"], near["ordered"] or near["adjacent"]
        return Token("near", start, end, text, int(distance) if distance else None, bool(ordered))
    return Token("word", start, end, raw)


def clean_text(text: str) -> str:
    """Remove what no reader types: control characters and halves of surrogate pairs; fold white space."""
    kept = "".join(" " if ord(char) < 32 or ord(char) == 127 else char for char in text)
    return " ".join(kept.encode("utf-8", "ignore").decode("utf-8").split())


def unquoted(text: str) -> str:
    """Return what stands between quotes, white space folded, without any further quotes."""
    return " ".join(text.translate(_NO_QUOTES).split())


def trimmed(text: str, keep: str = "*~") -> str:
    """Return a word without the punctuation at its end, apart from what is an operator there."""
    end = len(text)
    while end and text[end - 1] not in keep and unicodedata.category(text[end - 1])[0] in "PS":
        end -= 1
    return text[:end]


def is_operator(text: str) -> bool:
    """Say whether a word would be read as an operator."""
    return text in _WORD_OPERATORS or any(pattern.fullmatch(text) for pattern in _OPERATORS)


def has_letter(text: str) -> bool:
    """Say whether there is anything to look for: a letter or a digit of any script."""
    return any(char.isalnum() for char in text)


_NO_QUOTES: Final = {ord(char): " " for char in QUOTES}
