"""Numbers as a newspaper writes them."""

from typing import Final

_SMALL: Final = (
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
)


def articles_in_words(count: int) -> str:
    """Return “Twelve articles” or “1,302 articles”; up to twelve in words."""
    return f"{_number(count)} article{'' if count == 1 else 's'}"


def stories_in_words(count: int) -> str:
    """Return “twelve stories” or “1,302 stories”."""
    return f"{_number(count).lower()} {'story' if count == 1 else 'stories'}"


def _number(count: int) -> str:
    return _SMALL[count] if 0 <= count < len(_SMALL) else f"{count:,}"
