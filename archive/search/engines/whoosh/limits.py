"""How much work one query may cost, counted while it runs.

Stock Whoosh spends 9 to 174 seconds on `*a*`, `word~5` or 200 common words over 10,000 articles; here every
such query either answers quickly or raises QueryTooCostly with a sentence for the reader.
"""

import time
from dataclasses import dataclass
from typing import Any

from archive.search.errors import QueryTooCostly


@dataclass(frozen=True)
class Budget:
    """Set the ceilings of one search; None means no limit."""

    max_clauses: int | None = 1024
    max_depth: int | None = 64
    # terms a prefix, wildcard or fuzzy word may stand for, all of the query's together, in the largest
    # segment
    max_terms: int | None = 20_000
    max_postings: int | None = 50_000_000
    max_seconds: float | None = 5.0


class Meter:
    """Count the work of one search against its budget."""

    def __init__(self, budget: Budget | None):
        self.budget = budget or Budget()
        self._terms = self._postings = 0
        seconds = self.budget.max_seconds
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def spend_terms(self, count: int) -> None:
        self._terms += count
        if self.budget.max_terms is not None and self._terms > self.budget.max_terms:
            raise QueryTooCostly(
                f"This search stands for more than {self.budget.max_terms:,} different words. "
                "Give more letters before the star, or allow fewer differing letters."
            )

    def spend_postings(self, count: int) -> None:
        self._postings += count
        if self.budget.max_postings is not None and self._postings > self.budget.max_postings:
            raise QueryTooCostly(
                "This search would have to read too much of the archive. Use fewer or rarer words."
            )
        self.check_time()

    def check_time(self) -> None:
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise QueryTooCostly(
                f"This search took longer than {self.budget.max_seconds:g} seconds. Use fewer or rarer words."
            )

    def check_shape(self, query: Any) -> None:
        """Refuse a query tree with too many nodes or too many levels, without recursion."""
        budget, seen, level = self.budget, 0, [query]
        depth = 0
        while level:
            depth += 1
            seen += len(level)
            if budget.max_depth is not None and depth > budget.max_depth:
                raise QueryTooCostly(f"This search nests brackets more than {budget.max_depth} levels deep.")
            if budget.max_clauses is not None and seen > budget.max_clauses:
                raise QueryTooCostly(
                    f"This search has more than {budget.max_clauses:,} parts. Use fewer words."
                )
            level = [child for node in level for child in children(node)]


def children(query: Any) -> list[Any]:
    """Return the queries directly inside a Whoosh query."""
    return [] if query.is_leaf() else list(query.children())
