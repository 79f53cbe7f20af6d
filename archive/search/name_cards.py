"""Who is meant, where a question is nothing but a registered name: a card for each name it may be."""

import datetime
from typing import Final, NamedTuple

from haystack.query import SQ

from archive.models import Article, Entity, Mention
from archive.models.addresses import article_url
from archive.models.prepared import Prepared
from archive.search.compile import Compiled
from archive.search.fields import NAME_KINDS
from archive.search.merges import spellings_of
from archive.search.query import ArchiveQuery
from archive.search.rescue import ask
from archive.search.tree import Field, Phrase, Value, Word

MOST_CARDS: Final = 4
MOST_SPELLINGS: Final = 6
# A title is looked for in so many of the latest articles.
LATEST_ARTICLES: Final = 20


class Place(NamedTuple):
    """An article that a card leads to."""

    day: str
    url: str


class NameCard(NamedTuple):
    """A name; `about` is its description or the latest title in the copy.

    `only_url` asks for this name alone where there are several.
    """

    entity: Entity
    about: str
    spellings: list[str]
    more_spellings: int
    articles: int
    first: Place | None
    last: Place | None
    only_url: str


def cards_of(query: ArchiveQuery, compiled: Compiled) -> list[NameCard]:
    """Return a card for each name that the question may be, in two queries and two searches of each name."""
    if query.page > 1 or not _is_a_name(query, compiled):
        return []
    entities = compiled.names[:MOST_CARDS]
    latest = {entity.pk: _ids(entity, "newest", LATEST_ARTICLES) for entity in entities}
    first = {entity.pk: _ids(entity, "oldest", 1) for entity in entities}
    wanted = {pk for ids, _ in (*latest.values(), *first.values()) for pk in (*ids[:1], *ids[-1:])}
    articles = {pk: _place(day, slug) for pk, day, slug in _days.among(wanted)}
    titles = _latest_titles({pk: ids for pk, (ids, _) in latest.items()})
    return [
        _card(entity, query, len(compiled.names) > 1, latest[entity.pk], first[entity.pk], articles, titles)
        for entity in entities
    ]


def _is_a_name(query: ArchiveQuery, compiled: Compiled) -> bool:
    """Say whether the words are one name and nothing else; filters beside it may narrow the articles."""
    clauses = [clause for clause in compiled.clauses if clause.kind == "clause"]
    children = [c for c in query.reading.tree.children if not (isinstance(c, Field) and c.name == "sort")]
    if not compiled.names or len(clauses) != 1:
        return False
    if len(children) == 1 and isinstance(children[0], Field):
        return children[0].name in _FIELDS and isinstance(children[0].child, Value)
    return all(isinstance(child, Word | Phrase) for child in children)


_FIELDS: Final = NAME_KINDS.keys() - {"said"}


def _ids(entity: Entity, sort: str, most: int) -> tuple[list[int], int]:
    """Return the first articles that name somebody, in an order, and how many there are."""
    found = ArchiveQuery(sort=sort).in_order(ask(SQ(names__exact=str(entity.pk))))
    keys = found.values_list("pk", flat=True)
    ids = [int(pk) for pk in keys[:most]]
    return ids, keys.count()  # which the search for these has counted


_days: Final = Prepared(
    lambda ids: Article.objects.published_among(ids).values_list("pk", "published_on", "slug")
)
# By article alone: with the name or the status beside it, SQLite goes through all mentions of those.
_titles: Final = Prepared(
    lambda ids: (
        Mention.objects.filter(article__in=ids)
        .exclude(title="")
        .order_by("start")
        .values_list("entity", "article", "title", "article__status")
    )
)


def _latest_titles(articles: dict[int, list[int]]) -> dict[int, str]:
    """Return the title each name has in the latest of its articles that gives one and is still public."""
    every = {pk for ids in articles.values() for pk in ids}
    found: dict[int, dict[int, str]] = {}
    for entity, article, title, status in _titles.among(every):
        if entity in articles and status == Article.Status.PUBLISHED:
            found.setdefault(entity, {}).setdefault(article, title)
    return {
        entity: next(titles[pk] for pk in articles[entity] if pk in titles)
        for entity, titles in found.items()
        if not titles.keys().isdisjoint(articles[entity])
    }


def _card(entity: Entity, query: ArchiveQuery, is_one_of_several: bool, latest, first, articles, titles):
    spellings = [alias.text for alias in spellings_of(entity) if alias.text != entity.name]
    (newest, count), (oldest, _) = latest, first
    only = query.but(text=f'name:"{entity.name}"') if is_one_of_several else None
    return NameCard(
        entity,
        entity.description or titles.get(entity.pk, ""),
        spellings[:MOST_SPELLINGS],
        max(0, len(spellings) - MOST_SPELLINGS),
        count,
        articles.get(oldest[0]) if oldest else None,
        articles.get(newest[0]) if newest and count > 1 else None,
        only.url if only else "",
    )


def _place(day: datetime.date, slug: str) -> Place:
    return Place(f"{day.day} {day:%B} {day.year}", article_url(day, slug))
