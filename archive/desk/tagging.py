"""Knows the registered names, and finds them in a text."""

import threading
from dataclasses import dataclass

from django.db import connection

from archive.models import Alias, Entity
from archive.names.folding import fold
from archive.names.matcher import Matcher, Spelling
from archive.names.stories import BODY, HEADLINE, find_names

__all__ = ["BODY", "HEADLINE", "KnownNames", "find_names", "get_known_names", "get_matcher"]

_lock = threading.Lock()
_cached: tuple[tuple, "KnownNames"] | None = None


@dataclass(frozen=True)
class KnownNames:
    """The registered names as they were at one moment.

    The matcher speaks of roots: names merged into one are one to it. `roots` leads from merged names to the
    name that stands for them; `owners` from (root, spelling) and (root, folded spelling) to the merged name
    that the spelling was registered for, for names that others were merged into.
    """

    matcher: Matcher
    roots: dict[int, int]
    owners: dict[tuple[int, str], int]

    def root_of(self, entity_id: int) -> int:
        return self.roots.get(entity_id, entity_id)

    def find_owner(self, root_id: int, text: str) -> int | None:
        """Return whose spelling `text` is among the names that are `root_id` now; None if nobody's alone."""
        if (root_id, "") not in self.owners:
            return root_id
        return self.owners.get((root_id, text)) or self.owners.get((root_id, fold(text)))


def get_known_names() -> KnownNames:
    """Return the names as they are now, read again whenever a name, a spelling or a merge has changed."""
    global _cached
    stamp = _stamp()
    with _lock:
        if _cached is None or _cached[0] != stamp:
            _cached = (stamp, _read_names())
        return _cached[1]


def is_ready() -> bool:
    """Say whether reading can begin at once, without building a matcher first."""
    return _cached is not None and _cached[0] == _stamp()


def get_matcher() -> Matcher:
    """Return a matcher over all spellings; the names in its answers are those that stand for others now."""
    return get_known_names().matcher


def _stamp() -> tuple:
    """Return what changes with every registration, renaming or merge, in one cheap query.

    A count alone and a greatest value alone are answered from an index; asked together they make the database
    look at every spelling, 16 ms for 200,000, twice in each transaction that takes copy in.
    """
    aliases, names = (connection.ops.quote_name(model._meta.db_table) for model in (Alias, Entity))
    # Nothing but names of our own tables is written into it.
    statement = (
        f"SELECT (SELECT COUNT(*) FROM {aliases}), (SELECT MAX(id) FROM {aliases}), "  # noqa: S608
        f"(SELECT MAX(changed_at) FROM {aliases}), (SELECT MAX(changed_at) FROM {names})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone())


def _read_names() -> KnownNames:
    roots = read_roots()
    kinds = dict(Entity.objects.filter(pk__in=set(roots.values())).values_list("pk", "kind"))
    rows = Alias.objects.order_by("entity_id", "id").values_list(
        "text", "entity_id", "entity__kind", "is_acronym"
    )
    spellings, owners = [], {}
    grown = set(roots.values())
    for text, entity_id, kind, is_acronym in rows.iterator(chunk_size=10_000):
        root = roots.get(entity_id, entity_id)
        spellings.append(Spelling(text, root, kinds.get(root, kind), is_acronym))
        if root in grown:
            owners[root, ""] = root
            for key in (text, fold(text)):
                # The name that stands for all goes first, then the one that was registered first.
                if key and (owners.get((root, key)) is None or entity_id == root):
                    owners[root, key] = entity_id
    return KnownNames(Matcher(spellings), roots, owners)


def read_roots() -> dict[int, int]:
    """Return merged name -> the name that stands for it now, however many merges lie between."""
    into = dict(Entity.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id"))
    return {pk: _follow(pk, into) for pk in into}


def _follow(pk: int, into: dict[int, int]) -> int:
    seen = set()
    while pk in into and pk not in seen:
        seen.add(pk)
        pk = into[pk]
    return pk
