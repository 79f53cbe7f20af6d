"""Count the values of fields among the documents of a result: facets, and histograms of dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from whoosh.fields import FieldType

from .matches import mask_of
from .segments import FieldColumns, Segment

_DAY_MICROSECONDS: Final = 86_400_000_000
_SIGNED_ZERO: Final = 1 << 63
GAPS: Final = ("year", "month", "day")


@dataclass(frozen=True)
class Facet:
    """Ask for the values of a field among the result and how many documents have each; `limit` None: all."""

    field: str
    limit: int | None = None


@dataclass(frozen=True)
class DateFacet:
    """Ask how many documents of the result fall in each year, month or day of start <= day < end."""

    field: str
    gap: str = "year"
    start: date | None = None
    end: date | None = None


def count_labels(columns: FieldColumns, docs: np.ndarray, doc_count: int) -> np.ndarray:
    """Return for each label of a field how many of `docs` have it (int64)."""
    everything = len(docs) == doc_count
    table = columns.ordinals if everything else columns.ordinals[docs]
    counts = np.bincount(table.ravel(), minlength=columns.label_count + 1)[: columns.label_count]
    if len(columns.extra_docs):
        extra = columns.extra_ordinals
        if not everything:
            extra = extra[mask_of(docs, doc_count)[columns.extra_docs]]
        counts = counts + np.bincount(extra, minlength=columns.label_count)
    return counts


class FacetCounter:
    """Add up one facet over segments and return its most frequent values."""

    def __init__(self, facet: Facet, field: FieldType):
        self._facet, self._field = facet, field
        self._parts: list[tuple[Any, np.ndarray]] = []

    def add(self, segment: Segment, docs: np.ndarray) -> None:
        columns = segment.columns(self._facet.field)
        if columns is None or not len(docs):
            return
        counts = count_labels(columns, docs, segment.doc_count)
        self._parts.append((segment.field(self._facet.field).terms, counts))

    def top(self) -> list[tuple[Any, int]]:
        """Return (value, count), most frequent first, equal counts by value."""
        if not self._parts:
            return []
        self._parts.sort(key=lambda part: -len(part[1]))
        terms, counts = self._parts[0]
        counts, more = self._merge_into_first(terms, counts.copy())
        numbers = np.flatnonzero(counts)
        limit = self._facet.limit
        if limit is not None and len(numbers) > limit:
            threshold = np.partition(counts[numbers], len(numbers) - limit)[len(numbers) - limit]
            numbers = numbers[counts[numbers] >= threshold]
            ties = np.flatnonzero(counts[numbers] == threshold)
            surplus = len(numbers) - limit
            numbers = np.delete(numbers, ties[len(ties) - surplus :]) if surplus else numbers
        rows = [(-int(counts[number]), terms[int(number)]) for number in numbers]
        rows += [(-count, term) for term, count in more.items()]
        decode = self._field.from_bytes
        return [(decode(term), -count) for count, term in sorted(rows)[:limit]]

    def _merge_into_first(self, terms: Any, counts: np.ndarray) -> tuple[np.ndarray, dict[bytes, int]]:
        more: dict[bytes, int] = {}
        for other_terms, other_counts in self._parts[1:]:
            for number in np.flatnonzero(other_counts):
                term, count = other_terms[int(number)], int(other_counts[number])
                index = terms.find(term)
                if index >= 0:
                    counts[index] += count
                else:
                    more[term] = more.get(term, 0) + count
        return counts, more


def days_of_labels(segment: Segment, field: str) -> np.ndarray:
    """Return the proleptic day number (date.toordinal) of each label of a date field."""
    key = ("days", field)
    days = segment.cache.get(key)
    if days is None:
        microseconds = segment.numbers(field) - np.uint64(_SIGNED_ZERO)
        days = segment.cache[key] = (microseconds // np.uint64(_DAY_MICROSECONDS)).astype(np.int32) + 1
    return days


class DateCounter:
    """Add up the days of a date field over segments and return years, months or days."""

    def __init__(self, facet: DateFacet):
        if facet.gap not in GAPS:
            raise ValueError(f"gap must be one of {GAPS}, not {facet.gap!r}")
        self._facet = facet
        self._days: dict[int, int] = {}

    def add(self, segment: Segment, docs: np.ndarray) -> None:
        columns = segment.columns(self._facet.field)
        if columns is None or not len(docs) or not columns.label_count:
            return
        days = days_of_labels(segment, self._facet.field)
        counts = count_labels(columns, docs, segment.doc_count)
        first = int(days[0])  # labels ascend, so do their days
        per_day = np.bincount(days - first, weights=counts)
        for offset in np.flatnonzero(per_day):
            day = first + int(offset)
            self._days[day] = self._days.get(day, 0) + int(per_day[offset])

    def rows(self) -> list[tuple[date, int]]:
        """Return (first day of the period, count), ascending, empty periods left out."""
        facet, totals = self._facet, {}
        for number, count in self._days.items():
            day = date.fromordinal(number)
            if (facet.start and day < facet.start) or (facet.end and day >= facet.end):
                continue
            if facet.gap == "month":
                day = day.replace(day=1)
            elif facet.gap == "year":
                day = day.replace(month=1, day=1)
            totals[day] = totals.get(day, 0) + count
        return sorted(totals.items())


def as_facets(facets: Iterable[str | Facet]) -> list[Facet]:
    return [Facet(facet) if isinstance(facet, str) else facet for facet in facets]
