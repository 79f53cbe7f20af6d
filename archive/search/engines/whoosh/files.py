"""The files of one segment: written from plain data, opened again, arrays made anew where missing.

A segment of ours is an ordinary W3 segment (terms, postings, one file a column; a small one is packed into a
single compound file, because every file costs an fsync) plus `<segment>.arrays`. Its name matches Whoosh's
pattern for segment files, so stock Whoosh removes it together with the segment.
"""

import os
import secrets
import struct
from collections.abc import Iterable
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

from .arrays import (
    ARRAYS_EXTENSION,
    ArrayWriter,
    checksum_file,
    exclusive_sum,
    smallest_uint,
)
from .columns import (
    build_columns,
    build_rank,
    has_columns,
    is_ordered,
    needs_rank,
)
from .postings import FieldEncoder
from .segments import FieldPostings
from .termfile import TermFileWriter

COMPOUND_MAX_DOCUMENTS: Final = 1_000
_WRITE_LISTS: Final = 4096
_FIELD_ID: Final = struct.Struct("!H")


@dataclass
class SegmentData:
    """Hold what a segment is made from; `stored`: compressed pickles, `columns`: (document, value)."""

    doc_count: int
    fields: dict[str, FieldPostings] = field(default_factory=dict)
    stored: list[bytes] = field(default_factory=list)
    columns: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Return about how much memory the postings and stored fields take."""
        return sum(postings.nbytes for postings in self.fields.values()) + sum(map(len, self.stored))


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
    segment._fieldlengths = {name: f.total_length for name, f in data.fields.items() if f.total_length}
    compound = data.doc_count <= COMPOUND_MAX_DOCUMENTS
    target = RamStorage() if compound else storage
    _write_terms(target, segment, data.fields)
    _write_columns(target, segment, schema, data)
    if compound:
        names = [name for name in target.list() if name.startswith(segment.segment_id())]
        CompoundStorage.assemble(segment.create_file(storage, segment.COMPOUND_EXT), target, names)
        segment.compound = True
    return [*_segment_files(folder, segment), write_arrays(folder, segment, schema, data)]


def _write_terms(storage: Any, segment: W3Segment, fields: dict[str, FieldPostings]) -> None:
    names = sorted(fields)
    field_map = {name: number for number, name in enumerate(names)}
    index = TermFileWriter(segment.create_file(storage, W3Codec.TERMS_EXT), {"fieldmap": field_map})
    posting_file = segment.create_file(storage, W3Codec.POSTS_EXT)
    offset = 0
    for number, name in enumerate(names):
        prefix = _FIELD_ID.pack(number)
        encoder, held = FieldEncoder(fields[name]), []
        for term, (blob, info) in zip(fields[name].terms, encoder.encode(offset), strict=True):
            held.append(blob)
            index.add(prefix + term, info)
            offset += len(blob)
            if len(held) >= _WRITE_LISTS:
                posting_file.write(b"".join(held))
                held.clear()
        posting_file.write(b"".join(held))
    index.close()
    posting_file.close()


def _write_columns(storage: Any, segment: W3Segment, schema: Schema, data: SegmentData) -> None:
    doc_count = data.doc_count
    stored = [(doc, raw) for doc, raw in enumerate(data.stored) if raw]
    _write_column(storage, segment, "_stored", whoosh_columns.VarBytesColumn(), stored, doc_count)
    for name, postings in data.fields.items():
        if postings.lengths is not None and postings.lengths.any():
            values = [(doc, code) for doc, code in enumerate(postings.lengths.tolist()) if code]
            _write_column(storage, segment, f"_{name}_len", LENGTHS_COLUMN, values, doc_count)
    for name, values in data.columns.items():
        _write_column(storage, segment, name, schema[name].column_type, values, doc_count)


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
    path = folder / (segment.segment_id() + ARRAYS_EXTENSION)
    # a name of its own: two processes may find the same arrays missing
    part = path.with_suffix(f"{ARRAYS_EXTENSION}.{secrets.token_hex(4)}.tmp")
    with part.open("wb") as file:
        writer = ArrayWriter(file)
        info = {
            name: _write_field(writer, name, schema[name], postings, data)
            for name, postings in data.fields.items()
        }
        places = {"_stored": _column_place(folder, segment, "_stored")}
        for name, values in data.columns.items():
            if needs_rank(schema[name]):
                rank, order = build_rank(values, data.doc_count)
                writer.add(f"{name}/rank", rank)
                writer.add(f"{name}/order", order)
                _write_offsets(writer, name, values, data.doc_count)
                places[name] = _column_place(folder, segment, name)
        _write_offsets(writer, "_stored", list(enumerate(data.stored)), data.doc_count)
        files = {p.name: (p.stat().st_size, checksum_file(p)) for p in _segment_files(folder, segment)}
        writer.close(
            {
                "segment": segment.segment_id(),
                "documents": data.doc_count,
                "fields": info,
                "files": files,
                "byte_columns": places,
            }
        )
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    return path


def _write_field(
    writer: ArrayWriter,
    name: str,
    field_type: whoosh_fields.FieldType,
    postings: FieldPostings,
    data: SegmentData,
) -> dict[str, Any]:
    parts = {
        "terms": postings.terms.blob,
        "term_offsets": postings.terms.offsets,
        "starts": postings.starts,
        "docs": postings.docs,
        "counts": postings.counts,
        "weights": postings.weights,
        "position_starts": postings.position_starts,
        "positions": postings.positions,
        "lengths": postings.lengths,
    }
    info: dict[str, Any] = {"kind": postings.kind, "total_length": postings.total_length}
    if has_columns(field_type):
        columns = build_columns(field_type, postings, data.doc_count)
        info["label_count"] = columns.label_count
        parts |= {
            "ordinals": columns.ordinals,
            "extra_docs": columns.extra_docs,
            "extra_ordinals": columns.extra_ordinals,
        }
        if is_ordered(field_type):
            parts["order"] = np.argsort(columns.ordinals[:, 0], kind="stable").astype(np.int32)
    for part, array in parts.items():
        if array is not None:
            writer.add(f"{name}/{part}", array)
    return info


def _write_offsets(writer: ArrayWriter, name: str, values: list[tuple[int, bytes]], doc_count: int) -> None:
    lengths = np.zeros(doc_count, np.int64)
    for doc, value in values:
        lengths[doc] = len(value)
    offsets = exclusive_sum(lengths)
    writer.add(f"{name}/offsets", offsets.astype(smallest_uint(int(offsets[-1]))))


def _column_place(folder: Path, segment: W3Segment, column: str) -> tuple[str, int]:
    """Return the file a column's bytes are in, and where they begin."""
    name = W3Codec.column_filename(segment, column)
    if not segment.compound:
        return name, 0
    compound = segment.open_compound_file(FileStorage(str(folder)))
    offset = compound.range(name)[0] if compound.file_exists(name) else 0
    compound.close()
    return segment.make_filename(segment.COMPOUND_EXT), offset
