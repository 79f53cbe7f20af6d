"""Finds in shown text what a question asked for, and marks it."""

from django.utils.safestring import SafeString
from haystack import connections
from haystack.query import SQ, SearchQuerySet

from archive.search import highlight


class Marker:
    """Marks the words, phrases and spellings of one question; make it once for all the texts of a page.

    The engine finds them, by stem as it searches, but looks at the text alone: it works without an index.
    """

    def __init__(self, wanted: SQ | None):
        query = SearchQuerySet().filter(wanted).query if wanted else None
        backend = connections["default"].get_backend()
        self._find = backend.hit_finder(query).hits_in if query else lambda text: []

    def spans(self, text: str) -> list[highlight.Span]:
        """Return where the hits stand in a text, in order, as they would be marked."""
        return highlight.merged(self._find(text))

    def mark(self, text: str) -> SafeString:
        """Return a short text, such as a headline, with its hits marked."""
        return highlight.mark(text, self._find(text))

    def passage(self, text: str) -> SafeString:
        """Return the best passage of a long text with its hits marked."""
        return highlight.snippet(text, self._find(text))
