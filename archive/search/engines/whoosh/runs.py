"""Documents on their way into a segment: a file of their sorted postings, to be merged with others.

Written once, read once, and never flushed to the disk; it does not outlive the writer that asked for it.
"""

import pickle
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from .arrays import ArrayFile, ArrayWriter, exclusive_sum
from .columns import BytesColumn
from .fieldfiles import posting_arrays
from .files import SegmentData
from .merging import Source
from .segments import Segment

RUN_SUFFIX: Final = ".run.tmp"
_STORED: Final = "_stored"
_OFFSETS: Final = "_stored/offsets"
_COLUMNS: Final = "_columns"


def write_run(path: Path, data: SegmentData) -> None:
    """Write the data of a segment to a file, for `Run`."""
    with path.open("wb") as file:
        arrays, info = ArrayWriter(file), {}
        for name, postings in data.fields.items():
            info[name] = {"kind": postings.kind, "total_length": postings.total_length}
            for part, array in posting_arrays(postings).items():
                if array is not None:
                    arrays.add(f"{name}/{part}", array)
        arrays.add(_STORED, np.frombuffer(b"".join(data.stored), np.uint8))
        arrays.add(_OFFSETS, exclusive_sum(np.fromiter(map(len, data.stored), np.int64, data.doc_count)))
        arrays.add(_COLUMNS, np.frombuffer(pickle.dumps(data.columns, -1), np.uint8))
        arrays.close({"segment": path.name, "documents": data.doc_count, "fields": info})


class Run:
    """Read a run's file; `dropped`: documents of it that are not to be kept."""

    def __init__(self, path: Path, dropped: set[int] | None = None):
        self.path, self.dropped = path, dropped or set()
        file = ArrayFile(path)
        rows = BytesColumn(path, file.place(_STORED), file.get(_OFFSETS))
        self.segment, self._file = Segment(file, {_STORED: rows}), file

    @property
    def doc_count(self) -> int:
        return self.segment.doc_count

    @cached_property
    def stored_bytes(self) -> int:
        return self.segment.byte_columns[_STORED].nbytes

    def _columns(self) -> dict[str, list[tuple[int, Any]]]:
        return pickle.loads(self._file.get(_COLUMNS).tobytes())  # noqa: S301 - this writer's own file

    def release(self) -> None:
        """Give back the memory of what has been read."""
        self._file.release()
        self.segment.byte_columns[_STORED].release()

    def source(self) -> Source:
        """Return the run as something to merge."""
        segment = self.segment
        return Source(
            segment.doc_count,
            self.dropped,
            segment.field_names,
            segment.field,
            segment.byte_columns[_STORED],
            self._columns,
            self.release,
        )
