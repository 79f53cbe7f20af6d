"""Join one field of several sources: a term has its documents source by source, so nothing is sorted.

Each source's postings of a term are copied behind those of the sources before it, some hundred thousand at a
time, so that memory beyond the result is bounded. `iter_pieces` bounds that of the result too.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from .arrays import exclusive_sum, ranges
from .segments import FieldPostings
from .terms import Terms

# Postings brought to their places at once: about what a processor's cache holds
_JOINED_POSTINGS: Final = 1 << 18
# Postings of a piece: with their positions and terms some tens of megabytes
PIECE_POSTINGS: Final = 1 << 19


def iter_pieces(
    fields: Sequence[FieldPostings | None],
    numbers: Sequence[np.ndarray],
    doc_count: int,
    piece_postings: int,
) -> Iterator[FieldPostings]:
    """Yield what `merge_field` returns one range of terms after the other; each has the lengths of all.

    A piece has about so many postings, or one term that has more.
    """
    present = [field for field in fields if field is not None]
    lengths = _merged_lengths(fields, numbers, doc_count)
    for first, end in pairwise([b"", *_bounds(present, piece_postings), None]):
        cuts = [field and _between(field, first, end) for field in fields]
        piece = merge_field(cuts, numbers, doc_count)
        if piece is not None:
            if lengths is not None:
                piece.lengths, piece.total_length = lengths, _occurrences(piece)
            yield piece


def _bounds(fields: Sequence[FieldPostings], piece_postings: int) -> list[bytes]:
    """Return the terms, ascending, at which to cut: each field offers one after so many of its postings."""
    step = max(1, piece_postings // (len(fields) or 1))
    offered: list[bytes] = []
    for field in fields:
        places = np.searchsorted(field.starts, np.arange(step, int(field.starts[-1]), step), "right") - 1
        offered += map(field.terms.__getitem__, places.tolist())
    offered.sort()
    return sorted(set(offered[len(fields) - 1 :: len(fields) or 1]) - {b""})


def _between(field: FieldPostings, first: bytes, end: bytes | None) -> FieldPostings:
    """Return a field's terms from `first` to below `end`, without its lengths; nothing is copied."""
    low = field.terms.lower_bound(first)
    high = len(field.terms) if end is None else field.terms.lower_bound(end)
    span = slice(int(field.starts[low]), int(field.starts[high]))
    part = FieldPostings(
        field.kind, field.terms.part(low, high), field.starts[low : high + 1] - span.start, field.docs[span]
    )
    part.counts = None if field.counts is None else field.counts[span]
    part.weights = None if field.weights is None else field.weights[span]
    if field.position_starts is not None:
        begin, stop = int(field.position_starts[low]), int(field.position_starts[high])
        part.position_starts = field.position_starts[low : high + 1] - begin
        part.positions = field.positions[begin:stop]
    return part


def merge_field(
    fields: Sequence[FieldPostings | None], numbers: Sequence[np.ndarray], doc_count: int
) -> FieldPostings | None:
    """Merge one field of several sources; `numbers`: their documents' new numbers, ascending, -1 for none."""
    kept = [(field, new) for field, new in zip(fields, numbers, strict=True) if field is not None]
    names = sorted(set().union(*(field.terms for field, _ in kept)))
    rank_of = dict(zip(names, range(len(names)), strict=True))
    parts = [_Part(field, new, rank_of) for field, new in kept]
    frequencies = np.zeros(len(names), np.int64)
    for part in parts:
        frequencies[part.ranks] += part.frequencies
    if not frequencies.any():
        return None
    merged = _fill(parts, exclusive_sum(frequencies))
    used = np.flatnonzero(frequencies)
    merged.terms = Terms.of(map(names.__getitem__, used.tolist()))
    merged.starts = merged.starts[np.append(used, len(names))]
    if merged.position_starts is not None:
        merged.position_starts = merged.position_starts[np.append(used, len(names))]
    merged.lengths = _merged_lengths(fields, numbers, doc_count)
    if merged.lengths is not None:
        merged.total_length = _occurrences(merged)
    return merged


class _Part:
    """Read what is kept of one source's postings, by the rank of its terms among all terms."""

    def __init__(self, field: FieldPostings, new: np.ndarray, rank_of: dict[bytes, int]):
        self.field, self._new, self._all = field, new, bool((new >= 0).all())
        self.ranks = np.fromiter(map(rank_of.__getitem__, field.terms), np.int64, len(field.terms))
        self.frequencies = np.diff(field.starts)
        self.sizes = np.diff(field.position_starts) if field.kind == "positions" else None
        if not self._all:
            live = new[field.docs] >= 0
            self.frequencies = np.diff(exclusive_sum(live)[field.starts])
            if self.sizes is not None:
                occurrences = np.where(live, field.counts_of(slice(None)), 0)
                self.sizes = np.diff(exclusive_sum(occurrences)[field.starts])

    def read(self, low: int, high: int) -> tuple[np.ndarray, Any, Any, np.ndarray | None]:
        """Return documents, counts, weights and positions of what is kept of its terms low..high-1."""
        field = self.field
        span = slice(int(field.starts[low]), int(field.starts[high]))
        docs, counts, weights = self._new[field.docs[span]], field.counts_of(span), field.weights_of(span)
        positions = None
        if self.sizes is not None:
            positions = field.positions[int(field.position_starts[low]) : int(field.position_starts[high])]
        if not self._all:
            live = docs >= 0
            if positions is not None:
                positions = positions[np.repeat(live, counts)]
            docs, counts, weights = docs[live], _choose(counts, live), _choose(weights, live)
        return docs, counts, weights, positions


def _choose(values: Any, where: np.ndarray) -> Any:
    return values if isinstance(values, int | float) else values[where]


def _fill(parts: list[_Part], starts: np.ndarray) -> FieldPostings:
    """Bring each source's postings of a term behind those of the sources before it; nothing is sorted."""
    merged = _empty_postings(parts, starts)
    sizes = np.zeros(len(starts) - 1, np.int64)
    if merged.kind == "positions":
        for part in parts:
            sizes[part.ranks] += part.sizes
        merged.position_starts = exclusive_sum(sizes)
        dtype = np.result_type(*(part.field.positions for part in parts))
        merged.positions = np.empty(int(merged.position_starts[-1]), dtype)
    places = merged.starts[:-1].copy()
    position_places = merged.position_starts[:-1].copy() if merged.kind == "positions" else None
    low = 0
    while low < len(places):
        target = int(starts[low]) + _JOINED_POSTINGS
        high = min(max(low + 1, int(np.searchsorted(starts, target, "right")) - 1), len(places))
        for part in parts:
            first, last = np.searchsorted(part.ranks, (low, high)).tolist()
            _copy(part, first, last, merged, places, position_places)
        low = high
    return merged


def _empty_postings(parts: list[_Part], starts: np.ndarray) -> FieldPostings:
    total, fields = int(starts[-1]), [part.field for part in parts]
    merged = FieldPostings(fields[0].kind, None, starts, np.empty(total, np.int32))
    counts = [field.counts for field in fields if field.counts is not None]
    if counts:
        merged.counts = np.empty(total, np.result_type(*counts))
    if any(field.weights is not None for field in fields):
        merged.weights = np.empty(total, np.float32)
    return merged


def _copy(
    part: _Part,
    first: int,
    last: int,
    merged: FieldPostings,
    places: np.ndarray,
    position_places: np.ndarray | None,
) -> None:
    """Copy a source's terms first..last-1 to their places, and move the places on."""
    if first == last:
        return
    ranks = part.ranks[first:last]
    docs, counts, weights, positions = part.read(first, last)
    frequencies = part.frequencies[first:last]
    target = ranges(places[ranks], frequencies)
    merged.docs[target] = docs
    if merged.counts is not None:
        merged.counts[target] = counts
    if merged.weights is not None:
        merged.weights[target] = weights
    places[ranks] += frequencies
    if positions is not None:
        sizes = part.sizes[first:last]
        merged.positions[ranges(position_places[ranks], sizes)] = positions
        position_places[ranks] += sizes


def _merged_lengths(
    fields: Sequence[FieldPostings | None], numbers: Sequence[np.ndarray], doc_count: int
) -> np.ndarray | None:
    if not any(field is not None and field.lengths is not None for field in fields):
        return None
    lengths = np.zeros(doc_count, np.uint8)
    for field, new in zip(fields, numbers, strict=True):
        if field is not None and field.lengths is not None:
            live = new >= 0
            lengths[new[live]] = field.lengths[live]
    return lengths


def _occurrences(field: FieldPostings) -> int:
    """Return the exact sum of the lengths, where Whoosh's merge adds up rounded ones."""
    return len(field.docs) if field.counts is None else int(field.counts.sum(dtype=np.int64))
