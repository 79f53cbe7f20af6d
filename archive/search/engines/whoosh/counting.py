"""Count the values of fields among the documents of a result: facets, and histograms of dates."""

from collections.abc import Iterable, Sequence
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


def count_in(segment: Segment, field: str, docs: np.ndarray) -> np.ndarray:
    """Return for each label of a field how many of `docs` have it.

    Of more than half of the segment, the others are counted and taken from the totals, which are remembered.
    """
    columns, doc_count = segment.columns(field), segment.doc_count
    if len(docs) * 2 < doc_count:
        return count_labels(columns, docs, doc_count)
    key = ("totals", field)
    totals = segment.cache.get(key)
    if totals is None:
        totals = segment.cache[key] = count_labels(columns, segment.all_docs, doc_count)
    if len(docs) == doc_count:
        return totals
    others = np.flatnonzero(~mask_of(docs, doc_count))
    return totals - count_labels(columns, others, doc_count)


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


class LabelTable:
    """Number the values of a field in all segments of a snapshot, in the order of their terms.

    `places`: for each segment, where its labels are among them; None: they are the same.
    """

    def __init__(self, segments: Sequence[Segment], name: str, field: FieldType):
        """Number the values; what one segment contributes is kept with it for the next snapshot."""
        self._decode = field.from_bytes
        self._values: dict[int, Any] = {}
        labels = [_labels(segment, name) for segment in segments]
        self._terms: Sequence[bytes] = max(labels, key=len, default=[])
        if len(labels) < 2:
            self.places: list[np.ndarray | None] = [None] * len(labels)
            return
        largest = next(segment for segment, one in zip(segments, labels, strict=True) if one is self._terms)
        known = _numbers_of(largest, name, self._terms)
        if any(term not in known for one in labels if one is not self._terms for term in one):
            self._terms = sorted(set().union(*labels))
            known = dict(zip(self._terms, range(len(self._terms)), strict=True))
        self.places = [None if one is self._terms else _places(one, known) for one in labels]

    def __len__(self) -> int:
        return len(self._terms)

    def value(self, number: int) -> Any:
        """Return a value as the field gives it back, decoded at its first use."""
        value = self._values.get(number)
        if value is None:
            value = self._values[number] = self._decode(self._terms[number])
        return value


def _labels(segment: Segment, name: str) -> list[bytes]:
    key = ("labels", name)
    if key not in segment.cache:
        columns = segment.columns(name)
        segment.cache[key] = segment.field(name).terms.between(0, columns.label_count) if columns else []
    return segment.cache[key]


def _numbers_of(segment: Segment, name: str, terms: Sequence[bytes]) -> dict[bytes, int]:
    key = ("label numbers", name)
    if key not in segment.cache:
        segment.cache[key] = dict(zip(terms, range(len(terms)), strict=True))
    return segment.cache[key]


def _places(terms: list[bytes], known: dict[bytes, int]) -> np.ndarray:
    return np.fromiter((known[term] for term in terms), np.int64, len(terms))


class FacetCounter:
    """Add up one facet over segments and return its most frequent values."""

    def __init__(self, facet: Facet, table: LabelTable):
        self._facet, self._table = facet, table
        self._counts = np.zeros(len(table), np.int64)

    def add(self, number: int, segment: Segment, docs: np.ndarray) -> None:
        """Count `docs` of the snapshot's segment `number`."""
        columns = segment.columns(self._facet.field)
        if columns is None or not len(docs):
            return
        counts, places = count_in(segment, self._facet.field, docs), self._table.places[number]
        if places is None:
            self._counts += counts
        else:
            self._counts[places] += counts

    def top(self) -> list[tuple[Any, int]]:
        """Return (value, count), most frequent first, equal counts by value."""
        counts, limit = self._counts, self._facet.limit
        numbers = np.flatnonzero(counts)
        if limit is not None and len(numbers) > limit:
            threshold = np.partition(counts[numbers], len(numbers) - limit)[len(numbers) - limit]
            numbers = numbers[counts[numbers] >= threshold]
        numbers = numbers[np.argsort(-counts[numbers], kind="stable")[:limit]]
        value = self._table.value
        return [(value(n), c) for n, c in zip(numbers.tolist(), counts[numbers].tolist(), strict=True)]


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

    def add(self, number: int, segment: Segment, docs: np.ndarray) -> None:
        """Count `docs` of a segment; its number does not matter here."""
        columns = segment.columns(self._facet.field)
        if columns is None or not len(docs) or not columns.label_count:
            return
        days = days_of_labels(segment, self._facet.field)
        counts = count_in(segment, self._facet.field, docs)
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
