"""Has texts read by other processes, some pieces ahead of the process that writes what they found.

Reading takes as long as writing, and needs no database: on two cores both are done in the time of one. What
went wrong in a reading process is left to the writing one, which reads the same text again and says so;
others are started in its place, a few times.
"""

import logging
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Final, NamedTuple, TypeVar

from archive.desk.reading_process import TextRead, begin, read_texts
from archive.desk.tagging import KnownNames, get_known_names

log = logging.getLogger("archive.desk")

Piece = TypeVar("Piece")
Text = tuple[str, str]

# Pieces that wait for the writer, so that neither waits for the other.
_PIECES_AHEAD: Final = 2
# The writer needs a core too; with more readers than this it is the writer that takes the time.
_MOST_WORKERS: Final = 3
# One process killed for want of memory is an accident; after so many, something is wrong with all of them.
_MOST_RESTARTS: Final = 2


def automatic_workers() -> int:
    """Return how many reading processes this machine has cores for; 0 means that the writer reads."""
    # What this process may use, where the system says so; a container often has fewer than the machine.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST_WORKERS, cores - 1)


class Ahead:
    """What reading processes found in some texts, while the registered names were `known`."""

    def __init__(self, known: KnownNames | None = None, found: dict[Text, TextRead] | None = None):
        self._known = known
        self._found = found or {}

    def find(self, headline: str, body: str) -> TextRead | None:
        """Find what was read of a text; None if it was not."""
        return self._found.get((headline, body))

    def find_names(self, headline: str, body: str, known: KnownNames) -> TextRead | None:
        """Find it only if the registered names are still those that it was read with."""
        return self.find(headline, body) if known is self._known else None


NOTHING: Final = Ahead()


def read_ahead(
    pieces: Iterable[Piece], texts_of: Callable[[Piece], Sequence[Text]], workers: int
) -> Iterator[tuple[Piece, Ahead]]:
    """Yield each piece with what was read of its texts, in order.

    `texts_of` names the (headline, body) pairs of a piece that are worth reading. One piece alone, or no
    workers, is not read ahead: a process takes a second to start.
    """
    pieces = iter(pieces)
    first = list(islice(pieces, 2))
    if workers < 1 or len(first) < 2:
        yield from ((piece, NOTHING) for piece in chain(first, pieces))
        return
    readers = _Readers(workers)
    waiting: deque = deque()
    try:
        for piece in chain(first, pieces):
            waiting.append((piece, readers.send(texts_of(piece))))
            if len(waiting) > workers + _PIECES_AHEAD:
                piece, sent = waiting.popleft()
                yield piece, readers.receive(sent)
        while waiting:
            piece, sent = waiting.popleft()
            yield piece, readers.receive(sent)
    finally:
        readers.end()


class _Sent(NamedTuple):
    """Texts on their way: who reads them, with which names."""

    known: KnownNames
    texts: Sequence[Text]
    pool: ProcessPoolExecutor
    answer: Future


class _Readers:
    """The reading processes, made anew when the registered names change, or when one has failed."""

    def __init__(self, workers: int):
        self._workers = workers
        self._restarts = 0
        self._known: KnownNames | None = None
        self._pool: ProcessPoolExecutor | None = None

    def send(self, texts: Sequence[Text]) -> _Sent | None:
        if not texts or not self._workers:
            return None
        known = get_known_names()
        try:
            if known is not self._known:
                self._start(known)
            return _Sent(known, texts, self._pool, self._pool.submit(read_texts, texts))
        except (OSError, RuntimeError) as error:
            self._recover(error)
            return None

    def receive(self, sent: _Sent | None) -> Ahead:
        if sent is None:
            return NOTHING
        try:
            return Ahead(sent.known, dict(zip(sent.texts, sent.answer.result(), strict=True)))
        except Exception as error:
            # Whatever it is, such as a process that was killed for want of memory.
            if sent.pool is self._pool:  # else it is known already
                self._recover(error)
            return NOTHING

    def _start(self, known: KnownNames) -> None:
        if self._pool:
            self._pool.shutdown(wait=False)  # what was sent to it is still to come
        # A fresh process, not a fork: this one has threads and open databases.
        context = multiprocessing.get_context("spawn")
        spellings = known.matcher.spellings
        self._pool = ProcessPoolExecutor(self._workers, context, initializer=begin, initargs=(spellings,))
        self._known = known

    def _recover(self, error: Exception) -> None:
        """Let new processes be started with what is sent next; go on without any if that did not help."""
        if self._restarts < _MOST_RESTARTS:
            self._restarts += 1
            log.warning("Reading in another process failed (%s); starting it again.", repr(error))
        else:
            log.warning("Reading in other processes failed (%s); going on without them.", repr(error))
            self._workers = 0
        self.end()

    def end(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._known = None
