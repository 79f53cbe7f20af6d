"""Answers that hold for as long as nothing was written, kept in the memory of the process.

Exact, not timed: the database itself says whether any connection of any process has written to it since, and
the index which of its states is served. So what shows stories may be kept too; one that is withdrawn is gone
from the next answer.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final

from django.db import DatabaseError, connection
from haystack import connections

from archive.models import IndexTask
from archive.search.errors import SearchError

# A page of results takes some 85 KB, the page of a frequent name 500.
MOST_KEPT: Final = 128

_kept: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
_lock = threading.Lock()


def remembered(
    key: Hashable,
    make: Callable[[], Any],
    *,
    state: Callable[[], Hashable | None] | None = None,
    keep: Callable[[Any], bool] = lambda value: True,
) -> Any:
    """Return what `make` returns for the archive as it stands; `key` holds all else that it depends on.

    Readers share the value, so nobody may change it. `state` is asked first: what changes while `make` works
    is worked out again for the next reader. A value that `keep` refuses is given out once.
    """
    now = (state or everything)()
    if now is None:
        return make()
    with _lock:
        known = _kept.get(key)
        if known is not None and known[0] == now:
            _kept.move_to_end(key)
            return known[1]
    value = make()
    if not keep(value):
        return value
    with _lock:
        _kept[key] = (now, value)
        _kept.move_to_end(key)
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return value


def forget() -> None:
    """Work everything out again."""
    with _lock:
        _kept.clear()


def everything() -> Hashable | None:
    """Return what differs whenever database or index have changed, or None where that cannot be said.

    Within a transaction it cannot: it sees what it has not committed.
    """
    try:
        database = None if connection.in_atomic_block else _database_state()
        return database and (database, _index_state())
    except (DatabaseError, SearchError):
        return None


def public_stories() -> Hashable:
    """Return what differs whenever the public stories may have changed, for numbers that are dear to count.

    Each change of what readers see queues a task and, once that is done, commits to the index. Other writes,
    such as those of the search log, leave it as it is.
    """
    newest = IndexTask.objects.order_by("-pk").values_list("pk", flat=True).first()
    try:
        return _index_state(), newest
    except SearchError:
        return None, newest


def _index_state() -> Hashable:
    snapshot = connections["default"].get_backend().store.snapshot()
    return snapshot.folder, snapshot.generation


def _database_state() -> Hashable | None:
    if connection.vendor == "sqlite":
        return _watch.state()
    if connection.vendor == "postgresql":
        # Two equal snapshots see the same rows: what is written between is in progress in the first.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            return cursor.fetchone()[0]
    return None


class _Watch:
    """Asks SQLite whether anybody has written, by a connection of its own that never writes itself.

    `PRAGMA data_version` counts what other connections commit, so all those of this process are others too.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._opened = 0
        self._of: tuple = ()
        self._connection = None

    def state(self) -> Hashable:
        with self._lock:
            watched = self._watched()
            if self._of != watched:
                self._open(watched)
            with connection.wrap_database_errors:
                return self._opened, self._connection.execute("PRAGMA data_version").fetchone()[0]

    def _watched(self) -> tuple:
        """Return process and file: a connection serves one process; a restored database is another file."""
        name = str(connection.settings_dict["NAME"])
        try:
            file = os.stat(name)
        except OSError:
            return os.getpid(), name
        return os.getpid(), name, file.st_dev, file.st_ino

    def _open(self, watched: tuple) -> None:
        if self._of and self._of[0] == watched[0]:
            self._connection.close()
        else:
            # One that a parent process opened stays open: SQLite forbids to touch it here.
            _of_parents.append(self._connection)
        with connection.wrap_database_errors:
            self._connection = connection.get_new_connection(connection.get_connection_params())
        self._of = watched
        self._opened += 1


_of_parents: list = []
_watch = _Watch()
