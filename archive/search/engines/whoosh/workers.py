"""Processes that take work off a writer with much to do: sorting documents into runs, merging fields.

Each is a fresh interpreter that is spoken to through pipes, not a fork: it shares no database connection,
lock or thread with the process that writes. It holds no lock and writes only files that no commit names
before the writer has adopted them, so it can be killed at any time. It ends when its writer does.
"""

import os
import pickle
import subprocess
import sys
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, BinaryIO, Final

from whoosh.fields import Schema

from archive.search.errors import WriteFailed

MODULE: Final = "archive.search.engines.whoosh.working"
# Beyond these the one process that reads the database, prepares documents and commits is what takes the time
MOST_PROCESSES: Final = 4
# Measured are at most 150 MB, whatever the number of documents; the rest is for the database and its readers
MEMORY_BYTES: Final = 1 << 30
STOP_SECONDS: Final = 10.0


def default_processes() -> int:
    """Return how many processes share a large batch: one a processor and gigabyte of memory, up to a few."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(processors, memory // MEMORY_BYTES, MOST_PROCESSES))


class Worker:
    """One process: takes a job, answers, takes the next."""

    def __init__(self, schema: Schema):
        paths = [path or os.getcwd() for path in sys.path]
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this package
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
        self.pid = self._process.pid
        self._schema: Schema | None = schema

    def call(self, name: str, *arguments: Any) -> Any:
        """Have the process call a method of its `working.Helper`; raise WriteFailed if it fails or dies."""
        try:
            if self._schema is not None:
                self._send(self._schema)
                self._schema = None
            self._send((name, arguments))
            is_done, result = pickle.load(self._process.stdout)  # noqa: S301 - our own process
        except (OSError, ValueError, EOFError, pickle.UnpicklingError) as error:
            code = self.stop()
            raise WriteFailed(f"A process that helps to write the index ended ({code}).") from error
        if not is_done:
            raise WriteFailed(f"A process that helps to write the index failed: {result}")
        return result

    def _send(self, message: Any) -> None:
        send(self._process.stdin, message)

    def stop(self) -> int | None:
        """End the process, in the middle of its work if need be, and return its exit code."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(STOP_SECONDS)
        return None


class Workers:
    """A few workers; a job goes to the one that is free first."""

    def __init__(self, count: int, schema: Schema):
        """Start `count` processes."""
        self.all: list[Worker] = []
        self._free: SimpleQueue[Worker] = SimpleQueue()
        self._threads = ThreadPoolExecutor(count, "archive-index-worker")
        self._waiting: set[Future] = set()
        try:
            for _ in range(count):
                self.all.append(Worker(schema))
                self._free.put(self.all[-1])
        except BaseException:
            self.close()
            raise

    def submit(self, name: str, *arguments: Any) -> Future:
        """Hand out a job for the next worker that is free."""
        job = self._threads.submit(self._call, name, arguments)
        self._waiting.add(job)
        return job

    def wait_for_one(self) -> None:
        """Wait until a worker is free."""
        while len(self._waiting) >= len(self.all):
            _, self._waiting = wait(self._waiting, return_when=FIRST_COMPLETED)

    def _call(self, name: str, arguments: tuple) -> Any:
        worker = self._free.get()
        try:
            return worker.call(name, *arguments)
        finally:
            self._free.put(worker)

    def close(self) -> None:
        """End all processes; jobs that are not done fail."""
        for worker in self.all:
            worker.stop()
        self._threads.shutdown(cancel_futures=True)


def send(pipe: BinaryIO, message: Any) -> None:
    """Write a message that `pickle.load` reads at the other end."""
    pickle.dump(message, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()
