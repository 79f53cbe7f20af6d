"""Whom a name is named with more often than chance would have it, as a list and as a small drawing."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Final, NamedTuple

from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from archive.models import Article, Entity, Mention
from archive.pages.counts import in_published
from archive.pages.stories_of import ask_index
from archive.search.rescue import ask

COMPANIONS: Final = 12
# Surprise is weighed for so many of the names that share the most articles.
MOST_WEIGHED: Final = 40
# A name in half of the articles belongs in the list, however common it is elsewhere.
LEAST_SHARE_OF_THE_COMMON: Final = 0.5
DRAWN: Final = 8
SIZE_PX: Final = 320
_RADIUS_PX: Final = 112
_MOST_LABEL_LETTERS: Final = 22


class Companion(NamedTuple):
    """Another name in `stories` of the same articles; `surprise` is a signed log-likelihood ratio."""

    entity: Entity
    stories: int
    surprise: float


class Node(NamedTuple):
    label: str
    name: str
    url: str
    x: int
    y: int
    anchor: str
    label_y: int


class Edge(NamedTuple):
    x1: int
    y1: int
    x2: int
    y2: int
    width: float


class Network(NamedTuple):
    """A drawing: the name in the middle, its companions around it, and lines as thick as what they share."""

    title: str
    nodes: list[Node]
    edges: list[Edge]
    size: int = SIZE_PX


def companions_of(pairs: Iterable[tuple[int, int]], articles: int, *, by_index: bool) -> list[Companion]:
    """Rank the names in `pairs` of (article, name), which come from `articles` articles of another.

    One query. In how many articles each name stands anywhere in the archive, the index says if it is to
    be asked.
    """
    shared = Counter(other for _, other in pairs)
    most = dict(sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_WEIGHED])
    known = ask_index(_stories_in_index, by_index=by_index)
    ranked = [
        Companion(other, most[other.pk], surprise(most[other.pk], articles, stories, archive_stories))
        for other, stories, archive_stories in _with_stories(most, known)
    ]
    telling = [
        one for one in ranked if one.surprise > 0 or one.stories >= LEAST_SHARE_OF_THE_COMMON * articles
    ]
    return sorted(telling, key=lambda one: (-one.surprise, -one.stories, one.entity.name))[:COMPANIONS]


def _stories_in_index() -> tuple[dict[str, int], int]:
    """Return in how many articles each name stands, and how many there are."""
    fields = ask(None).facet("names").facet("year").facet_counts()["fields"]
    return dict(fields["names"]), sum(count for _, count in fields["year"])


def _with_stories(ids: Iterable[int], known) -> Iterable[tuple[Entity, int, int]]:
    """Yield names with the number of their own stories and of all in the archive, in one query."""
    entities = Entity.objects.current().filter(pk__in=list(ids))
    if known is not None:
        stories, total = known
        return ((entity, stories.get(str(entity.pk), 0), total) for entity in entities)
    own = in_published(Mention.objects.filter(entity=OuterRef("pk"))).order_by().values("entity")
    own = own.annotate(count=Count("article", distinct=True)).values("count")
    every = (
        Article.objects.published().order_by().values("status").annotate(count=Count("pk")).values("count")
    )
    entities = entities.annotate(
        stories=Coalesce(Subquery(own, output_field=IntegerField()), Value(0)),
        archive_stories=Coalesce(Subquery(every, output_field=IntegerField()), Value(1)),
    )
    return ((entity, entity.stories, entity.archive_stories) for entity in entities)


def surprise(together: int, articles: int, stories: int, archive_stories: int) -> float:
    """Return how far from chance it is that `together` of `articles` name somebody who has `stories`.

    The logarithm of the likelihood ratio (T. Dunning, 1993), negative if they meet less than by chance.
    """
    if not articles:
        return 0.0
    # What changes between two counts must leave a share a share.
    chance = min(max(stories, together) / max(archive_stories, stories, 1), 1 - 1e-9)
    share = together / articles
    value = together * math.log(share / chance) if together else 0.0
    if together < articles:
        value += (articles - together) * math.log((1 - share) / (1 - chance))
    return round(math.copysign(2 * value, share - chance), 6)


def network_of(
    entity: Entity, companions: list[Companion], pairs: Iterable[tuple[int, int]]
) -> Network | None:
    """Draw a name among its companions; None with fewer than two of them."""
    drawn = companions[:DRAWN]
    if len(drawn) < 2:
        return None
    middle = SIZE_PX // 2
    places = {one.entity.pk: _place(number, len(drawn), middle) for number, one in enumerate(drawn)} | {
        entity.pk: (middle, middle)
    }
    weights = _weights(pairs, places, entity.pk)
    heaviest = max(weights.values(), default=1)
    edges = [
        Edge(*places[a], *places[b], width=round(0.75 + 3.25 * count / heaviest, 2))
        for (a, b), count in sorted(weights.items())
    ]
    nodes = [_node(one.entity, *places[one.entity.pk], middle) for one in drawn]
    nodes.append(_node(entity, middle, middle, middle))
    return Network(f"{entity.name} and the names it stands beside", nodes, edges)


def _place(number: int, count: int, middle: int) -> tuple[int, int]:
    angle = 2 * math.pi * number / count - math.pi / 2
    return round(middle + _RADIUS_PX * math.cos(angle)), round(middle + _RADIUS_PX * math.sin(angle))


def _weights(pairs: Iterable[tuple[int, int]], wanted, middle: int) -> Counter:
    """Count for each two of the wanted names the articles that name both; all name the one in the middle."""
    named = defaultdict(set)
    for article_id, entity_id in pairs:
        if entity_id in wanted:
            named[article_id].add(entity_id)
    return Counter(pair for names in named.values() for pair in combinations(sorted(names | {middle}), 2))


def _node(entity: Entity, x: int, y: int, middle: int) -> Node:
    label = entity.name
    if len(label) > _MOST_LABEL_LETTERS:
        label = label[: _MOST_LABEL_LETTERS - 1].rstrip() + "…"
    above = y < middle
    return Node(label, entity.name, entity.get_absolute_url(), x, y, "middle", y - 12 if above else y + 22)
