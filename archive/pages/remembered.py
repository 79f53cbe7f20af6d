"""Numbers of the whole archive, counted once for each state of it and kept in the memory of the process.

Only what shows no story belongs here: a withdrawn one has to be gone at once, also while the index is behind.
One value is kept a name, so that memory stays as small as the list of names.
"""

from collections.abc import Callable
from typing import Any

from archive.search.indexer import stamp

_kept: dict[str, tuple[str, Any]] = {}


def remembered(name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` made of the archive as it stands; nobody may change it.

    The stamp is read first: what changes while `make` counts is counted again for the next reader.
    """
    now = stamp()
    known = _kept.get(name)
    if known is not None and known[0] == now:
        return known[1]
    value = make()
    _kept[name] = (now, value)
    return value


def forget() -> None:
    """Count everything again."""
    _kept.clear()
