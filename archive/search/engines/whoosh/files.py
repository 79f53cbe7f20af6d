"""The files of one segment: written from plain data, opened again, arrays made anew where missing.

A segment of ours is an ordinary W3 segment (terms, postings, one file a column; a small one is packed into a
single compound file, because every file costs an fsync) plus `<segment>.arrays`. Its name matches Whoosh's
pattern for segment files, so stock Whoosh removes it together with the segment.
"""

import os
import secrets
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh import columns as whoosh_columns
from whoosh import fields as whoosh_fields
from whoosh import formats
from whoosh.codec.whoosh3 import LENGTHS_COLUMN, W3Codec, W3Segment
from whoosh.fields import Schema
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage, RamStorage

from archive.search.errors import IndexConfigurationError

from .arrays import ARRAYS_EXTENSION, ArrayWriter, exclusive_sum, smallest_uint
from .columns import build_rank, needs_rank
from .fieldfiles import FieldSource, HeldField
from .parts import FieldPart
from .segments import FieldPostings
from .state import checksum
from .termfile import TermFileWriter

COMPOUND_MAX_DOCUMENTS: Final = 1_000
_FIELD_ID: Final = struct.Struct("!H")


@dataclass
class SegmentData:
    """Hold what a segment is made from; `stored`: compressed pickles, `columns`: (document, value).

    A field that is None is left out.
    """

    doc_count: int
    fields: Mapping[str, FieldPostings | FieldPart | None] = field(default_factory=dict)
    stored: Sequence[bytes] = field(default_factory=list)
    columns: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)

    def iter_fields(self, schema: Schema) -> Iterator[tuple[str, FieldSource]]:
        """Yield each field, ready to be written, in the order of their names."""
        for name in sorted(self.fields):
            found = self.fields[name]
            if isinstance(found, FieldPostings):
                yield name, HeldField(name, schema[name], found, self.doc_count)
            elif found is not None:
                yield name, found


def posting_kind(field_type: whoosh_fields.FieldType) -> str:
    """Return which of the three plain posting formats a field has; IndexConfigurationError for any other."""
    kinds = {formats.Existence: "existence", formats.Frequency: "frequency", formats.Positions: "positions"}
    kind = kinds.get(type(field_type.format))
    if kind is None:
        raise IndexConfigurationError(f"{field_type!r}: postings of this format cannot be written")
    return kind


def write_segment(folder: Path, segment: W3Segment, schema: Schema, data: SegmentData) -> list[Path]:
    """Write all files of a segment and return their paths; nothing is flushed to the disk's platter here."""
    storage = FileStorage(str(folder))
    segment.set_doc_count(data.doc_count)
    compound = data.doc_count <= COMPOUND_MAX_DOCUMENTS
    target = RamStorage() if compound else storage
    with _ArraysFile(folder, segment) as arrays:
        _write_columns(target, segment, schema, data)  # first: others may still be at work on the fields
        _write_fields(target, segment, schema, data, arrays)
        if compound:
            names = [name for name in target.list() if name.startswith(segment.segment_id())]
            CompoundStorage.assemble(segment.create_file(storage, segment.COMPOUND_EXT), target, names)
            segment.compound = True
        arrays.finish(schema, data)
    return [*_segment_files(folder, segment), arrays.path]


def _write_fields(
    storage: Any, segment: W3Segment, schema: Schema, data: SegmentData, arrays: "_ArraysFile"
) -> None:
    """Write terms, postings, lengths and arrays field by field, so that one is in memory at a time."""
    field_map: dict[str, int] = {}
    index = TermFileWriter(segment.create_file(storage, W3Codec.TERMS_EXT), {"fieldmap": field_map})
    posting_file = segment.create_file(storage, W3Codec.POSTS_EXT)
    offset, total_lengths = 0, {}
    for name, source in data.iter_fields(schema):
        field_map[name] = len(field_map)
        infos = source.write_postings(posting_file, offset)
        offset += int(infos["length"].sum(dtype=np.int64))
        index.add(_FIELD_ID.pack(field_map[name]), source.terms, infos)
        arrays.add_field(name, source)
        if source.total_length:
            total_lengths[name] = source.total_length
        if source.lengths is not None and source.lengths.any():
            values = ((doc, code) for doc, code in enumerate(source.lengths.tolist()) if code)
            _write_column(storage, segment, f"_{name}_len", LENGTHS_COLUMN, values, data.doc_count)
    segment._fieldlengths = total_lengths
    index.close()
    posting_file.close()


def _write_columns(storage: Any, segment: W3Segment, schema: Schema, data: SegmentData) -> None:
    stored = ((doc, raw) for doc, raw in enumerate(data.stored) if raw)
    _write_column(storage, segment, "_stored", whoosh_columns.VarBytesColumn(), stored, data.doc_count)
    for name, values in data.columns.items():
        _write_column(storage, segment, name, schema[name].column_type, values, data.doc_count)


def _write_column(
    storage: Any,
    segment: W3Segment,
    name: str,
    column: whoosh_columns.Column,
    values: Iterable[tuple[int, Any]],
    doc_count: int,
) -> None:
    file = storage.create_file(W3Codec.column_filename(segment, name))
    writer = column.writer(file)
    for doc, value in values:
        writer.add(doc, value)
    writer.finish(doc_count)
    file.close()


def _segment_files(folder: Path, segment: W3Segment) -> list[Path]:
    prefix = segment.segment_id() + "."
    names = (name for name in os.listdir(folder) if name.startswith(prefix))
    return sorted(folder / name for name in names if not name.endswith((ARRAYS_EXTENSION, ".tmp")))


def write_arrays(folder: Path, segment: W3Segment, schema: Schema, data: SegmentData) -> Path:
    """Write the arrays of a segment whose own files are complete; the file appears whole or not at all."""
    with _ArraysFile(folder, segment) as arrays:
        for name, source in data.iter_fields(schema):
            arrays.add_field(name, source)
        arrays.finish(schema, data)
    return arrays.path


class _ArraysFile:
    """Write a segment's arrays under another name, and give the file its own at the end of a block."""

    def __init__(self, folder: Path, segment: W3Segment):
        self._folder, self._segment = folder, segment
        self.path = folder / (segment.segment_id() + ARRAYS_EXTENSION)
        # a name of its own: two processes may find the same arrays missing
        self._part = self.path.with_suffix(f"{ARRAYS_EXTENSION}.{secrets.token_hex(4)}.tmp")
        self._fields: dict[str, Any] = {}

    def __enter__(self) -> "_ArraysFile":
        self._file = self._part.open("wb")
        self._writer = ArrayWriter(self._file)
        return self

    def __exit__(self, failed: type | None, *_: Any) -> None:
        if failed:
            self._file.close()
            self._part.unlink(missing_ok=True)
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.rename(self.path)

    def add_field(self, name: str, source: FieldSource) -> None:
        self._fields[name] = source.write_arrays(self._writer)

    def finish(self, schema: Schema, data: SegmentData) -> None:
        """Add what is kept by document, and the sizes and checksums of Whoosh's files, which are complete."""
        places = {"_stored": self._place("_stored")}
        for name, values in data.columns.items():
            if needs_rank(schema[name]):
                rank, order = build_rank(values, data.doc_count)
                self._writer.add(f"{name}/rank", rank)
                self._writer.add(f"{name}/order", order)
                lengths = np.zeros(data.doc_count, np.int64)
                lengths[[doc for doc, _ in values]] = [len(value) for _, value in values]
                self._add_offsets(name, lengths)
                places[name] = self._place(name)
        self._add_offsets("_stored", np.fromiter(map(len, data.stored), np.int64, data.doc_count))
        files = _segment_files(self._folder, self._segment)
        self._writer.close(
            {
                "segment": self._segment.segment_id(),
                "documents": data.doc_count,
                "fields": self._fields,
                "files": {path.name: checksum(path) for path in files},
                "byte_columns": places,
            }
        )

    def _place(self, column: str) -> tuple[str, int]:
        return _column_place(self._folder, self._segment, column)

    def _add_offsets(self, name: str, lengths: np.ndarray) -> None:
        offsets = exclusive_sum(lengths)
        self._writer.add(f"{name}/offsets", offsets.astype(smallest_uint(int(offsets[-1]))))


def _column_place(folder: Path, segment: W3Segment, column: str) -> tuple[str, int]:
    """Return the file a column's bytes are in, and where they begin."""
    name = W3Codec.column_filename(segment, column)
    if not segment.compound:
        return name, 0
    compound = segment.open_compound_file(FileStorage(str(folder)))
    offset = compound.range(name)[0] if compound.file_exists(name) else 0
    compound.close()
    return segment.make_filename(segment.COMPOUND_EXT), offset
