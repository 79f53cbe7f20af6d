"""What segments keep by document: stored fields, sort columns, and facet tables of whole values."""

import mmap
import pickle
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import columns as whoosh_columns
from whoosh import fields as whoosh_fields

from archive.search.errors import IndexDamaged

from .arrays import let_go, smallest_uint
from .deflate import compress
from .segments import MAX_FACET_WIDTH, FieldColumns, FieldPostings


class BytesColumn:
    """Read a column of byte strings from its memory-mapped file (or its place in a compound file)."""

    def __init__(self, path: Path, base: int, offsets: np.ndarray):
        with path.open("rb") as file:
            size = path.stat().st_size
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        self._base, self._offsets = base, offsets

    @property
    def nbytes(self) -> int:
        return int(self._offsets[-1])

    def release(self) -> None:
        """Give back the memory of what has been read."""
        if self._map:
            let_go(self._map)

    def __getitem__(self, doc: int) -> bytes:
        return self._map[self._base + int(self._offsets[doc]) : self._base + int(self._offsets[doc + 1])]


def pack_stored(values: dict[str, Any]) -> bytes:
    """Return stored fields as Whoosh's stored column keeps them."""
    return compress(pickle.dumps(values, 2)) if values else b""


def unpack_stored(raw: bytes) -> dict[str, Any]:
    """Return stored fields; IndexDamaged when the bytes are not what was written."""
    try:
        return pickle.loads(zlib.decompress(raw)) if raw else {}  # noqa: S301 - a trusted folder
    except (zlib.error, pickle.UnpicklingError, EOFError, ValueError) as error:
        raise IndexDamaged(f"stored fields cannot be read ({error})") from error


def has_columns(field: whoosh_fields.FieldType) -> bool:
    """Say whether a field's terms are whole values, fit for facets and sorting."""
    if not field.indexed or isinstance(field, whoosh_fields.NGRAM):
        return False
    return not field.format.supports("positions")


def build_columns(field: whoosh_fields.FieldType, postings: FieldPostings, doc_count: int) -> FieldColumns:
    """Turn a field's inverted list round: from documents to the ordinals of their values."""
    is_number = isinstance(field, whoosh_fields.NUMERIC)
    label_count = postings.terms.lower_bound(b"\x01") if is_number else len(postings.terms)
    docs = postings.docs[: int(postings.starts[label_count])]
    ordinals = np.repeat(np.arange(label_count, dtype=np.int32), np.diff(postings.starts[: label_count + 1]))
    by_doc = np.argsort(docs, kind="stable")
    docs, ordinals = docs[by_doc], ordinals[by_doc]
    per_doc = np.bincount(docs, minlength=doc_count)
    width = min(max(1, int(per_doc.max(initial=0))), MAX_FACET_WIDTH)
    firsts = np.cumsum(per_doc) - per_doc
    place = np.arange(len(docs)) - firsts[docs]
    dtype = smallest_uint(label_count)
    table = np.full((doc_count, width), label_count, dtype)
    inside = place < width
    table[docs[inside], place[inside]] = ordinals[inside]
    return FieldColumns(label_count, table, docs[~inside].astype(np.int32), ordinals[~inside].astype(dtype))


def is_ordered(field: whoosh_fields.FieldType) -> bool:
    """Say whether the documents in the order of this field are worth keeping: numbers and dates."""
    return isinstance(field, whoosh_fields.NUMERIC) and has_columns(field)


def needs_rank(field: whoosh_fields.FieldType) -> bool:
    """Say whether sorting by this field needs ranks made from its Whoosh column."""
    return type(field.column_type) is whoosh_columns.VarBytesColumn and not has_columns(field)


def build_rank(values: list[tuple[int, Any]], doc_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each document's rank by its column value (no value: `doc_count`, last) and the order."""
    places = {value: rank for rank, value in enumerate(sorted({value for _, value in values if value}))}
    ranks = np.full(doc_count, doc_count, np.int32)
    for doc, value in values:
        ranks[doc] = places.get(value, doc_count)
    return ranks, np.argsort(ranks, kind="stable").astype(np.int32)


def raw_lengths(column_file: Any, offset: int, length: int, doc_count: int) -> np.ndarray:
    """Return the byte lengths of a variable-length Whoosh column's values."""
    reader = whoosh_columns.VarBytesColumn().reader(column_file, offset, length, doc_count)
    return np.array(reader._lengths, np.int64)
