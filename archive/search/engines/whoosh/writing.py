"""The only places that open and end a Whoosh writer, and what that leaves in a generation folder."""

import os
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Final

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from .arrays import ARRAYS_EXTENSION
from .snapshot import Snapshot
from .state import State, checksum, iter_files
from .writer import FastWriter

INDEX_NAME: Final = "MAIN"

_open_writers: "weakref.WeakSet[FastWriter]" = weakref.WeakSet()


def open_writer(folder: Path, snapshot: Snapshot | None = None, processes: int = 1) -> FastWriter:
    """Open a writer; `snapshot` lends it the segments that are open already."""
    index = FileStorage(str(folder)).open_index(INDEX_NAME)
    writer = FastWriter(index, snapshot=snapshot, processes=processes)
    _open_writers.add(writer)
    return writer


def commit(writer: FastWriter) -> None:
    writer.commit()
    _open_writers.discard(writer)


def cancel(writer: FastWriter) -> None:
    _open_writers.discard(writer)
    if not writer.is_closed:
        with suppress(Exception):  # the first error is the one to report; left-overs go at the next write
            writer.cancel()


class Rebuild:
    """A generation being filled: `writer` adds to it, `commit()` ends what one writer added."""

    def __init__(self, folder: Path, processes: int = 1):
        """`processes`: how many may index what is queued."""
        self.folder = folder
        self._processes = processes
        self._writer: FastWriter | None = None

    @property
    def writer(self) -> FastWriter:
        if self._writer is None:
            self._writer = open_writer(self.folder, processes=self._processes)
        return self._writer

    def finish(self) -> list[tuple[str, str]]:
        """Wait for what was queued; return key and reason of each document that could not be indexed."""
        self.writer.merge_all()
        return self.writer.failed

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


def committed_state(folder: Path, fingerprint: str, known: dict[str, tuple[int, int]]) -> State:
    """Return the state that the newest table of contents of a folder describes.

    Segment files never change, so a file that was part of the previous state (`known`) keeps its checksum.
    Arrays have checksums of their own, and can be made anew from Whoosh's files, so they are not part of the
    state.
    """
    toc = TOC.read(FileStorage(str(folder)), INDEX_NAME)
    segments = {segment.segment_id() for segment in toc.segments}
    files = {}
    for name in iter_files(folder):
        if name != TOC._filename(INDEX_NAME, toc.generation) and segment_of(name) not in segments:
            continue
        if not name.endswith(ARRAYS_EXTENSION):
            files[name] = known.get(name) or checksum(folder / name)
    return State(folder.name, fingerprint, toc.generation, files)


def arrays_of(folder: Path, state: State) -> list[Path]:
    return [folder / (name + ARRAYS_EXTENSION) for name in {segment_of(name) for name in state.files}]


def remove_leftovers(folder: Path, state: State) -> None:
    """Remove what a crashed writer left behind, a newer table of contents included: nobody was told of it."""
    keep = {*state.files, *(path.name for path in arrays_of(folder, state))}
    for name in list(iter_files(folder)):
        if name not in keep and not name.endswith("LOCK"):
            with suppress(OSError):
                (folder / name).unlink()
    for entry in folder.iterdir():
        if entry.is_dir():
            with suppress(OSError):
                entry.rmdir()


def segment_of(name: str) -> str:
    return name.split(".")[0]


def _after_fork_in_child() -> None:
    """Keep a child from freeing Whoosh's lock, which is its parent's too."""
    for writer in list(_open_writers):
        if writer._lock.fd is not None:
            os.close(writer._lock.fd)
            writer._lock.fd = None


os.register_at_fork(after_in_child=_after_fork_in_child)
