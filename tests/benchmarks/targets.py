"""The speed the project has promised itself, checked against a result."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from .result import LIBRARY, OURS, Result

STOCK_SPEEDUP: Final = 300
FTS5_MEAN_SPEEDUP: Final = 10
TANTIVY_PLAIN_TIMES: Final = 4
FIRST_QUERY_TIMES: Final = 3
INDEXING_SPEEDUP: Final = 10
SAVING_MILLISECONDS: Final = 300
STOCK_SIZE_TIMES: Final = 1.5
SERVING_MEGABYTES: Final = 300


@dataclass(frozen=True)
class Verdict:
    """One promise, what was measured, and whether it is kept."""

    promise: str
    measured: str
    is_kept: bool


def judge(result: Result) -> Iterator[Verdict]:
    """Yield a verdict on every promise that the engines of this run allow to check."""
    for needs, check in CHECKS:
        if needs <= result.engines.keys():
            yield from check(result)


def _worst(ratios: dict[str, float]) -> tuple[str, float]:
    kind = min(ratios, key=ratios.__getitem__)
    return kind, ratios[kind]


def _against_stock(result: Result) -> Iterator[Verdict]:
    kind, ratio = _worst(result.ratios(OURS, "stock", "facets"))
    promise = f"with total and three facets at least {STOCK_SPEEDUP} times faster than stock in every class"
    yield Verdict(f"{promise}, both through Haystack", f"{ratio:,.0f} times ({kind})", ratio >= STOCK_SPEEDUP)
    kind, ratio = _worst(result.ratios(LIBRARY, "stock", "facets"))
    yield Verdict(f"{promise}, the engine alone", f"{ratio:,.0f} times ({kind})", ratio >= STOCK_SPEEDUP)


def _against_fts5(result: Result) -> Iterator[Verdict]:
    ratios = result.ratios(LIBRARY, "fts5", "facets") | {
        f"{kind}, no facets": ratio for kind, ratio in result.ratios(LIBRARY, "fts5", "plain").items()
    }
    slower = {kind: ratio for kind, ratio in ratios.items() if ratio < 1}
    text = ", ".join(f"{kind} {ratio:.2f}" for kind, ratio in slower.items()) or "in every class"
    is_kept = not {kind for kind in slower if not kind.startswith("rare")}
    yield Verdict(
        "faster than FTS5 in every class but the rarest term", f"slower: {text}" if slower else text, is_kept
    )
    mean = fmean(ratios.values())
    promise = f"mean of the ratios to FTS5 at least {FTS5_MEAN_SPEEDUP}"
    yield Verdict(promise, f"{mean:.1f}", mean >= FTS5_MEAN_SPEEDUP)


def _against_tantivy(result: Result) -> Iterator[Verdict]:
    for style, allowed in (("facets", 1), ("plain", TANTIVY_PLAIN_TIMES)):
        times = {kind: 1 / ratio for kind, ratio in result.ratios(LIBRARY, "tantivy", style).items()}
        over = {kind: factor for kind, factor in times.items() if factor > allowed}
        text = ", ".join(f"{kind} {factor:.2f}" for kind, factor in over.items())
        worst = max(times, key=times.__getitem__)
        style_text = "with facets" if style == "facets" else "without facets"
        promise = f"at most {allowed} times tantivy's time in every class {style_text}"
        yield Verdict(promise, f"over: {text}" if over else f"{times[worst]:.2f} times ({worst})", not over)


def _first_query(result: Result) -> Iterator[Verdict]:
    opening = result.engines[LIBRARY].serving["opening"]
    factors = {kind: times["first"] / times["second"] for kind, times in opening.items()}
    kind = max(factors, key=factors.__getitem__)
    promise = f"first query after opening under {FIRST_QUERY_TIMES} times the warm one"
    yield Verdict(promise, f"{factors[kind]:.1f} times ({kind})", factors[kind] < FIRST_QUERY_TIMES)


def _serving(result: Result) -> Iterator[Verdict]:
    yield from _first_query(result)
    megabytes = result.engines[OURS].serving["megabytes"]["resident"]
    promise = f"memory of a serving process under {SERVING_MEGABYTES} MB"
    yield Verdict(promise, f"{megabytes:.0f} MB", megabytes < SERVING_MEGABYTES)
    saving = result.engines[OURS].saving.median
    promise = f"one article from save to searchable under {SAVING_MILLISECONDS} ms"
    yield Verdict(promise, f"{saving:.0f} ms", saving < SAVING_MILLISECONDS)


def _speeds(result: Result, name: str) -> tuple[float, str]:
    """Return ours against another engine's speed of indexing, and in words by the clock and by processor time.

    The lesser of the two counts: one of several processes says too much by the clock where the other engine's
    index was built on a busy machine, and too little by processor time.
    """
    ours, other = result.engines[OURS].build, result.engines[name].build
    wall = ours.articles_per_second / other.articles_per_second
    cpu = ours.articles_per_cpu_second / other.articles_per_cpu_second
    return min(wall, cpu), f"{wall:.2f} times by the clock, {cpu:.2f} by processor time"


def _indexing_and_size(result: Result) -> Iterator[Verdict]:
    ratio, text = _speeds(result, "stock")
    promise = f"indexing on all cores at least {INDEXING_SPEEDUP} times as fast as stock"
    yield Verdict(promise, text, ratio >= INDEXING_SPEEDUP)
    ratio = result.engines[OURS].build.bytes / result.engines["stock"].build.bytes
    promise = f"size on disk at most {STOCK_SIZE_TIMES} times stock's"
    yield Verdict(promise, f"{ratio:.2f} times", ratio <= STOCK_SIZE_TIMES)


def _indexing_as_fts5(result: Result) -> Iterator[Verdict]:
    ratio, text = _speeds(result, "fts5")
    yield Verdict("indexing on all cores as fast as FTS5", text, ratio >= 1)


CHECKS: Final[tuple[tuple[set[str], Callable[[Result], Iterator[Verdict]]], ...]] = (
    ({OURS, LIBRARY, "stock"}, _against_stock),
    ({LIBRARY, "fts5"}, _against_fts5),
    ({LIBRARY, "tantivy"}, _against_tantivy),
    ({OURS, LIBRARY}, _serving),
    ({OURS, "stock"}, _indexing_and_size),
    ({OURS, "fts5"}, _indexing_as_fts5),
)
