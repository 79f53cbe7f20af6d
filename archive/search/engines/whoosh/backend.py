"""The Haystack backend: what SearchQuerySet, the indexer and the management commands call.

Errors are those of archive.search.errors and always raised; `SILENTLY_FAIL` of other backends has no meaning
here.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from haystack.backends import BaseEngine, BaseSearchBackend, BaseSearchQuery, log_query
from haystack.constants import DJANGO_CT
from haystack.utils import get_identifier, get_model_ct
from whoosh import query as wq
from whoosh.fields import Schema

from archive.search.errors import (
    IndexDamaged,
    SchemaChanged,
    SearchError,
    UnsupportedLookup,
)

from .compile import Compiler, Question
from .hits import HitFinder
from .implied import without_implied
from .indexing import IndexingMixin
from .limits import Budget
from .plan import Plan
from .rows import Read, add_passages, build_rows, folded_keys
from .schema import Layout, layout_of
from .searchquery import Conditions, SharedUnifiedIndex, WhooshSearchQuery
from .similar import similar_query
from .sizes import Limits
from .snapshot import Snapshot
from .spelling import suggest, words_asked
from .store import store_at

log = logging.getLogger(__name__)


class WhooshSearchBackend(IndexingMixin, BaseSearchBackend):
    """Search and write one index folder.

    Options of the connection: PATH (required), TIMEOUT (seconds to wait for another writer, 10), LIMITS (dict
    for compile.Limits), BUDGET (dict for limits.Budget), INCLUDE_SPELLING, BATCH_SIZE, EXCLUDED_INDEXES.
    """

    def __init__(self, connection_alias: str, **options):
        super().__init__(connection_alias, **options)
        if not options.get("PATH"):
            raise ImproperlyConfigured(
                f"HAYSTACK_CONNECTIONS[{connection_alias!r}] needs a PATH for its index."
            )
        self.store = store_at(options["PATH"])
        self.store.lock_timeout_seconds = float(options.get("TIMEOUT", self.timeout))
        self.limits = Limits(**options.get("LIMITS", {}))
        self.budget = Budget(**options.get("BUDGET", {}))
        self._layout: tuple[Any, Layout, Schema] | None = None

    @property
    def layout(self) -> Layout:
        """Return the fields that the project declares now."""
        return self._declared()[1]

    def _declared(self) -> tuple[Any, Layout, Schema]:
        """Return the fields as Haystack and as we have them, and their schema, which nobody changes."""
        fields = self.unified_index.all_searchfields()
        if self._layout is None or self._layout[0] is not fields:
            layout = layout_of(self.unified_index)
            self._layout = (fields, layout, layout.whoosh_schema())
        return self._layout

    @property
    def unified_index(self) -> SharedUnifiedIndex:
        from haystack import connections

        return connections[self.connection_alias].get_unified_index()

    def build_schema(self, fields: Mapping[str, Any] | None = None) -> tuple[str, Any]:
        """Return the name of the document field and the Whoosh schema."""
        return self.layout.document, self.layout.whoosh_schema()

    def setup(self) -> None:
        """Build what is otherwise built by the first request; call it once at start."""
        self._declared()

    # --- searching ------------------------------------------------------------------------------------------

    @log_query
    def search(self, query_string: Question | str, **options) -> dict[str, Any]:
        """Answer a question; a plain string is read as words.

        Returns results, hits, facets (fields, dates, queries) and spelling_suggestion. Raises
        SearchUnavailable when the index cannot answer and QueryRefused when the question cannot be answered.
        """
        question = as_question(query_string)
        return self._with_snapshot(lambda snapshot: self._search(snapshot, question, **options))

    def more_like_this(self, model_instance, additional_query_string=None, **options) -> dict[str, Any]:
        """Return what shares the telling words of a document, best first, within the further conditions."""
        conditions = as_question(additional_query_string)

        def answer(snapshot: Snapshot):
            query = similar_query(snapshot, self.layout, get_identifier(model_instance))
            return self._search(snapshot, conditions, like=query, **options)

        return self._with_snapshot(answer)

    def _with_snapshot(self, answer):
        """Answer from the current snapshot; find out about the files when that fails in an unforeseen way."""
        snapshot = self.store.snapshot()
        try:
            return answer(snapshot)
        except IndexDamaged as error:
            self.store.mark_damaged(snapshot, str(error))
            raise
        except SearchError:
            raise
        except Exception as error:
            if self.store.snapshot() is not snapshot:  # replaced while it was read
                return answer(self.store.snapshot())
            if damage := self.store.find_damage():
                raise IndexDamaged(damage) from error
            if self.store.state().fingerprint != self.layout.fingerprint:
                raise SchemaChanged("The index was built for other fields and cannot answer this.") from error
            raise

    def _search(
        self,
        snapshot: Snapshot,
        question: Question,
        *,
        like: wq.Query | None = None,
        sort_by: Iterable[str] = (),
        start_offset: int = 0,
        end_offset: int | None = None,
        fields: Iterable[str] = (),
        highlight: bool | Mapping[str, Any] = False,
        facets: Mapping[str, Mapping] | None = None,
        date_facets: Mapping[str, Mapping] | None = None,
        query_facets: Iterable[tuple[str, Any]] = (),
        narrow_queries: Iterable[str] = (),
        spelling_query: str | None = None,
        models: Iterable[type] = (),
        limit_to_registered_models: bool | None = None,
        result_class: type | None = None,
        collapse: str = "",
        **ignored,
    ) -> dict[str, Any]:
        self._refuse_places(ignored)
        compiler = Compiler(self.layout, snapshot.schema, self.limits)
        compiled = compiler.compile(question)
        filters = [
            *compiled.filters,
            *(compiler.narrow(text) for text in sorted(narrow_queries or ())),
            *self._model_filter(snapshot, models, limit_to_registered_models),
        ]
        if like is not None and question.tree:
            filters.append(compiled.query)
        query = compiled.query if like is None else like
        plan = Plan(snapshot, self.layout, without_implied(query), filters)
        plan.sort(sort_by or ())
        plan.count(compiler, facets, date_facets, query_facets)
        plan.fold(collapse)
        hits = plan.run(start_offset, end_offset, self.budget)
        rows = build_rows(snapshot, self.layout, hits, self._reader(snapshot), result_class, fields)
        if highlight:
            add_passages(rows, self.layout.document, HitFinder(query, self.layout.text_fields), highlight)
        return {
            "results": rows,
            "hits": int(hits.total),
            "rows": int(hits.row_count),
            "folded": folded_keys(snapshot, hits),
            "facets": plan.counts(hits),
            "spelling_suggestion": self._suggestion(snapshot, question, spelling_query, hits.total),
        }

    def _reader(self, snapshot: Snapshot) -> Read:
        """Return what reads stored fields, and reports damage that rows meet after the search is over."""

        def read(doc: int) -> dict[str, Any]:
            try:
                return snapshot.stored(doc)
            except IndexDamaged as error:
                self.store.mark_damaged(snapshot, str(error))
                raise

        return read

    def _refuse_places(self, options: Mapping[str, Any]) -> None:
        if any(options.get(name) for name in ("within", "dwithin", "distance_point")):
            raise UnsupportedLookup("This engine has no search by distance.")

    def _model_filter(self, snapshot: Snapshot, models, limit_to_registered_models) -> list[wq.Query]:
        """Return what keeps other kinds of documents out; nothing if the index holds no others."""
        if limit_to_registered_models is None:
            limit_to_registered_models = getattr(settings, "HAYSTACK_LIMIT_TO_REGISTERED_MODELS", True)
        if not models and not limit_to_registered_models:
            return []
        wanted = {get_model_ct(model) for model in models} if models else set(self.build_models_list())
        there = {term.decode() for term, _ in snapshot.terms(DJANGO_CT)}
        return [] if there <= wanted else [wq.Or([wq.Term(DJANGO_CT, name) for name in sorted(wanted)])]

    def _suggestion(
        self, snapshot: Snapshot, question: Question, asked: str | None, total: int
    ) -> str | None:
        if total or not self.include_spelling:
            return None
        words = asked.split() if asked else words_asked(question, self.layout)
        return suggest(snapshot, self.layout, words)

    def hit_finder(self, query: Question | BaseSearchQuery) -> HitFinder:
        """Return what finds the words of a question in texts: `finder.hits_in(text)` -> highlight.Spans."""
        question = query.build_query() if isinstance(query, BaseSearchQuery) else as_question(query)
        _, layout, schema = self._declared()
        return HitFinder(Compiler(layout, schema, self.limits).compile(question).query, layout.text_fields)


def as_question(query: Any) -> Question:
    """Return a question as it is, text as its words, `*` and nothing as everything."""
    if isinstance(query, Question):
        return query
    text = str(query or "")
    return Question(Conditions([("content", text)] if text not in ("", "*") else []))


class WhooshEngine(BaseEngine):
    """Name this class in HAYSTACK_CONNECTIONS: ENGINE = archive.search.engines.whoosh.WhooshEngine."""

    backend = WhooshSearchBackend
    query = WhooshSearchQuery
    unified_index = SharedUnifiedIndex
    _shared: dict[str, SharedUnifiedIndex] = {}

    def get_unified_index(self) -> SharedUnifiedIndex:
        """Return the indexes that all threads share for this connection."""
        made = self._shared.get(self.using)
        if made is None:
            made = self._shared.setdefault(
                self.using, self.unified_index(self.options.get("EXCLUDED_INDEXES", []))
            )
        return made
