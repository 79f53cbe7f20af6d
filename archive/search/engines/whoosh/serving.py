"""What a process serves searches from: the last commit, opened once, and what is known of its damage.

Readers take no lock. They look at `current` (one stat a search), open what it names, and keep that until it
changes.
"""

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.search.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexNotReady,
    SearchError,
)

from .integrity import Integrity
from .locking import FileLock
from .opening import ArraysMissing
from .passing import raise_if_passing
from .snapshot import Snapshot
from .state import State, signature

log = logging.getLogger(__name__)

OPEN_ATTEMPTS: Final = 8
VERIFY_AGAIN_SECONDS: Final = 60.0
# How long a damaged index is not looked at again, unless it is rebuilt.
DAMAGE_RECHECK_SECONDS: Final = 5.0


@dataclass
class Opened:
    """What a process holds for one content of `current`: the snapshot, or why there is none."""

    signature: tuple[int, int, int]
    folder: str = ""
    snapshot: Snapshot | None = None
    damage: str = ""
    seen_at: float = 0.0
    verified_at: float = float("-inf")

    def set_damage(self, reason: str) -> None:
        self.damage, self.seen_at = reason, time.monotonic()


class Serving:
    """The reading half of an index store."""

    def __init__(self, root: Path):
        self.root = root
        self._arrays_lock = FileLock(root.with_name(f"{root.name}.arrays.lock"))
        self._forget()

    def _forget(self) -> None:
        """Hold nothing open, as at the beginning and in a forked child."""
        self._opening = threading.Lock()
        self._opened: Opened | None = None
        self._integrity = Integrity(self.root)

    def snapshot(self) -> Snapshot:
        """Return the last committed state, opened once for all threads; one stat when nothing changed.

        Raises IndexMissing, IndexDamaged or IndexNotReady.
        """
        opened = self._opened
        if opened is None or opened.signature != signature(self.root) or opened.damage:
            opened = self._refresh()
        if opened.snapshot is None or opened.damage:
            raise IndexDamaged(opened.damage)
        return opened.snapshot

    def state(self) -> State:
        """Return what `current` says; raise IndexMissing or IndexDamaged."""
        return State.read(self.root)

    def _refresh(self) -> Opened:
        with self._opening:
            found = signature(self.root)
            if found is None:
                self._opened = None
                raise IndexMissing(f"There is no index at {self.root} yet; rebuild it.")
            held = self._opened
            if held and held.signature == found and not self._is_due(held):
                return held
            if held and held.damage:
                self._integrity.forget()
            self._opened = self._open(held if held and not held.damage else None)
            return self._opened

    def _is_due(self, held: Opened) -> bool:
        return bool(held.damage) and time.monotonic() - held.seen_at > DAMAGE_RECHECK_SECONDS

    def _open(self, held: Opened | None) -> Opened:
        """Open what is current, again when a writer replaced it in the meantime."""
        for _attempt in range(OPEN_ATTEMPTS):
            found = signature(self.root)
            if found is None:
                raise IndexMissing(f"There is no index at {self.root} yet; rebuild it.")
            try:
                return self._open_state(found, held)
            except Exception as error:
                if signature(self.root) != found:
                    continue
                if isinstance(error, ArraysMissing):
                    self._make_in_background(error)
                raise_if_passing(error, self.root)
                if isinstance(error, IndexNotReady):
                    raise
                log.error("The index at %s is damaged: %s", self.root, error)
                damage = str(error) if isinstance(error, SearchError) else f"{self.root}: {error!r}"
                return Opened(found, damage=damage, seen_at=time.monotonic())
        raise IndexDamaged(f"{self.root} changed {OPEN_ATTEMPTS} times while it was being opened.")

    def _open_state(self, found, held: Opened | None) -> Opened:
        state = self.state()
        later = self._integrity.check_files(state)
        previous = held.snapshot if held and held.folder == state.folder else None
        snapshot = Snapshot.open(self.root / state.folder, previous=previous, generation=state.toc)
        later += self._integrity.check_arrays(snapshot)
        opened = Opened(found, state.folder, snapshot)
        self._integrity.read_in_background(later, opened.set_damage)
        return opened

    def _make_in_background(self, missing: ArraysMissing) -> None:
        """Make the arrays of a large segment in a thread, of one process only; readers are told to wait."""

        def work():
            try:
                with self._arrays_lock.held(0):
                    log.warning("%s", missing)
                    missing.make()
            except IndexLocked:
                return  # another thread or process makes them
            except FileNotFoundError:
                return  # a later commit has removed the segment
            except IndexDamaged as error:
                if found := signature(self.root):
                    self._opened = Opened(found, damage=str(error), seen_at=time.monotonic())
            except Exception:
                log.exception("The arrays of the index at %s could not be made.", self.root)

        threading.Thread(target=work, name="archive-index-arrays", daemon=True).start()

    # --- damage ---------------------------------------------------------------------------------------------

    def verify(self) -> list[str]:
        """Read every file of the index and return what is wrong with it, a line a file."""
        problems: list[str] = []
        try:
            state, unread = self.state(), Integrity(self.root)
            unread.read_all(state, problems)
            if not problems:
                Snapshot.open(self.root / state.folder, generation=state.toc).verify()
        except (IndexMissing, IndexDamaged) as error:
            problems.append(str(error))
        return problems

    def mark_damaged(self, snapshot: Snapshot, reason: str) -> None:
        """Serve a snapshot no more, until `current` changes or all files are found whole."""
        opened = self._opened
        if opened is not None and opened.snapshot is snapshot:
            opened.set_damage(reason)

    def find_damage(self) -> str:
        """Read all files after a search failed, at most once a minute, and return what is wrong."""
        opened = self._opened
        if opened is None or time.monotonic() < opened.verified_at + VERIFY_AGAIN_SECONDS:
            return opened.damage if opened else ""
        opened.verified_at = time.monotonic()
        for problem in self.verify()[:1]:
            opened.set_damage(problem)
        return opened.damage
