"""Turn documents into the data of one segment. A document is prepared whole before anything of it is kept."""

from dataclasses import dataclass, field
from typing import Any

from whoosh.fields import Schema, UnknownFieldError

from archive.search.errors import IndexConfigurationError

from .analysis import WordAnalyzer
from .buffers import ItemBuffer, Tokens, Vocabulary, WordBuffer
from .columns import pack_stored
from .files import SegmentData, posting_kind


@dataclass
class Prepared:
    """Hold a document that can be added without failing; `terms`: (buffer, its terms, boost) by field."""

    terms: list[tuple[WordBuffer | ItemBuffer, list, float]] = field(default_factory=list)
    stored: bytes = b""
    columns: dict[str, Any] = field(default_factory=dict)


class SegmentBuilder:
    """Gather documents in memory. `size` grows with the memory held: terms and stored bytes."""

    def __init__(self, schema: Schema):
        self._schema = schema
        self._tokens, self._vocabularies = Tokens(), {}
        self._buffers = {name: self._buffer(name) for name in schema.names() if schema[name].indexed}
        self._stored: list[bytes] = []
        self._columns: dict[str, list[tuple[int, Any]]] = {}
        self._stored_bytes = 0

    def _buffer(self, name: str) -> WordBuffer | ItemBuffer:
        field_type = self._schema[name]
        if field_type.vector or field_type.separate_spelling():
            raise IndexConfigurationError(f"field {name}: vectors and spelling fields are not supported")
        kind = posting_kind(field_type)
        analyzer = getattr(field_type, "analyzer", None)
        if kind == "positions" and isinstance(analyzer, WordAnalyzer):
            return WordBuffer(field_type, self._tokens, self._vocabulary)
        return ItemBuffer(field_type, kind)

    def _vocabulary(self, analyzer: WordAnalyzer) -> Vocabulary:
        if analyzer not in self._vocabularies:
            self._vocabularies[analyzer] = Vocabulary(self._tokens, analyzer)
        return self._vocabularies[analyzer]

    def __len__(self) -> int:
        return len(self._stored)

    @property
    def term_count(self) -> int:
        return sum(map(len, self._buffers.values()))

    @property
    def stored_bytes(self) -> int:
        return self._stored_bytes

    def prepare(self, fields: dict[str, Any]) -> Prepared:
        """Analyse a document given as to Whoosh's `add_document`; if it raises, nothing has been added."""
        prepared, stored = Prepared(), {}
        doc_boost = float(fields.get("_boost", 1.0))
        for name, value in fields.items():
            if name.startswith("_"):
                continue
            if name not in self._schema:
                raise UnknownFieldError(f"No field named {name!r} in {self._schema}")
            if value is None:
                continue
            field_type = self._schema[name]
            if name in self._buffers:
                buffer, boost = self._buffers[name], float(fields.get(f"_{name}_boost", doc_boost))
                prepared.terms.append((buffer, buffer.prepare(value), boost))
            custom = fields.get(f"_stored_{name}", value)
            if field_type.stored and custom is not None:
                stored[name] = custom
            if field_type.column_type and custom is not None:
                prepared.columns[name] = field_type.to_column_value(custom)
        prepared.stored = pack_stored(stored)
        return prepared

    def add(self, prepared: Prepared) -> int:
        """Keep a prepared document and return its number in the segment."""
        doc = len(self._stored)
        for buffer, terms, boost in prepared.terms:
            buffer.add(doc, terms, boost)
        for name, value in prepared.columns.items():
            self._columns.setdefault(name, []).append((doc, value))
        self._stored.append(prepared.stored)
        self._stored_bytes += len(prepared.stored)
        return doc

    def finish(self) -> SegmentData:
        """Return everything as the data of a segment; the builder is used up."""
        data = SegmentData(len(self._stored), stored=self._stored, columns=self._columns)
        for name in sorted(self._buffers):
            postings = self._buffers.pop(name).finish(data.doc_count)
            if postings is not None:
                data.fields[name] = postings
        return data
