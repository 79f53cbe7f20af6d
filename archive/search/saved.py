"""Searches that readers keep: saved, asked again, and what is new in them."""

import datetime
from array import array
from typing import Final, NamedTuple

from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils import timezone
from haystack.query import SQ

from archive.desk.pieces import in_pieces
from archive.models import Article, Revision, SavedSearch
from archive.models.readers import SEARCH_NAME_CHARS
from archive.search.compile import compile_query
from archive.search.errors import SearchError
from archive.search.everything import Everything
from archive.search.query import ArchiveQuery
from archive.search.rescue import ask
from archive.search.stored import GRAMMAR_VERSION, as_data, text_of_saved

MOST_SAVED: Final = 200
# Of more new stories than this, only the newest are looked through.
MOST_NEW_COUNTED: Final = 2_000
FEED_STORIES: Final = 50
_IDS_IN_A_QUESTION: Final = 100


class News(NamedTuple):
    """What a saved search has that its reader has not seen; `count` is None while the index is silent."""

    search: SavedSearch
    url: str
    count: int | None


def save(reader, query: ArchiveQuery, name: str = "") -> SavedSearch:
    """Keep a search for a reader; the same one twice is kept once. ValueError when there are too many."""
    query = query.but(errors=())
    kept = reader.saved_searches.filter(question=query.question).first()
    if kept is not None:
        return kept
    if reader.saved_searches.count() >= MOST_SAVED:
        raise ValueError(f"At most {MOST_SAVED} searches can be saved; delete one first.")
    return reader.saved_searches.create(
        name=(name.strip() or compile_query(query).reading.removesuffix("."))[:SEARCH_NAME_CHARS],
        text=query.text,
        question=query.question,
        grammar_version=GRAMMAR_VERSION,
        tree=as_data(query.reading.tree),
        looked_at=timezone.now(),
    )


def query_of(search: SavedSearch) -> ArchiveQuery:
    """Return the question as it was meant when it was saved, the newest stories first."""
    query = ArchiveQuery.from_params(QueryDict(search.question))
    return query.but(text=text_of_saved(search.text, search.tree), sort="newest", errors=())


def news_of(searches: list[SavedSearch]) -> list[News]:
    """Count what became readable and fits since each search was last looked at."""
    return [News(search, query_of(search).url, _count_new(search)) for search in searches]


def _count_new(search: SavedSearch) -> int | None:
    ids = _published_since(search.looked_at)
    if not ids:
        return 0
    fits = compile_query(query_of(search)).sq
    try:
        return sum(_count(fits, piece) for piece in in_pieces(ids, _IDS_IN_A_QUESTION))
    except SearchError:
        return None


def _count(fits: SQ | None, ids: list[int]) -> int:
    among = SQ(django_id__in=[str(pk) for pk in ids])
    return ask(fits & among if fits else among).count()


def _published_since(moment: datetime.datetime) -> list[int]:
    """Return the newest articles that readers can see and could not see before `moment`."""
    published = Revision.objects.filter(status=Article.Status.PUBLISHED)
    before = published.filter(id=OuterRef("id"), history_date__lte=moment)
    since = published.filter(history_date__gt=moment).exclude(Exists(before)).values("id")
    readable = Article.objects.published().filter(pk__in=since).order_by("-pk")
    return list(readable.values_list("pk", flat=True)[:MOST_NEW_COUNTED])


def look_at(search: SavedSearch) -> str:
    """Note that the reader sees the search now; return where it is shown."""
    search.looked_at = timezone.now()
    search.save(update_fields=["looked_at"])
    return query_of(search).url


def newest_of(search: SavedSearch) -> Everything:
    """Return the newest stories of a search, as its feed has them. Raises SearchError."""
    compiled = compile_query(query_of(search))
    rows = query_of(search).in_order(ask(compiled.sq)).values_list("pk", flat=True)[:FEED_STORIES]
    return Everything(compiled.reading, array("q", map(int, rows)))
