"""Where the date ends that begins at some place of a question; what it means, `dates` says."""

import re
from typing import Final

from archive.search.dates import MONTH, SOLAR_MONTH, UNIT, UP_TO
from archive.search.tokens import QUOTES

# What `date:` takes in although spaces stand within it.
IN_WORDS: Final = re.compile(
    rf"(?ai:(?:last|past|previous|this)\s(?:\d{{1,3}}\s)?(?:{UNIT})s?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{MONTH}|{SOLAR_MONTH})\.?(?:,?\s\d{{4}}(?:\s?sh)?)?"
    rf"|(?:{MONTH})\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?(?!\d)"
    rf"|(?:{MONTH}|{SOLAR_MONTH})\.?,?\s\d{{4}}(?:\s?sh)?)(?!\w|\.\w)"
)
_NO_SPACE: Final = re.compile(rf"(?:(?!\.\.)[^\s()|…{QUOTES}])+")
_DIGITS: Final = re.compile(rf"\d(?:(?!\.\.)[^\s()|…{QUOTES}])*")


def end_of_date(text: str, at: int) -> int:
    """Return where the day, month, year or range ends that begins at `at`; `at` if there is none.

    Spaces count where a date in words or a range of two has them: June 2001 to 15 July 2001.
    """
    end = _end_of_point(text, at, _NO_SPACE)
    gap = UP_TO.match(text, end)
    if gap is None:
        return end
    last = _end_of_point(text, gap.end(), _DIGITS)
    if last > gap.end():
        return last
    return end if text[end].isspace() else _end_of_point(text, gap.end("dots"), _NO_SPACE)


def _end_of_point(text: str, at: int, otherwise: re.Pattern) -> int:
    match = IN_WORDS.match(text, at) or otherwise.match(text, at)
    return match.end() if match else at
