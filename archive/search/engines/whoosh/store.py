"""One index on disk: generations, one writer at a time, commits that last, damage that is noticed.

    <root>/                 private (0700): trusted data, it holds pickles
        current             which generation serves, and the checksum of each of its files (state.py)
        g-000001-3f9a/      one generation: an ordinary Whoosh index folder
        touched             documents written while a rebuild runs, which it writes again before it flips
    <root>.lock             held by the writer
    <root>.rebuild.lock     held by the rebuild, which lets others write to the old generation meanwhile
    <root>.arrays.lock      held by whoever makes the missing arrays of a large segment anew

Readers take no lock. They look at `current` (one stat a search), open what it names, and keep that until it
changes.
"""

import logging
import os
import secrets
import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage

from archive.search.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexNotReady,
    SchemaChanged,
    SearchError,
    WriteFailed,
)

from .integrity import Integrity
from .locking import FileLock
from .opening import ArraysMissing
from .passing import raise_if_passing
from .snapshot import Snapshot
from .state import State, signature, sync, write_durably
from .writing import (
    INDEX_NAME,
    Rebuild,
    arrays_of,
    cancel,
    commit,
    committed_state,
    open_writer,
    remove_leftovers,
)

log = logging.getLogger(__name__)

LOCK_TIMEOUT_SECONDS: Final = 10.0
TOUCHED_FILE: Final = "touched"
OPEN_ATTEMPTS: Final = 8
VERIFY_AGAIN_SECONDS: Final = 60.0
ABOUT_FOLDER: Final = """\
The search index. It can be deleted at any time; manage.py rebuild_index makes it anew from the database.

Trusted data: it holds pickles, so whoever can write here can run programs as the archive's user. Keep it
private (0700), never copy one from elsewhere into its place, and leave it out of back-ups.
"""
# How long a damaged index is not looked at again, unless it is rebuilt.
DAMAGE_RECHECK_SECONDS: Final = 5.0

_stores: dict[Path, "IndexStore"] = {}
_stores_lock = threading.Lock()


def store_at(root: Path | str, **options) -> "IndexStore":
    """Return this process's only store for a folder, so that all threads share one open index."""
    path = Path(root).absolute()
    with _stores_lock:
        if path not in _stores:
            _stores[path] = IndexStore(path, **options)
        return _stores[path]


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


class IndexStore:
    """Open, write, rebuild and check the index under one root folder."""

    def __init__(self, root: Path | str, *, lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS):
        self.root = Path(root)
        self.lock_timeout_seconds = lock_timeout_seconds
        self._write_lock = FileLock(self.root.with_name(f"{self.root.name}.lock"))
        self._rebuild_lock = FileLock(self.root.with_name(f"{self.root.name}.rebuild.lock"))
        self._arrays_lock = FileLock(self.root.with_name(f"{self.root.name}.arrays.lock"))
        self._mine = threading.local()
        self._opening = threading.Lock()
        self._opened: Opened | None = None
        self._integrity = Integrity(self.root)
        _all_stores.add(self)

    # --- reading --------------------------------------------------------------------------------------------

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

    # --- writing --------------------------------------------------------------------------------------------

    @contextmanager
    def writing(
        self, fingerprint: str, *, touching: Iterable[str] = (), timeout_seconds: float | None = None
    ):
        """Hold the lock and yield a writer; commit at the end of the block, on disk before returning.

        Nothing is written when the block raises. `touching` names the documents that the block changes, so
        that a rebuild running beside it does not lose them. Raises IndexLocked, IndexMissing, IndexDamaged,
        SchemaChanged or WriteFailed.
        """
        with self.locked(timeout_seconds):
            state = self.state()
            if state.fingerprint != fingerprint:
                raise SchemaChanged(f"The index at {self.root} was built for other fields; rebuild it.")
            snapshot = self.snapshot()
            remove_leftovers(self.root / state.folder, state)
            self._note_touched(touching)
            yield from self._write(state, snapshot)

    def create_empty(self, schema: Schema, fingerprint: str) -> None:
        """Start a new, empty generation and make it the current one."""
        with self.locked():
            folder = self._new_generation(schema)
            self._publish(folder, fingerprint)
        self.remove_stale()

    def reason_to_rebuild(self, fingerprint: str) -> str:
        """Say why the index has to be rebuilt, or return "" when it need not be or cannot be told now."""
        try:
            state = self.state()
            self.snapshot()
        except (IndexMissing, IndexDamaged) as error:
            return str(error)
        except IndexNotReady:
            return ""
        if state.fingerprint != fingerprint:
            return f"The index at {self.root} was built for other fields than the project declares now."
        return ""

    @contextmanager
    def rebuilding(self, schema: Schema, fingerprint: str, catch_up: Callable, *, processes: int = 1):
        """Fill a new generation beside the one that serves, and flip to it at the end of the block.

        Yields a Rebuild; what is queued there is indexed by so many processes. Others write to the old
        generation meanwhile; `catch_up(rebuild, ids)` is called under the lock, just before the flip, to
        write those documents again. Raises IndexLocked when a rebuild already runs.
        """
        with self._rebuild_lock.held(0):
            with self.locked():
                self._remove_other_generations()
                self._start_noting()
                folder = self._new_generation(schema)
            rebuild = Rebuild(self.root / folder, processes)
            try:
                yield rebuild
                rebuild.finish()
                rebuild.commit()
                with self.locked():
                    catch_up(rebuild, self._touched())
                    rebuild.commit()
                    self._publish(folder, fingerprint)
                    self._stop_noting()
                    self._remove_other_generations()
            except BaseException:
                rebuild.cancel()
                if not self._is_current(folder):  # Ctrl-C may come after the flip
                    shutil.rmtree(self.root / folder, ignore_errors=True)
                self._stop_noting()
                raise

    def remove_stale(self) -> None:
        """Remove generations that serve nobody, unless a rebuild is filling one."""
        with suppress(IndexLocked), self._rebuild_lock.held(0), self.locked():
            self._remove_other_generations()

    @contextmanager
    def locked(self, timeout_seconds: float | None = None):
        """Keep other writers out for a block; a thread may nest these. Raises IndexLocked."""
        depth = getattr(self._mine, "depth", 0)
        with ExitStack() as stack:
            if not depth:
                timeout = self.lock_timeout_seconds if timeout_seconds is None else timeout_seconds
                stack.enter_context(self._write_lock.held(timeout))
            self._mine.depth = depth + 1
            try:
                yield
            finally:
                self._mine.depth = depth

    def _write(self, state: State, snapshot: Snapshot):
        writer = open_writer(self.root / state.folder, snapshot)
        try:
            yield writer
        except BaseException:
            cancel(writer)
            raise
        try:
            commit(writer)
            if writer.has_changes:
                self._publish(state.folder, state.fingerprint, state.files)
        except OSError as error:
            cancel(writer)
            raise WriteFailed(f"The index at {self.root} could not be written: {error}") from error

    def _publish(self, folder: str, fingerprint: str, known: dict | None = None) -> None:
        """Make what the folder holds now the current state; afterwards remove what it no longer needs."""
        path = self.root / folder
        state = committed_state(path, fingerprint, known or {})
        state.write(self.root)
        self._integrity.note_written(state, arrays_of(path, state))
        remove_leftovers(path, state)

    def _new_generation(self, schema: Schema) -> str:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)
        numbers = [int(entry.name.split("-")[1]) for entry in self.root.glob("g-*-*")]
        name = f"g-{max(numbers, default=0) + 1:06d}-{secrets.token_hex(2)}"
        (self.root / name).mkdir(mode=0o700)
        FileStorage(str(self.root / name)).create_index(schema, INDEX_NAME)
        for path in (self.root / name).iterdir():
            sync(path)  # Whoosh does not; our writer does for everything it writes
        sync(self.root / name)
        sync(self.root.parent)
        write_durably(self.root / "README.txt", ABOUT_FOLDER.encode())
        return name

    def _is_current(self, folder: str) -> bool:
        with suppress(IndexMissing, IndexDamaged):
            return self.state().folder == folder
        return False

    def _remove_other_generations(self) -> None:
        """Remove every generation but the current one; readers that have one open keep what they mapped."""
        try:
            current = self.state().folder
        except (IndexMissing, IndexDamaged):
            return
        for entry in self.root.glob("g-*-*"):
            if entry.name != current:
                shutil.rmtree(entry, ignore_errors=True)
        for entry in self.root.glob("*.tmp"):  # of a process that died while it wrote `current`
            entry.unlink(missing_ok=True)

    # --- what is written while a rebuild runs ---------------------------------------------------------------

    def _start_noting(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.root / TOUCHED_FILE).write_bytes(b"")

    def _stop_noting(self) -> None:
        (self.root / TOUCHED_FILE).unlink(missing_ok=True)

    def _note_touched(self, ids: Iterable[str]) -> None:
        path = self.root / TOUCHED_FILE
        if path.exists():
            with suppress(IndexLocked), self._rebuild_lock.held(0):
                path.unlink()  # of a rebuild that died
                return
            with open(path, "a", encoding="utf-8") as file:
                file.writelines(f"{identifier}\n" for identifier in ids)
                file.flush()
                os.fsync(file.fileno())

    def _touched(self) -> list[str]:
        path = self.root / TOUCHED_FILE
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return list(dict.fromkeys(lines))


_all_stores: "weakref.WeakSet[IndexStore]" = weakref.WeakSet()


def _after_fork_in_child() -> None:
    """Give a child locks and an index of its own: Whoosh's files are read at places that a fork shares."""
    for store in list(_all_stores):
        store._opening, store._mine, store._opened = threading.Lock(), threading.local(), None
        store._integrity = Integrity(store.root)


os.register_at_fork(after_in_child=_after_fork_in_child)
