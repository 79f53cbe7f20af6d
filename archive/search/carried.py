"""A search that goes along when a story is opened from its results: marks, and the way to the next hit.

The address says it all: `?from-search=` holds the question, `hit=` the story's place among the results.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from django.conf import settings
from django.http import QueryDict

from archive.models import Article
from archive.search.compile import compile_query
from archive.search.errors import SearchError
from archive.search.highlight import Span
from archive.search.hits import Marker
from archive.search.links import PARAMETER, PLACE, carrying
from archive.search.query import LAST_PAGE, ArchiveQuery
from archive.search.rescue import ask

MAX_QUESTION_CHARS: Final = 4_000


class Step(NamedTuple):
    """A story next to this one among the results."""

    headline: str
    url: str


@dataclass(frozen=True)
class Carried:
    """The search a story was opened from.

    `reading` tells it, `back_url` is the page of results the story stands on. `place` counts from 1; it is 0,
    and there are no neighbours, where the story is no longer found at the place it was opened from.
    """

    reading: str
    back_url: str
    marker: Marker
    place: int = 0
    total: int = 0
    previous: Step | None = None
    next: Step | None = None

    def spans(self, text: str) -> list[Span]:
        """Return the hits in a text; none when the question cannot be marked."""
        return self.marker.spans(text)


def find_carried(params: QueryDict, article: Article) -> Carried | None:
    """Find the search that a story was opened from; None without one, or when search is out of order."""
    question = params.get(PARAMETER, "")
    if not question or len(question) > MAX_QUESTION_CHARS:
        return None
    try:
        query = ArchiveQuery.from_params(QueryDict(question))
        return _carried(query, _read_place(params.get(PLACE, "")), article)
    except SearchError:
        return None


def _carried(query: ArchiveQuery, place: int, article: Article) -> Carried:
    compiled = compile_query(query)
    marker = Marker(compiled.mark_sq)
    page = -(-place // settings.ARCHIVE_RESULTS_PER_PAGE)
    carried = Carried(compiled.reading, query.but(page=max(page, 1)).url, marker)
    if not place:
        return carried
    found = query.as_listed(ask(compiled.sq))
    first = max(place - 2, 0)
    ids = [int(pk) for pk in found.values_list("pk", flat=True)[first : place + 1]]
    here = place - 1 - first
    if len(ids) <= here or ids[here] != article.pk:
        return carried
    articles = Article.objects.published_among(ids).only("headline", "slug", "published_on").in_bulk()
    link = carrying(query)

    def step(by: int) -> Step | None:
        at = here + by
        other = articles.get(ids[at]) if 0 <= at < len(ids) else None
        return other and Step(other.headline, link(other.get_absolute_url(), place + by))

    return Carried(
        compiled.reading, carried.back_url, marker, place, found.count(), previous=step(-1), next=step(1)
    )


def _read_place(text: str) -> int:
    most = LAST_PAGE * settings.ARCHIVE_RESULTS_PER_PAGE
    place = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return place if place <= most else 0
