"""Haystack's SQ tree -> a Whoosh query tree, never through text.

Whatever a reader typed arrives here as a value and becomes a term; nothing in it is ever read as syntax.
Sizes are checked before anything is walked recursively.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from haystack.backends import SearchNode
from haystack.constants import DJANGO_ID
from whoosh import query as wq
from whoosh.fields import Schema

from archive.search import inputs
from archive.search.errors import (
    InvalidNarrow,
    QueryTooLong,
    UnknownField,
    UnsupportedLookup,
)

from .lookups import (
    FUZZY_EDITS,
    as_input,
    boosted,
    is_day,
    listed,
    literal,
    pair,
    plain,
    ranged,
    split_expression,
    unwrap,
    without,
)
from .ranking import forms_of, is_words, ranked
from .schema import WRITTEN_SUFFIX, FieldSpec, Layout
from .sizes import Limits, check_size
from .values import NGRAM_KINDS, VALUE_KINDS, Kind, as_datetime, clean_text
from .words import WordCompiler, any_of, every_of

ORDER_LOOKUPS: Final = frozenset({"gt", "gte", "lt", "lte", "range"})
FUZZY_PREFIX_CHARS: Final = 1


@dataclass(frozen=True)
class Question:
    """What a SearchQuerySet asks: its tree of conditions, and (words, weight) that only lift the score."""

    tree: SearchNode
    boosts: tuple[tuple[str, float], ...] = ()

    def __str__(self):
        return f"{self.tree} {dict(self.boosts)}" if self.boosts else str(self.tree)


@dataclass(frozen=True)
class Compiled:
    """What ranks documents, and what only keeps or drops them."""

    query: wq.Query
    filters: list[wq.Query]


class Compiler:
    """Turn questions into Whoosh queries for one layout and the schema of the index that is open."""

    def __init__(self, layout: Layout, schema: Schema, limits: Limits):
        self.layout, self.schema, self.limits = layout, schema, limits
        # How each term of the document field was typed.
        self._forms: dict[str, str] = {}

    def compile(self, question: Question) -> Compiled:
        """Raise a QueryRefused of the fitting kind for what cannot be asked."""
        check_size(question.tree, self.limits)
        scored, filters = self._split(question.tree)
        query = self._ranked(every_of(scored)) if scored else wq.Every()
        words = WordCompiler(self.schema, self.layout.document)
        lifted = any_of(
            boosted(words.compile(inputs.Words(text)), weight) for text, weight in question.boosts
        )
        return Compiled(query if lifted == wq.NullQuery else wq.AndMaybe(query, lifted), filters)

    def _ranked(self, query: wq.Query) -> wq.Query:
        if not self.layout.headline_first or self.layout.document not in self.schema:
            return query
        names = self.layout.text_fields
        texts = [*names, *(name + WRITTEN_SUFFIX for name in names)]
        return ranked(query, self.layout.document, texts, self._forms)

    def _split(self, node: SearchNode) -> tuple[list[wq.Query], list[wq.Query]]:
        """Part what must hold into what ranks documents and what only keeps or drops them.

        Values, numbers, dates and everything negated only filter: the rarity of a place says nothing about
        which story is the best one.
        """
        if node.negated or (node.connector == SearchNode.OR and len(node.children) > 1):
            return ([], [self._node(node)]) if self._only_filters(node) else ([self._node(node)], [])
        scored, filters = [], []
        for child in node.children:
            if isinstance(child, SearchNode):
                parts = self._split(child)
                scored, filters = scored + parts[0], filters + parts[1]
            else:
                (filters if self._is_filter(child[0]) else scored).append(self._child(child))
        return scored, filters

    def _only_filters(self, node: SearchNode) -> bool:
        return node.negated or all(
            self._only_filters(child) if isinstance(child, SearchNode) else self._is_filter(child[0])
            for child in node.children
        )

    def _is_filter(self, expression: str) -> bool:
        field, lookup = split_expression(expression)
        return lookup == "exists" or self._spec(field).kind is not Kind.TEXT

    def narrow(self, text: str) -> wq.Query:
        """Compile exactly `field:"value"`; everything between the outer quotes is the value."""
        field, colon, rest = str(text).partition(":")
        if not colon or not field.isidentifier() or len(rest) < 2 or rest[0] != '"' or rest[-1] != '"':
            raise InvalidNarrow(f'“{str(text)[:80]}” is not of the form field:"value".')
        if len(rest) > self.limits.max_chars:
            raise QueryTooLong(f"A value has at most {self.limits.max_chars:,} characters.")
        return self._condition(self.layout.twins.get(field, field), "exact", rest[1:-1])

    def facet_query(self, field: str, value: Any) -> wq.Query:
        """Compile a query facet: a condition tree, an input, a value, `start*`, or `[from TO until]`."""
        if isinstance(value, SearchNode):
            check_size(value, self.limits)
            return self._node(value)
        field = self.layout.twins.get(field, field)
        if isinstance(value, str) and value.startswith("[") and value.endswith("]") and " TO " in value:
            bounds = [None if part == "*" else part for part in value[1:-1].split(" TO ", 1)]
            return self._condition(field, "range", bounds)
        if isinstance(value, str) and value.endswith("*") and value != "*":
            return self._condition(field, "startswith", value[:-1])
        if value == "*":
            return self._condition(field, "exists", True)
        return self._condition(field, "exact", value.strip('"') if isinstance(value, str) else value)

    # --- the tree -------------------------------------------------------------------------------------------

    def _node(self, node: SearchNode) -> wq.Query:
        parts = [self._child(child) for child in node.children]
        if not parts:
            return wq.Every()
        query = any_of(parts) if node.connector == SearchNode.OR else every_of(parts)
        return without(query) if node.negated else query

    def _child(self, child: SearchNode | tuple[str, Any]) -> wq.Query:
        if isinstance(child, SearchNode):
            return self._node(child)
        expression, value = child
        field, lookup = split_expression(expression)
        return self._condition(field, lookup, value)

    def _condition(self, field: str, lookup: str, value: Any) -> wq.Query:
        spec = self._spec(field)
        if spec.name not in self.schema:
            return wq.NullQuery  # declared since the index was built: no document has it yet
        if lookup == "exists":
            there = wq.Every(spec.name)
            return there if value else without(there)
        if hasattr(value, "values_list"):  # a ValuesListSearchQuerySet or Django's own
            value = list(value)
        if lookup == "in":
            return any_of([self._value(spec, "exact", item) for item in listed(value)])
        return self._value(spec, lookup, value)

    def _value(self, spec: FieldSpec, lookup: str, value: Any) -> wq.Query:
        value, lookup, negated = unwrap(value, lookup)
        if value is None or (isinstance(value, str) and not value.strip()):
            return wq.NullQuery
        query = self._ask(spec)(spec, lookup, value)
        return without(query) if negated else query

    def _ask(self, spec: FieldSpec) -> Callable[[FieldSpec, str, Any], wq.Query]:
        if spec.kind is Kind.TEXT:
            return self._ask_text
        if spec.kind in NGRAM_KINDS:
            return self._ask_ngrams
        if spec.kind in VALUE_KINDS:
            return self._ask_values
        if spec.kind is Kind.KEPT:
            raise UnsupportedLookup(f"“{spec.name}” is kept with its document, but not indexed.")
        return self._ask_number

    def _spec(self, field: str) -> FieldSpec:
        name = {"content": self.layout.document, "pk": DJANGO_ID}.get(field, field)
        try:
            return self.layout.fields[name]
        except KeyError:
            raise UnknownField(f"There is no field “{field}” to search in.") from None

    # --- by kind of field -----------------------------------------------------------------------------------

    def _ask_text(self, spec: FieldSpec, lookup: str, value: Any) -> wq.Query:
        if lookup in ORDER_LOOKUPS:
            raise UnsupportedLookup(f"“{spec.name}” holds running text, which has no order.")
        words = WordCompiler(self.schema, spec.name)
        part = as_input(value, lookup)
        query = words.compile(part)
        if spec.name != self.layout.document:
            return query
        if self.layout.headline_first and is_words(query, spec.name):
            self._forms |= forms_of(part)
            return query
        lifted = [
            boosted(WordCompiler(self.schema, name).compile(part), weight)
            for name, weight in self.layout.relevance
            if name in self.schema
        ]
        lifted = [query for query in lifted if query != wq.NullQuery]
        return wq.AndMaybe(query, any_of(lifted)) if lifted and query != wq.NullQuery else query

    def _ask_ngrams(self, spec: FieldSpec, lookup: str, value: Any) -> wq.Query:
        grams = [word[:15] for word in clean_text(plain(value, spec)).lower().split()]
        return every_of([wq.Term(spec.name, gram) for gram in grams])

    def _ask_values(self, spec: FieldSpec, lookup: str, value: Any) -> wq.Query:
        name = spec.name
        if isinstance(value, inputs.AnyOf):
            return any_of([self._ask_values(spec, "exact", part) for part in value.parts])
        if isinstance(value, inputs.Prefix):
            value, lookup = value.text, "startswith"
        if lookup == "range":
            low, high = (None if bound is None else clean_text(bound) for bound in pair(value))
            return wq.TermRange(name, low, high)
        text = clean_text(plain(value, spec))
        if lookup == "fuzzy":
            return wq.FuzzyTerm(name, text, maxdist=FUZZY_EDITS, prefixlength=FUZZY_PREFIX_CHARS)
        return {
            "startswith": lambda: wq.Prefix(name, text),
            "endswith": lambda: wq.Wildcard(name, "*" + literal(text)),
            "contains": lambda: wq.Wildcard(name, f"*{literal(text)}*"),
            "gt": lambda: wq.TermRange(name, text, None, startexcl=True),
            "gte": lambda: wq.TermRange(name, text, None),
            "lt": lambda: wq.TermRange(name, None, text, endexcl=True),
            "lte": lambda: wq.TermRange(name, None, text),
        }.get(lookup, lambda: wq.Term(name, text))()

    def _ask_number(self, spec: FieldSpec, lookup: str, value: Any) -> wq.Query:
        if lookup == "range":
            low, high = (self._convert(spec, bound) for bound in pair(value))
            return ranged(spec, low, high)
        if lookup in ("content", "exact") and spec.kind is Kind.DATETIME and is_day(value):
            start = as_datetime(value)
            return ranged(spec, start, start + datetime.timedelta(days=1), endexcl=True)
        number = self._convert(spec, value)
        bounds = {
            "content": (number, number, False, False),
            "exact": (number, number, False, False),
            "gt": (number, None, True, False),
            "gte": (number, None, False, False),
            "lt": (None, number, False, True),
            "lte": (None, number, False, False),
        }.get(lookup)
        if bounds is None:
            raise UnsupportedLookup(
                f"“{spec.name}” holds a {spec.kind}, which cannot be asked with “{lookup}”."
            )
        return ranged(spec, *bounds)

    def _convert(self, spec: FieldSpec, value: Any) -> Any:
        if value is None:
            return None
        try:
            return spec.to_index(plain(value, spec))
        except (ValueError, TypeError, OverflowError, AttributeError):
            raise UnsupportedLookup(f"“{value}” is not a {spec.kind}, which “{spec.name}” holds.") from None
