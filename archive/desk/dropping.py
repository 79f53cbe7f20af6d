"""A drop folder: files that agencies put there come in by themselves.

A file is taken once it has not changed between two looks. Afterwards it is moved to `done/`, or to `failed/`
with a text beside it that says why, and only then; one that is taken in and not moved yet when the power
fails comes in once more, which changes nothing.
"""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from archive import wire
from archive.desk.ingest import Report, ingest
from archive.models import Batch, Source

log = logging.getLogger("archive.desk")

DONE: Final = "done"
FAILED: Final = "failed"
# What senders call a file that they are still writing.
UNFINISHED: Final = (".tmp", ".part", ".partial", ".filepart", ".crdownload", "~")
# A folder dropped by mistake is walked this deep at most.
MAX_FILES_AT_ONCE: Final = 1_000


class _State(NamedTuple):
    size: int
    changed: int


class DropFolder:
    """Watch one folder; `tell` is called with the name and the report of each file."""

    def __init__(
        self,
        folder: Path,
        source: Source,
        *,
        publish: bool = False,
        defer: bool = False,
        tell: Callable[[str, Report], object] = lambda name, report: None,
    ):
        self._folder = folder
        self._source = source
        self._options = {"publish": publish, "defer": defer}
        self._tell = tell
        self._seen: dict[Path, _State] = {}
        for name in (DONE, FAILED):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def run(self, *, every_seconds: float = 2.0, once: bool = False) -> None:
        """Look every so often, for ever, or twice with `once`; raise Stopped if nothing can be written."""
        self.look()
        while True:
            time.sleep(every_seconds)
            self.look()
            if once:
                return

    def look(self) -> int:
        """Take in every file that is as it was at the last look, and return how many those were."""
        now = self._states()
        ready = [path for path, state in now.items() if self._seen.get(path) == state]
        self._seen = {path: state for path, state in now.items() if path not in ready}
        for path in ready:
            self._take(path)
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
                    state = entry.stat(follow_symlinks=False)
                    states[Path(entry.path)] = _State(state.st_size, state.st_mtime_ns)
        return states

    def _take(self, path: Path) -> None:
        report = ingest(
            [path],
            self._source,
            kind=Batch.Kind.WATCH,
            origin=f"{self._folder}: {path.name}",
            **self._options,
        )
        self._tell(wire.clean_name(path.name), report)
        if not path.exists():
            return
        if report.skipped_count:
            reasons = "".join(f"{place.name}: {reason}\n" for place, reason in report.skipped)
            moved = _move(path, self._folder / FAILED)
            moved.with_name(moved.name + ".reason.txt").write_text(reasons, "utf-8")
        else:
            _move(path, self._folder / DONE)


def _move(path: Path, folder: Path) -> Path:
    """Move a file; another of its name there already stays, and this one gets a number."""
    target = folder / path.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    return path.rename(target)
