"""The kinds of fields, and how a value of each is indexed and stored.

Untrusted: each value, which comes from articles or from a reader's filters. Guaranteed afterwards: what is
indexed is text that UTF-8 can hold, a finite number or a naive UTC instant; all else raises ValueError or
TypeError.
"""

import datetime
import math
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

VALUE_SEPARATOR: Final = "\x1f"
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Kind(StrEnum):
    """What a field can be asked: words, whole values, or an order."""

    TEXT = "text"
    EXACT = "exact"
    MANY = "many"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    NGRAM = "ngram"
    EDGE_NGRAM = "edge_ngram"
    KEPT = "kept"


VALUE_KINDS: Final = frozenset({Kind.EXACT, Kind.MANY})
NUMBER_KINDS: Final = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL, Kind.BOOLEAN})
TIME_KINDS: Final = frozenset({Kind.DATE, Kind.DATETIME})
NGRAM_KINDS: Final = frozenset({Kind.NGRAM, Kind.EDGE_NGRAM})
FACET_KINDS: Final = VALUE_KINDS | NUMBER_KINDS | TIME_KINDS


def clean_text(value: Any) -> str:
    """Return text that UTF-8 can hold: half a surrogate pair becomes U+FFFD."""
    text = str(value)
    return text if text.isascii() else LONE_SURROGATE.sub("\ufffd", text)


def value_list(values: Any) -> list[str]:
    """Return each value once, in order, without empty ones; the separator cannot be part of a value."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        values = [values]
    texts = (clean_text(value).replace(VALUE_SEPARATOR, " ") for value in values if value is not None)
    return list(dict.fromkeys(text for text in texts if text))


def as_datetime(value: datetime.date | str) -> datetime.datetime:
    """Return the instant as naive UTC, a day as its midnight, and ISO text as either."""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    if not isinstance(value, datetime.datetime):
        return datetime.datetime(value.year, value.month, value.day)
    return value if value.tzinfo is None else value.astimezone(datetime.UTC).replace(tzinfo=None)


def as_day(value: datetime.date | str) -> datetime.datetime:
    """Return midnight of the printed day; an instant counts as the day in its own zone."""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    return datetime.datetime(value.year, value.month, value.day)


def as_finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not a finite number")
    return number


def as_bool(value: Any) -> int:
    if isinstance(value, str):
        if value.lower() not in ("true", "false"):
            raise ValueError(f"“{value}” is neither true nor false")
        return int(value.lower() == "true")
    return int(bool(value))


def _stored_instant(value: Any) -> Any:
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC)
    return as_datetime(value)


TO_INDEX: Final = {
    Kind.TEXT: clean_text,
    Kind.EXACT: lambda value: clean_text(value) or None,
    Kind.MANY: lambda values: VALUE_SEPARATOR.join(value_list(values)),
    Kind.INTEGER: int,
    Kind.FLOAT: as_finite,
    Kind.DECIMAL: as_finite,
    Kind.BOOLEAN: as_bool,
    Kind.DATE: as_day,
    Kind.DATETIME: as_datetime,
    Kind.NGRAM: clean_text,
    Kind.EDGE_NGRAM: clean_text,
    Kind.KEPT: lambda value: value,
}
TO_STORE: Final = {
    Kind.MANY: value_list,
    Kind.DECIMAL: clean_text,
    Kind.DATETIME: _stored_instant,
}
