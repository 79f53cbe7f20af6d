"""Time queries of several engines in one process, taking turns, so that whatever else runs disturbs all alike."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Final

from pytest_benchmark.stats import Stats

from .engines.base import Engine
from .shapes import Answer, Query

FEWEST_ROUNDS: Final = 3
# "cpu" is the processor time of this process: nearly the wall clock on an idle machine, and fair on a busy one, where
# waiting for other programs lengthens a slow query more than a quick one. No engine here searches in several threads.
CLOCKS: Final = {"wall": time.perf_counter, "cpu": time.process_time}
MILLISECONDS: Final = 1000


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one engine in one class of queries."""

    rounds: int
    median: float
    p95: float
    fastest: float
    slowest: float

    @classmethod
    def from_seconds(cls, seconds: list[float]) -> "Timing":
        """Summarise durations with pytest-benchmark's own statistics."""
        stats = Stats()
        for duration in seconds:
            stats.update(duration)
        p95 = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
        numbers = (stats.median, p95, stats.min, stats.max)
        return cls(len(seconds), *(round(number * MILLISECONDS, 4) for number in numbers))


@dataclass
class Agreement:
    """How many queries two or more engines answered, and which of their answers differ."""

    compared: int = 0
    differing: list[dict] = field(default_factory=list)


@dataclass
class Measurement:
    """Timings by class, "plain" or "facets", and engine; agreement by class."""

    timings: dict[str, dict[str, dict[str, Timing]]]
    agreement: dict[str, Agreement | None]


def timed(clock: str, call: Callable, *arguments, **options) -> tuple[float, object]:
    """Return the seconds a call took by one of CLOCKS, and its result."""
    now = CLOCKS[clock]
    start = now()
    result = call(*arguments, **options)
    return now() - start, result


def measure_queries(
    engines: Mapping[str, Engine],
    queries: Mapping[str, list[Query]],
    *,
    budget_seconds: float,
    clock: str = "wall",
    same_articles: bool = True,
) -> Measurement:
    """Ask every engine every query, plain and with facets; engines must be open.

    An engine that has used `budget_seconds` in a class leaves it after three rounds, or sooner at three times that. Answers are
    compared, unless the engines hold different articles.
    """
    timings, agreement = {}, {}
    for kind, asked in queries.items():
        agreement[kind] = Agreement() if same_articles else None
        timings[kind] = {
            style: _measure_class(engines, asked, style == "facets", budget_seconds, clock, agreement[kind])
            for style in ("plain", "facets")
        }
    return Measurement(timings, agreement)


def _measure_class(
    engines: Mapping[str, Engine],
    asked: list[Query],
    with_facets: bool,
    budget: float,
    clock: str,
    agreement: Agreement | None,
) -> dict[str, Timing]:
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    names = list(engines)
    for turn, query in enumerate(asked):
        answers = {}
        # Another engine begins each time: nobody always runs on caches that the same neighbour has emptied.
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            if _has_had_enough(seconds[name], budget):
                continue
            duration, answers[name] = timed(clock, engines[name].search, query, with_facets=with_facets)
            seconds[name].append(duration)
        if agreement and len(answers) > 1:
            _compare(query, answers, agreement)
    return {name: Timing.from_seconds(seconds[name]) for name in names}


def _has_had_enough(seconds: list[float], budget: float) -> bool:
    return sum(seconds) > (budget if len(seconds) >= FEWEST_ROUNDS else budget * FEWEST_ROUNDS)


def _compare(query: Query, answers: dict[str, Answer], agreement: Agreement) -> None:
    agreement.compared += 1
    facets = {name: _counted(answer) for name, answer in answers.items()}
    reference = next(iter(answers))
    if all((answers[n].total, facets[n]) == (answers[reference].total, facets[reference]) for n in answers):
        return
    agreement.differing.append(
        {
            "words": list(query.words),
            "totals": {name: answer.total for name, answer in answers.items()},
            "facets": {name: {key: sum(v.values()) for key, v in facets[name].items()} for name in facets},
        }
    )


def _counted(answer: Answer) -> dict[str, dict]:
    """Return the counts of an answer by facet and value, facets without values left out."""
    counts = {
        name: {value: n for value, n in pairs if value is not None} for name, pairs in answer.facets.items()
    }
    return {name: of for name, of in counts.items() if of}
