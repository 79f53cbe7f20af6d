"""Examine one engine in a process of its own: memory, opening, and the first query after opening.

Run as `python -m tests.benchmarks.serving NAME FOLDER CLOCK` with queries on standard input; answers in JSON. Kept apart
so that the memory measured is that of a process which serves this engine and nothing else.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Final

from .django_setup import set_up_django
from .engines import make_engine
from .engines.base import Engine
from .shapes import Query

QUERIES_PER_CLASS: Final = 5
BUDGET_SECONDS: Final = 4.0
# A slow engine is spared the last classes, of which "everything" takes the stock backend half a minute a query.
ALL_CLASSES_BUDGET_SECONDS: Final = 20.0
STATUS: Final = Path("/proc/self/status")
ROOT: Final = Path(__file__).resolve().parents[2]


def examine_serving(name: str, folder: Path, queries: Mapping[str, list[Query]], clock: str) -> dict:
    """Return megabytes, opening time and first and second time of queries, measured in a new process."""
    sample = [
        asdict(query) for asked in queries.values() for query in dict.fromkeys(asked[:QUERIES_PER_CLASS])
    ]
    finished = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.serving", name, str(folder), clock],
        input=json.dumps(sample, default=datetime.isoformat),
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if finished.returncode:
        raise RuntimeError(f"examining {name} failed:\n{finished.stderr}")
    return json.loads(finished.stdout)


def _read_queries(text: str) -> list[Query]:
    def moment(value: str | None) -> datetime | None:
        return datetime.fromisoformat(value) if value else None

    return [
        Query(record["kind"], tuple(record["words"]), moment(record["start"]), moment(record["end"]))
        for record in json.loads(text)
    ]


def _megabytes() -> dict[str, float]:
    """Return resident memory, and the part of it that is private and not merely a mapped file."""
    fields = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return {
        label: int(fields[key].split()[0]) / 1024
        for label, key in (("resident", "VmRSS"), ("private", "RssAnon"))
    }


def _use_memory(engine: Engine, queries: list[Query]) -> dict[str, float]:
    """Ask everything once, within limits, and look how large the process has become."""
    engine.open()
    for asked in _by_class(queries):
        for query in _within_budget(asked):
            for with_facets in (False, True):
                engine.search(query, with_facets=with_facets)
    return _megabytes()


def _examine_opening(engine: Engine, queries: list[Query], clock: str) -> dict[str, dict[str, float]]:
    """Return medians by class: opening, the first query after it, and the same query again."""
    from .measure import MILLISECONDS, timed

    medians = {}
    for asked in _by_class(queries):
        times = []
        for query in _within_budget(asked):
            engine.close()
            opening, _ = timed(clock, engine.open)
            first, _ = timed(clock, engine.search, query, with_facets=True)
            second, _ = timed(clock, engine.search, query, with_facets=True)
            times.append((opening, first, second))
        labelled = zip(("opening", "first", "second"), zip(*times, strict=True), strict=True)
        medians[asked[0].kind] = {label: round(median(of) * MILLISECONDS, 3) for label, of in labelled}
    return medians


def _by_class(queries: list[Query]) -> Iterator[list[Query]]:
    """Yield queries by class until all the time there is has been used."""
    start = time.process_time()
    for _, group in groupby(queries, key=lambda query: query.kind):
        if time.process_time() - start < ALL_CLASSES_BUDGET_SECONDS:
            yield list(group)


def _within_budget(queries: list[Query]) -> Iterator[Query]:
    start = time.process_time()
    for query in queries:
        yield query
        if time.process_time() - start > BUDGET_SECONDS:
            return


def main() -> None:
    """Examine the engine named on the command line."""
    name, folder, clock = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    queries = _read_queries(sys.stdin.read())
    set_up_django(folder.parent)
    engine = make_engine(name, folder)
    megabytes = _use_memory(engine, queries)
    print(json.dumps({"megabytes": megabytes, "opening": _examine_opening(engine, queries, clock)}))


if __name__ == "__main__":
    main()
