"""Write a result as Markdown."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from .result import LIBRARY, OURS, EngineResult, Result
from .shapes import LABELS
from .targets import judge

# What a person adds below this line survives the next run.
NOTES: Final = "## Notes"
COMPARED: Final = ((OURS, "stock"), (LIBRARY, "fts5"), (LIBRARY, "tantivy"))
CLOCK_TEXTS: Final = {
    "wall": "the wall clock",
    "cpu": "the processor time of the process, because other programs were running on the machine",
}
METHOD: Final = """\
Every query asks for the first twenty articles by their keys and the exact total; "with facets" adds all
values and counts of three facets: names (0-8 an article, 5,000 different, Zipf), byline codes (1-2 of 60) and year.
All engines run in one process and take turns query by query, another one first each time. Each query of a class is
asked once an engine; an engine that has used up its time in a class stops after three, or sooner if it has used up three
times its time (the count is in brackets where it is below that of the others). All engines stem English and rank by BM25; query words are chosen so
that stop words and stemmers cannot make a difference, and every total and facet count is compared.

"ours" is the engine called as a library, to be compared with the libraries SQLite FTS5 and Tantivy. "ours through
Haystack" and "stock" are both driven by `SearchQuerySet`, result objects included, as a site would.

Indexes are built as each engine is set to by default: ours by as many processes as the table says, the others by
one. Processor time is that of all processes of an engine together."""


def write_markdown(result: Result, path: Path, chart: Path) -> None:
    """Write the report, keeping the notes of an earlier one."""
    kept = path.read_text().partition(NOTES)[2] if path.exists() else "\n\nNone yet.\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_sections(result, chart)) + NOTES + kept)


def _sections(result: Result, chart: Path) -> Iterator[str]:
    yield f"# Search benchmark, {result.articles:,} articles\n"
    yield f"Measured on {result.measured_on}: {result.machine}.  "
    yield ", ".join(f"{name} {number}" for name, number in result.versions.items()) + ".  "
    yield f"Corpus: {result.corpus}. Command: `{result.command}`\n"
    yield f"![Time per query of each engine, logarithmic]({chart.name})\n"
    yield f"Queries are timed by {CLOCK_TEXTS[result.clock]}; saving by the wall clock, indexing by both.\n"
    yield "## Targets\n"
    marks = {True: "yes", False: "**no**"}
    yield table(
        ("target", "measured", "met"), ((v.promise, v.measured, marks[v.is_kept]) for v in judge(result))
    )
    for style, title in (("facets", "with total and three facets"), ("plain", "with total, no facets")):
        yield f"## Milliseconds a query, {title}: median (95th percentile)\n"
        yield _timings(result, style)
    yield "## Indexing, size, serving\n"
    yield table(("", *(e.label for e in result.engines.values())), _engine_rows(result))
    yield "## Do the answers agree?\n"
    yield "\n".join(_agreement(result)) + "\n"
    yield f"## How it is measured\n\n{METHOD}\n"
    yield "\n".join(f"- {engine.label}: {engine.detail}" for engine in result.engines.values()) + "\n\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    head = list(head)
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def milliseconds(number: float) -> str:
    """Format milliseconds with two significant digits below a hundred."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _timings(result: Result, style: str) -> str:
    pairs = [(ours, other) for ours, other in COMPARED if {ours, other} <= result.engines.keys()]
    head = [
        "query",
        *(e.label for e in result.engines.values()),
        *(f"{other} ÷ {ours}" for ours, other in pairs),
    ]
    rows = []
    for kind, by_style in result.queries.timings.items():
        timings = by_style[style]
        most = max(timing.rounds for timing in timings.values())
        row = [LABELS[kind]]
        for timing in timings.values():
            rounds = "" if timing.rounds == most else f" [{timing.rounds}]"
            row.append(f"{milliseconds(timing.median)} ({milliseconds(timing.p95)}){rounds}")
        rows.append(row + [_ratio(timings[b].median / timings[a].median) for a, b in pairs])
    return table(head, rows)


def _ratio(number: float) -> str:
    return f"{number:,.0f}×" if number >= 10 else f"{number:.2f}×"


def _engine_rows(result: Result) -> Iterator[list[str]]:
    engines = list(result.engines.values())
    yield ["articles indexed a second", *(f"{e.build.articles_per_second:,.0f}" for e in engines)]
    yield [
        "the same, per second of processor time",
        *(f"{e.build.articles_per_cpu_second:,.0f}" for e in engines),
    ]
    yield ["bytes on disk an article", *(f"{e.build.bytes / e.build.articles:,.0f}" for e in engines)]
    yield ["processes that index", *(f"{e.build.processes}" for e in engines)]
    yield ["index built", *(e.build.built_on + (" (reused)" if e.build.is_reused else "") for e in engines)]
    yield [
        "resident memory of a serving process, MB",
        *(f"{e.serving['megabytes']['resident']:.0f}" for e in engines),
    ]
    yield ["of it private, MB", *(f"{e.serving['megabytes']['private']:.0f}" for e in engines)]
    yield ["opening, ms", *(milliseconds(_middle(e, "opening")) for e in engines)]
    yield ["first query with facets after opening, worst class, ms", *(_worst_first(e) for e in engines)]
    yield [
        "one article, save to searchable, ms",
        *(f"{milliseconds(e.saving.median)} ({milliseconds(e.saving.p95)})" for e in engines),
    ]


def _middle(engine: EngineResult, label: str) -> float:
    times = sorted(by[label] for by in engine.serving["opening"].values())
    return times[len(times) // 2]


def _worst_first(engine: EngineResult) -> str:
    opening = engine.serving["opening"]
    kind = max(opening, key=lambda kind: opening[kind]["first"] / opening[kind]["second"])
    first, second = opening[kind]["first"], opening[kind]["second"]
    return f"{milliseconds(first)}, then {milliseconds(second)} ({kind})"


def _agreement(result: Result) -> Iterator[str]:
    compared = sum(a.compared for a in result.queries.agreement.values())
    differing = sum(len(a.differing) for a in result.queries.agreement.values())
    yield f"{compared:,} queries were answered by two or more engines; totals or facet counts differ in {differing:,} of them."
    for kind, agreement in result.queries.agreement.items():
        if agreement.differing:
            example = agreement.differing[0]
            totals = ", ".join(f"{name} {total:,}" for name, total in example["totals"].items())
            yield f"- {LABELS[kind]}: {len(agreement.differing)} of {agreement.compared}, such as {' '.join(example['words'])!r}: {totals}"
