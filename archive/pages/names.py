"""Names: the list of all, and the page of one."""

from typing import Final, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Substr
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from haystack.query import SQ

from archive.desk.merging import get_root
from archive.models import Alias, Article, Entity, Mention
from archive.models.names import NAME_CHARS
from archive.names.folding import fold
from archive.pages.addresses import NotHere, find_former, redirect_unless_at
from archive.pages.counts import in_published
from archive.pages.lens import lens_of
from archive.pages.lists import list_page
from archive.pages.name_facts import (
    MOST_COUNTED,
    SEEN_FIELDS,
    Seen,
    filed_from,
    longest_silence,
    pairs_beside,
    peak_month,
    stories_by_spelling,
    titles_held,
)
from archive.pages.network import companions_of, network_of
from archive.pages.periods import period_page
from archive.pages.quotes import quotes_about, quotes_by
from archive.pages.stories_of import StoriesOf, with_size
from archive.search.remembered import remembered

NAMES_PER_PAGE: Final = 200
# Spellings of names that were merged through more hands than this are on the workbench.
MOST_MERGES: Final = 3
# More are read by nobody; the workbench pages through all.
MOST_SPELLINGS: Final = 500
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
    shown = remembered(
        (name, request.get_full_path()),
        lambda: _shown(request, slug),
        keep=lambda shown: isinstance(shown, dict),
    )
    return render(request, "pages/name.html", {**shown}) if isinstance(shown, dict) else shown


def _shown(request, slug: str) -> dict | HttpResponse:
    """Return all that the page of a name shows, or where else it is."""
    mentions = Mention.objects.filter(entity=OuterRef("pk"))
    entity = found = with_size(Entity.objects.filter(slug=slug.lower()), mentions).first()
    if entity is None:
        former = find_former(reverse("name", args=[slug.lower()]))
        entity = former.entity if former else None
    if entity is None:
        raise NotHere("No name is registered under this address.", (("All names", reverse("names")),))
    # A merge can be undone, and browsers never ask again after a permanent redirect.
    is_merged = entity.merged_into_id is not None
    entity = get_root(entity)
    redirect = redirect_unless_at(request, entity.get_absolute_url(), permanent=not is_merged)
    if redirect:
        return redirect
    stories = StoriesOf(
        entity.mentions,
        SQ(names__exact=str(entity.pk)),
        are_many=found.are_many,
        by_index=found.by_index,
        fields=SEEN_FIELDS,
        make=Seen,
    )
    listed = period_page(request, stories, title=f"Stories a month that name {entity.name}")
    facts = _facts(entity, stories, listed["months"], by_index=found.by_index)
    return {"entity": entity, **facts, **listed}


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


def _facts(entity: Entity, stories: StoriesOf, months: dict, *, by_index: bool) -> dict:
    """Return what a name's articles say about it, from at most MOST_COUNTED of the newest: six queries."""
    seen = stories.newest_rows(MOST_COUNTED)
    ids = sorted({row.article_id for row in seen})
    pairs = pairs_beside(entity, ids) if ids else []
    companions = companions_of(pairs, len(ids), by_index=by_index) if pairs else []
    registered = _registered(entity)
    is_place = entity.kind == Entity.Kind.PLACE
    return {
        "spellings": _spellings(entity, seen, registered),
        "lens": lens_of(seen),
        "titles": titles_held(seen),
        "companions": companions,
        "network": network_of(entity, companions, pairs),
        "filed_from": filed_from(seen),
        "filed_query": f'from:"{entity.name}"',
        "said_query": f'said:"{entity.name}"',
        "about_query": f'about:"{entity.name}"',
        "filed_here": _filed_here({entity.name, *registered}) if is_place else None,
        "quotes_by": quotes_by(entity, ids) if not is_place and ids else [],
        "quotes_about": quotes_about(entity, ids) if ids else [],
        "silence": longest_silence(stories.days),
        "peak": peak_month(months),
        "most_counted": MOST_COUNTED,
    }


def _registered(entity: Entity) -> set[str]:
    """Return the spellings of a name and of what was merged into it, in one query.

    Said as lists of numbers inside each other, each found in an index: joins to the names that stand for
    others make SQLite look at every spelling, 33 ms for 200,000.
    """
    family = Q(entity=entity.pk)
    merged = Entity.objects.filter(merged_into=entity.pk)
    for _ in range(MOST_MERGES):
        family |= Q(entity__in=merged.order_by().values("pk"))
        merged = Entity.objects.filter(merged_into__in=merged.order_by().values("pk"))
    return set(Alias.objects.filter(family).order_by().values_list("text", flat=True)[:MOST_SPELLINGS])


def _spellings(entity: Entity, seen: list, registered: set[str]) -> list[Spelling]:
    """Return every spelling but the preferred one, registered or only found, the most frequent first."""
    found = stories_by_spelling(seen)
    texts = (registered | set(found)) - {entity.name}
    spellings = [Spelling(text, found.get(text, 0), text in registered) for text in texts]
    return sorted(spellings, key=lambda spelling: (-spelling.stories, spelling.text))


def _filed_here(spellings: set[str]) -> int:
    """Count the stories that were filed from a place, which need not mention it."""
    return Article.objects.published_among(Article.objects.filter(place__in=spellings).values("pk")).count()
