"""How much memory a command takes at most, with the processes that it starts: Linux only."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

SAMPLE_SECONDS: Final = 0.1


@dataclass
class Memory:
    """Megabytes at most, of the largest process and of all at one time.

    "Own" is what no file holds: the system cannot take it back. What processes share counts for each.
    """

    process: float = 0.0
    process_own: float = 0.0
    together: float = 0.0
    together_own: float = 0.0

    def add(self, sample: list[tuple[float, float]]) -> None:
        """Take in what each process has at one moment: resident, own."""
        residents, owns = zip(*sample, strict=True) if sample else ((0.0,), (0.0,))
        now = Memory(max(residents), max(owns), sum(residents), sum(owns))
        for each in fields(self):
            setattr(self, each.name, max(getattr(self, each.name), getattr(now, each.name)))


class MemoryWatch:
    """Look at a process and those it starts several times a second, until the end of a block."""

    def __init__(self, pid: int):
        self._pid, self._is_over = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.memory = Memory()

    def __enter__(self) -> Memory:
        self._thread.start()
        return self.memory

    def __exit__(self, *_error) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(SAMPLE_SECONDS):
            self.memory.add(list(_sizes(self._pid)))


def _sizes(pid: int) -> Iterator[tuple[float, float]]:
    """Yield megabytes resident and own of a process and all below it; one that has ended is passed over."""
    process = Path("/proc") / str(pid)
    with suppress(OSError, KeyError):
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        resident, own = (int(status[key].split()[0]) / 1024 for key in ("VmRSS", "RssAnon"))
        children = [child for task in process.glob("task/*/children") for child in task.read_text().split()]
        yield resident, own
        for child in children:
            yield from _sizes(int(child))
