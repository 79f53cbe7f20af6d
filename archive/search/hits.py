"""Finds in shown text what a question asked for, marks it, and makes the rows of a result."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString
from haystack import connections
from haystack.query import SQ, SearchQuerySet

from archive.desk.badges import badge_of
from archive.models import Article
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


class Hit(NamedTuple):
    """A story found; `url` is its address, `link` the same with the search, which stays marked there.

    Everything is ready to be written: a filter of a template costs more than the rest of the row.
    """

    article: Article
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


# So many earlier versions of a story are shown; more of them are counted.
MOST_VERSIONS: Final = 10
# What a row of a result shows; the rest of an article, above all its body as HTML, stays where it is.
_SHOWN: Final = (
    *("headline", "slug", "published_on", "place", "sign_off", "word_count", "body_text", "update_number"),
    *("mark", "source__name"),
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
    ids = [*article_ids, *(pk for pks in shown.values() for pk in pks)]
    published = Article.objects.published_among(ids).select_related("source").with_badges()
    articles = published.only(*_SHOWN).in_bulk()
    marker = Marker(compiled.mark_sq)
    link = carrying(query)
    rows = []
    for number, pk in enumerate(article_ids, 1):
        versions = [articles[one] for one in (pk, *shown.get(pk, ())) if one in articles]
        if versions:
            hit = _hit(versions[0], marker, link, before + number if placed else 0)
            rows.append(
                hit._replace(
                    versions=tuple(_version(article, marker, link) for article in versions[1:]),
                    more_versions=len(folded.get(pk, ())) - len(shown.get(pk, ())),
                )
            )
    return rows


def _hit(article: Article, marker: Marker, link: Callable[[str, int], str], place: int) -> Hit:
    url, count = article.get_absolute_url(), article.word_count
    return Hit(
        article,
        url,
        link(url, place),
        marker.mark(article.headline),
        marker.passage(article.body_text),
        _day(article),
        f"{count:,} word{'' if count == 1 else 's'}",
        badge_of(article),
    )


def _version(article: Article, marker: Marker, link: Callable[[str, int], str]) -> Version:
    url = link(article.get_absolute_url(), 0)
    return Version(marker.mark(article.headline), url, _day(article), article.source.name)


def _day(article: Article) -> str:
    day = article.published_on
    return f"{day.day} {day:%b} {day.year}"
