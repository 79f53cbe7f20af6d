"""One index on disk: generations, one writer at a time, commits that last, damage that is noticed.

    <root>/                 private (0700): trusted data, it holds pickles
        current             which generation serves, and the checksum of each of its files (state.py)
        g-000001-3f9a/      one generation: an ordinary Whoosh index folder
        touched             documents written while a rebuild runs, which it writes again before it flips
    <root>.lock             held by the writer
    <root>.rebuild.lock     held by the rebuild, which lets others write to the old generation meanwhile

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
from functools import partial
from pathlib import Path
from typing import Final

from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from archive.search.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    SchemaChanged,
    SearchError,
    WriteFailed,
)

from .arrays import ARRAYS_EXTENSION
from .locking import FileLock
from .snapshot import Snapshot
from .state import State, checksum, iter_files, signature, sync
from .writer import FastWriter

log = logging.getLogger(__name__)

INDEX_NAME: Final = "MAIN"
LOCK_TIMEOUT_SECONDS: Final = 10.0
TOUCHED_FILE: Final = "touched"
OPEN_ATTEMPTS: Final = 8
# Reading 64 MB to check it takes about 0.1 s; more is checked in the background while the index serves
# already.
CHECKED_AT_ONCE_BYTES: Final = 64 * 1024 * 1024
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


class IndexStore:
    """Open, write, rebuild and check the index under one root folder."""

    def __init__(self, root: Path | str, *, lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS):
        self.root = Path(root)
        self.lock_timeout_seconds = lock_timeout_seconds
        self._write_lock = FileLock(self.root.with_name(f"{self.root.name}.lock"))
        self._rebuild_lock = FileLock(self.root.with_name(f"{self.root.name}.rebuild.lock"))
        self._mine = threading.local()
        self._opening = threading.Lock()
        self._opened: Opened | None = None
        self._checked: set[tuple] = set()
        _all_stores.add(self)

    # --- reading --------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Return the last committed state, opened once for all threads; one stat when nothing changed.

        Raises IndexMissing or IndexDamaged.
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
            self._opened = self._open(held)
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
                if signature(self.root) == found:
                    log.error("The index at %s is damaged: %s", self.root, error)
                    damage = str(error) if isinstance(error, SearchError) else f"{self.root}: {error!r}"
                    return Opened(found, damage=damage, seen_at=time.monotonic())
        raise IndexDamaged(f"{self.root} changed {OPEN_ATTEMPTS} times while it was being opened.")

    def _open_state(self, found, held: Opened | None) -> Opened:
        state = self.state()
        later = self._check(state)
        previous = held.snapshot if held and held.folder == state.folder else None
        snapshot = Snapshot.open(self.root / state.folder, previous=previous, generation=state.toc)
        later += self._check_arrays(snapshot)
        opened = Opened(found, state.folder, snapshot)
        if later:
            threading.Thread(target=_check_later, args=(opened, later), daemon=True).start()
        return opened

    # --- damage ---------------------------------------------------------------------------------------------

    def verify(self) -> list[str]:
        """Read every file of the index and return what is wrong with it, a line a file."""
        try:
            state = self.state()
        except (IndexMissing, IndexDamaged) as error:
            return [str(error)]
        problems = []
        for name, expected in state.files.items():
            with _collect(problems):
                self._check_size(state, name, expected)
                self._check_content(state, name, expected)
        if not problems:
            with _collect(problems):
                Snapshot.open(self.root / state.folder, generation=state.toc).verify()
        return problems

    def mark_damaged(self, reason: str) -> None:
        """Stop serving what is open now, until `current` changes or the files are found whole again."""
        opened = self._opened
        if opened is not None:
            opened.damage, opened.seen_at = reason, time.monotonic()

    def _check(self, state: State) -> list[Callable[[], None]]:
        """Check the size of every file, and its content unless that takes long; return what is left."""
        for name, expected in state.files.items():
            self._check_size(state, name, expected)
        unread = [
            (
                expected[0],
                (state.folder, name, *expected),
                partial(self._check_content, state, name, expected),
            )
            for name, expected in state.files.items()
        ]
        return self._read_once(unread)

    def _check_arrays(self, snapshot: Snapshot) -> list[Callable[[], None]]:
        """Check the arrays beside each segment against their own checksums."""
        unread = [
            (segment.file.path.stat().st_size, (str(segment.file.path),), segment.file.verify)
            for segment in snapshot.segments
        ]
        return self._read_once(unread)

    def _read_once(self, unread: list[tuple[int, tuple, Callable[[], None]]]) -> list[Callable[[], None]]:
        """Run the (bytes, key, check) that this process has not run before; return them if they take long."""
        checks = [
            (size, partial(self._read, key, check)) for size, key, check in unread if key not in self._checked
        ]
        if sum(size for size, _ in checks) > CHECKED_AT_ONCE_BYTES:
            return [check for _, check in checks]
        for _, check in checks:
            check()
        return []

    def _read(self, key: tuple, check: Callable[[], None]) -> None:
        check()
        self._checked.add(key)

    def _check_size(self, state: State, name: str, expected: tuple[int, int]) -> None:
        path = self.root / state.folder / name
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            raise IndexDamaged(f"{path} is missing; rebuild the index.") from None
        if size != expected[0]:
            raise IndexDamaged(f"{path} has {size} bytes instead of {expected[0]}; rebuild the index.")

    def _check_content(self, state: State, name: str, expected: tuple[int, int]) -> None:
        path = self.root / state.folder / name
        if checksum(path) != tuple(expected):
            raise IndexDamaged(f"{path} is not what was written (its checksum differs); rebuild the index.")

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
            self._check(state)
            self._remove_leftovers(state)
            self._note_touched(touching)
            yield from self._write(state)

    def create_empty(self, schema: Schema, fingerprint: str) -> None:
        """Start a new, empty generation and make it the current one."""
        with self.locked():
            folder = self._new_generation(schema)
            self._publish(folder, fingerprint)
        self.remove_stale()

    def reason_to_rebuild(self, fingerprint: str) -> str:
        """Say why the index has to be rebuilt, or return "" when it need not be."""
        try:
            state = self.state()
            self.snapshot()
        except (IndexMissing, IndexDamaged) as error:
            return str(error)
        if state.fingerprint != fingerprint:
            return f"The index at {self.root} was built for other fields than the project declares now."
        return ""

    @contextmanager
    def rebuilding(self, schema: Schema, fingerprint: str, catch_up: Callable):
        """Fill a new generation beside the one that serves, and flip to it at the end of the block.

        Yields a Rebuild. Others write to the old generation meanwhile; `catch_up(rebuild, ids)` is called
        under the lock, just before the flip, to write those documents again. Raises IndexLocked when a
        rebuild already runs.
        """
        with self._rebuild_lock.held(0):
            with self.locked():
                self._remove_other_generations()
                self._start_noting()
                folder = self._new_generation(schema)
            rebuild = Rebuild(self.root / folder)
            try:
                yield rebuild
                rebuild.writer.merge_all()
                rebuild.commit()
                with self.locked():
                    catch_up(rebuild, self._touched())
                    rebuild.commit()
                    self._publish(folder, fingerprint)
                    self._stop_noting()
                    self._remove_other_generations()
            except BaseException:
                rebuild.cancel()
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

    def _write(self, state: State):
        opened = self._opened
        held = opened.snapshot if opened and opened.folder == state.folder and not opened.damage else None
        writer = open_writer(self.root / state.folder, held)
        try:
            yield writer
        except BaseException:
            cancel(writer)
            raise
        try:
            commit(writer)
            self._publish(state.folder, state.fingerprint, known=state.files)
        except OSError as error:
            cancel(writer)
            raise WriteFailed(f"The index at {self.root} could not be written: {error}") from error

    def _publish(self, folder: str, fingerprint: str, known: dict | None = None) -> None:
        """Make what the folder holds now the current state; afterwards remove what it no longer needs.

        Segment files never change, so a file that was part of the previous state keeps its checksum. Arrays
        have checksums of their own, and can be made anew from Whoosh's files, so they are not part of the
        state.
        """
        path = self.root / folder
        toc, segments = read_toc(path)
        files = {}
        for name in iter_files(path):
            if not belongs(name, toc, segments):
                continue
            if name in (known or {}):
                files[name] = known[name]
                continue
            sync(path / name)
            if not name.endswith(ARRAYS_EXTENSION):
                files[name] = checksum(path / name)
                self._checked.add((folder, name, *files[name]))
        for base in {(path / name).parent for name in files} | {path}:
            sync(base)
        sync(self.root)
        state = State(folder, fingerprint, toc, files)
        state.write(self.root)
        self._remove_leftovers(state)

    def _remove_leftovers(self, state: State) -> None:
        """Remove what a crashed writer left behind, a newer table of contents included: nobody was told."""
        path = self.root / state.folder
        segments = {name.split(".")[0] for name in state.files}
        for name in list(iter_files(path)):
            keep = name in state.files or name.endswith("LOCK")
            if not keep and not (name.endswith(ARRAYS_EXTENSION) and name.split(".")[0] in segments):
                with suppress(OSError):
                    (path / name).unlink()
        for entry in path.iterdir():
            if entry.is_dir():
                with suppress(OSError):
                    entry.rmdir()

    def _new_generation(self, schema: Schema) -> str:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)
        numbers = [int(entry.name.split("-")[1]) for entry in self.root.glob("g-*-*")]
        name = f"g-{max(numbers, default=0) + 1:06d}-{secrets.token_hex(2)}"
        (self.root / name).mkdir(mode=0o700)
        FileStorage(str(self.root / name)).create_index(schema, INDEX_NAME)
        return name

    def _remove_other_generations(self) -> None:
        """Remove every generation but the current one; readers that have one open keep what they mapped."""
        try:
            current = self.state().folder
        except (IndexMissing, IndexDamaged):
            return
        for entry in self.root.glob("g-*-*"):
            if entry.name != current:
                shutil.rmtree(entry, ignore_errors=True)

    # --- what is written while a rebuild runs ---------------------------------------------------------------

    def _start_noting(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.root / TOUCHED_FILE).write_bytes(b"")

    def _stop_noting(self) -> None:
        (self.root / TOUCHED_FILE).unlink(missing_ok=True)

    def _note_touched(self, ids: Iterable[str]) -> None:
        path = self.root / TOUCHED_FILE
        if path.exists():
            with open(path, "a", encoding="utf-8") as file:
                file.writelines(f"{identifier}\n" for identifier in ids)
                file.flush()
                os.fsync(file.fileno())

    def _touched(self) -> list[str]:
        path = self.root / TOUCHED_FILE
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return list(dict.fromkeys(lines))


class Rebuild:
    """A generation being filled: `writer` adds to it, `commit()` ends what one writer added."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._writer: FastWriter | None = None

    @property
    def writer(self) -> FastWriter:
        if self._writer is None:
            self._writer = open_writer(self.folder)
        return self._writer

    def commit(self) -> None:
        """Make what was added since the last commit part of the new generation."""
        if self._writer is not None:
            commit(self._writer)
            self._writer = None

    def cancel(self) -> None:
        """Forget what was added since the last commit."""
        if self._writer is not None:
            cancel(self._writer)
            self._writer = None


# --- the only places that open and end a Whoosh writer ------------------------------------------------------

_open_writers: "weakref.WeakSet[FastWriter]" = weakref.WeakSet()
_all_stores: "weakref.WeakSet[IndexStore]" = weakref.WeakSet()


def open_writer(folder: Path, snapshot: Snapshot | None = None) -> FastWriter:
    """Open a writer; `snapshot` lends it the segments that are open already."""
    writer = FastWriter(FileStorage(str(folder)).open_index(INDEX_NAME), snapshot=snapshot)
    _open_writers.add(writer)
    return writer


def commit(writer: FastWriter) -> None:
    writer.commit()
    _open_writers.discard(writer)


def cancel(writer: FastWriter) -> None:
    _open_writers.discard(writer)
    if not writer.is_closed:
        with suppress(
            Exception
        ):  # the first error is the one to report; what is left over goes at the next write
            writer.cancel()


def read_toc(folder: Path) -> tuple[int, set[str]]:
    """Return number and segment ids of the newest table of contents."""
    toc = TOC.read(FileStorage(str(folder)), INDEX_NAME)
    return toc.generation, {segment.segment_id() for segment in toc.segments}


def belongs(name: str, toc: int, segments: set[str]) -> bool:
    """Tell whether a file of a generation folder is part of what its newest table of contents names."""
    return name == f"_{INDEX_NAME}_{toc}.toc" or name.split("/")[0].split(".")[0] in segments


def _check_later(opened: Opened, checks: list[Callable[[], None]]) -> None:
    """Read large files in the background; what is found wrong ends the service of what was opened."""
    try:
        for check in checks:
            check()
    except IndexDamaged as error:
        log.error("%s", error)
        opened.damage, opened.seen_at = str(error), time.monotonic()
    except FileNotFoundError:
        pass  # replaced by a newer commit, which is checked when it is opened


@contextmanager
def _collect(problems: list[str]):
    try:
        yield
    except IndexDamaged as error:
        problems.append(str(error))


def _after_fork_in_child() -> None:
    """Give a child locks of its own, and keep it from freeing Whoosh's lock, which is its parent's too."""
    for store in list(_all_stores):
        store._opening, store._mine = threading.Lock(), threading.local()
    for writer in list(_open_writers):
        if writer._lock.fd is not None:
            os.close(writer._lock.fd)
            writer._lock.fd = None


os.register_at_fork(after_in_child=_after_fork_in_child)
