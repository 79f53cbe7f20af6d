"""Haystack's query object for this engine: conditions stay a tree until the backend compiles them."""

from threading import RLock
from typing import Any

from haystack.backends import (
    SPELLING_SUGGESTION_HAS_NOT_RUN,
    SQ,
    BaseSearchQuery,
    SearchNode,
)
from haystack.exceptions import MoreLikeThisError
from haystack.utils.loading import UnifiedIndex

from archive.search.errors import RawQueryRefused, UnsupportedLookup

from .compile import Question
from .sizes import Limits, check_size


class Conditions(SearchNode):
    """A node that is never changed in place, so that clones of a query share it."""

    def __deepcopy__(self, memo: dict) -> "Conditions":
        return self


class WhooshSearchQuery(BaseSearchQuery):
    """Collect what a SearchQuerySet asks for.

    Differs from Haystack's base where that goes wrong: conditions are combined without rearranging them,
    counts and facets fetch no rows, and a limit that was set once does not stay for later slices.

    `collapse_by` names a field by which versions of one story become one row. Then `get_count` counts rows,
    `match_count` all that was found, and `folded` has the keys of the versions under those of a row.
    """

    collapse_by = ""
    match_count = 0
    folded: dict[str, list[str]] = {}

    def build_query(self) -> Question:
        return Question(self.query_filter, tuple(self.boost.items()))

    def __str__(self):
        return str(self.build_query())

    def add_filter(self, query_filter: SearchNode, use_or: bool = False) -> None:
        if not query_filter:
            return
        connector = SQ.OR if use_or else SQ.AND
        kept = self.query_filter
        if not kept:
            children = [query_filter]
        elif kept.connector == connector and not kept.negated:
            children = [*kept.children, query_filter]
        else:
            children = [kept, query_filter]
        self.query_filter = Conditions(children, connector)
        check_size(self.query_filter, getattr(self.backend, "limits", Limits()))

    def combine(self, rhs: BaseSearchQuery, connector: str = SQ.AND) -> None:
        self.add_filter(rhs.query_filter, use_or=connector == SQ.OR)

    def build_query_fragment(self, field: str, filter_type: str, value: Any) -> str:
        """Serve `narrow(SQ(field=value))`, for which Haystack asks for text; one exact value only."""
        if filter_type not in ("content", "exact") or not isinstance(value, str):
            raise UnsupportedLookup("narrow() takes one exact value; use filter() for anything else.")
        return f'{field}:"{value}"'

    def clean(self, query_fragment: Any) -> Any:
        """Return the text as it is: nothing in it is ever read as syntax."""
        return query_fragment

    def matching_all_fragment(self) -> str:
        return "*"

    def raw_search(self, query_string: str, **kwargs) -> None:
        raise RawQueryRefused(
            "Text in an engine's own syntax is not accepted; use words, phrases and filters."
        )

    def set_limits(self, low: int | None = None, high: int | None = None) -> None:
        self.start_offset = int(low or 0)
        self.end_offset = None if high is None else int(high)

    def build_params(self, *args, **kwargs) -> dict[str, Any]:
        collapse = {"collapse": self.collapse_by} if self.collapse_by else {}
        return super().build_params(*args, **kwargs) | collapse

    def _clone(self, klass=None, using=None):
        clone = super()._clone(klass, using)
        clone.collapse_by = self.collapse_by
        return clone

    # --- running --------------------------------------------------------------------------------------------

    def run(self, spelling_query: str | None = None, **kwargs) -> None:
        params = self.build_params(spelling_query=spelling_query) | kwargs
        self._take(self.backend.search(self.build_query(), **params))

    def run_mlt(self, **kwargs) -> None:
        if not self._more_like_this or self._mlt_instance is None:
            raise MoreLikeThisError("No instance was provided to determine 'More Like This' results.")
        params = self.build_params() | kwargs
        self._take(self.backend.more_like_this(self._mlt_instance, self.build_query(), **params))

    def _take(self, results: dict) -> None:
        self._results = results["results"]
        self._hit_count = results["rows"]
        self.match_count, self.folded = results["hits"], results["folded"]
        self._facet_counts = self.post_process_facets(results)
        self._spelling_suggestion = results["spelling_suggestion"]

    def _run_without_rows(self, **kwargs) -> None:
        run = self.run_mlt if self._more_like_this else self.run
        run(start_offset=0, end_offset=0, **kwargs)
        self._results = None  # rows were not asked for; whoever wants them runs the query again

    def get_count(self) -> int:
        if self._hit_count is None:
            self._run_without_rows()
        return self._hit_count

    def get_facet_counts(self) -> dict:
        if self._facet_counts is None:
            self._run_without_rows()
        return self._facet_counts

    def get_spelling_suggestion(self, preferred_query: str | None = None) -> str | None:
        if preferred_query or self._spelling_suggestion is SPELLING_SUGGESTION_HAS_NOT_RUN:
            params = {"spelling_query": preferred_query} if preferred_query else {}
            self._run_without_rows(**params)
        return self._spelling_suggestion


class SharedUnifiedIndex(UnifiedIndex):
    """The declared indexes of one connection, shared by all threads and built once.

    Haystack builds one for each thread, and two threads that meet in `build` see each other's half-filled
    lists.
    """

    def __init__(self, excluded_indexes=None):
        self._building = RLock()
        super().__init__(excluded_indexes)

    def build(self, indexes=None) -> None:
        with self._building:
            if self._built and indexes is None:
                return
            fresh = UnifiedIndex(self.excluded_indexes)
            fresh.build(indexes)
            self.fields = fresh.fields
            self._indexes = fresh._indexes
            self._fieldnames = fresh._fieldnames
            self._facet_fieldnames = fresh._facet_fieldnames
            self._built = True

    def reset(self) -> None:
        with self._building:
            super().reset()
