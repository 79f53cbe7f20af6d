"""How many long answers one process sends at a time, so that slow readers leave threads for others."""

import weakref
from collections.abc import Callable, Iterator
from threading import Lock

from django.conf import settings


class Slots:
    """Places for answers that are being sent; each is given back once, however its sending ends."""

    def __init__(self):
        self._lock, self._taken = Lock(), 0

    def take(self) -> Callable[[], None] | None:
        """Return what gives the place back, or None if all are taken."""
        with self._lock:
            if settings.ARCHIVE_EXPORTS_AT_ONCE and self._taken >= settings.ARCHIVE_EXPORTS_AT_ONCE:
                return None
            self._taken += 1
        return self._give_back

    def _give_back(self) -> None:
        with self._lock:
            self._taken -= 1


class Sending:
    """Pieces of an answer that hold a place until the server closes them, or forgets them."""

    def __init__(self, pieces: Iterator[str], give_back: Callable[[], None]):
        self._pieces = pieces
        self._give_back = weakref.finalize(self, give_back)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return next(self._pieces)

    def close(self) -> None:
        """Stop reading from the archive and give the place back; called by every WSGI server at the end."""
        try:
            self._pieces.close()
        finally:
            self._give_back()


slots = Slots()
