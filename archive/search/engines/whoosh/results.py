"""What the evaluator found -> what Haystack gives its callers: results, facet counts, marked passages."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Final

from haystack.constants import DJANGO_CT, DJANGO_ID
from haystack.models import SearchResult

from archive.search.errors import UnknownField, UnsupportedLookup
from archive.search.highlight import SNIPPET_CHARS, snippet

from .hits import HitFinder
from .schema import KEY_FIELDS, FieldSpec, Layout
from .snapshot import Hits, Snapshot
from .values import FACET_KINDS, TIME_KINDS

FACET_OPTIONS: Final = frozenset({"limit", "size", "mincount", "sort", "order", "prefix"})
GAPS: Final = ("year", "month", "day")
# What `values_list("pk")` asks for.
KEYS_ONLY: Final = frozenset({*KEY_FIELDS, "pk", "score"})


def build_rows(
    snapshot: Snapshot,
    layout: Layout,
    hits: Hits,
    result_class: type | None = None,
    fields: Iterable[str] = (),
) -> list:
    """Return a result for each hit with every stored field, or `fields` of them, in the type it was given."""
    kind, fields = result_class or SearchResult, set(fields)
    wanted = [
        (name, spec, spec.empty)
        for name, spec in layout.fields.items()
        if spec.stored and name not in (DJANGO_CT, DJANGO_ID) and (not fields or name in fields)
    ]
    found = []
    for stored, score in zip(stored_rows(snapshot, hits.docs, fields), hits.scores.tolist(), strict=True):
        values = {
            name: empty if (value := stored.get(name)) is None else spec.from_store(value)
            for name, spec, empty in wanted
        }
        found.append(kind(*stored[DJANGO_CT].split("."), stored[DJANGO_ID], score, **values))
    return found


def stored_rows(snapshot: Snapshot, docs: Iterable[int], fields: set[str]) -> list[Mapping[str, Any]]:
    """Return the stored fields of documents; from the arrays, ten times faster, if only keys are wanted."""
    if fields and fields <= KEYS_ONLY:
        columns = [snapshot.values(docs, name) for name in KEY_FIELDS]
        return [dict(zip(KEY_FIELDS, row, strict=True)) for row in zip(*columns, strict=True)]
    return [snapshot.stored(int(doc)) for doc in docs]


def add_passages(rows: Iterable, name: str, finder: HitFinder, options: Any) -> None:
    """Give each result `highlighted`: {field: [passage]}, safe markup with the hits marked.

    `options` is what `highlight()` was given; max_chars sets the length of a passage.
    """
    max_chars = options.get("max_chars", SNIPPET_CHARS) if isinstance(options, Mapping) else SNIPPET_CHARS
    for row in rows:
        text = getattr(row, name) or ""
        row.highlighted = {name: [snippet(text, finder.hits_in(text), max_chars)]}


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
    rows = [
        (spec.from_term(value), count)
        for value, count in counted
        if count >= least and (not prefix or str(value).startswith(prefix))
    ]
    if not by_count(options):
        rows.sort(key=lambda row: row[0])
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
