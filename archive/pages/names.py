"""Names: the list of all, and the page of one."""

from typing import Final, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Substr
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from archive.models import Alias, Entity, Mention
from archive.models.names import NAME_CHARS
from archive.names.folding import fold
from archive.pages.addresses import NotHere, find_former, redirect_unless_at
from archive.pages.counts import articles_naming, in_published, most_named, newest_ids
from archive.pages.lists import list_page
from archive.pages.periods import period_page

NAMES_PER_PAGE: Final = 200
COMPANIONS: Final = 12
# Whom a name stands beside is counted over so many of its newest articles. Without this bound, a name in nine
# of ten of 100,000 articles took 105 seconds.
MOST_COUNTED: Final = 2_000
MOST_MERGES: Final = 10
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
OTHER_LETTERS: Final = "0-9"


class Letter(NamedTuple):
    label: str
    count: int
    url: str
    selected: bool


class Kind(NamedTuple):
    label: str
    count: int
    url: str
    selected: bool


class Spelling(NamedTuple):
    """A spelling, in how many published articles it stands, and whether it is registered."""

    text: str
    stories: int
    registered: bool


class Companion(NamedTuple):
    """Another name that stands in `stories` of the same articles."""

    entity: Entity
    stories: int


@require_safe
def names(request):
    """List the names that readers can find in the archive, by first letter and kind."""
    wanted = {key: request.GET.get(key, "").replace("\0", "").strip() for key in ("letter", "kind", "q")}
    entities = names_in_the_archive()
    if wanted["q"]:
        entities = entities.filter(Exists(_spelt_like(wanted["q"][:NAME_CHARS])))
    kinds = _kinds(entities, wanted)
    if wanted["kind"] in Entity.Kind.values:
        entities = entities.filter(kind=wanted["kind"])
    letters = _letters(entities, wanted)
    page = list_page(
        request, _beginning_with(entities, wanted["letter"]).order_by("slug"), per_page=NAMES_PER_PAGE
    )
    _count_stories(page.items)
    context = {
        "page": page,
        "letters": letters,
        "kinds": kinds,
        "wanted": wanted,
        "any": any(wanted.values()),
    }
    return render(request, "pages/names.html", context)


@require_safe
def name(request, slug: str):
    """Show one name: its spellings, its articles by date, and what it is named with."""
    entity = Entity.objects.filter(slug=slug.lower()).first()
    if entity is None:
        former = find_former(reverse("name", args=[slug.lower()]))
        entity = former.entity if former else None
    if entity is None:
        raise NotHere("No name is registered under this address.", (("All names", reverse("names")),))
    entity = _survivor(entity)
    redirect = redirect_unless_at(request, entity.get_absolute_url())
    if redirect:
        return redirect
    context = {
        "entity": entity,
        "spellings": _spellings(entity),
        "companions": _companions(entity),
        "most_counted": MOST_COUNTED,
        **period_page(request, articles_naming(entity), title=f"Stories a month that name {entity.name}"),
    }
    return render(request, "pages/name.html", context)


def names_in_the_archive():
    """Keep names that published articles name: the list promises nothing that is not there to read."""
    mentions = in_published(Mention.objects.filter(entity=OuterRef("pk")))
    return Entity.objects.current().filter(Exists(mentions))


def _spelt_like(text: str):
    """Return spellings that hold `text`, or do so once accents and hyphens are folded away."""
    alike = Q(text__icontains=text)
    if key := fold(text):
        alike |= Q(key__contains=key)
    return Alias.objects.filter(alike, entity=OuterRef("pk"))


def _kinds(entities, wanted: dict) -> list[Kind]:
    counts = dict(entities.order_by().values_list("kind").annotate(Count("pk")))
    rows = [("", "All kinds", sum(counts.values()))]
    rows += [(kind, kind.label.capitalize(), counts[kind]) for kind in Entity.Kind if kind in counts]
    return [
        Kind(label, count, _names_url(wanted, kind=str(key)), wanted["kind"] == key)
        for key, label, count in rows
    ]


def _letters(entities, wanted: dict) -> list[Letter]:
    """Count names by the first letter of their address, which is in ASCII whatever script the name is in."""
    counted = (
        entities.order_by().annotate(letter=Substr("slug", 1, 1)).values_list("letter").annotate(Count("pk"))
    )
    counts = dict(counted)
    others = sum(count for letter, count in counts.items() if letter not in LETTERS)
    rows = [(letter, letter.upper(), counts.get(letter, 0)) for letter in LETTERS]
    rows += [(OTHER_LETTERS, "0–9", others)] if others else []
    chosen = wanted["letter"].lower()
    return [
        Letter(label, count, _names_url(wanted, letter=label if key != OTHER_LETTERS else key), chosen == key)
        for key, label, count in rows
    ]


def _beginning_with(entities, letter: str):
    letter = letter.lower()
    if letter == OTHER_LETTERS:
        return entities.exclude(Q(slug__gte="a") & Q(slug__lt="{"))
    return entities.filter(slug__startswith=letter) if letter in LETTERS else entities


def _names_url(wanted: dict, **changes: str) -> str:
    question = {key: value for key, value in {**wanted, **changes}.items() if value}
    return f"{reverse('names')}?{urlencode(question)}" if question else reverse("names")


def _count_stories(entities: list[Entity]) -> None:
    """Give each of `entities` its `initial` and its number of published `stories`, in one query."""
    mentions = in_published(Mention.objects.filter(entity__in=entities))
    stories = dict(mentions.order_by().values_list("entity").annotate(Count("article", distinct=True)))
    for entity in entities:
        entity.stories = stories.get(entity.pk, 0)
        entity.initial = entity.slug[:1].upper() if entity.slug[:1] in LETTERS else "0–9"


def _survivor(entity: Entity) -> Entity:
    """Follow merges to the name that stands for all of them now."""
    for _ in range(MOST_MERGES):
        if entity.merged_into_id is None:
            break
        entity = get_object_or_404(Entity, pk=entity.merged_into_id)
    return entity


def _spellings(entity: Entity) -> list[Spelling]:
    """Return every spelling but the preferred one, registered or only found, the most frequent first."""
    published = in_published(entity.mentions)
    found = dict(published.order_by().values_list("text").annotate(Count("article", distinct=True)))
    registered = set(entity.aliases.values_list("text", flat=True))
    texts = (registered | set(found)) - {entity.name}
    spellings = [Spelling(text, found.get(text, 0), text in registered) for text in texts]
    return sorted(spellings, key=lambda spelling: (-spelling.stories, spelling.text))


def _companions(entity: Entity) -> list[Companion]:
    """Return the names that stand in most of the same articles, of the newest MOST_COUNTED."""
    newest = newest_ids(articles_naming(entity), MOST_COUNTED)
    counted = most_named(Mention.objects.filter(article__in=newest).exclude(entity=entity), COMPANIONS)
    return [Companion(other, stories) for other, stories in counted]
