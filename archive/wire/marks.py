"""Headline marks: CORRECTED, UPDATE 1, KILL and their like, as agencies print them before a headline.

A mark counts where it is set off: "CORRECTED: Oil rises", "CORRECTED-Oil", "UPDATE 2-Oil", "(REFILE) Oil", or
at the end in brackets. Capitals alone prove nothing ("KILL BILL TOPS BOX OFFICE") but for CORRECTED, which
hardly begins a headline otherwise. In small letters only a colon or brackets set it off ("Correction: ...").
"""

import re
from typing import Final, NamedTuple

from .record import MARKS

_WORDS: Final = "|".join(word for mark in MARKS for word in mark.words)
_CODE_OF_WORD: Final = {word: mark.code for mark in MARKS for word in mark.words}
_WEIGHT: Final = {mark.code: weight for weight, mark in enumerate(MARKS)}

_LEADING: Final = re.compile(
    rf"\s*(?:[(\[](?P<bracketed>{_WORDS})(?: ?(?P<bracketed_number>\d{{1,3}}))?[)\]]\s*[-:–—]*"
    rf"|(?P<titled>{_WORDS})(?: ?(?P<titled_number>\d{{1,3}}))?\s*:"
    rf"|(?P<capitals>(?-i:{_WORDS}))(?: ?(?P<number>\d{{1,3}}))?\s*(?:[-–—]+|/(?=[A-Z]))"
    r"|(?P<bare>(?-i:CORRECTED))(?=\s+\S))\s*",
    re.IGNORECASE,
)
_TRAILING: Final = re.compile(rf"\s*[(\[]({_WORDS})(?: ?(\d{{1,3}}))?[)\]]$", re.IGNORECASE)


class MarkedHeadline(NamedTuple):
    """Hold the weightiest mark's code, the number of an UPDATE, and the headline without its marks."""

    mark: str
    update_number: int | None
    headline: str


def strip_marks(headline: str) -> MarkedHeadline:
    """Take every mark off `headline`; "KILL/WITHDRAWN:" and "UPDATE 2-CORRECTED-" are several."""
    found: list[tuple[str, str | None]] = []
    rest = headline.strip()
    while match := _LEADING.match(rest):
        word = match["bracketed"] or match["titled"] or match["capitals"] or match["bare"]
        found.append((word, match["bracketed_number"] or match["titled_number"] or match["number"]))
        rest = rest[match.end() :]
    if match := _TRAILING.search(rest[-40:]):
        found.append((match[1], match[2]))
        rest = rest[: len(rest) - len(match[0])]
    codes = [_CODE_OF_WORD[word.upper()] for word, _ in found]
    numbers = (int(number) for word, number in found if number and _CODE_OF_WORD[word.upper()] == "update")
    mark = min(codes, key=_WEIGHT.__getitem__, default="")
    return MarkedHeadline(mark, next(numbers, None), rest.strip())
