"""What the evaluator counted -> facet counts as Haystack gives them to its callers."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Final

from archive.search.errors import UnknownField, UnsupportedLookup

from .schema import FieldSpec, Layout
from .values import FACET_KINDS, TIME_KINDS, Kind

FACET_OPTIONS: Final = frozenset({"limit", "size", "mincount", "sort", "order", "prefix"})
GAPS: Final = ("year", "month", "day")
# Kinds whose values come out of the index otherwise than they went in.
CONVERTED_KINDS: Final = TIME_KINDS | {Kind.BOOLEAN}


def facet_field(layout: Layout, name: str) -> FieldSpec:
    """Return the field to count for `facet(name)`; raise UnknownField or UnsupportedLookup."""
    spec = layout.value_field(name)
    if spec is None:
        raise UnknownField(f"There is no field “{name}” to count.")
    if spec.kind not in FACET_KINDS:
        raise UnsupportedLookup(
            f"“{name}” holds running text; declare it with faceted=True to count its values."
        )
    return spec


def date_field(layout: Layout, name: str, gap: str) -> FieldSpec:
    spec = facet_field(layout, name)
    if spec.kind not in TIME_KINDS:
        raise UnsupportedLookup(f"“{name}” holds no dates.")
    if gap not in GAPS:
        raise UnsupportedLookup(f"Dates are counted by {', '.join(GAPS)}, not by {gap}.")
    return spec


def facet_limit(options: Mapping[str, Any]) -> int | None:
    """Return how many values are enough to answer with; None when all must be looked at."""
    if options.get("prefix") or not by_count(options):
        return None
    limit = options.get("limit", options.get("size"))
    return None if limit is None or int(limit) < 0 else int(limit)


def by_count(options: Mapping[str, Any]) -> bool:
    return options.get("sort", options.get("order", "count")) not in ("index", "term", "_key")


def facet_counts(spec: FieldSpec, counted: Iterable[tuple[Any, int]], options: Mapping[str, Any]) -> list:
    """Return (value, count) pairs, most frequent first, as the options of `facet()` ask for.

    limit (or size): how many at most. mincount: leave out rarer values. sort (or order): "count" or "index".
    prefix: only values that begin so.
    """
    unknown = set(options) - FACET_OPTIONS
    if unknown:
        raise UnsupportedLookup(f"facet() has no option {', '.join(sorted(unknown))}.")
    least = int(options.get("mincount", 1))
    prefix = options.get("prefix", "")
    rows = counted if isinstance(counted, list) else list(counted)
    if least > 1 or prefix:
        rows = [row for row in rows if row[1] >= least and (not prefix or str(row[0]).startswith(prefix))]
    if spec.kind in CONVERTED_KINDS:
        rows = [(spec.from_term(value), count) for value, count in rows]
    if not by_count(options):
        rows = sorted(rows, key=lambda row: row[0])
    limit = options.get("limit", options.get("size"))
    return rows if limit is None or int(limit) < 0 else rows[: int(limit)]


def date_counts(counted: Iterable[tuple[Any, int]], gap: str, amount: int, start: Any) -> list:
    """Return (first day of the period, count) pairs in order; `amount` periods from `start` on are one."""
    days = [(as_date(day), count) for day, count in counted]
    if amount <= 1 or not days:
        return days
    origin = period_number(as_date(start) if start else days[0][0], gap)
    merged: dict[int, list] = {}
    for day, count in days:
        group = (period_number(day, gap) - origin) // amount
        first, total = merged.get(group, (day, 0))
        merged[group] = [first, total + count]
    return [tuple(row) for row in merged.values()]


def as_date(value: Any) -> datetime.date:
    return value.date() if isinstance(value, datetime.datetime) else value


def period_number(day: datetime.date, gap: str) -> int:
    return {"year": day.year, "month": day.year * 12 + day.month, "day": day.toordinal()}[gap]
