"""Time one article from save to searchable, on a copy of the index."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from .corpus import Corpus
from .engines import make_engine
from .engines.base import Engine
from .measure import Timing
from .shapes import Article, Query

MOST_ROUNDS: Final = 20
FEWEST_ROUNDS: Final = 3
BUDGET_SECONDS: Final = 15.0
# Letters that neither the corpus nor a stemmer knows.
MARKERS: Final = tuple(f"zzq{first}{second}k" for first in "bdfgm" for second in "aou" + "bdfg")


def time_saving(name: str, folder: Path, corpus: Corpus, count: int) -> Timing:
    """Replace articles one by one, each time until a search finds the new text; the index itself is left alone."""
    seconds: list[float] = []
    with _copied(name, folder) as engine:
        for round_number, marker in enumerate(MARKERS[:MOST_ROUNDS]):
            if round_number >= FEWEST_ROUNDS and sum(seconds) > BUDGET_SECONDS:
                break
            article = corpus.article(1 + round_number * 37 % count)
            seconds.append(_save(engine, replace(article, text=f"{article.text} {marker}"), marker))
    return Timing.from_seconds(seconds)


def _save(engine: Engine, article: Article, marker: str) -> float:
    start = time.perf_counter()
    engine.save(article)
    answer = engine.search(Query("rare", (marker,)), with_facets=False)
    seconds = time.perf_counter() - start
    if answer.keys != [str(article.number)]:
        raise RuntimeError(
            f"{engine.label}: article {article.number} saved, but {marker} finds {answer.keys}"
        )
    return seconds


@contextmanager
def _copied(name: str, folder: Path) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{name}-copy-") as copy:
        target = Path(copy) / "index"
        shutil.copytree(folder, target)
        engine = make_engine(name, target)
        engine.open()
        try:
            yield engine
        finally:
            engine.close()
