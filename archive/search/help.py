"""The help page's content, made of the tables of fields and operators; its examples are tests, too."""

from typing import Final, NamedTuple

from archive.search.fields import (
    FIELDS,
    FLAGS,
    MAX_CLAUSES,
    MAX_DEPTH,
    MAX_DISTANCE_WORDS,
    MAX_EDITS,
    MAX_QUERY_CHARS,
    MAX_SPELLINGS,
    MAX_TIMES,
    FieldSpec,
)
from archive.search.operators import OPERATORS, Entry


class Section(NamedTuple):
    """A part of the help page; `key` is its anchor."""

    key: str
    title: str
    intro: str
    entries: tuple[Entry, ...]


def _field(spec: FieldSpec) -> Entry:
    forms = tuple(f"{name}:" for name in spec.names)
    meaning = spec.meaning[0].upper() + spec.meaning[1:] + "."
    if spec.name in ("is", "has"):
        forms = tuple(f"{flag.field}:{flag.value}" for flag in FLAGS if flag.field == spec.name)
    return Entry(spec.name, forms, meaning, spec.examples)


LIMITS: Final = (
    f"{MAX_QUERY_CHARS:,} characters",
    f"{MAX_CLAUSES} words, phrases and values",
    f"brackets {MAX_DEPTH} deep",
    f"words at most {MAX_DISTANCE_WORDS} apart",
    f"{MAX_EDITS} differing letters",
    f"at least {MAX_TIMES} times",
    f"{MAX_SPELLINGS} spellings of one name",
)
HELP: Final = (
    Section(
        "operators",
        "Words and operators",
        "Operators are written in capitals; in small letters they are words like any other. NOT binds first, "
        "then nearness, then AND, then OR.",
        OPERATORS,
    ),
    Section(
        "fields",
        "Fields",
        "A field takes one word, a phrase or a bracket. The same field twice means either, different fields "
        "mean both; an operator between them decides otherwise. Fields alone, without words, are a search "
        "too.",
        tuple(map(_field, FIELDS)),
    ),
)
