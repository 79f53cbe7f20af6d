"""Merge segments from their arrays, without their deleted documents, and choose which to merge.

Whoosh merges by reading every posting into Python and indexing it again (84 s for 10,000 articles); here
postings are renumbered and copied to their places by NumPy.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

from .arrays import exclusive_sum, ranges
from .files import SegmentData
from .segments import FieldPostings, Segment
from .terms import Terms

# Segments of a similar size (within a factor of 8) are merged when there are this many of them
LEVEL_FACTOR: Final = 8
SEGMENTS_PER_LEVEL: Final = 4
# No step merges more documents than this, whatever the size of the index
MERGE_MAX_DOCUMENTS: Final = 20_000
# Deleted documents cost time in each query; a segment with more of them than this share is written anew
MAX_DELETED_SHARE: Final = 0.3
# Whoosh's column files count bytes in 32 bits
MAX_STORED_BYTES: Final = 1 << 30
# Postings brought to their places at once: about what a processor's cache holds
_MERGED_POSTINGS: Final = 1 << 18


@dataclass
class Source:
    """Describe something to merge: a segment, or a run of documents that are in no segment yet."""

    doc_count: int
    deleted: Collection[int]
    field_names: Collection[str]
    field: Callable[[str], FieldPostings | None]
    stored: Sequence[bytes]
    columns: Callable[[], dict[str, list[tuple[int, Any]]]]

    @classmethod
    def of_segment(cls, segment: Segment, entry: W3Segment, folder: Path, schema: Schema) -> "Source":
        return cls(
            segment.doc_count,
            list(entry.deleted_docs()),
            segment.field_names,
            segment.field,
            segment.byte_columns["_stored"],
            lambda: _read_columns(folder, schema, entry),
        )

    def new_numbers(self, base: int) -> np.ndarray:
        """Return each document's number in the merged segment, counted from `base`; -1 for deleted ones."""
        live = np.ones(self.doc_count, bool)
        live[list(self.deleted)] = False
        return np.where(live, base + np.cumsum(live) - 1, -1).astype(np.int32)


def _read_columns(folder: Path, schema: Schema, entry: W3Segment) -> dict[str, list[tuple[int, Any]]]:
    names = [name for name in schema.names() if schema[name].column_type]
    if not names:
        return {}
    reader = SegmentReader(FileStorage(str(folder)), schema, entry)
    columns = {
        name: list(enumerate(reader.column_reader(name, translate=False)))
        for name in names
        if reader.has_column(name)
    }
    reader.close()
    return columns


def choose(entries: Sequence[W3Segment], max_documents: int) -> list[W3Segment]:
    """Return the segments to merge next, in their order; empty when there is nothing worth doing.

    Each document is merged about once a level, so the cost of an update does not grow with the index; no
    merge takes more than `max_documents`.
    """
    levels: dict[int, list[W3Segment]] = {}
    for entry in entries:
        levels.setdefault(_level(entry), []).append(entry)
    for level in sorted(levels):
        chosen, total = [], 0
        for entry in sorted(levels[level], key=lambda e: e.doc_count()):
            if total + entry.doc_count_all() <= max_documents:
                chosen.append(entry)
                total += entry.doc_count_all()
        if len(chosen) >= SEGMENTS_PER_LEVEL:
            return [entry for entry in entries if entry in chosen]
    for entry in entries:
        deleted, size = entry.deleted_count(), entry.doc_count_all()
        if size <= max_documents and deleted > size * MAX_DELETED_SHARE:
            return [entry]
    return []


def groups(
    entries: Sequence[W3Segment], max_documents: int, stored_bytes: Callable[[W3Segment], int]
) -> list[list[W3Segment]]:
    """Return neighbouring segments in groups that fit into one segment each, all of them together."""
    found: list[list[W3Segment]] = []
    documents = size = 0
    for entry in entries:
        documents += entry.doc_count()
        size += stored_bytes(entry)
        if not found or documents > max_documents or size > MAX_STORED_BYTES:
            found.append([])
            documents, size = entry.doc_count(), stored_bytes(entry)
        found[-1].append(entry)
    return found


def _level(entry: W3Segment) -> int:
    size, level = entry.doc_count(), 0
    while size >= LEVEL_FACTOR:
        size, level = size // LEVEL_FACTOR, level + 1
    return level


def merge(schema: Schema, sources: list[Source]) -> SegmentData:
    """Return one segment with the live documents of all sources, in order; fields merge when asked for."""
    base, numbers = 0, []
    for source in sources:
        numbers.append(source.new_numbers(base))
        base += source.doc_count - len(source.deleted)
    names = {name for source in sources for name in source.field_names if name in schema}
    data = SegmentData(base, MergedFields(names, sources, numbers, base), KeptRows(sources, numbers))
    for source, new in zip(sources, numbers, strict=True):
        for name, values in source.columns().items():
            kept = [(int(new[doc]), value) for doc, value in values if new[doc] >= 0]
            data.columns.setdefault(name, []).extend(kept)
    return data


class KeptRows(Sequence[bytes]):
    """Read the stored rows of live documents where they are."""

    def __init__(self, sources: list[Source], numbers: list[np.ndarray]):
        self._rows = [
            (source.stored, np.flatnonzero(new >= 0)) for source, new in zip(sources, numbers, strict=True)
        ]
        self._starts = exclusive_sum(np.array([len(docs) for _, docs in self._rows], np.int64))

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, doc: int) -> bytes:
        part = int(np.searchsorted(self._starts, doc, "right")) - 1
        stored, docs = self._rows[part]
        return stored[int(docs[doc - self._starts[part]])]

    def __iter__(self) -> Iterator[bytes]:
        for stored, docs in self._rows:
            yield from map(stored.__getitem__, docs.tolist())


class MergedFields(Mapping[str, FieldPostings]):
    """Merge each field when it is asked for, so that one is in memory at a time."""

    def __init__(
        self, names: Collection[str], sources: list[Source], numbers: list[np.ndarray], doc_count: int
    ):
        self._names, self._sources, self._numbers, self._doc_count = (
            sorted(names),
            sources,
            numbers,
            doc_count,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, name: str) -> FieldPostings | None:
        """Return the field's postings, or None when no live document has it."""
        fields = [source.field(name) for source in self._sources]
        return merge_field(fields, self._numbers, self._doc_count)


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
    _merge_lengths(merged, kept, doc_count)
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
        target = int(starts[low]) + _MERGED_POSTINGS
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


def _merge_lengths(
    merged: FieldPostings, kept: list[tuple[FieldPostings, np.ndarray]], doc_count: int
) -> None:
    if not any(field.lengths is not None for field, _ in kept):
        return
    merged.lengths = np.zeros(doc_count, np.uint8)
    for field, new in kept:
        if field.lengths is not None:
            live = new >= 0
            merged.lengths[new[live]] = field.lengths[live]
    # exact, where Whoosh's merge adds up rounded lengths
    merged.total_length = len(merged.docs)
    if merged.counts is not None:
        merged.total_length = int(merged.counts.sum(dtype=np.int64))
