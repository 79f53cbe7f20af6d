"""Names that were taken for others, however many merges lie between, and the spellings they came with.

A question asks for a name or two, of thousands that may be merged: each look-up goes by an index.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS

from archive.desk.tagging import read_roots
from archive.models import Alias, Entity
from archive.models.prepared import Prepared

__all__ = ["load_names", "read_roots", "roots_of", "spellings_of"]


def roots_of(merged_into: Mapping[int, int | None]) -> dict[int, int]:
    """Return the name that stands for each of some names now; `merged_into` has what each was merged into."""
    known = dict(merged_into)
    while unknown := {into for into in known.values() if into is not None} - known.keys():
        known |= Entity.objects.filter(pk__in=unknown).values_list("pk", "merged_into_id")
    return {pk: _follow(pk, known) for pk in merged_into}


def _follow(pk: int, merged_into: Mapping[int, int | None]) -> int:
    seen = set()
    while merged_into.get(pk) is not None and pk not in seen:
        seen.add(pk)
        pk = merged_into[pk]
    return pk


class Spelling(NamedTuple):
    """One registered spelling; an acronym counts in capitals only."""

    text: str
    is_acronym: bool


# Each question asks for names: put into SQL anew, that takes ten times as long as the answer of the database.
_COLUMNS: Final = [column.attname for column in Entity._meta.concrete_fields]
_names: Final = Prepared(lambda pks: Entity.objects.filter(pk__in=pks).order_by().values_list(*_COLUMNS))
_merged: Final = Prepared(
    lambda pks: Entity.objects.filter(merged_into__in=pks).order_by().values_list("pk", "merged_into")
)
_spellings: Final = Prepared(
    lambda pks: (
        Alias.objects.filter(entity__in=pks)
        .order_by("text", "pk")
        .values_list("entity", "text", "is_acronym")
    )
)


def load_names(pks: Iterable[int]) -> dict[int, Entity]:
    """Return names by their numbers, for `spellings_of`."""
    rows = _names.among(list(pks))
    names = {
        entity.pk: entity for entity in (Entity.from_db(DEFAULT_DB_ALIAS, _COLUMNS, row) for row in rows)
    }
    roots = {pk: pk for pk in names} | _merged_into(names)
    found = defaultdict(list)
    for owner, text, is_acronym in _spellings.among(list(roots)):
        found[owner].append(Spelling(text, is_acronym))
    for entity in names.values():
        entity.all_spellings = {}
    for owner, pk in roots.items():
        for spelling in found[owner]:
            names[pk].all_spellings.setdefault(spelling.text, spelling)
    return names


def _merged_into(roots: Iterable[int]) -> dict[int, int]:
    """Return the names that were merged into these, directly or not, each with the one it became."""
    found: dict[int, int] = {}
    level = {pk: pk for pk in roots}
    while level:
        level = {pk: level[into] for pk, into in _merged.among(list(level)) if pk not in found}
        found |= level
    return found


def spellings_of(entity: Entity) -> list[Spelling]:
    """Return the spellings of a name from `load_names`, each once, its own before those of merged names."""
    return list(entity.all_spellings.values())
