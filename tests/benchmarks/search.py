"""Compare search engines: `python -m tests.benchmarks.search --help`."""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from .builds import build_or_reuse
from .chart import write_chart
from .corpus import GeneratedCorpus
from .django_setup import set_up_django
from .engines import REGISTRY, make_engine
from .engines.base import Engine
from .measure import CLOCKS, Measurement, measure_queries
from .queries import SAMPLE_ARTICLES, make_queries
from .report import write_markdown
from .result import EngineResult, Result, describe_machine, measuring_options, read_versions, today
from .reuters import ReutersCorpus
from .saving import time_saving
from .serving import examine_serving
from .shapes import Query
from .targets import judge

DOCS: Final = Path(__file__).resolve().parents[2] / "docs" / "benchmarks"
# What a name on the command line stands for.
GROUPS: Final = {"ours": ("ours", "ours-haystack")}


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.search", description=__doc__)
    parser.add_argument(
        "--articles", type=int, default=100_000, metavar="N", help="how many to index (100000)"
    )
    parser.add_argument(
        "--corpus", type=Path, metavar="FILE", help="a Reuters-21578 tar.gz instead of generated copy"
    )
    parser.add_argument(
        "--engines", default="ours,stock,fts5,tantivy", help="comma-separated; all four by default"
    )
    parser.add_argument("--queries", type=int, default=200, metavar="N", help="queries a class (200)")
    parser.add_argument(
        "--budget", type=float, default=15.0, metavar="SECONDS", help="an engine's time a class (15)"
    )
    parser.add_argument(
        "--clock", choices=CLOCKS, default="wall", help="cpu is fairer on a busy machine (wall)"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep indexes there, and use those found there"
    )
    parser.add_argument("--build-only", action="store_true", help="stop when the indexes are built")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there")
    parser.add_argument("--markdown", type=Path, metavar="FILE", default=DOCS / "search.md")
    parser.add_argument("--svg", type=Path, metavar="FILE", default=DOCS / "search.svg")
    options = parser.parse_args(arguments)
    options.names = [name for asked in options.engines.split(",") for name in GROUPS.get(asked, (asked,))]
    if unknown := set(options.names) - set(REGISTRY):
        parser.error(f"unknown engine {', '.join(sorted(unknown))}; known are ours, stock, fts5, tantivy")
    return options


def main(arguments: list[str] | None = None) -> None:
    """Build, measure, report."""
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as folder:
        run(options, Path(folder))


def run(options: argparse.Namespace, folder: Path) -> None:
    """Run the whole benchmark with its indexes in `folder`."""
    set_up_django(folder)
    corpus = ReutersCorpus(options.corpus) if options.corpus else GeneratedCorpus()
    engines = {name: make_engine(name, folder / name) for name in options.names}
    builds = {}
    for name, engine in engines.items():
        builds[name] = build_or_reuse(engine, corpus, options.articles)
        _say(f"{engine.label}: {builds[name]}")
    if options.build_only:
        return
    queries = make_queries(corpus, options.queries, sample=min(SAMPLE_ARTICLES, options.articles))
    results = {}
    for name, engine in engines.items():
        serving = examine_serving(name, engine.folder, queries, options.clock)
        saving = time_saving(name, engine.folder, corpus, options.articles)
        results[name] = EngineResult(engine.label, engine.detail, builds[name], serving, saving)
        _say(f"{engine.label}: {serving['megabytes']}, saving {saving.median} ms")
    measured = _measure(engines, queries, options)
    command = f"python -m tests.benchmarks.search {measuring_options(sys.argv[1:])}"
    _report(options, Result(
        machine=describe_machine(), measured_on=today(), versions=read_versions(), corpus=corpus.label, clock=options.clock,
        articles=options.articles, command=command.strip(), engines=results, queries=measured,
    ))  # fmt: skip


def _measure(
    engines: Mapping[str, Engine], queries: Mapping[str, list[Query]], options: argparse.Namespace
) -> Measurement:
    for engine in engines.values():
        engine.open()
    try:
        return measure_queries(engines, queries, budget_seconds=options.budget, clock=options.clock)
    finally:
        for engine in engines.values():
            engine.close()


def _report(options: argparse.Namespace, result: Result) -> None:
    write_markdown(result, options.markdown, options.svg)
    write_chart(result, options.svg)
    if options.json:
        options.json.write_text(result.to_json())
    for verdict in judge(result):
        _say(f"{'met   ' if verdict.is_kept else 'MISSED'}  {verdict.promise}: {verdict.measured}")
    _say(f"Report: {options.markdown}")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
