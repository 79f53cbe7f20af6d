"""Whether the files of an index are still what was written: sizes at once, contents once a process.

A small index is read before it serves. A large one serves after a look at the sizes, and is read in the
background, slowly, so that the first readers after a start do not wait for it.
"""

import logging
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from archive.search.errors import IndexDamaged, IndexNotReady

from .arrays import ArrayFile
from .snapshot import Snapshot
from .state import READ_BYTES, State, checksum

log = logging.getLogger(__name__)

# Reading 64 MB to check it takes about 0.1 s.
READ_AT_ONCE_BYTES: Final = 64 * 1024 * 1024
BACKGROUND_DELAY_SECONDS: Final = 10.0
# A pause after each megabyte: some 80 MB a second and a tenth of one core.
BACKGROUND_PAUSE_SECONDS: Final = 0.01
# Files of former commits are never forgotten one by one.
MOST_REMEMBERED: Final = 20_000


class Reading(NamedTuple):
    """One file to read: its key among those already read, its size, and what reads and compares it."""

    key: tuple
    size: int
    read: Callable[[float], None]


class Integrity:
    """Remember which files of one index this process has read and found whole."""

    def __init__(self, root: Path):
        self.root = root
        self._whole: set[tuple] = set()
        self._in_background = threading.Lock()

    def check_sizes(self, state: State) -> None:
        """Raise IndexDamaged for a file that is missing or has not the size that was written."""
        for name, (expected, _) in state.files.items():
            path = self.root / state.folder / name
            try:
                size = path.stat().st_size
            except FileNotFoundError:
                raise IndexDamaged(f"{path} is missing; rebuild the index.") from None
            if size != expected:
                raise IndexDamaged(f"{path} has {size} bytes instead of {expected}; rebuild the index.")

    def check_files(self, state: State) -> list[Reading]:
        """Read Whoosh's files, the table of contents always; return what would take long."""
        self.check_sizes(state)
        readings = [self._file_reading(state, name) for name in state.files]
        contents = [reading for reading in readings if reading.key[1].endswith(".toc")]
        self.read(contents)
        return self._read_if_small(readings)

    def check_arrays(self, snapshot: Snapshot) -> list[Reading]:
        """Read the arrays beside each segment; return what would take long."""
        return self._read_if_small([_arrays_reading(segment.file) for segment in snapshot.segments])

    def read_all(self, state: State, problems: list[str]) -> None:
        """Read every file of Whoosh's, and add a line to `problems` for each that is wrong."""
        for name in state.files:
            try:
                self.check_sizes(replace(state, files={name: state.files[name]}))
                self.read([self._file_reading(state, name)])
            except IndexDamaged as error:
                problems.append(str(error))

    def forget(self) -> None:
        """Read everything again the next time."""
        self._whole.clear()

    def note_written(self, state: State, arrays: Iterable[Path]) -> None:
        """Remember what this process has just written itself."""
        if len(self._whole) > MOST_REMEMBERED:
            self._whole.clear()
        self._whole |= {(state.folder, name, *expected) for name, expected in state.files.items()}
        self._whole |= {(str(path),) for path in arrays}

    def read(self, readings: Iterable[Reading], pause_seconds: float = 0.0) -> None:
        for reading in readings:
            reading.read(pause_seconds)
            self._whole.add(reading.key)

    def read_in_background(self, readings: list[Reading], on_damage: Callable[[str], None]) -> None:
        """Read slowly in a thread; call `on_damage` with the first thing that is wrong.

        One thread at a time, and nothing twice: commits may come faster than a large index can be read.
        """

        def work():
            time.sleep(BACKGROUND_DELAY_SECONDS)
            try:
                with self._in_background:
                    for reading in readings:
                        self.read(self._unread([reading]), BACKGROUND_PAUSE_SECONDS)
            except IndexDamaged as error:
                log.error("%s", error)
                on_damage(str(error))
            except FileNotFoundError:
                pass  # replaced by a newer commit, which is checked when it is opened
            except (OSError, IndexNotReady) as error:
                log.warning("The index at %s could not be read to check it: %s", self.root, error)

        if readings:
            threading.Thread(target=work, name="archive-index-check", daemon=True).start()

    def _read_if_small(self, readings: list[Reading]) -> list[Reading]:
        unread = self._unread(readings)
        if sum(reading.size for reading in unread) > READ_AT_ONCE_BYTES:
            return unread
        self.read(unread)
        return []

    def _unread(self, readings: Iterable[Reading]) -> list[Reading]:
        return [reading for reading in readings if reading.key not in self._whole]

    def _file_reading(self, state: State, name: str) -> Reading:
        path, expected = self.root / state.folder / name, tuple(state.files[name])

        def read(pause_seconds: float) -> None:
            if checksum(path, pause_seconds) != expected:
                raise IndexDamaged(f"{path} does not match its checksum; rebuild the index.")

        return Reading((state.folder, name, *expected), expected[0], read)


def _arrays_reading(file: ArrayFile) -> Reading:
    """Read from the file, not through the map: what is read there counts as memory of the process."""

    def read(pause_seconds: float) -> None:
        with file.path.open("rb") as raw:
            for name, (dtype, offset, count, expected) in file.info["sections"].items():
                raw.seek(offset)
                if _section_checksum(raw, np.dtype(dtype).itemsize * count, pause_seconds) != expected:
                    raise IndexDamaged(f"{file.path} does not match its checksum ({name}); rebuild it.")

    return Reading((str(file.path),), file.path.stat().st_size, read)


def _section_checksum(raw, size: int, pause_seconds: float) -> int:
    crc = 0
    while size > 0 and (piece := raw.read(min(size, READ_BYTES))):
        crc, size = zlib.crc32(piece, crc), size - len(piece)
        if pause_seconds and len(piece) == READ_BYTES:
            time.sleep(pause_seconds)
    return crc
