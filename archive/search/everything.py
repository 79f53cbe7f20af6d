"""All hits of a search, not the first page, in memory that does not grow with their texts."""

import logging
from array import array
from collections.abc import Iterator
from typing import Final, NamedTuple

from django.conf import settings

from archive.desk.credits import people_behind
from archive.desk.pieces import in_pieces
from archive.models import Article
from archive.search import indexer
from archive.search.compile import compile_query
from archive.search.errors import QueryRefused, SearchError
from archive.search.fallback import find_in_database
from archive.search.query import ArchiveQuery
from archive.search.rescue import ask

log = logging.getLogger("archive.search")

# Ids are fetched, and articles loaded, so many at a time.
IDS_AT_A_TIME: Final = 5_000
ARTICLES_AT_A_TIME: Final = 200


class TooMany(Exception):
    """Say that a search finds more than may be sent at once; `total` is how many."""

    def __init__(self, total: int):
        super().__init__(f"{total} stories are more than may be sent at once.")
        self.total = total


class Everything(NamedTuple):
    """The ids of all hits in their order: eight bytes each. `reading` tells the question."""

    reading: str
    article_ids: array

    @property
    def total(self) -> int:
        return len(self.article_ids)


def find_everything(query: ArchiveQuery) -> Everything:
    """Find all hits, in the order the question asks for.

    All ids are fetched before the first article is, so that a change of the index on the way neither doubles
    nor drops a story. Raises TooMany over ARCHIVE_MAX_EXPORT (0 for no limit), and QueryRefused for a
    question that cannot be answered. Without the index, the database answers.
    """
    compiled = compile_query(query)
    try:
        ids = _ask_index(query, compiled)
    except (QueryRefused, TooMany):
        raise
    except SearchError:
        log.exception("The index does not answer; the database does in its place.")
        indexer.start_in_background(indexer.mend)
        total, found = find_in_database(query, compiled, slice(0, settings.ARCHIVE_MAX_EXPORT or None))
        _check(total)
        ids = array("q", found)
    return Everything(compiled.reading, ids)


def _ask_index(query: ArchiveQuery, compiled) -> array:
    found = query.in_order(ask(compiled.sq))
    total = found.count()
    _check(total)
    ids = array("q")
    while len(ids) < total:
        page = found.values_list("pk", flat=True)[len(ids) : len(ids) + IDS_AT_A_TIME]
        if not page:
            break
        ids.extend(int(pk) for pk in page)
    return array("q", dict.fromkeys(ids))


def _check(total: int) -> None:
    if settings.ARCHIVE_MAX_EXPORT and total > settings.ARCHIVE_MAX_EXPORT:
        raise TooMany(total)


class Found(NamedTuple):
    """A story with what an export says beside its text."""

    article: Article
    names: list[str]
    codes: list


def iter_found(article_ids: array) -> Iterator[Found]:
    """Yield the articles, a bounded number in memory; what was withdrawn meanwhile is left out."""
    for ids in in_pieces(article_ids, ARTICLES_AT_A_TIME):
        published = Article.objects.published_among(ids).select_related("source").with_badges()
        articles = published.prefetch_related("mentions__entity").in_bulk()
        signed = people_behind(articles.values())
        for pk in ids:
            article = articles.get(pk)
            if article is not None:
                names = dict.fromkeys(mention.entity.name for mention in article.mentions.all())
                yield Found(article, list(names), signed[pk])
