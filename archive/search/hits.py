"""Finds in shown text what a question asked for, marks it, and makes the rows of a result."""

import datetime
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString
from haystack import connections
from haystack.query import SQ, SearchQuerySet

from archive.desk.badges import badge_of
from archive.models import Article
from archive.models.addresses import article_url
from archive.models.prepared import Prepared
from archive.search import highlight
from archive.search.links import carrying
from archive.search.query import ArchiveQuery


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


class Listed(NamedTuple):
    """What a row of a result shows of an article; its body goes into the passage and is let go."""

    pk: int
    headline: str
    slug: str
    published_on: datetime.date
    place: str
    sign_off: str
    mark: str
    source_name: str


class Hit(NamedTuple):
    """A story found; `url` is its address, `link` the same with the search, which stays marked there.

    Everything is ready to be written: a filter of a template costs more than the rest of the row.
    """

    article: Listed
    url: str
    link: str
    headline_html: SafeString
    snippet_html: SafeString
    day: str
    words: str
    badge: str
    versions: tuple["Version", ...] = ()
    more_versions: int = 0

    @property
    def version_count(self) -> int:
        return len(self.versions) + self.more_versions


class Version(NamedTuple):
    """An earlier version of a story, which fits the question too."""

    headline_html: SafeString
    link: str
    day: str
    source: str


class _Row(NamedTuple):
    article: Listed
    words: int
    body: str
    later_mark: str | None


# So many earlier versions of a story are shown; more of them are counted.
MOST_VERSIONS: Final = 10
# Listed, then the rest of a row; of an article's other fields, above all its body as HTML, none is loaded.
_SHOWN: Final = (
    *("pk", "headline", "slug", "published_on", "place", "sign_off", "mark", "source__name"),
    *("word_count", "body_text", "later_mark"),
)
_readable: Final = Prepared(
    lambda ids: Article.objects.published_among(ids).with_badges().values_list(*_SHOWN)
)


def hits_of(
    article_ids: list[int],
    compiled,
    query: ArchiveQuery,
    *,
    placed: bool = True,
    folded: Mapping[int, list[int]] | None = None,
) -> list[Hit]:
    """Load the articles in one query, in order.

    One that was withdrawn a moment ago is left out, and the next version stands for its story.
    `placed` says that they are a page of the result, so that a reader can go on from one to the next.
    `folded` are the earlier versions under each.
    """
    if not article_ids:
        return []
    before = (query.page - 1) * settings.ARCHIVE_RESULTS_PER_PAGE
    folded = folded or {}
    shown = {pk: others[:MOST_VERSIONS] for pk, others in folded.items()}
    known = _load([*article_ids, *(pk for pks in shown.values() for pk in pks)])
    marker = Marker(compiled.mark_sq)
    link = carrying(query)
    hits = []
    for number, pk in enumerate(article_ids, 1):
        versions = [known[one] for one in (pk, *shown.get(pk, ())) if one in known]
        if versions:
            hit = _hit(versions[0], marker, link, before + number if placed else 0)
            if pk in folded:
                hit = hit._replace(
                    versions=tuple(_version(row.article, marker, link) for row in versions[1:]),
                    more_versions=len(folded[pk]) - len(shown[pk]),
                )
            hits.append(hit)
    return hits


def _load(article_ids: list[int]) -> dict[int, _Row]:
    """Return those of some articles that readers may see."""
    rows = _readable.among(article_ids)
    return {pk: _Row(Listed(pk, *rest[:7]), *rest[7:]) for pk, *rest in rows}


def _hit(row: _Row, marker: Marker, link: Callable[[str, int], str], place: int) -> Hit:
    article = row.article
    url = article_url(article.published_on, article.slug)
    return Hit(
        article,
        url,
        link(url, place),
        marker.mark(article.headline),
        marker.passage(row.body),
        _day(article),
        counted_words(row.words),
        badge_of(row),
    )


def _version(article: Listed, marker: Marker, link: Callable[[str, int], str]) -> Version:
    url = link(article_url(article.published_on, article.slug), 0)
    return Version(marker.mark(article.headline), url, _day(article), article.source_name)


def counted_words(count: int) -> str:
    return f"{count:,} word{'' if count == 1 else 's'}"


def _day(article: Listed) -> str:
    day = article.published_on
    return f"{day.day} {day:%b} {day.year}"
