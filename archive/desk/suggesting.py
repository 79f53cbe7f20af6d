"""Suggests which registered names a spelling may mean, with reasons an archivist can check."""

import threading
from collections.abc import Iterable
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q

from archive.desk.tagging import read_roots
from archive.models import Alias, Entity
from archive.names.folding import NameTable, acronym_of, fold, similar

MOST_SUGGESTIONS: Final = 5
# A table of so many spellings is made in a second or two and kept; of more, the database gives a selection.
MOST_IN_A_TABLE: Final = 20_000
_MOST_SELECTED: Final = 400
_BEGINNING_LETTERS: Final = 4
_MOST_NAMED: Final = 10

_lock = threading.Lock()
_cached: tuple[tuple, NameTable] | None = None


class NameSuggestion(NamedTuple):
    """A registered name that a spelling may mean; `score` runs from 0 to 1."""

    entity: Entity
    score: float
    reason: str


def suggest_names(
    text: str, *, without: Iterable[int] = (), most: int = MOST_SUGGESTIONS
) -> list[NameSuggestion]:
    """Rank the current names that `text` may mean, the likeliest first; none of `without`."""
    return suggest_for([text], without=without, most=most)[text]


def suggest_for(
    texts: Iterable[str], *, without: Iterable[int] = (), most: int = MOST_SUGGESTIONS
) -> dict[str, list[NameSuggestion]]:
    """Do the same for several spellings at once, in a few queries for all of them."""
    roots, texts, excluded = read_roots(), list(texts), set(without)
    table = _table()
    found = {text: similar(text, table or NameTable(_selected(text)))[: most * 4] for text in texts}
    ids = {roots.get(each.name_id, each.name_id) for every in found.values() for each in every}
    entities = Entity.objects.in_bulk(ids - excluded)
    ranked = {}
    for text, every in found.items():
        best: dict[int, NameSuggestion] = {}
        for each in every:
            entity = entities.get(roots.get(each.name_id, each.name_id))
            if entity is not None and entity.pk not in best:
                best[entity.pk] = NameSuggestion(entity, each.score, each.reason)
        ranked[text] = list(best.values())[:most]
    return ranked


def _table() -> NameTable | None:
    """Return a table of all spellings, or None if they are too many."""
    global _cached
    stamp = tuple(Alias.objects.aggregate(Count("id"), Max("id"), Max("changed_at")).values())
    if stamp[0] > MOST_IN_A_TABLE:
        return None
    with _lock:
        if _cached is None or _cached[0] != stamp:
            _cached = (stamp, NameTable(Alias.objects.values_list("text", "entity_id").iterator()))
        return _cached[1]


def _selected(text: str) -> list[tuple[str, int]]:
    """Return spellings that begin or end like `text`, have its key, or may be its initials."""
    key, words = fold(text), text.split()
    alike = Q(key=key)
    if len(key) >= _BEGINNING_LETTERS:
        alike |= Q(key__startswith=key[:_BEGINNING_LETTERS])
    if words and (last := fold(words[-1])):
        alike |= Q(key__endswith=last)
    if initials := acronym_of(text):
        alike |= Q(key=initials)
    return list(Alias.objects.filter(alike).values_list("text", "entity_id")[:_MOST_SELECTED])


def get_by_typed(text: str) -> Entity:
    """Return the current name that somebody typed: its address, its preferred spelling, or any spelling.

    Raise ValidationError, saying which there are, if that is none or several.
    """
    text = " ".join(text.replace("\0", " ").split())
    if by_slug := Entity.objects.current().filter(slug=text.lower()).first():
        return by_slug
    current = Entity.objects.current()
    exact = list(current.filter(name__iexact=text)[:_MOST_NAMED])
    found = exact or list(current.filter(aliases__text__iexact=text).distinct()[:_MOST_NAMED])
    if not found:
        raise ValidationError(f"No name is registered as “{text}”.")
    if len(found) > 1:
        slugs = ", ".join(entity.slug for entity in found)
        raise ValidationError(f"“{text}” can be several names; type the end of its address: {slugs}.")
    return found[0]
