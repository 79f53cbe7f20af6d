"""Open a segment, or read it back from its Whoosh files where its arrays are missing or older."""

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh import fields as whoosh_fields
from whoosh import formats
from whoosh.codec.whoosh3 import LENGTHS_COLUMN, W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

from archive.search.errors import IndexDamaged, IndexNotReady

from .arrays import ARRAYS_EXTENSION, ArrayFile, ArraysOutdated, exclusive_sum, smallest_uint
from .columns import BytesColumn, raw_lengths
from .files import SegmentData, write_arrays
from .passing import raise_if_passing
from .postings import decode_list
from .segments import FieldPostings, Segment, pack_counts
from .terms import Terms

# Making the arrays of so many takes about a second.
MADE_AT_ONCE_DOCUMENTS: Final = 3_000


class ArraysMissing(IndexNotReady):
    """Say that the arrays of a large segment are missing; `make` makes them."""

    def __init__(self, folder: Path, segment: W3Segment, schema: Schema):
        super().__init__(f"{folder / segment.segment_id()}: its arrays are missing and are made anew")
        self.make = partial(rebuild_arrays, folder, segment, schema)


def open_segment(folder: Path, segment: W3Segment, schema: Schema) -> Segment:
    """Open a segment, first making its arrays if they are missing or of another version.

    Raises ArraysMissing when that would take long, IndexDamaged when a file is torn, FileNotFoundError when a
    later commit has removed the segment.
    """
    path = folder / (segment.segment_id() + ARRAYS_EXTENSION)
    try:
        file = ArrayFile(path)
    except ArraysOutdated as error:
        if segment.doc_count_all() > MADE_AT_ONCE_DOCUMENTS:
            raise ArraysMissing(folder, segment, schema) from error
        rebuild_arrays(folder, segment, schema)
        file = ArrayFile(path)
    file.check_siblings()
    columns = {
        name: BytesColumn(folder / path, base, file.get(f"{name}/offsets"))
        for name, (path, base) in file.info["byte_columns"].items()
    }
    return Segment(file, columns)


def rebuild_arrays(folder: Path, segment: W3Segment, schema: Schema) -> Path:
    """Make a segment's arrays from its Whoosh files alone."""
    try:
        data = read_segment(folder, segment, schema)
    except FileNotFoundError:
        raise
    except Exception as error:  # Whoosh raises whatever the torn bytes happen to cause
        raise_if_passing(error, folder)
        raise IndexDamaged(f"{folder / segment.segment_id()}: cannot be read ({error!r})") from error
    return write_arrays(folder, segment, schema, data)


def read_segment(folder: Path, segment: W3Segment, schema: Schema) -> SegmentData:
    """Read everything back from a segment's Whoosh files. Slow: Whoosh's decoding, a posting at a time."""
    storage = FileStorage(str(folder))
    reader = SegmentReader(storage, schema, segment)
    data = SegmentData(segment.doc_count_all())
    collected: dict[str, list[tuple[bytes, Any]]] = {}
    for (name, term), info in reader._terms.items():
        if name in schema:
            collected.setdefault(name, []).append((term, info))
    for name, entries in collected.items():
        data.fields[name] = _read_field(reader, name, schema[name], entries, segment)
    data.stored = _read_stored(reader, segment)
    for name in schema.names():
        if schema[name].column_type and reader.has_column(name):
            values = reader.column_reader(name, translate=False)
            data.columns[name] = list(enumerate(values))
    reader.close()
    return data


def _read_field(
    reader: SegmentReader, name: str, field_type: whoosh_fields.FieldType, entries: list, segment: W3Segment
) -> FieldPostings:
    form, positions = field_type.format, []
    kind = "positions" if form.supports("positions") else "existence"
    if isinstance(form, formats.Frequency):
        kind = "frequency"
    docs, weights, counts, frequencies = [], [], [], []
    for _, info in entries:
        offset, length = info.extent()
        length = (
            length[0] if isinstance(length, tuple) else length
        )  # whoosh 2.7.5 leaves the tuple of struct.unpack
        ids, wts, blocks = decode_list(
            bytes(reader._terms._postfile.get(offset, length)), kind != "existence"
        )
        docs += ids
        weights += wts
        frequencies.append(len(ids))
        for block in blocks:
            if kind == "frequency":
                counts += np.frombuffer(block, ">u4").tolist()
            else:
                decoded = [form.decode_positions(value) for value in block]
                counts += map(len, decoded)
                positions += [position for one in decoded for position in one]
    counts_array = np.array(counts or [1] * len(docs), np.int64)
    postings = FieldPostings(
        kind,
        Terms.of(term for term, _ in entries),
        exclusive_sum(np.array(frequencies, np.int64)),
        np.array(docs, np.int32),
        *pack_counts(counts_array, np.array(weights, np.float32)),
        total_length=segment._fieldlengths.get(name, 0),
    )
    if kind == "positions":
        postings.position_starts = exclusive_sum(counts_array)[postings.starts]
        postings.positions = np.array(positions, smallest_uint(max(positions, default=0)))
    if field_type.scorable:
        lengths = reader._perdoc._cached_reader(f"_{name}_len", LENGTHS_COLUMN)
        size = segment.doc_count_all()
        postings.lengths = np.array(list(lengths) if lengths else [0] * size, np.uint8)
    return postings


def _read_stored(reader: SegmentReader, segment: W3Segment) -> list[bytes]:
    doc_count = segment.doc_count_all()
    if not reader._perdoc.has_column("_stored"):
        return [b""] * doc_count
    file, offset, length = reader._perdoc._get_column_file("_stored")
    ends = exclusive_sum(raw_lengths(file, offset, length, doc_count)).tolist()
    return [bytes(file.get(offset + a, b - a)) for a, b in pairwise(ends)]
