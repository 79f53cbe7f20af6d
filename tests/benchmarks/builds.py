"""Build an engine's index once, and remember beside it how that went."""

import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from .corpus import Articles, Corpus
from .engines.base import Engine

RECORD: Final = "build.json"
# So many articles are made before the clock starts; more of them are made on the way, at a cost measured apart.
PREPARED_ARTICLES: Final = 200_000


@dataclass(frozen=True)
class Build:
    """How an index came to be; seconds exclude making the articles themselves.

    Processor time is that of all processes together.
    """

    articles: int
    corpus: str
    wall_seconds: float
    cpu_seconds: float
    bytes: int
    built_on: str
    is_reused: bool = False
    processes: int = 1

    @property
    def articles_per_second(self) -> float:
        """Return articles per second of wall clock."""
        return self.articles / self.wall_seconds

    @property
    def articles_per_cpu_second(self) -> float:
        """Return articles per second of processor time, which other programs disturb less."""
        return self.articles / self.cpu_seconds


def build_or_reuse(engine: Engine, corpus: Corpus, count: int) -> Build:
    """Index `count` articles in the engine's folder, unless a build of the same corpus and size is there already."""
    record = engine.folder / RECORD
    if record.exists():
        known = Build(**json.loads(record.read_text()) | {"is_reused": True})
        if (known.articles, known.corpus) == (count, corpus.label):
            return known
    shutil.rmtree(engine.folder, ignore_errors=True)
    engine.folder.mkdir(parents=True)
    build = _build(engine, corpus, count)
    record.write_text(json.dumps(asdict(build), indent=1))
    return build


def _build(engine: Engine, corpus: Corpus, count: int) -> Build:
    articles = list(Articles(corpus, count)) if count <= PREPARED_ARTICLES else Articles(corpus, count)
    making = _time_making(corpus) if count > PREPARED_ARTICLES else 0.0
    wall, cpu, helped = time.perf_counter(), time.process_time(), _helpers_seconds()
    engine.build(articles)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    helped = _helpers_seconds() - helped
    engine.close()
    return Build(
        articles=count,
        corpus=corpus.label,
        wall_seconds=round(wall - making * count, 2),
        cpu_seconds=round(cpu + helped - making * count, 2),
        bytes=sum(path.stat().st_size for path in engine.folder.rglob("*") if path.is_file()),
        built_on=date.today().isoformat(),
        processes=engine.processes if helped else 1,
    )


def _helpers_seconds() -> float:
    """Return the processor time of the processes that this one has started and seen end."""
    times = os.times()
    return times.children_user + times.children_system


def _time_making(corpus: Corpus, sample: int = 2000) -> float:
    start = time.process_time()
    for _ in Articles(corpus, sample):
        pass
    return (time.process_time() - start) / sample
