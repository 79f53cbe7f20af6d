"""A drop folder: files that agencies put there come in by themselves.

A file is taken once it has not changed between two looks. Afterwards it is moved to `done/`, or to `failed/`
with a text beside it that says why, and only then; one that is taken in and not moved yet when the power
fails comes in once more, which changes nothing. A locked database or a full disk does not end the watching:
it tries again later.
"""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from archive import wire
from archive.desk.ingest import Report, Stopped, ingest
from archive.models import Batch, Source

log = logging.getLogger("archive.desk")

DONE: Final = "done"
FAILED: Final = "failed"
# What senders call a file that they are still writing.
UNFINISHED: Final = (".tmp", ".part", ".partial", ".filepart", ".crdownload", "~")
# So many are looked at together; the others come next.
MAX_FILES_AT_ONCE: Final = 1_000
# A database that is locked or full stays so for a while.
PAUSE_SECONDS: Final = 30.0


class _State(NamedTuple):
    size: int
    changed: int


class DropFolder:
    """Watch one folder.

    `tell` is called with the name and the report of each file, `complain` with a sentence about what stands
    in the way of all of them or of one.
    """

    def __init__(
        self,
        folder: Path,
        source: Source,
        *,
        publish: bool = False,
        defer: bool = False,
        tell: Callable[[str, Report], object] = lambda name, report: None,
        complain: Callable[[str], object] = log.error,
    ):
        self._folder = folder
        self._source = source
        self._options = {"publish": publish, "defer": defer}
        self._tell = tell
        self._complain = complain
        self._seen: dict[Path, _State] = {}
        # Taken in, but the folder does not let them be moved.
        self._stuck: dict[Path, _State] = {}
        for name in (DONE, FAILED):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def run(self, *, every_seconds: float = 2.0, once: bool = False) -> None:
        """Look every so often, for ever, or with `once` until everything that is complete was taken.

        With `once`, raise Stopped if nothing can be written, and OSError if the folder cannot be read.
        """
        while True:
            known = set(self._seen)
            try:
                taken, pause = self.look(), every_seconds
            except (Stopped, OSError) as error:
                if once:
                    raise
                taken, pause = 0, max(every_seconds, PAUSE_SECONDS)
                self._complain(f"{error} Trying again in {pause:.0f} seconds.")
            if once and not taken and not set(self._seen) - known:
                return
            time.sleep(pause)

    def look(self) -> int:
        """Take in every file that is as it was at the last look, and return how many those were."""
        now = self._states()
        ready = [path for path, state in now.items() if self._seen.get(path) == state]
        self._seen = {path: state for path, state in now.items() if self._seen.get(path) != state}
        for path in ready:
            self._take(path, now[path])
        return len(ready)

    def _states(self) -> dict[Path, _State]:
        states = {}
        with os.scandir(self._folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if len(states) >= MAX_FILES_AT_ONCE:
                    break
                if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
                    continue
                # Links may lead anywhere on this machine.
                if entry.is_file(follow_symlinks=False):
                    state, path = _state_of(entry), Path(entry.path)
                    if state and self._stuck.get(path) != state:
                        states[path] = state
        return states

    def _take(self, path: Path, state: _State) -> None:
        report = ingest(
            [path],
            self._source,
            kind=Batch.Kind.WATCH,
            origin=f"{self._folder}: {path.name}",
            **self._options,
        )
        self._tell(wire.clean_name(path.name), report)
        if _state_of(path) != state:
            # It is gone, or was written to meanwhile and is taken once it is complete.
            return
        try:
            self._put_away(path, report)
        except OSError as error:
            self._stuck[path] = state
            self._complain(f"{wire.clean_name(path.name)} cannot be moved: {error.strerror}. It stays.")

    def _put_away(self, path: Path, report: Report) -> None:
        if report.skipped_count:
            reasons = "".join(f"{place.name}: {reason}\n" for place, reason in report.skipped)
            moved = _move(path, self._folder / FAILED)
            moved.with_name(moved.name + ".reason.txt").write_text(reasons, "utf-8")
        else:
            _move(path, self._folder / DONE)


def _state_of(file: Path | os.DirEntry) -> _State | None:
    """Return the state of a file; None for one that is gone."""
    try:
        state = file.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return _State(state.st_size, state.st_mtime_ns)


def _move(path: Path, folder: Path) -> Path:
    """Move a file; another of its name there already stays, and this one gets a number."""
    target = folder / path.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    return path.rename(target)
