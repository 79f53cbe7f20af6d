"""Troubles of the system that say nothing about the files: too many open, no memory, no permission."""

import errno
from pathlib import Path
from typing import Final

from archive.search.errors import IndexNotReady

PASSING_ERRORS: Final = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES, errno.EPERM, errno.EAGAIN, errno.EINTR}
)


def raise_if_passing(error: BaseException, path: Path | str) -> None:
    """Raise IndexNotReady for an error that may be over in a moment, so that nobody rebuilds for it."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in PASSING_ERRORS):
        raise IndexNotReady(f"{path} cannot be opened just now: {error!r}") from error
