"""Documents that may be indexed in other processes: gathered in blocks, each of which becomes a run.

A block is what is handed out at once: large enough that its words repeat, small enough that the processes end
at about the same time. The runs come back in the order of the blocks, so the index is the same however many
processes made it.
"""

import logging
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from whoosh.fields import Schema

from .files import SegmentData
from .joining import PIECE_POSTINGS
from .parts import PART_SUFFIX, FieldPart, remove_part
from .runs import Run
from .workers import Workers
from .working import Failures, Helper, describe

log = logging.getLogger(__name__)

BLOCK_BYTES: Final = 4 << 20
BLOCK_DOCUMENTS: Final = 10_000
# A field with a smaller share of the postings is merged by the writer itself
SHARED_FIELD_PART: Final = 0.05


class _Block(NamedTuple):
    """A block that was handed out: its documents' keys, the file to be, and its answer."""

    keys: list[str]
    path: Path
    answer: Future


@dataclass
class _Done:
    """The answer of a block that was not handed out."""

    answer: tuple[int, Failures]

    def result(self) -> tuple[int, Failures]:
        return self.answer

    def done(self) -> bool:
        return True


class Bulk:
    """Turn queued documents into runs, in other processes once there is a block of them."""

    def __init__(self, schema: Schema, processes: int, new_path: Callable[[], Path]):
        """`new_path` gives the path of a run to be written."""
        self._schema, self._processes, self._new_path = schema, processes, new_path
        self._helper = Helper(schema)  # for what is too little for other processes
        self._workers: Workers | None = None
        self._keys: list[str] = []
        self._documents: list[bytes] = []
        self._size = 0
        self._blocks: deque[_Block] = deque()
        self.failed: list[tuple[str, str]] = []

    def add(self, key: str, fields: Mapping[str, Any]) -> None:
        """Queue a document; waits while all processes are busy and a whole block is waiting."""
        try:
            document = pickle.dumps(dict(fields), pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # whatever a stored value raises is about this document alone
            self.failed.append((key, describe(error)))
            return
        self._keys.append(key)
        self._documents.append(document)
        self._size += len(document)
        if self._size >= BLOCK_BYTES or len(self._keys) >= BLOCK_DOCUMENTS:
            self._hand_out(can_start=True)

    def take_runs(self) -> Iterator[Run]:
        """Yield the runs that are finished."""
        while self._blocks and self._blocks[0].answer.done():
            yield from self._take(self._blocks.popleft())

    def finish_runs(self) -> Iterator[Run]:
        """Wait for all runs, and yield them; what is left over, however little, becomes one too."""
        if self._keys:
            self._hand_out(can_start=False)
        while self._blocks:
            yield from self._take(self._blocks.popleft())

    def _hand_out(self, can_start: bool) -> None:
        keys, documents, path = self._keys, self._documents, self._new_path()
        self._keys, self._documents, self._size = [], [], 0
        if can_start and self._workers is None and self._processes > 1:
            self._start()
        if self._workers is None:
            answer = _Done(self._helper.build_run(path, documents))
        else:
            self._workers.wait_for_one()
            answer = self._workers.submit("build_run", path, documents)
        self._blocks.append(_Block(keys, path, answer))

    def _start(self) -> None:
        try:
            self._workers = Workers(self._processes, self._schema)
        except OSError as error:  # no memory for more processes, or no interpreter to start
            log.warning("The index is written by one process, because others cannot be started: %s", error)
            self._processes = 1

    def _take(self, block: _Block) -> Iterator[Run]:
        count, failures = block.answer.result()
        self.failed += [(block.keys[place], reason) for place, reason in failures]
        if count:
            yield Run(block.path)

    @contextmanager
    def merging(self, runs: Sequence[Run], data: SegmentData) -> Iterator[None]:
        """Have the large fields of merged data made beforehand: in the other processes, if there are any."""
        sizes = _sizes_of_fields(runs)
        parts = {name: self._new_part() for name in self._large_fields(sizes)}
        sources = [(run.path, run.dropped) for run in runs]
        made = {
            name: self._call("build_part", path, name, sources, data.doc_count)
            for name, path in parts.items()
        }
        data.fields = _SharedFields(data.fields, made, parts)
        try:
            yield
        finally:
            for path in parts.values():
                remove_part(path)

    def _new_part(self) -> Path:
        path = self._new_path()
        return path.with_name(path.name.partition(".")[0] + PART_SUFFIX)

    def _large_fields(self, sizes: Mapping[str, int]) -> list[str]:
        """Return the fields worth another process, or too large to be held in memory; the largest first."""
        least = PIECE_POSTINGS
        if self._workers is not None:
            least = min(least, sum(sizes.values()) * SHARED_FIELD_PART)
        return sorted((name for name in sizes if sizes[name] > least), key=sizes.__getitem__, reverse=True)

    def _call(self, name: str, *arguments: Any) -> Callable[[], Any]:
        """Return what gives the answer of a helper: one in another process is at work from now on."""
        if self._workers is None:
            return partial(getattr(self._helper, name), *arguments)
        return self._workers.submit(name, *arguments).result

    def close(self) -> None:
        """End the processes, in the middle of their work if need be."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None


def _sizes_of_fields(runs: Sequence[Run]) -> dict[str, int]:
    """Return the number of postings of each field."""
    sizes: dict[str, int] = {}
    for run in runs:
        for name in run.segment.field_names:
            sizes[name] = sizes.get(name, 0) + len(run.segment.field(name).docs)
    return sizes


class _SharedFields(Mapping[str, Any]):
    """Take the fields that others make from their files, and the others as they are."""

    def __init__(
        self, fields: Mapping[str, Any], made: Mapping[str, Callable[[], bool]], parts: Mapping[str, Path]
    ):
        self._fields, self._made, self._parts = fields, made, parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            return self._fields[name]
        return FieldPart(self._parts[name], name) if self._made[name]() else None
