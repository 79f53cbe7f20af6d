"""Names that were taken for others, however many merges lie between, and the spellings they came with.

A question asks for a name or two, of thousands that may be merged: each look-up goes by an index.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from archive.desk.tagging import read_roots
from archive.models import Alias, Entity

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


def load_names(pks: Iterable[int]) -> dict[int, Entity]:
    """Return current names by their numbers, with all their spellings."""
    names = Entity.objects.prefetch_related("aliases").in_bulk(pks)
    merged = _merged_into(names.keys())
    theirs = defaultdict(list)
    for alias in Alias.objects.filter(entity__in=merged) if merged else ():
        theirs[merged[alias.entity_id]].append(alias)
    for pk, aliases in theirs.items():
        names[pk].spellings_of_merged = aliases
    return names


def _merged_into(roots: Iterable[int]) -> dict[int, int]:
    """Return the names that were merged into these, directly or not, each with the one it became."""
    found: dict[int, int] = {}
    level = {pk: pk for pk in roots}
    while level:
        rows = Entity.objects.filter(merged_into__in=level).order_by().values_list("pk", "merged_into_id")
        level = {pk: level[into] for pk, into in rows if pk not in found}
        found |= level
    return found


def spellings_of(entity: Entity) -> list[Alias]:
    """Return the spellings of a name from `load_names`, each once, its own before those of merged names."""
    every = [*entity.aliases.all(), *getattr(entity, "spellings_of_merged", ())]
    return list({alias.text: alias for alias in reversed(every)}.values())[::-1]
