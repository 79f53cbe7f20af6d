"""One writer at a time, among threads and processes.

flock on a file *beside* the index folder, so that deleting the folder does not free it. The kernel frees it
when the holder dies. A forked child gives up its copy at once: it neither keeps the lock alive nor frees its
parent's.
"""

import fcntl
import os
import time
import weakref
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from archive.search.errors import IndexLocked

FIRST_PAUSE_SECONDS: Final = 0.005
LONGEST_PAUSE_SECONDS: Final = 0.1

_held: "weakref.WeakSet[FileLock]" = weakref.WeakSet()


class FileLock:
    """An exclusive lock named by a file; every `held()` opens it anew, so threads exclude each other too."""

    def __init__(self, path: Path):
        self.path = path
        self._fd: int | None = None

    @contextmanager
    def held(self, timeout_seconds: float):
        """Hold the lock for a block; raise IndexLocked when others keep it for longer than the time-out."""
        holder = FileLock(self.path)
        holder._acquire(timeout_seconds)
        try:
            yield holder
        finally:
            holder.release()

    def release(self) -> None:
        """Close the descriptor, which frees the lock unless this is a forked copy that gave it up already."""
        _held.discard(self)
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _acquire(self, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds
        pause = FIRST_PAUSE_SECONDS
        while not self._try():
            left = deadline - time.monotonic()
            if left <= 0:
                raise IndexLocked(
                    f"{self.path} was held by {self._holder()} for more than {timeout_seconds:g} seconds; "
                    "nothing was written, and the change can be tried again."
                )
            time.sleep(min(pause, left))
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _try(self) -> bool:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The name may have been given to another file since it was opened; only the one named now counts.
            if not os.path.samestat(os.fstat(fd), os.stat(self.path)):
                raise FileNotFoundError
        except (BlockingIOError, FileNotFoundError):
            os.close(fd)
            return False
        self._fd = fd
        _held.add(self)
        with suppress(OSError):  # who holds it is only for messages; a full disk must not keep it locked
            os.ftruncate(fd, 0)
            os.write(fd, f"process {os.getpid()}\n".encode())
        return True

    def _holder(self) -> str:
        try:
            return self.path.read_text().strip() or "another writer"
        except OSError:
            return "another writer"


def _give_up_in_child() -> None:
    for lock in list(_held):
        lock.release()


os.register_at_fork(after_in_child=_give_up_in_child)
