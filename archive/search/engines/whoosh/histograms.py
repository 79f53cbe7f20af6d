"""Count the documents of a result by year, month or day: histograms."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from .counting import count_runs, is_table_faster
from .matches import Matches
from .segments import Segment

_DAY_MICROSECONDS: Final = 86_400_000_000
_SIGNED_ZERO: Final = 1 << 63
_DAY_1970: Final = date(1970, 1, 1).toordinal()
GAPS: Final = ("year", "month", "day")


@dataclass(frozen=True)
class DateFacet:
    """Ask how many documents of the result fall in each year, month or day of start <= day < end."""

    field: str
    gap: str = "year"
    start: date | None = None
    end: date | None = None


def days_of_labels(segment: Segment, field: str) -> np.ndarray:
    """Return the proleptic day number (date.toordinal) of each label of a date field; they ascend."""
    key = ("days", field)
    days = segment.cache.get(key)
    if days is None:
        microseconds = segment.numbers(field) - np.uint64(_SIGNED_ZERO)
        days = segment.cache[key] = (microseconds // np.uint64(_DAY_MICROSECONDS)).astype(np.int32) + 1
    return days


class Periods(NamedTuple):
    """The years, months or days that the labels of a date field are in, those without a label left out.

    `numbers` count from 1970 on; period n has the labels first_labels[n]..first_labels[n+1]-1, and
    `of_labels` the place in `numbers` of each label's period.
    """

    numbers: np.ndarray
    first_labels: np.ndarray
    of_labels: np.ndarray

    @classmethod
    def of(cls, segment: Segment, field: str, gap: str) -> "Periods":
        """Return those of a field, made once a segment."""
        key = ("periods", field, gap)
        periods = segment.cache.get(key)
        if periods is None:
            days = (days_of_labels(segment, field) - _DAY_1970).astype("datetime64[D]")
            numbers = days.astype(f"datetime64[{gap[0].upper()}]").astype(np.int32)
            is_first = np.diff(numbers, prepend=numbers[0] - 1) > 0
            firsts, places = np.flatnonzero(is_first), np.cumsum(is_first, dtype=np.int32) - 1
            periods = segment.cache[key] = cls(numbers[firsts], np.append(firsts, len(numbers)), places)
        return periods


class DateCounter:
    """Add up the days of a date field over segments and return years, months or days."""

    def __init__(self, facet: DateFacet):
        if facet.gap not in GAPS:
            raise ValueError(f"gap must be one of {GAPS}, not {facet.gap!r}")
        self._facet = facet
        self._totals: dict[int, int] = {}

    def add(self, segment: Segment, matches: Matches) -> None:
        """Count matches in a segment."""
        facet = self._facet
        columns = segment.columns(facet.field)
        if columns is None or not len(matches) or not columns.label_count:
            return
        days = days_of_labels(segment, facet.field)
        low = int(np.searchsorted(days, facet.start.toordinal())) if facet.start else 0
        high = int(np.searchsorted(days, facet.end.toordinal())) if facet.end else len(days)
        if low >= high:
            return
        periods = Periods.of(segment, facet.field, facet.gap)
        first, last = int(periods.of_labels[low]), int(periods.of_labels[high - 1])
        counts = self._count(segment, matches, periods, range(first, last + 1), (low, high))
        for number, count in zip(periods.numbers[first : last + 1].tolist(), counts.tolist(), strict=True):
            self._totals[number] = self._totals.get(number, 0) + count

    def _count(
        self, segment: Segment, matches: Matches, periods: Periods, shown: range, labels: tuple[int, int]
    ) -> np.ndarray:
        """Return how many matches are in each period that is shown, of labels low..high-1."""
        columns, postings = segment.columns(self._facet.field), segment.field(self._facet.field)
        bounds = postings.starts[periods.first_labels[shown.start : shown.stop + 1].clip(*labels)]
        if len(matches) == segment.doc_count:
            return np.diff(bounds)
        if not is_table_faster(columns, matches, int(bounds[-1] - bounds[0])):
            return count_runs(postings.docs, bounds, matches.mask(segment.doc_count))
        found = columns.ordinals.take(matches.docs, axis=0).ravel()
        found = found[(found >= labels[0]) & (found < labels[1])]
        return np.bincount(periods.of_labels.take(found), minlength=shown.stop)[shown.start :]

    def rows(self) -> list[tuple[date, int]]:
        """Return (first day of the period, count), ascending, empty periods left out."""
        gap = self._facet.gap
        return [(first_day(number, gap), count) for number, count in sorted(self._totals.items()) if count]


def first_day(number: int, gap: str) -> date:
    """Return the first day of a year, month or day numbered from 1970 on."""
    if gap == "day":
        return date.fromordinal(number + _DAY_1970)
    year, month = divmod(number, 12) if gap == "month" else (number, 0)
    return date(1970 + year, month + 1, 1)
