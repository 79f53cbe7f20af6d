"""Which names stand in a story, and which other stories name the same."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from django.db.models import Count, Exists, OuterRef

from archive.models import Article, Entity, Mention
from archive.models.addresses import name_url
from archive.models.prepared import Prepared
from archive.pages.stories import Story, load_stories

RELATED_STORIES: Final = 6
# So many candidates nearly always hold as many public ones as are shown.
MOST_LIKELY: Final = 24
# Bounds what is counted for related stories; a name with more mentions than this says little about one story.
MOST_WEIGHED: Final = 5_000


class Named(NamedTuple):
    """Who or what is named."""

    pk: int
    kind: str
    name: str
    slug: str

    def get_absolute_url(self) -> str:
        return name_url(self.slug)

    def get_kind_display(self) -> str:
        return Entity.Kind(self.kind).label


class Place(NamedTuple):
    """Where in a story somebody is named: see archive.models.Mention."""

    part: str
    start: int
    end: int
    entity: Named


class NamedHere(NamedTuple):
    """A name in a story and how often it stands there."""

    entity: Named
    times: int


_places: Final = Prepared(
    lambda pks: (
        Mention.objects.filter(article__in=pks)
        .order_by("part", "start")
        .values_list("part", "start", "end", *(f"entity__{field}" for field in Named._fields))
    )
)
_is_named_often: Final = Exists(
    Mention.objects.filter(entity=OuterRef("pk")).order_by()[MOST_WEIGHED : MOST_WEIGHED + 1]
)
_rare: Final = Prepared(
    lambda pks: Entity.objects.filter(~_is_named_often, pk__in=pks).order_by().values_list("pk")
)
_times: Final = Prepared(
    lambda pks: (
        Mention.objects.filter(entity__in=pks)
        .order_by()
        .values_list("entity")
        .annotate(times=Count("pk"))
        .order_by("times")
    )
)
_shared: Final = Prepared(
    lambda pks: (
        Mention.objects.filter(entity__in=pks)
        .order_by()
        .values_list("article")
        .annotate(shared=Count("entity", distinct=True))
    )
)
_days: Final = Prepared(lambda pks: Article.objects.published_among(pks).values_list("pk", "published_on"))


def places_of_names(article: Article) -> list[Place]:
    """Return where a story names somebody, from its beginning."""
    rows = _places.among([article.pk])
    return [Place(part, start, end, Named(*entity)) for part, start, end, *entity in rows]


def names_in(places: list[Place]) -> list[NamedHere]:
    """Return the names of a story, by kind and then the most frequent first."""
    times: dict[Named, int] = defaultdict(int)
    for place in places:
        times[place.entity] += 1
    kinds = Entity.Kind.values
    names = [NamedHere(entity, count) for entity, count in times.items()]
    return sorted(names, key=lambda name: (kinds.index(name.entity.kind), -name.times, name.entity.name))


def related_stories(article: Article, names: list[NamedHere], versions: Collection[int]) -> list[Story]:
    """Return other published stories that share most telling names, of equals the newest first.

    `versions` are articles of the same story, which stand elsewhere on the page.
    """
    shared = dict(_shared.among(_telling(names)))
    for pk in {article.pk, *versions}:
        shared.pop(pk, None)
    ids: list[int] = []
    for group in _best_first(shared):
        days = dict(_days.among(group))
        ids += sorted(days, key=lambda pk: (shared[pk], days[pk], pk), reverse=True)
        if len(ids) >= RELATED_STORIES:
            break
    return load_stories(ids[:RELATED_STORIES])


def _best_first(shared: dict[int, int]) -> Iterator[list[int]]:
    """Yield articles in groups of MOST_LIKELY or more; equals are together, the best group comes first."""
    group: list[int] = []
    for _, equals in groupby(sorted(shared, key=shared.get, reverse=True), key=shared.get):
        group += equals
        if len(group) >= MOST_LIKELY:
            yield group
            group = []
    if group:
        yield group


def _telling(names: list[NamedHere]) -> list[int]:
    """Return the names that say what a story is about: the rarest, up to MOST_WEIGHED mentions.

    Places count only where nothing else is named: half of an archive can name its capital.
    """
    entities = [name.entity for name in names]
    telling = [entity.pk for entity in entities if entity.kind != Entity.Kind.PLACE]
    rare = [pk for (pk,) in _rare.among(telling or [entity.pk for entity in entities])]
    weighed, rarest = 0, []
    for pk, times in _times.among(rare):
        weighed += times
        if weighed <= MOST_WEIGHED:
            rarest.append(pk)
    return rarest
