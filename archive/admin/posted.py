"""Numbers of rows as forms send them, which may have been made up."""

from collections.abc import Iterable
from typing import Final

# The largest number a row can have in any database has nineteen digits.
_MOST_DIGITS: Final = 18


def number_of(text: str) -> int:
    """Return a row's number; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def numbers_of(texts: Iterable[str]) -> list[int]:
    """Return the numbers among some texts."""
    return [number for text in texts if (number := number_of(text))]
