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

from .arrays import exclusive_sum
from .files import SegmentData
from .joining import merge_field
from .segments import FieldPostings, Segment

# Segments of a similar size (within a factor of 8) are merged when there are this many of them
LEVEL_FACTOR: Final = 8
SEGMENTS_PER_LEVEL: Final = 4
# No step merges more documents than this, whatever the size of the index
MERGE_MAX_DOCUMENTS: Final = 20_000
# Deleted documents cost time in each query; a segment with more of them than this share is written anew
MAX_DELETED_SHARE: Final = 0.3
# Whoosh's column files count bytes in 32 bits
MAX_STORED_BYTES: Final = 1 << 30


@dataclass
class Source:
    """Describe something to merge: a segment, or a run of documents that are in no segment yet."""

    doc_count: int
    deleted: Collection[int]
    field_names: Collection[str]
    field: Callable[[str], FieldPostings | None]
    stored: Sequence[bytes]
    columns: Callable[[], dict[str, list[tuple[int, Any]]]]
    # gives back the memory of what has been read; a segment's is shared with those who search it
    release: Callable[[], None] = lambda: None

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
        self._sources = sources
        self._docs = [np.flatnonzero(new >= 0) for new in numbers]
        self._starts = exclusive_sum(np.array([len(docs) for docs in self._docs], np.int64))

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, doc: int) -> bytes:
        part = int(np.searchsorted(self._starts, doc, "right")) - 1
        return self._sources[part].stored[int(self._docs[part][doc - self._starts[part]])]

    def __iter__(self) -> Iterator[bytes]:
        for source, docs in zip(self._sources, self._docs, strict=True):
            yield from map(source.stored.__getitem__, docs.tolist())
            source.release()


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
        merged = merge_field(fields, self._numbers, self._doc_count)
        for source in self._sources:
            source.release()
        return merged
