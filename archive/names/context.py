"""Look at what stands around a place in a text; every look is bounded, so scanning stays linear."""

import re
from typing import Final

from archive.names.titles import bare, is_title_word
from archive.names.vocabulary import load_words

FUNCTION_WORDS: Final = load_words("function_words")
CALENDAR_WORDS: Final = load_words("calendar_words")

_REACH_CHARS: Final = 80
_WORD: Final = re.compile(r"[\w.'’-]+")
_LAST_WORD: Final = re.compile(r"[\w.'’-]+\Z")
_DOMAIN: Final = re.compile(r"\.(?:com|org|net|gov|edu|int|info|mil|eu|uk|ir|ru|cn|de|fr|io)(?![\w-])")
_URL: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)
_CODE: Final = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_NOT_ADDRESS: Final = re.compile(r"[\s<>\"'(),;“”‘’]")


def word_before(text: str, start: int) -> str:
    """Return the word one space or hyphen before a place, empty if something else stands there."""
    if start < 2 or text[start - 1] not in " \u00a0-":
        return ""
    found = _LAST_WORD.search(text[max(0, start - _REACH_CHARS) : start - 1])
    return found[0] if found else ""


def word_after(text: str, end: int) -> str:
    """Return the word one space or hyphen after a place, empty if something else stands there."""
    if text[end : end + 1] not in (" ", "\u00a0", "-"):
        return ""
    found = _WORD.match(text, end + 1, end + _REACH_CHARS)
    return found[0] if found else ""


def starts_sentence(text: str, start: int) -> bool:
    """Tell whether a sentence, a line or a quotation begins at a place."""
    before = text[max(0, start - _REACH_CHARS) : start].rstrip(" \t\u00a0")
    stripped = before.rstrip("\"'“”‘«»()[]")
    if not stripped or stripped != before or stripped[-1] in "!?\n\r:;—–":
        return True
    if stripped[-1] != ".":
        return stripped.endswith(" -") or stripped == "-"
    last = _LAST_WORD.search(stripped)
    return not (last and (is_title_word(last[0]) or len(bare(last[0])) == 1))


def in_capitals(text: str, start: int, end: int) -> bool:
    """Tell whether the line around a span is all in capitals, as headlines often are."""
    line_start = text.rfind("\n", max(0, start - _REACH_CHARS), start) + 1 or max(0, start - _REACH_CHARS)
    line_end = text.find("\n", end, end + _REACH_CHARS)
    line_end = line_end if line_end >= 0 else end + _REACH_CHARS
    around = text[line_start:start] + text[end:line_end]
    return around.isupper() and any(len(word) > 1 for word in _WORD.findall(around))


def address_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of web and e-mail addresses, @handles and code, sorted and merged."""
    spans = [found.span() for found in _URL.finditer(text)]
    if "`" in text:
        spans += [found.span() for found in _CODE.finditer(text)]
    places = [place for place, character in enumerate(text) if character == "@"] if "@" in text else []
    spans += [_address_around(text, place, place + 1) for place in places]
    spans += [_address_around(text, *found.span()) for found in _DOMAIN.finditer(text)]
    return _merged(spans)


def _address_around(text: str, start: int, end: int) -> tuple[int, int]:
    before = [found.end() for found in _NOT_ADDRESS.finditer(text, max(0, start - _REACH_CHARS), start)]
    after = _NOT_ADDRESS.search(text, end, end + _REACH_CHARS)
    return before[-1] if before else max(0, start - _REACH_CHARS), after.start() if after else min(
        len(text), end + _REACH_CHARS
    )


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
