"""What Haystack asks of one search -> what the evaluator is asked, and its counts in Haystack's shape."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from haystack.constants import DJANGO_ID
from whoosh import query as wq

from archive.search.errors import UnknownField, UnsupportedLookup

from .compile import Compiler
from .counting import Facet
from .histograms import DateFacet
from .limits import Budget
from .ordering import OrderKey
from .results import as_date, date_counts, date_field, facet_counts, facet_field, facet_limit
from .schema import FieldSpec, Layout
from .snapshot import Hits, Snapshot
from .values import Kind

UNORDERED_KINDS: Final = frozenset({Kind.TEXT, Kind.MANY, Kind.KEPT, Kind.NGRAM, Kind.EDGE_NGRAM})


@dataclass
class Plan:
    """One search over one snapshot: what ranks, what filters, which rows, what is counted."""

    snapshot: Snapshot
    layout: Layout
    query: wq.Query
    filters: list[wq.Query]
    order: list[OrderKey] = field(default_factory=list)
    facets: dict[str, tuple[FieldSpec, Mapping[str, Any]]] = field(default_factory=dict)
    dates: dict[str, tuple[FieldSpec, Mapping[str, Any]]] = field(default_factory=dict)
    queries: list[tuple[str, wq.Query]] = field(default_factory=list)
    collapse: str = ""

    def count(
        self,
        compiler: Compiler,
        facets: Mapping[str, Mapping] | None,
        date_facets: Mapping[str, Mapping] | None,
        query_facets: Iterable[tuple[str, Any]],
    ) -> None:
        """Add what is to be counted; raise UnknownField or UnsupportedLookup for what cannot be."""
        layout = self.layout
        self.facets = {name: (facet_field(layout, name), asked) for name, asked in (facets or {}).items()}
        self.dates = {
            name: (date_field(layout, name, asked["gap_by"]), asked)
            for name, asked in (date_facets or {}).items()
        }
        self.queries = [
            (f"{name}:{value}", compiler.facet_query(name, value)) for name, value in query_facets
        ]

    def sort(self, sort_by: Iterable[str]) -> None:
        """Add the fields to sort by, `-` for descending; raise UnknownField or UnsupportedLookup."""
        for text in sort_by:
            name = text.removeprefix("-")
            if name == "score":
                return  # rows that tie by score are ordered by their place in the index
            spec = self.layout.value_field({"pk": DJANGO_ID}.get(name, name))
            if spec is None:
                raise UnknownField(f"There is no field “{name}” to sort by.")
            if spec.kind in UNORDERED_KINDS:
                raise UnsupportedLookup(f"“{name}” has no order; declare it with faceted=True to sort by it.")
            if self._is_indexed(spec):
                self.order.append(OrderKey(spec.name, text.startswith("-")))

    def fold(self, name: str) -> None:
        """Make one row of documents that a field says are versions of one story; raise UnknownField."""
        if name:
            spec = facet_field(self.layout, name)
            self.collapse = spec.name if self._is_indexed(spec) else ""

    def run(self, start: int, end: int | None, budget: Budget) -> Hits:
        return self.snapshot.search(
            self.query,
            offset=start,
            limit=None if end is None else max(0, end - start),
            order=self.order,
            facets=[
                Facet(spec.name, facet_limit(asked))
                for spec, asked in self.facets.values()
                if self._is_indexed(spec)
            ],
            date_facets=[
                DateFacet(
                    spec.name, asked["gap_by"], as_date(asked["start_date"]), as_date(asked["end_date"])
                )
                for spec, asked in self.dates.values()
                if self._is_indexed(spec)
            ],
            count=[query for _, query in self.queries],
            filters=self.filters,
            budget=budget,
            collapse=self.collapse,
        )

    def counts(self, hits: Hits) -> dict[str, dict]:
        """Return what was counted as `facet_counts()` gives it: fields, dates, queries."""
        return {
            "fields": {
                name: facet_counts(spec, hits.facets.get(spec.name, ()), asked)
                for name, (spec, asked) in self.facets.items()
            },
            "dates": {
                name: date_counts(
                    hits.date_facets.get(spec.name, ()),
                    asked["gap_by"],
                    asked.get("gap_amount", 1),
                    asked["start_date"],
                )
                for name, (spec, asked) in self.dates.items()
            },
            "queries": {name: int(n) for (name, _), n in zip(self.queries, hits.counts, strict=True)},
        }

    def _is_indexed(self, spec: FieldSpec) -> bool:
        """Tell whether the open index has a field; one declared since it was built has no values yet."""
        return spec.name in self.snapshot.schema
