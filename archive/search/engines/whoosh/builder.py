"""Turn documents into the data of one segment. A document is prepared whole before anything of it is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from whoosh.fields import FieldType, Schema, UnknownFieldError

from archive.search.errors import IndexConfigurationError

from .analysis import WordAnalyzer
from .buffers import ItemBuffer, WordBuffer
from .columns import pack_stored
from .files import SegmentData, posting_kind
from .lexicon import Lexicon


@dataclass
class Prepared:
    """Hold a document that can be added without failing; `terms`: (buffer, its terms, boost) by field."""

    terms: list[tuple[WordBuffer | ItemBuffer, list, float]] = field(default_factory=list)
    stored: bytes = b""
    columns: dict[str, Any] = field(default_factory=dict)


class _Plan(NamedTuple):
    """What to do with a value of one field."""

    buffer: WordBuffer | ItemBuffer | None
    is_stored: bool
    to_column: Callable[[Any], Any] | None
    boost_key: str
    stored_key: str

    @classmethod
    def of(cls, name: str, field_type: FieldType, buffer: WordBuffer | ItemBuffer | None) -> "_Plan":
        to_column = field_type.to_column_value if field_type.column_type else None
        return cls(buffer, bool(field_type.stored), to_column, f"_{name}_boost", f"_stored_{name}")


class SegmentBuilder:
    """Gather documents in memory. `size` grows with the memory held: terms and stored bytes."""

    def __init__(self, schema: Schema, lexicon: Lexicon | None = None):
        """`lexicon`: one that builders before this one have used."""
        self._schema, self._lexicon = schema, lexicon or Lexicon()
        self._buffers = {name: self._buffer(name) for name in schema.names() if schema[name].indexed}
        self._plans = {name: _Plan.of(name, schema[name], self._buffers.get(name)) for name in schema.names()}
        plans = self._plans.items()
        self._known = {key for name, plan in plans for key in (name, plan.boost_key, plan.stored_key)}
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
            return WordBuffer(field_type, self._lexicon)
        return ItemBuffer(field_type, kind)

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
        unknown = [name for name in fields.keys() - self._known if not name.startswith("_")]
        if unknown:
            raise UnknownFieldError(f"No field named {unknown[0]!r} in {self._schema}")
        prepared, stored = Prepared(), {}
        doc_boost = fields.get("_boost", 1.0)
        for name, plan in self._plans.items():
            value = fields.get(name)
            if value is None:
                continue
            if plan.buffer is not None:
                boost = float(fields.get(plan.boost_key, doc_boost))
                prepared.terms.append((plan.buffer, plan.buffer.prepare(value), boost))
            if plan.is_stored or plan.to_column:
                custom = fields.get(plan.stored_key, value)
                if plan.is_stored and custom is not None:
                    stored[name] = custom
                if plan.to_column and custom is not None:
                    prepared.columns[name] = plan.to_column(custom)
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
