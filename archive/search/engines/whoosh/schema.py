"""Haystack's field declarations -> a Whoosh schema, and each value -> what is indexed and what is stored.

Whoosh's own field types only, so that stock Whoosh opens the folder. Stored values keep their Python type: a
stored "true" stays a string, a list of names stays a list, whatever commas are in it.
"""

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from haystack import fields as haystack_fields
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from whoosh import fields as whoosh_fields
from whoosh.analysis import RegexTokenizer

from archive.search.errors import IndexConfigurationError

from . import analysis
from .values import TO_INDEX, TO_STORE, VALUE_SEPARATOR, Kind

# Counts changes of this file that make older indexes unreadable; part of the fingerprint.
SCHEMA_VERSION: Final = 1
# Beside a text field: the same words unstemmed, for beginnings, near spellings, exact forms and capitals.
WRITTEN_SUFFIX: Final = "_written"
KEY_FIELDS: Final = (ID, DJANGO_CT, DJANGO_ID)
EDGE_NGRAM_CHARS: Final = (2, 15)
NGRAM_CHARS: Final = (3, 15)


@dataclass(frozen=True)
class FieldSpec:
    """One field of the index: its kind, and how values go in and come out."""

    name: str
    kind: Kind
    stored: bool = True
    null: bool = True
    boost: float = 1.0

    def to_index(self, value: Any) -> Any:
        """Return the value as Whoosh indexes it, or None for nothing.

        Raises ValueError, TypeError or OverflowError for a value that the field cannot hold.
        """
        return None if value is None else TO_INDEX[self.kind](value)

    def to_store(self, value: Any) -> Any:
        """Return the value as it is stored and given back, in its own type."""
        return None if value is None else TO_STORE.get(self.kind, self.to_index)(value)

    def from_store(self, value: Any) -> Any:
        """Return what the document was given: lists as lists, days as dates, true and false as bool."""
        if self.kind is Kind.DATE:
            return value.date()
        return bool(value) if self.kind is Kind.BOOLEAN else value

    @property
    def empty(self) -> Any:
        if self.kind is Kind.MANY:
            return []
        return "" if self.kind in (Kind.TEXT, Kind.EXACT) and not self.null else None

    def from_term(self, value: Any) -> Any:
        """Return a facet value in the type that the document was given."""
        if self.kind is Kind.BOOLEAN:
            return bool(value)
        if self.kind is Kind.DATE and isinstance(value, datetime.datetime):
            return value.date()
        if self.kind is Kind.DATETIME and isinstance(value, datetime.datetime):
            return value.replace(tzinfo=datetime.UTC)
        return value


@dataclass(frozen=True)
class Layout:
    """Every field of one connection's index.

    `relevance` lists (field, weight) that add to the score of plain words when they occur there too. `twins`
    names the field of whole values that Haystack keeps beside a field declared with `faceted=True`. `written`
    are the text fields that are indexed unstemmed too: the document, and those in an index's
    `written_fields`. `headline_first` says that the document field begins with a headline, so that words rank
    by their places (see ranking.py).
    """

    fields: Mapping[str, FieldSpec]
    document: str
    relevance: tuple[tuple[str, float], ...] = ()
    twins: Mapping[str, str] = field(default_factory=dict)
    written: tuple[str, ...] = ()
    headline_first: bool = False

    def value_field(self, name: str) -> FieldSpec | None:
        """Return the field that holds the whole values of `name`, or None for an unknown one."""
        return self.fields.get(self.twins.get(name, name))

    @property
    def text_fields(self) -> list[str]:
        return [spec.name for spec in self.fields.values() if spec.kind is Kind.TEXT]

    @property
    def fingerprint(self) -> str:
        """Name what an index must have been built for to serve these fields."""
        described = [
            SCHEMA_VERSION,
            analysis.VERSION,
            self.document,
            self.written,
            sorted((s.name, s.kind, s.stored, s.boost) for s in self.fields.values()),
        ]
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()

    def whoosh_schema(self) -> whoosh_fields.Schema:
        schema = whoosh_fields.Schema(**{spec.name: whoosh_field(spec) for spec in self.fields.values()})
        for name in self.written:
            schema.add(name + WRITTEN_SUFFIX, whoosh_fields.TEXT(analyzer=analysis.exact_analyzer()))
        return schema

    def document_values(self, prepared: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of `writer.add_document` for a document as Haystack prepared it."""
        values = {}
        for name, value in prepared.items():
            spec = self.fields.get(name)
            if spec is None or value is None:
                continue
            try:
                indexed = spec.to_index(value)
                stored = spec.to_store(value) if spec.stored else None
            except (ValueError, TypeError, OverflowError, AttributeError) as error:
                raise ValueError(f"field “{name}”: {error}") from error
            if indexed is not None:
                values[name] = indexed
                if spec.stored:
                    values[f"_stored_{name}"] = stored
            if name in self.written:
                values[name + WRITTEN_SUFFIX] = indexed
        return values


def layout_of(unified_index) -> Layout:
    """Describe the fields of every index that Haystack found.

    Raises IndexConfigurationError for field types that this engine does not have.
    """
    fields = {
        ID: FieldSpec(ID, Kind.EXACT),
        DJANGO_CT: FieldSpec(DJANGO_CT, Kind.EXACT),
        DJANGO_ID: FieldSpec(DJANGO_ID, Kind.EXACT),
    }
    declared = unified_index.all_searchfields()
    if not declared:
        raise IndexConfigurationError(
            "No search index declares any field; add a search_indexes.py to an app."
        )
    twins = {}
    for declared_field in declared.values():
        name = declared_field.index_fieldname
        fields[name] = spec_of(declared_field)
        if getattr(declared_field, "facet_for", None):
            twins[unified_index.get_index_fieldname(declared_field.facet_for)] = name
    document = unified_index.document_field
    weights: dict[str, float] = {}
    written, headline_first = {document}, False
    for index in unified_index.get_indexes().values():
        weights |= getattr(index, "relevance_fields", {})
        written |= set(getattr(index, "written_fields", ()))
        headline_first |= getattr(index, "headline_first", False)
    require_text_fields(fields, weights, "relevance_fields")
    require_text_fields(fields, written, "written_fields")
    relevance = tuple(sorted(weights.items()))
    return Layout(fields, document, relevance, twins, tuple(sorted(written)), headline_first)


def require_text_fields(fields: Mapping[str, FieldSpec], names: Iterable[str], attribute: str) -> None:
    for name in names:
        if name not in fields or fields[name].kind is not Kind.TEXT:
            raise IndexConfigurationError(f"{attribute} names “{name}”, which is not a text field.")


def spec_of(field) -> FieldSpec:
    return FieldSpec(
        name=field.index_fieldname,
        kind=kind_of(field),
        stored=field.stored,
        null=field.null,
        boost=float(field.boost or 1.0),
    )


def kind_of(field) -> Kind:
    if not field.indexed:
        return Kind.KEPT
    if field.is_multivalued:
        return Kind.MANY
    if isinstance(field, haystack_fields.DecimalField):
        return Kind.DECIMAL
    if field.field_type == "string":
        return Kind.EXACT if hasattr(field, "facet_for") else Kind.TEXT
    try:
        return Kind(field.field_type)
    except ValueError:
        raise IndexConfigurationError(
            f"Field “{field.index_fieldname}” is a {type(field).__name__}; this engine has no such fields."
        ) from None


def whoosh_field(spec: FieldSpec) -> whoosh_fields.FieldType:
    return WHOOSH_FIELDS[spec.kind](spec)


def _date_field(spec: FieldSpec):
    field = whoosh_fields.DATETIME(stored=spec.stored)
    field.shift_step = 0  # one term a value: ranges are compared by value, not looked up in tiers
    return field


def _number(numtype: type, **options):
    return lambda spec: whoosh_fields.NUMERIC(
        numtype, stored=spec.stored, shift_step=0, field_boost=spec.boost, **options
    )


WHOOSH_FIELDS: Final = {
    Kind.TEXT: lambda spec: whoosh_fields.TEXT(
        stored=spec.stored, analyzer=analysis.text_analyzer(), field_boost=spec.boost
    ),
    Kind.EXACT: lambda spec: whoosh_fields.ID(stored=spec.stored, unique=spec.name == ID),
    Kind.MANY: lambda spec: whoosh_fields.KEYWORD(
        stored=spec.stored, analyzer=RegexTokenizer(f"[^{VALUE_SEPARATOR}]+"), field_boost=spec.boost
    ),
    Kind.INTEGER: _number(int, bits=64),
    Kind.FLOAT: _number(float),
    Kind.DECIMAL: _number(float),
    Kind.BOOLEAN: _number(int, bits=8, signed=False),
    Kind.DATE: _date_field,
    Kind.DATETIME: _date_field,
    Kind.NGRAM: lambda spec: whoosh_fields.NGRAM(*NGRAM_CHARS, stored=spec.stored, field_boost=spec.boost),
    Kind.EDGE_NGRAM: lambda spec: whoosh_fields.NGRAMWORDS(
        *EDGE_NGRAM_CHARS, stored=spec.stored, field_boost=spec.boost, at="start"
    ),
    Kind.KEPT: lambda spec: whoosh_fields.STORED(),
}
