"""Count the values of fields among the documents of a result: facets.

There are two ways to count, and neither is always the faster one. A table has the values of each document:
best where few documents match. Postings have the documents of each value, which are looked up in a mask of
the matches: best where many match, or where few documents have a value at all. Where only the most frequent
values are wanted, those that are rare in the whole segment need not be counted.
"""

import heapq
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final, NamedTuple

import numpy as np

from .arrays import smallest_uint
from .labels import LabelTable
from .matches import Matches
from .segments import FieldColumns, Segment

# A place of the table takes as long as so many postings.
_TABLE_POSTINGS: Final = 2
# Counting a value by itself takes as long as so many postings more, and so many values are tried.
_VALUE_POSTINGS: Final = 2_000
_MOST_TRIED: Final = 128
# So many counts are sorted before a narrower type for them is found.
_FEW: Final = 256


@dataclass(frozen=True)
class Facet:
    """Ask for the values of a field among the result and how many documents have each; `limit` None: all."""

    field: str
    limit: int | None = None


def as_facets(facets: Iterable[str | Facet]) -> list[Facet]:
    return [Facet(facet) if isinstance(facet, str) else facet for facet in facets]


# One segment ------------------------------------------------------------------------------------------------


def found_in(segment: Segment, field: str, matches: Matches) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels of a field that some matches have, ascending, and how many have each."""
    columns = segment.columns(field)
    if len(matches) * columns.ordinals.shape[1] < columns.label_count and not len(columns.extra_docs):
        return _sorted_out(columns, matches.docs)
    counts = count_in(segment, field, matches)
    numbers = np.flatnonzero(counts)
    return numbers, counts[numbers]


def count_in(segment: Segment, field: str, matches: Matches) -> np.ndarray:
    """Return for each label of a field how many matches have it."""
    columns, postings = segment.columns(field), segment.field(field)
    starts = postings.starts[: columns.label_count + 1]
    if len(matches) == segment.doc_count:
        return np.diff(starts)
    if is_table_faster(columns, matches, int(starts[-1])):
        table = columns.ordinals.take(matches.docs, axis=0)
        return np.bincount(table.ravel(), minlength=columns.label_count + 1)[: columns.label_count]
    return count_runs(postings.docs, starts, matches.mask(segment.doc_count))


def is_table_faster(columns: FieldColumns, matches: Matches, postings: int) -> bool:
    """Tell how to count in a segment; a document with many values has some that are not in the table."""
    places = len(matches) * columns.ordinals.shape[1]
    return places * _TABLE_POSTINGS < postings and not len(columns.extra_docs)


def count_runs(docs: np.ndarray, bounds: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return how many documents of each run bounds[i]..bounds[i+1]-1 of `docs` a mask has; none is empty."""
    first = int(bounds[0])
    chosen = mask.take(docs[first : int(bounds[-1])])
    # in 32 bits, because this takes twice as long in 64
    return np.add.reduceat(chosen.view(np.uint8), bounds[:-1] - first, dtype=np.int32)


def _sorted_out(columns: FieldColumns, docs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count by sorting what a few documents have, which touches less memory than a count for each label."""
    ordinals = columns.ordinals.take(docs, axis=0).ravel()
    ordinals.sort()
    is_last = np.ones(len(ordinals), bool)
    np.not_equal(ordinals[1:], ordinals[:-1], out=is_last[:-1])
    lasts = is_last.nonzero()[0]
    numbers, counts = ordinals[lasts], lasts + 1
    counts[1:] -= lasts[:-1] + 1
    return (numbers[:-1], counts[:-1]) if numbers[-1] == columns.label_count else (numbers, counts)


class Frequent(NamedTuple):
    """The most frequent labels of a segment, from the most frequent down.

    `spans` are the postings of each, `upto` how many those are up to each. `frequencies` has one more, of the
    label that comes next; 0 where there is none.
    """

    numbers: np.ndarray
    spans: list[slice]
    frequencies: list[int]
    upto: list[int]

    @classmethod
    def of(cls, segment: Segment, field: str) -> "Frequent":
        """Return those of a field, made once a segment."""
        key = ("frequent labels", field)
        if key not in segment.cache:
            starts = segment.field(field).starts[: segment.columns(field).label_count + 1]
            segment.cache[key] = cls._made(starts, np.diff(starts))
        return segment.cache[key]

    @classmethod
    def _made(cls, starts: np.ndarray, counts: np.ndarray) -> "Frequent":
        first = np.arange(len(counts))
        if len(counts) > _MOST_TRIED:
            first = np.argpartition(-counts, _MOST_TRIED)[: _MOST_TRIED + 1]
        first = first[np.argsort(-counts[first], kind="stable")]
        numbers, frequencies = first[:_MOST_TRIED], [*counts[first].tolist(), 0][: _MOST_TRIED + 1]
        ends = zip(starts[numbers].tolist(), starts[numbers + 1].tolist(), strict=True)
        return cls(numbers, [slice(*span) for span in ends], frequencies, list(accumulate(frequencies)))

    def is_worth_trying(self, share: float, limit: int, postings: int) -> bool:
        """Tell whether counting a few labels will probably do where a share of the documents match."""
        if len(self.numbers) <= limit:
            return False
        needed = bisect_left(self.frequencies, -share * self.frequencies[limit - 1], key=lambda n: -n)
        return needed < len(self.numbers) and self.upto[needed] + needed * _VALUE_POSTINGS < postings


def count_frequent(
    segment: Segment, field: str, matches: Matches, limit: int, more: int = 0
) -> tuple[np.ndarray, np.ndarray] | None:
    """Count the labels among which the `limit` most frequent are; None where that takes too long.

    No other label is as frequent, not even if `more` documents elsewhere have it, too.
    """
    columns, postings = segment.columns(field), segment.field(field)
    total = int(postings.starts[columns.label_count])
    if len(matches) == segment.doc_count or is_table_faster(columns, matches, total):
        return None
    frequent = Frequent.of(segment, field)
    if not frequent.is_worth_trying(len(matches) / segment.doc_count, limit, total):
        return None
    mask, docs = matches.mask(segment.doc_count), postings.docs
    counts, best = [], [0] * limit  # of `best` the lowest stands first
    for span, following in zip(frequent.spans, frequent.frequencies[1:], strict=False):
        counts.append(np.count_nonzero(mask.take(docs[span])))
        heapq.heappushpop(best, counts[-1])
        if best[0] > following + more:
            return frequent.numbers[: len(counts)], np.array(counts)
    return None


# All segments -----------------------------------------------------------------------------------------------


class FacetCounter:
    """Add up one facet over segments and return its most frequent values."""

    def __init__(self, facet: Facet, table: LabelTable):
        self._facet, self._table = facet, table
        self._found: list[tuple[int, Segment, Matches]] = []

    def add(self, number: int, segment: Segment, matches: Matches) -> None:
        """Count matches in the snapshot's segment `number`."""
        columns = segment.columns(self._facet.field)
        if columns is not None and columns.label_count and len(matches):
            self._found.append((number, segment, matches))

    def top(self) -> list[tuple[Any, int]]:
        """Return (value, count), most frequent first, equal counts by value."""
        if not self._found:
            return []
        limit = self._facet.limit
        numbers, counts = self._counted()
        if limit is not None and len(numbers) > limit:
            frequent = counts >= np.partition(counts, len(counts) - limit)[len(counts) - limit]
            numbers, counts = numbers[frequent], counts[frequent]
        chosen = _most_first(counts)[:limit]
        return list(zip(self._table.values(numbers[chosen]), counts[chosen].tolist(), strict=True))

    def _counted(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of values, ascending, and their counts; rare values may be left out."""
        field, limit = self._facet.field, self._facet.limit
        *others, (place, segment, matches) = sorted(self._found, key=lambda found: len(found[2]))
        totals = self._added([self._placed(at, *found_in(one, field, some)) for at, one, some in others])
        if limit:
            frequent = count_frequent(segment, field, matches, limit, int(totals.max(initial=0)))
            if frequent is not None:
                numbers, counts = self._placed(place, *frequent)
                counts = counts + totals[numbers] if others else counts
                ascending = np.argsort(numbers)
                return numbers[ascending], counts[ascending]
        found = self._placed(place, *found_in(segment, field, matches))
        if not others:
            return found
        totals[found[0]] += found[1]
        numbers = np.flatnonzero(totals)
        return numbers, totals[numbers]

    def _placed(self, at: int, numbers: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return labels of a segment as numbers of values."""
        places = self._table.places[at]
        return (numbers if places is None else places[numbers]), counts

    def _added(self, parts: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        """Return the sums of counts by number of a value; nothing for no parts."""
        totals = np.zeros(len(self._table) if parts else 0, np.int64)
        for numbers, counts in parts:
            totals[numbers] += counts
        return totals


def _most_first(counts: np.ndarray) -> np.ndarray:
    """Return where the counts stand from the largest down, equal ones in their order."""
    if len(counts) < _FEW:
        return np.argsort(-counts, kind="stable")
    below = counts.max(initial=0) - counts
    # NumPy sorts 16 bits by radix, in a fifth of the time
    return np.argsort(below.astype(smallest_uint(int(below.max(initial=0)))), kind="stable")
