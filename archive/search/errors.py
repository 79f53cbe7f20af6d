"""What can go wrong while searching or indexing, sorted by whose fault it is and who should react.

`SearchUnavailable`: the index cannot answer; readers are served from the database meanwhile.
`QueryRefused`: the question cannot be answered as asked; its text is written for the reader.
`IndexLocked`, `SchemaChanged`: nothing was written; the same change may be tried again later.
"""


class SearchError(Exception):
    """Stand above every error of the search room."""


class SearchUnavailable(SearchError):
    """Say that the index cannot answer at the moment; the database still can."""


class IndexMissing(SearchUnavailable):
    """Say that no index has been built at this path yet."""


class IndexDamaged(SearchUnavailable):
    """Say that a file of the index is torn, altered or missing; a rebuild mends it."""


class IndexNotReady(SearchUnavailable):
    """Say that the index cannot be opened just now, though nothing says that it is damaged."""


class SchemaChanged(SearchUnavailable):
    """Say that the index was built for other fields than the project declares now; rebuild it."""


class IndexLocked(SearchError):
    """Say that another writer held the index for longer than the time-out; nothing was written."""


class WriteFailed(SearchError):
    """Say that a commit did not reach the disk; the index is as it was before."""


class IndexConfigurationError(SearchError):
    """Say that a search index class or connection asks for something this engine does not have."""


class QueryRefused(SearchError):
    """Stand above questions that cannot be answered as asked; the text is for the reader."""


class QueryTooCostly(QueryRefused):
    """Say that answering would pass a limit of terms, clauses, depth or time."""


class QueryTooLong(QueryRefused):
    """Say that the question has more characters or words than the limits allow."""


class UnknownField(QueryRefused):
    """Name a field that the index does not have."""


class UnsupportedLookup(QueryRefused):
    """Name a lookup or value that this kind of field cannot be asked for."""


class InvalidNarrow(QueryRefused):
    """Refuse a narrowing that is not exactly `field:"value"`."""


class RawQueryRefused(QueryRefused):
    """Refuse text in an engine's own syntax; there is no way to pass it on."""
