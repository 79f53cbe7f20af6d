"""Compare our engine with itself at ten times the size: `python -m tests.benchmarks.large --help`."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .builds import Build, build_or_reuse
from .corpus import GeneratedCorpus
from .django_setup import set_up_django
from .engines import make_engine
from .measure import CLOCKS, Measurement, Timing, measure_queries
from .queries import make_queries
from .report import CLOCK_TEXTS, NOTES, milliseconds, table
from .result import LIBRARY, OURS, describe_machine, measuring_options, read_versions, today
from .saving import time_saving
from .search import DOCS
from .serving import examine_serving
from .shapes import LABELS
from .targets import SAVING_MILLISECONDS, SERVING_MEGABYTES

GROWTH_LIMIT: Final = 15
HEADING: Final = """\
# One million articles

Measured on {date}: {machine}.  
{versions}.  
Command: `{command}`

The same corpus cut off at two sizes, both indexes open in one process and asked in turns. "times" is the time at the
larger size over that at the smaller; the target is under {limit} with facets. Indexed and asked as a library; memory
and the saving of one article are those of the same index through Haystack. Queries are timed by {clock}.
"""  # noqa: W291


@dataclass
class Size:
    """What was measured at one size."""

    articles: int
    build: Build
    serving: dict
    saving: Timing

    @property
    def label(self) -> str:
        """Return the number of articles, readable."""
        return f"{self.articles:,}"


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.large", description=__doc__)
    parser.add_argument(
        "--articles", type=int, default=1_000_000, metavar="N", help="the larger size (1000000)"
    )
    parser.add_argument("--against", type=int, default=100_000, metavar="N", help="the smaller size (100000)")
    parser.add_argument("--queries", type=int, default=100, metavar="N", help="queries a class (100)")
    parser.add_argument(
        "--clock", choices=CLOCKS, default="wall", help="cpu is fairer on a busy machine (wall)"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep indexes there, and use those found there"
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", default=DOCS / "large.md")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Build both sizes, measure, report."""
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        set_up_django(folder)
        sizes = [_measure_size(folder, count, options.clock) for count in (options.against, options.articles)]
        measured = _measure_queries(folder, sizes, options)
    _write(options, sizes, measured)
    print(f"Report: {options.markdown}")


def _measure_size(folder: Path, count: int, clock: str) -> Size:
    corpus, place = GeneratedCorpus(), _place(folder, count)
    build = build_or_reuse(make_engine(LIBRARY, place), corpus, count)
    print(build, flush=True)
    serving = examine_serving(OURS, place, make_queries(corpus, 10), clock)
    return Size(count, build, serving, time_saving(OURS, place, corpus, count))


def _place(folder: Path, count: int) -> Path:
    return folder / str(count) / LIBRARY


def _measure_queries(folder: Path, sizes: list[Size], options: argparse.Namespace) -> Measurement:
    engines = {size.label: make_engine(LIBRARY, _place(folder, size.articles)) for size in sizes}
    for engine in engines.values():
        engine.open()
    queries = make_queries(GeneratedCorpus(), options.queries)
    measured = measure_queries(engines, queries, budget_seconds=60, clock=options.clock, same_articles=False)
    for engine in engines.values():
        engine.close()
    return measured


def _write(options: argparse.Namespace, sizes: list[Size], measured: Measurement) -> None:
    path = options.markdown
    kept = path.read_text().partition(NOTES)[2] if path.exists() else "\n\nNone yet.\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    heading = HEADING.format(
        date=today(),
        machine=describe_machine(),
        versions=", ".join(f"{name} {number}" for name, number in read_versions().items()),
        command=f"python -m tests.benchmarks.large {measuring_options(sys.argv[1:])}",
        limit=GROWTH_LIMIT,
        clock=CLOCK_TEXTS[options.clock],
    )
    path.write_text("\n".join([heading, *_tables(sizes, measured), NOTES]) + kept)


def _tables(sizes: list[Size], measured: Measurement) -> Iterator[str]:
    labels = [size.label for size in sizes]
    for style, title in (("facets", "with total and three facets"), ("plain", "with total, no facets")):
        yield f"## Milliseconds a query, {title}: median (95th percentile)\n"
        rows = [_query_row(kind, by_style[style], labels) for kind, by_style in measured.timings.items()]
        yield table(("query", *labels, "times"), rows)
    yield "## Indexing, size, serving\n"
    yield table(("", *labels), _size_rows(sizes))


def _query_row(kind: str, timings: dict[str, Timing], labels: list[str]) -> list[str]:
    small, large = (timings[label] for label in labels)
    texts = [f"{milliseconds(timing.median)} ({milliseconds(timing.p95)})" for timing in (small, large)]
    return [LABELS[kind], *texts, f"{large.median / small.median:.1f}"]


def _size_rows(sizes: list[Size]) -> Iterator[list[str]]:
    yield ["articles indexed a second", *(f"{size.build.articles_per_second:,.0f}" for size in sizes)]
    yield [
        "the same, per second of processor time",
        *(f"{size.build.articles_per_cpu_second:,.0f}" for size in sizes),
    ]
    yield ["processes that index", *(f"{size.build.processes}" for size in sizes)]
    yield ["bytes on disk an article", *(f"{size.build.bytes / size.articles:,.0f}" for size in sizes)]
    resident, private = (
        [f"{size.serving['megabytes'][part]:.0f}" for size in sizes] for part in ("resident", "private")
    )
    yield [
        f"resident memory of a serving process, MB (target at 100,000: under {SERVING_MEGABYTES})",
        *resident,
    ]
    yield ["of it private, MB", *private]
    saving = [f"{milliseconds(size.saving.median)} ({milliseconds(size.saving.p95)})" for size in sizes]
    yield [f"one article, save to searchable, ms (target: under {SAVING_MILLISECONDS})", *saving]


if __name__ == "__main__":
    main()
