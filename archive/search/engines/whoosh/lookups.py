"""What a lookup and its value mean, whatever the field: Haystack's own inputs, ranges, lists, patterns."""

import datetime
from collections.abc import Iterable
from typing import Any, Final

from haystack.constants import FILTER_SEPARATOR, VALID_FILTERS
from haystack.inputs import AltParser, AutoQuery, BaseInput, Clean, Exact, Not, PythonData, Raw
from whoosh import query as wq

from archive.search import inputs
from archive.search.errors import RawQueryRefused, UnsupportedLookup

from .schema import FieldSpec
from .values import TIME_KINDS

LOOKUPS: Final = VALID_FILTERS | {"exists"}
FUZZY_EDITS: Final = 2


def unwrap(value: Any, lookup: str) -> tuple[Any, str, bool]:
    """Take Haystack's own input types apart: the value inside, the lookup it means, whether it is negated."""
    if isinstance(value, Raw | AltParser):
        raise RawQueryRefused(
            "Text in an engine's own syntax is not accepted; use words, phrases and filters."
        )
    if isinstance(value, Not):
        return value.query_string, lookup, True
    if isinstance(value, Exact):
        return value.query_string, "exact", False
    if isinstance(value, Clean | PythonData):
        return value.query_string, lookup, False
    return value, lookup, False


def as_input(value: Any, lookup: str) -> BaseInput:
    """Return what a lookup on running text means as an input."""
    if isinstance(value, inputs.TextInput | inputs.PartsInput | AutoQuery):
        return value
    text = str(value)
    kinds = {
        "exact": inputs.Phrase,
        "startswith": inputs.Prefix,
        "fuzzy": lambda text: inputs.Fuzzy(text, FUZZY_EDITS),
        "contains": lambda text: inputs.Wildcard(shaped(text, "*{}*")),
        "endswith": lambda text: inputs.Wildcard(shaped(text, "*{}")),
    }
    return kinds.get(lookup, inputs.Words)(text)


def shaped(text: str, shape: str) -> str:
    """Put each word into a wildcard shape; stars and question marks in the text are dropped."""
    words = text.replace("*", " ").replace("?", " ").split()
    return " ".join(shape.format(word) for word in words)


def literal(text: str) -> str:
    """Return text that stands for itself in a wildcard pattern."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)


def plain(value: Any, spec: FieldSpec) -> Any:
    if isinstance(value, inputs.TextInput | AutoQuery):
        return value.query_string
    if isinstance(value, BaseInput):
        raise UnsupportedLookup(f"“{spec.name}” holds whole values; {type(value).__name__} asks for words.")
    return value


def listed(value: Any) -> list:
    return [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)


def pair(value: Any) -> tuple[Any, Any]:
    if isinstance(value, str) or not hasattr(value, "__len__") or len(value) != 2:
        raise UnsupportedLookup("A range needs a beginning and an end.")
    return tuple(value)


def is_day(value: Any) -> bool:
    return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)


def ranged(spec: FieldSpec, low: Any, high: Any, startexcl: bool = False, endexcl: bool = False) -> wq.Query:
    """Ask for numbers or dates between two bounds; they filter and do not add to the score."""
    make = wq.DateRange if spec.kind in TIME_KINDS else wq.NumericRange
    return make(spec.name, low, high, startexcl, endexcl, constantscore=True)


def without(query: wq.Query) -> wq.Query:
    return wq.Every() if query == wq.NullQuery else wq.Not(query)


def boosted(query: wq.Query, weight: float) -> wq.Query:
    return query if query == wq.NullQuery else query.with_boost(weight)


def split_expression(expression: str) -> tuple[str, str]:
    """Return field and lookup of `field__lookup`; Haystack's rule, with our own lookups added."""
    field, *rest = expression.split(FILTER_SEPARATOR)
    return field, rest[-1] if rest and rest[-1] in LOOKUPS else "content"
