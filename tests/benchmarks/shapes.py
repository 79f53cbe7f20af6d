"""What is indexed, what is asked, what comes back. Imports nothing heavy, for the memory measurement's sake."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Article:
    """One article as every engine is given it; `text` holds headline, place and body."""

    number: int
    title: str
    text: str
    published: datetime
    section: str
    names: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def year(self) -> int:
        """Return the year of publication, a facet of its own."""
        return self.published.year


@dataclass(frozen=True, slots=True)
class Query:
    """One search; `kind` is its class, `words` are lower-case, a period is half-open and given for "date" only."""

    kind: str
    words: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None


LABELS: Final = {
    "common": "common term",
    "rare": "rare term",
    "and": "AND",
    "or": "OR",
    "phrase": "phrase",
    "prefix": "prefix",
    "date": "date range + term",
    "everything": "everything, newest first",
}

# Values with their counts, in any order; turned into dictionaries only to be compared, outside the measurement.
FacetCounts = dict[str, Iterable[tuple[str | int, int]]]


@dataclass(slots=True)
class Answer:
    """One page: exact total, keys of its articles in order, and all values of every facet asked for."""

    total: int
    keys: list[str]
    facets: FacetCounts = field(default_factory=dict)
