"""Count the values of fields among the documents of a result: facets, and histograms of dates."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from whoosh.fields import FieldType

from .arrays import smallest_uint
from .matches import mask_of
from .segments import FieldColumns, Segment
from .terms import Terms

_DAY_MICROSECONDS: Final = 86_400_000_000
_SIGNED_ZERO: Final = 1 << 63
_DAY_1970: Final = date(1970, 1, 1).toordinal()
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

    Of more than half of the segment, the others are counted and taken from the totals.
    """
    columns, doc_count = segment.columns(field), segment.doc_count
    if len(docs) * 2 < doc_count:
        return count_labels(columns, docs, doc_count)
    totals = np.diff(segment.field(field).starts[: columns.label_count + 1])
    if len(docs) == doc_count:
        return totals
    others = np.flatnonzero(~mask_of(docs, doc_count))
    return totals - count_labels(columns, others, doc_count)


def found_in(segment: Segment, field: str, docs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels of a field that some of `docs` have, ascending, and how many have each."""
    columns = segment.columns(field)
    if len(docs) * columns.ordinals.shape[1] >= columns.label_count or len(columns.extra_docs):
        counts = count_in(segment, field, docs)
        numbers = np.flatnonzero(counts)
        return numbers, counts[numbers]
    # few documents: sorting what they have touches less memory than a count for each label
    ordinals = np.sort(columns.ordinals[docs].ravel())
    ends = np.flatnonzero(ordinals[1:] != ordinals[:-1]) + 1
    ends = np.append(ends, len(ordinals))
    numbers, counts = ordinals[ends - 1], np.diff(ends, prepend=0)
    return (numbers[:-1], counts[:-1]) if numbers[-1] == columns.label_count else (numbers, counts)


def count_labels(columns: FieldColumns, docs: np.ndarray, doc_count: int) -> np.ndarray:
    """Return for each label of a field how many of `docs` have it (int64)."""
    table = columns.ordinals.take(docs, axis=0)
    counts = np.bincount(table.ravel(), minlength=columns.label_count + 1)[: columns.label_count]
    if len(columns.extra_docs):
        extra = columns.extra_ordinals[mask_of(docs, doc_count)[columns.extra_docs]]
        counts = counts + np.bincount(extra, minlength=columns.label_count)
    return counts


class LabelTable:
    """Number the values of a field in all segments of a snapshot, in the order of their terms.

    `places`: for each segment, where its labels are among them; None: they are the same.
    """

    def __init__(self, segments: Sequence[Segment], name: str, field: FieldType):
        """Number the values; what one segment contributes is kept with it for the next snapshot."""
        self.groups: np.ndarray | None = None  # see collapsing.py
        self.places: list[np.ndarray | None] = [None] * len(segments)
        sizes = [_label_count(segment, name) for segment in segments]
        largest = segments[sizes.index(max(sizes))] if any(sizes) else None
        self._values = _decoded_labels(largest, name, field) if largest else DecodedLabels([], 0, field)
        others = [one for one, size in zip(segments, sizes, strict=True) if size and one is not largest]
        if not others:
            return
        known = _numbers_of(largest, name)
        if any(term not in known for one in others for term in _labels(one, name)):
            terms = sorted({*known, *(term for one in others for term in _labels(one, name))})
            known = dict(zip(terms, range(len(terms)), strict=True))
            self._values = DecodedLabels(terms, len(terms), field)
            others.append(largest)
        for place, segment in enumerate(segments):
            if segment in others:
                numbers = [known[term] for term in _labels(segment, name)]
                self.places[place] = np.array(numbers, np.int64)

    def __len__(self) -> int:
        return len(self._values)

    def values(self, numbers: np.ndarray) -> list[Any]:
        """Return values as the field gives them back."""
        return self._values.take(numbers)


class DecodedLabels:
    """Decode the first `size` of some terms, each at its first use, and remember them."""

    def __init__(self, terms: Terms | list[bytes], size: int, field: FieldType):
        self._terms = terms
        self._decode = decoder(field)
        self._values, self._is_known = np.empty(size, object), np.zeros(size, bool)

    def __len__(self) -> int:
        return len(self._values)

    def take(self, numbers: np.ndarray) -> list[Any]:
        missing = numbers[~self._is_known[numbers]]
        if len(missing):
            self._decode_terms(missing)
        return self._values[numbers].tolist()

    def _decode_terms(self, numbers: np.ndarray) -> None:
        terms = self._terms
        if self._decode is bytes.decode and isinstance(terms, Terms):
            self._values[numbers] = terms.texts(numbers)
        else:
            self._values[numbers] = [self._decode(terms[number]) for number in numbers.tolist()]
        self._is_known[numbers] = True


def decoder(field: FieldType) -> Callable[[bytes], Any]:
    """Return what makes values of a field's terms; Whoosh's own decoding of text takes six times as long."""
    return bytes.decode if type(field).from_bytes is FieldType.from_bytes else field.from_bytes


def _label_count(segment: Segment, name: str) -> int:
    columns = segment.columns(name)
    return columns.label_count if columns else 0


def _decoded_labels(segment: Segment, name: str, field: FieldType) -> DecodedLabels:
    key = ("decoded labels", name)
    if key not in segment.cache:
        size = _label_count(segment, name)
        segment.cache[key] = DecodedLabels(segment.field(name).terms, size, field)
    return segment.cache[key]


def _labels(segment: Segment, name: str) -> list[bytes]:
    key = ("labels", name)
    if key not in segment.cache:
        segment.cache[key] = segment.field(name).terms.between(0, _label_count(segment, name))
    return segment.cache[key]


def _numbers_of(segment: Segment, name: str) -> dict[bytes, int]:
    key = ("label numbers", name)
    if key not in segment.cache:
        terms = _labels(segment, name)
        segment.cache[key] = dict(zip(terms, range(len(terms)), strict=True))
    return segment.cache[key]


class FacetCounter:
    """Add up one facet over segments and return its most frequent values."""

    def __init__(self, facet: Facet, table: LabelTable):
        self._facet, self._table = facet, table
        self._parts: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, number: int, segment: Segment, docs: np.ndarray) -> None:
        """Count `docs` of the snapshot's segment `number`."""
        columns = segment.columns(self._facet.field)
        if columns is None or not columns.label_count or not len(docs):
            return
        numbers, counts = found_in(segment, self._facet.field, docs)
        places = self._table.places[number]
        self._parts.append((numbers if places is None else places[numbers], counts))

    def top(self) -> list[tuple[Any, int]]:
        """Return (value, count), most frequent first, equal counts by value."""
        numbers, counts = self._parts[0] if len(self._parts) == 1 else self._joined()
        limit = self._facet.limit
        if limit is not None and len(numbers) > limit:
            frequent = counts >= np.partition(counts, len(counts) - limit)[len(counts) - limit]
            numbers, counts = numbers[frequent], counts[frequent]
        chosen = _most_first(counts)[:limit]
        return list(zip(self._table.values(numbers[chosen]), counts[chosen].tolist(), strict=True))

    def _joined(self) -> tuple[np.ndarray, np.ndarray]:
        totals = np.zeros(len(self._table), np.int64)
        for numbers, counts in self._parts:
            totals[numbers] += counts
        numbers = np.flatnonzero(totals)
        return numbers, totals[numbers]


def _most_first(counts: np.ndarray) -> np.ndarray:
    """Return where the counts stand from the largest down, equal ones in their order."""
    below = counts.max(initial=0) - counts
    # NumPy sorts 16 bits by radix, in a fifth of the time
    return np.argsort(below.astype(smallest_uint(int(below.max(initial=0)))), kind="stable")


def days_of_labels(segment: Segment, field: str) -> np.ndarray:
    """Return the proleptic day number (date.toordinal) of each label of a date field."""
    key = ("days", field)
    days = segment.cache.get(key)
    if days is None:
        microseconds = segment.numbers(field) - np.uint64(_SIGNED_ZERO)
        days = segment.cache[key] = (microseconds // np.uint64(_DAY_MICROSECONDS)).astype(np.int32) + 1
    return days


def periods_of_labels(segment: Segment, field: str, gap: str) -> np.ndarray:
    """Return the number of the year, month or day since 1970 that each label of a date field is in."""
    key = ("periods", field, gap)
    periods = segment.cache.get(key)
    if periods is None:
        days = (days_of_labels(segment, field) - _DAY_1970).astype("datetime64[D]")
        periods = segment.cache[key] = days.astype(f"datetime64[{gap[0].upper()}]").astype(np.int32)
    return periods


class DateCounter:
    """Add up the days of a date field over segments and return years, months or days."""

    def __init__(self, facet: DateFacet):
        if facet.gap not in GAPS:
            raise ValueError(f"gap must be one of {GAPS}, not {facet.gap!r}")
        self._facet = facet
        self._totals: dict[int, int] = {}

    def add(self, segment: Segment, docs: np.ndarray) -> None:
        """Count `docs` of a segment."""
        facet = self._facet
        columns = segment.columns(facet.field)
        if columns is None or not len(docs) or not columns.label_count:
            return
        days = days_of_labels(segment, facet.field)  # labels ascend, so do their days
        low = np.searchsorted(days, facet.start.toordinal()) if facet.start else 0
        high = np.searchsorted(days, facet.end.toordinal()) if facet.end else len(days)
        periods = periods_of_labels(segment, facet.field, facet.gap)[low:high]
        if not len(periods):
            return
        first = int(periods[0])
        totals = np.bincount(periods - first, count_in(segment, facet.field, docs)[low:high]).astype(np.int64)
        for offset in np.flatnonzero(totals).tolist():
            self._totals[first + offset] = self._totals.get(first + offset, 0) + int(totals[offset])

    def rows(self) -> list[tuple[date, int]]:
        """Return (first day of the period, count), ascending, empty periods left out."""
        gap = self._facet.gap
        return [(first_day(number, gap), count) for number, count in sorted(self._totals.items())]


def first_day(number: int, gap: str) -> date:
    """Return the first day of a year, month or day numbered from 1970 on."""
    if gap == "day":
        return date.fromordinal(number + _DAY_1970)
    year, month = divmod(number, 12) if gap == "month" else (number, 0)
    return date(1970 + year, month + 1, 1)


def as_facets(facets: Iterable[str | Facet]) -> list[Facet]:
    return [Facet(facet) if isinstance(facet, str) else facet for facet in facets]
