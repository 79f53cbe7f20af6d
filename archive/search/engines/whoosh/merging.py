"""Merge segments from their arrays, without their deleted documents, and choose which to merge.

Whoosh merges by reading every posting into Python and indexing it again (84 s for 10,000 articles); here
postings are renumbered and interleaved by NumPy.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

from .arrays import exclusive_sum, ranges, smallest_uint
from .buffers import stable_argsort
from .files import SegmentData
from .segments import FieldPostings, Segment, pack_counts
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
_GATHER_POSITIONS: Final = 1 << 21


@dataclass
class Source:
    """Describe something to merge: a segment on the disk or the data of one that is not written yet."""

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

    @classmethod
    def of_data(cls, data: SegmentData, deleted: Collection[int]) -> "Source":
        return cls(data.doc_count, deleted, data.fields, data.fields.get, data.stored, lambda: data.columns)

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
    """Return the data of one segment with the live documents of all sources, in order."""
    base, numbers = 0, []
    for source in sources:
        numbers.append(source.new_numbers(base))
        base += source.doc_count - len(source.deleted)
    data = SegmentData(base)
    names = {name for source in sources for name in source.field_names if name in schema}
    for name in sorted(names):
        postings = _merge_field(name, sources, numbers, base)
        if postings is not None:
            data.fields[name] = postings
    for source, new in zip(sources, numbers, strict=True):
        data.stored += [source.stored[doc] for doc in np.flatnonzero(new >= 0).tolist()]
        for name, values in source.columns().items():
            kept = [(int(new[doc]), value) for doc, value in values if new[doc] >= 0]
            data.columns.setdefault(name, []).extend(kept)
    return data


@dataclass
class _Part:
    """Hold the kept postings of one source: rank of the merged term, new document, and where they were."""

    field: FieldPostings
    ranks: np.ndarray
    docs: np.ndarray
    kept: np.ndarray


def _merge_field(
    name: str, sources: list[Source], numbers: list[np.ndarray], doc_count: int
) -> FieldPostings | None:
    fields = [source.field(name) for source in sources]
    terms = sorted({term for field in fields if field for term in field.terms})
    rank_of = {term: rank for rank, term in enumerate(terms)}
    parts = [_keep(f, rank_of, n) for f, n in zip(fields, numbers, strict=True) if f is not None]
    ranks = np.concatenate([part.ranks for part in parts])
    if not len(ranks):
        return None
    order = stable_argsort(ranks, len(terms))
    ranks, docs = ranks[order], np.concatenate([part.docs for part in parts])[order]
    used = np.flatnonzero(np.bincount(ranks, minlength=len(terms)))
    starts = np.searchsorted(ranks, np.append(used, len(terms))).astype(np.int64)
    counts = np.concatenate([_expand(part.field.counts_of(part.kept), len(part.kept)) for part in parts])
    weights = np.concatenate([_expand(part.field.weights_of(part.kept), len(part.kept)) for part in parts])
    merged = FieldPostings(
        parts[0].field.kind,
        Terms.of(terms[rank] for rank in used.tolist()),
        starts,
        docs,
        *pack_counts(counts[order].astype(np.int64), weights[order].astype(np.float32)),
    )
    if merged.kind == "positions":
        _merge_positions(merged, parts, order, counts)
    _merge_lengths(merged, fields, numbers, doc_count)
    return merged


def _keep(field: FieldPostings, rank_of: dict[bytes, int], new: np.ndarray) -> _Part:
    ranks = np.fromiter((rank_of[term] for term in field.terms), np.int32, len(field.terms))
    docs = new[field.docs]
    kept = np.flatnonzero(docs >= 0)
    return _Part(field, np.repeat(ranks, np.diff(field.starts))[kept], docs[kept], kept)


def _expand(values: Any, size: int) -> np.ndarray:
    return np.full(size, values) if isinstance(values, int | float) else values


def _merge_positions(
    merged: FieldPostings, parts: list[_Part], order: np.ndarray, counts: np.ndarray
) -> None:
    """Bring every posting's run of positions to its new place, some two million positions at a time."""
    firsts, base = [], 0
    for part in parts:
        all_counts = _expand(part.field.counts_of(slice(None)), len(part.field.docs))
        firsts.append(exclusive_sum(all_counts)[part.kept] + base)
        base += len(part.field.positions)
    source = np.concatenate([part.field.positions for part in parts])
    firsts, lengths = np.concatenate(firsts)[order], counts[order]
    ends = exclusive_sum(lengths)
    target = np.empty(int(ends[-1]), smallest_uint(int(source.max(initial=0))))
    low = 0
    while low < len(lengths):
        high = max(low + 1, int(np.searchsorted(ends, ends[low] + _GATHER_POSITIONS, "right")) - 1)
        target[int(ends[low]) : int(ends[high])] = source[ranges(firsts[low:high], lengths[low:high])]
        low = high
    merged.positions, merged.position_starts = target, ends[merged.starts]


def _merge_lengths(
    merged: FieldPostings, fields: list[FieldPostings | None], numbers: list[np.ndarray], doc_count: int
) -> None:
    if not any(field is not None and field.lengths is not None for field in fields):
        return
    merged.lengths = np.zeros(doc_count, np.uint8)
    for field, new in zip(fields, numbers, strict=True):
        if field is not None and field.lengths is not None:
            kept = new >= 0
            merged.lengths[new[kept]] = field.lengths[kept]
    # exact, where Whoosh's merge adds up rounded lengths
    merged.total_length = int(
        np.sum(_expand(merged.counts_of(slice(None)), len(merged.docs)), dtype=np.int64)
    )
