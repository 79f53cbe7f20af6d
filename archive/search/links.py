"""Addresses that change one thing of a question, put together from pieces that are encoded once.

A page of results has a hundred of them. Each is what `ArchiveQuery.but(...).url` would say, at a twentieth of
the price; tests/search/test_links.py compares the two.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote_plus, urlencode

from archive.search.periods import Period
from archive.search.query import NOT, ArchiveQuery

# What carries a search along when a story is opened: the question, and the story's place among the results.
PARAMETER: Final = "from-search"
PLACE: Final = "hit"


def carrying(query: ArchiveQuery) -> Callable[[str, int], str]:
    """Return what adds a search to the address of a story found by it; place 0 leaves out where it stands."""
    carried = urlencode({PARAMETER: query.question}) if query.question else ""

    def link(url: str, place: int) -> str:
        if not carried:
            return url
        return f"{url}?{carried}&{PLACE}={place}" if place else f"{url}?{carried}"

    return link


class Links:
    """Make addresses out of one question; they lead to the first page of what is asked."""

    def __init__(self, query: ArchiveQuery):
        self._query = query
        asked, excluded, period, rest = query.pieces
        self._path = query.path
        self._period = _before(asked, excluded), _behind(rest)
        self._chosen = _before(asked), _behind(excluded, period, rest)
        self._excluded = _before(asked, excluded), _behind(period, rest)

    def with_filter(self, key: str, value: str) -> str:
        if (key, value) in self._query.filters or (key, value) in self._query.excluded:
            return self._query.with_filter(key, value).url
        before, behind = self._chosen
        return f"{self._path}?{before}{key}={quote_plus(value)}{behind}"

    def without_filter(self, key: str, value: str) -> str:
        return self._query.without_filter(key, value).url

    def excluding(self, key: str, value: str) -> str:
        if (key, value) in self._query.filters or (key, value) in self._query.excluded:
            return self._query.excluding(key, value).url
        before, behind = self._excluded
        return f"{self._path}?{before}{NOT}{key}={quote_plus(value)}{behind}"

    def in_period(self, period: Period) -> str:
        named = "&".join(f"{name}={day.isoformat()}" for name, day in period._asdict().items() if day)
        before, behind = self._period
        question = f"{before}{named}{behind}" if named else (before[:-1] + behind).removeprefix("&")
        return f"{self._path}?{question}" if question else self._path


def _before(*pieces: str) -> str:
    """Return what stands before a new piece."""
    return "".join(f"{piece}&" for piece in pieces if piece)


def _behind(*pieces: str) -> str:
    return "".join(f"&{piece}" for piece in pieces if piece)
