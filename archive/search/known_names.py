"""Registered names by how any word of any of their spellings begins; kept in memory.

A table of 20,000 spellings takes some ten megabytes and answers in microseconds; the database would have to
look at every spelling for each letter typed.
"""

import time
from bisect import bisect_left
from collections.abc import Iterator
from threading import Lock
from typing import Final, NamedTuple

from django.db.models import Count, Max

from archive.models import Alias, Article, Entity, Mention
from archive.names.folding import plain_key
from archive.search.merges import read_roots

# How often it is asked whether names have changed, and how old the numbers of stories may get.
SECONDS_BETWEEN_LOOKS: Final = 5
SECONDS_TO_LIVE: Final = 300
# Of so many that begin alike, the most frequent are offered.
MOST_COMPARED: Final = 3_000
LEAST_CHARS: Final = 2


class KnownName(NamedTuple):
    """A current name that published stories name; `stories` counts them."""

    name: str
    kind: str
    stories: int

    @property
    def kind_label(self) -> str:
        return str(Entity.Kind(self.kind).label)


class _Table(NamedTuple):
    """`keys` are sorted; `owners[n]` is the name that `keys[n]` belongs to."""

    keys: list[str]
    owners: list[KnownName]
    stamp: tuple
    made_at: float


_lock = Lock()
_state: dict[str, object] = {"table": None, "looked_at": 0.0}


def names_beginning(typed: str, kind: str = "") -> Iterator[KnownName]:
    """Yield names of which a word, and what follows it, begins as typed; the most frequent first."""
    key = plain_key(typed)
    if len(key) < LEAST_CHARS:
        return
    table = _current()
    first = bisect_left(table.keys, key)
    found: dict[KnownName, None] = {}
    for at in range(first, min(first + MOST_COMPARED, len(table.keys))):
        if not table.keys[at].startswith(key):
            break
        if kind in ("", table.owners[at].kind):
            found[table.owners[at]] = None
    yield from sorted(found, key=lambda name: (-name.stories, name.name))


def forget() -> None:
    """Read the names again when they are next asked for."""
    with _lock:
        _state["table"] = None


def _current() -> _Table:
    table, now = _state["table"], time.monotonic()
    if table is not None and now - _state["looked_at"] < SECONDS_BETWEEN_LOOKS:
        return table
    with _lock:
        table = _state["table"]
        stamp = _stamp()
        if table is None or table.stamp != stamp or now - table.made_at > SECONDS_TO_LIVE:
            table = _read(stamp, now)
        _state.update(table=table, looked_at=now)
        return table


def _stamp() -> tuple:
    aliases = Alias.objects.aggregate(Count("pk"), Max("changed_at"))
    return (*aliases.values(), Entity.objects.aggregate(newest=Max("changed_at"))["newest"])


def _read(stamp: tuple, now: float) -> _Table:
    named = Mention.objects.filter(article__status=Article.Status.PUBLISHED).order_by()
    stories = dict(named.values_list("entity").annotate(Count("article", distinct=True)))
    known = {
        pk: KnownName(name, kind, stories[pk])
        for pk, name, kind in Entity.objects.current().values_list("pk", "name", "kind")
        if pk in stories
    }
    entries, roots = [], read_roots()
    for text, pk in Alias.objects.values_list("text", "entity"):
        owner = known.get(roots.get(pk, pk))
        if owner is not None:
            words = text.replace("-", " ").split()
            entries += [(plain_key("".join(words[at:])), owner) for at in range(len(words))]
    entries = sorted(set(entry for entry in entries if entry[0]))
    return _Table([key for key, _ in entries], [owner for _, owner in entries], stamp, now)
