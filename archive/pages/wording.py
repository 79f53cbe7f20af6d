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
    number = _SMALL[count] if 0 <= count < len(_SMALL) else f"{count:,}"
    return f"{number} article{'' if count == 1 else 's'}"
