"""Addresses people can read aloud, in plain letters whatever the script of the headline or name."""

import re
from collections.abc import Container
from itertools import count

from anyascii import anyascii

_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


def slugify(text: str, max_chars: int = 80) -> str:
    """Return lower-case ASCII words joined by hyphens, cut between words; never empty.

    >>> slugify("Čeština: “Élections” in Varra")
    'cestina-elections-in-varra'
    """
    # An apostrophe parts no word: "minister's" is "ministers".
    plain = re.sub(r"['’‘ʼ`]", "", anyascii(text[: max_chars * 4])).lower()
    slug = _NOT_A_LETTER.sub("-", plain).strip("-")
    if len(slug) > max_chars:
        slug = slug[: max_chars + 1].rpartition("-")[0] or slug[:max_chars]
    return slug or "untitled"


def free_slug(wanted: str, taken: Container[str]) -> str:
    """Return `wanted`, or the first of wanted-2, wanted-3, ... that is not taken."""
    if wanted not in taken:
        return wanted
    return next(slug for number in count(2) if (slug := f"{wanted}-{number}") not in taken)
