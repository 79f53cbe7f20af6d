"""Addresses people can read aloud, in plain letters whatever the script of the headline or name."""

import re

from anyascii import anyascii
from django.db.models import QuerySet

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


def free_slug(wanted: str, taken_by: QuerySet) -> str:
    """Return `wanted`, or the first of wanted-2, wanted-3, ... that no row of `taken_by` has as its slug."""
    taken = set(taken_by.filter(slug__startswith=wanted).values_list("slug", flat=True))
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
