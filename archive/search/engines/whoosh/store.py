"""One index on disk: generations, one writer at a time, commits that last, damage that is noticed.

    <root>/                 private (0700): trusted data, it holds pickles
        current             which generation serves, and the checksum of each of its files (state.py)
        g-000001-3f9a/      one generation: an ordinary Whoosh index folder
        touched             documents written while a rebuild runs, which it writes again before it flips
    <root>.lock             held by the writer
    <root>.rebuild.lock     held by the rebuild, which lets others write to the old generation meanwhile
    <root>.arrays.lock      held by whoever makes the missing arrays of a large segment anew

Readers take no lock; see serving.py.
"""

import logging
import os
import secrets
import shutil
import threading
import weakref
from collections.abc import Callable, Iterable
from contextlib import ExitStack, contextmanager, suppress
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
    WriteFailed,
)

from .locking import FileLock
from .serving import Serving
from .snapshot import Snapshot
from .state import State, sync, write_durably
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
ABOUT_FOLDER: Final = """\
The search index. It can be deleted at any time; manage.py rebuild_index makes it anew from the database.

Trusted data: it holds pickles, so whoever can write here can run programs as the archive's user. Keep it
private (0700), never copy one from elsewhere into its place, and leave it out of back-ups.
"""

_stores: dict[Path, "IndexStore"] = {}
_stores_lock = threading.Lock()


def store_at(root: Path | str, **options) -> "IndexStore":
    """Return this process's only store for a folder, so that all threads share one open index."""
    path = Path(root).absolute()
    with _stores_lock:
        if path not in _stores:
            _stores[path] = IndexStore(path, **options)
        return _stores[path]


class IndexStore(Serving):
    """Open, write, rebuild and check the index under one root folder."""

    def __init__(self, root: Path | str, *, lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS):
        super().__init__(Path(root))
        self.lock_timeout_seconds = lock_timeout_seconds
        self._write_lock = FileLock(self.root.with_name(f"{self.root.name}.lock"))
        self._rebuild_lock = FileLock(self.root.with_name(f"{self.root.name}.rebuild.lock"))
        self._mine = threading.local()
        _all_stores.add(self)

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
        store._mine = threading.local()
        store._forget()


os.register_at_fork(after_in_child=_after_fork_in_child)
