"""A commit: its table of contents on the disk, its segments, and which of their documents are deleted."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import _DEF_INDEX_NAME, TOC, EmptyIndexError

from archive.search.errors import IndexDamaged, IndexMissing

from .matches import Matches
from .opening import open_segment
from .passing import raise_if_passing
from .segments import Segment
from .state import sync


@dataclass(eq=False)
class View:
    """See one segment as of one commit; `base`: its first document's number, `live` None: none deleted."""

    segment: Segment
    base: int
    live: np.ndarray | None

    def keep_live(self, matches: Matches) -> Matches:
        return matches if self.live is None else matches.keep(self.live[matches.docs])


def read_toc(folder: Path, generation: int | None = None) -> TOC:
    """Read a table of contents; IndexMissing when there is none, IndexDamaged when it is torn."""
    try:
        return TOC.read(FileStorage(str(folder)), _DEF_INDEX_NAME, gen=generation)
    except (EmptyIndexError, FileNotFoundError) as error:
        raise IndexMissing(f"{folder}: no index") from error
    except Exception as error:  # torn bytes make Whoosh and pickle raise anything
        raise_if_passing(error, folder)
        raise IndexDamaged(f"{folder}: its table of contents cannot be read ({error!r})") from error


def open_views(folder: Path, toc: TOC, known: dict[str, Segment]) -> list[View]:
    views, base = [], 0
    for entry in toc.segments:
        segment = known.get(entry.segment_id()) or open_segment(folder, entry, toc.schema)
        live = None
        if entry.has_deletions():
            live = np.ones(segment.doc_count, bool)
            live[list(entry.deleted_docs())] = False
        views.append(View(segment, base, live))
        base += segment.doc_count
    return views


def write_toc(folder: Path, index_name: str, toc: TOC) -> None:
    """Write a table of contents, durably and at once; what it names must be on the disk already."""
    memory = RamStorage()
    toc.write(memory, index_name)
    name = TOC._filename(index_name, toc.generation)
    temporary = folder / f"{name}.tmp"
    with temporary.open("wb") as file:
        file.write(memory.files[name])
        file.flush()
        os.fsync(file.fileno())
    sync(folder)
    temporary.rename(folder / name)
    try:
        sync(folder)
    except BaseException:
        (folder / name).unlink()  # the caller will take back what it names
        raise
