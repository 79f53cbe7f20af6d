"""One committed state of an index folder, searched over arrays by any number of threads.

A snapshot never changes. Segments are shared with the snapshot before it by segment id; deletions are read
from the table of contents each time, because Whoosh's own refresh keeps old ones (whoosh-reloaded 2.7.5).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh import query as wq
from whoosh.index import TOC

from archive.search.errors import IndexDamaged, UnknownField

from . import evaluate_positions, evaluate_terms  # noqa: F401 - they register their handlers
from .collapsing import Collapsed
from .columns import unpack_stored
from .commits import View, open_views, read_toc
from .counting import Facet, FacetCounter, as_facets
from .evaluate import Run, evaluate, fits
from .histograms import DateCounter, DateFacet
from .labels import LabelTable, decoder
from .limits import Budget, Meter
from .matches import Matches
from .merging import MERGE_MAX_DOCUMENTS, choose
from .ordering import OrderKey, first_by_keys, first_by_score
from .statistics import Statistics
from .stock import StockSearcher

_OPEN_ATTEMPTS: Final = 5
# first pages of the whole archive, each by its order and number of rows
_REMEMBERED_PAGES: Final = 50
_REMEMBERED_ROWS: Final = 1_000


@dataclass
class Hits:
    """Hold one page of a result and the counts over all of it. `docs`: numbers for `Snapshot.stored`.

    `row_count` is below `total` where versions were folded; `folded` has those under each document.
    """

    total: int
    docs: np.ndarray
    scores: np.ndarray
    facets: dict[str, list[tuple[Any, int]]] = field(default_factory=dict)
    date_facets: dict[str, list[tuple[date, int]]] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)
    row_count: int = 0
    folded: dict[int, list[int]] = field(default_factory=dict)


class Snapshot:
    """Answer searches over one commit."""

    def __init__(self, folder: Path, toc: TOC, views: list[View]):
        self.folder, self.views, self.schema = folder, views, toc.schema
        self.generation: int = toc.generation
        self._toc = toc
        self.segments = [view.segment for view in views]
        self.statistics = Statistics(self.segments)
        self.doc_count = sum(v.segment.doc_count if v.live is None else int(v.live.sum()) for v in views)
        self._label_tables: dict[str, LabelTable] = {}
        self._first_of_everything: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}
        self._everything_collapsed: dict[str, Collapsed] = {}
        self.stock = StockSearcher(folder, toc)

    @classmethod
    def open(
        cls, folder: Path | str, *, previous: "Snapshot | None" = None, generation: int | None = None
    ) -> "Snapshot":
        """Open the newest (or a given) commit in `folder`.

        Raises IndexMissing when there is none, IndexDamaged when a file is torn.
        """
        folder = Path(folder)
        known = {s.segment_id: s for s in previous.segments} if previous and previous.folder == folder else {}
        for attempt in range(_OPEN_ATTEMPTS):
            toc = read_toc(folder, generation)
            try:
                return cls(folder, toc, open_views(folder, toc, known))
            except FileNotFoundError as error:  # a commit has just replaced this one: look again
                if attempt == _OPEN_ATTEMPTS - 1:
                    raise IndexDamaged(f"{error.filename}: missing") from error
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close what Whoosh holds open; maps are freed with the last reference to their arrays."""
        self.stock.close()

    def verify(self) -> None:
        """Read all files and compare them with their checksums; IndexDamaged names the first that differs."""
        for segment in self.segments:
            segment.file.verify()

    def needs_merge(self) -> bool:
        """Tell whether there are segments that a step of merging would join."""
        return bool(choose(self._toc.segments, MERGE_MAX_DOCUMENTS))

    # Searching

    def search(
        self,
        query: Any,
        *,
        offset: int = 0,
        limit: int | None = 20,
        order: Sequence[OrderKey] = (),
        facets: Sequence[str | Facet] = (),
        date_facets: Sequence[DateFacet] = (),
        count: Sequence[Any] = (),
        filters: Sequence[Any] = (),
        budget: Budget | None = None,
        collapse: str = "",
    ) -> Hits:
        """Return rows offset..offset+limit-1 of what `query` and `filters` match, and counts over all of it.

        query, filters, count: Whoosh queries or those of queries.py; filters do not score; each of `count` is
        counted within the result. Without `order` rows come by score. limit None: all rows. collapse: a field
        by which versions become one row, see collapsing.py. Raises QueryTooCostly.
        """
        meter = Meter(budget)
        for one in (query, *filters, *count):
            meter.check_shape(one)
        date_counters = [DateCounter(facet) for facet in date_facets]
        for key in order:
            self._field(key.field)
        counts, total = [0] * len(count), 0
        found: list[tuple[View, Matches]] = []
        for view in self.views:
            run = self._run(view, meter)
            matches = self._matches(query, filters, run, view)
            total += len(matches)
            found.append((view, matches))
            for number, one in enumerate(count):
                counts[number] += int(np.count_nonzero(fits(one, run, matches.docs)))
        for counter in date_counters:
            for view, matches in found:
                counter.add(view.segment, matches)
        is_everything = bool(order) and total == self.doc_count
        collapsed = self._collapsed(collapse, found, is_everything) if collapse else None
        shown, row_count = (collapsed.found, len(collapsed)) if collapsed else (found, total)
        last = row_count if limit is None else offset + limit
        docs, scores = self._rows(shown, order, last, collapse if is_everything else None)
        return Hits(
            total,
            docs[offset:],
            scores[offset:],
            {facet.field: self._facet(facet, found) for facet in as_facets(facets)},
            {facet.field: counter.rows() for facet, counter in zip(date_facets, date_counters, strict=True)},
            counts,
            row_count,
            collapsed.folded(docs[offset:]) if collapsed else {},
        )

    def _facet(self, facet: Facet, found: list[tuple[View, Matches]]) -> list[tuple[Any, int]]:
        counter = FacetCounter(facet, self._labels(facet.field))
        for place, (view, matches) in enumerate(found):
            counter.add(place, view.segment, matches)
        return counter.top()

    def _field(self, name: str) -> Any:
        if name not in self.schema:
            raise UnknownField(f"There is no field {name}.")
        return self.schema[name]

    def _labels(self, name: str) -> LabelTable:
        table = self._label_tables.get(name)
        if table is None:
            table = self._label_tables[name] = LabelTable(self.segments, name, self._field(name))
        return table

    def _run(self, view: View, meter: Meter) -> Run:
        def fallback(query: Any) -> Matches:
            return self.stock.matches(query, self.views.index(view), meter)

        return Run(view.segment, self.schema, self.statistics, meter, fallback)

    def _matches(self, query: Any, filters: Sequence[Any], run: Run, view: View) -> Matches:
        if filters and type(query) is wq.Every and query.fieldname is None:
            # What one filter matches is fewer to look at than everything.
            docs = evaluate(filters[0], run).docs
            matches, filters = view.keep_live(Matches.constant(docs, query.boost)), filters[1:]
        else:
            matches = view.keep_live(evaluate(query, run))
        for one in filters:
            if not len(matches):
                break
            matches = matches.keep(fits(one, run, matches.docs))
        return matches

    def _collapsed(self, field: str, found: list[tuple[View, Matches]], is_everything: bool) -> Collapsed:
        """Fold what was found. All of the archive is folded once, for questions that nothing is scored by."""
        collapsed = self._everything_collapsed.get(field) if is_everything else None
        if collapsed is None:
            collapsed = Collapsed(found, self._labels(field), field)
            if is_everything:
                self._everything_collapsed[field] = collapsed
        return collapsed

    def _rows(
        self, found: list[tuple[View, Matches]], order: Sequence[OrderKey], count: int, everything: str | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the first rows; `everything`: by which field all of the archive is folded, "" if by none."""
        if not order:
            return first_by_score(found, count)
        page = (tuple(order), count, everything)
        rows = None if everything is None else self._first_of_everything.get(page)
        if rows is None:
            docs = first_by_keys(found, order, count)
            rows = docs, np.ones(len(docs))
            may_remember = count <= _REMEMBERED_ROWS and len(self._first_of_everything) < _REMEMBERED_PAGES
            if everything is not None and may_remember:
                self._first_of_everything[page] = rows
        return rows

    # Documents and terms

    def stored(self, doc: int) -> dict[str, Any]:
        """Return the stored fields of a document by its number in this snapshot."""
        view = self._view_of(doc)
        return unpack_stored(view.segment.byte_columns["_stored"][int(doc) - view.base])

    def values(self, docs: Sequence[int] | np.ndarray, field_name: str) -> list[Any]:
        """Return each document's first value of a field of whole values, or None; reads no stored field."""
        decode, docs = decoder(self._field(field_name)), np.asarray(docs, np.int64)
        found: list[Any] = [None] * len(docs)
        for view in self.views:
            columns, at = view.segment.columns(field_name), docs - view.base
            places = np.flatnonzero((at >= 0) & (at < view.segment.doc_count))
            if columns is None or not len(places):
                continue
            terms, numbers = view.segment.field(field_name).terms, columns.ordinals[at[places], 0]
            for place, number in zip(places.tolist(), numbers.tolist(), strict=True):
                if number < columns.label_count:
                    found[place] = decode(terms[number])
        return found

    def _view_of(self, doc: int) -> View:
        for view in reversed(self.views):
            if view.base <= doc:
                return view
        raise IndexError(doc)

    def iter_docs(self) -> Iterator[int]:
        """Yield the numbers of all documents that are not deleted."""
        for view in self.views:
            docs = view.segment.all_docs if view.live is None else np.flatnonzero(view.live)
            for doc in docs.tolist():
                yield doc + view.base

    def find_docs(self, field_name: str, value: Any) -> list[int]:
        """Return the documents that have a term; not analysed, deleted ones left out."""
        term = (
            evaluate_terms.term_bytes(self._run(self.views[0], Meter(None)), field_name, value)
            if self.views
            else None
        )
        found: list[int] = []
        for view in self.views:
            postings = view.segment.field(field_name)
            index = postings.find(term) if postings else -1
            if index >= 0:
                docs = postings.docs[postings.span(index)]
                docs = docs if view.live is None else docs[view.live[docs]]
                found += [int(doc) + view.base for doc in docs]
        return found

    def doc_frequency(self, field_name: str, term: Any) -> int:
        """Return how many documents, deleted ones included, have a term (str or bytes)."""
        return self.statistics.doc_frequency(field_name, term if isinstance(term, bytes) else term.encode())

    def terms(self, field_name: str, prefix: bytes = b"") -> Iterator[tuple[bytes, int]]:
        """Yield (term, document frequency) ascending, of all segments together; without prefix no marks."""
        totals: dict[bytes, int] = {}
        for segment in self.segments:
            postings = segment.field(field_name)
            if postings:
                low, high = postings.terms.prefix_range(prefix)
                low = low if prefix else postings.terms.lower_bound(b" ")
                frequencies = np.diff(postings.starts[low : high + 1]).tolist()
                for term, frequency in zip(postings.terms.between(low, high), frequencies, strict=True):
                    totals[term] = totals.get(term, 0) + frequency
        yield from sorted(totals.items())
