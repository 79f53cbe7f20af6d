"""Take a large archive in at once: `python -m tests.benchmarks.bulk --help`."""

import argparse
import gzip
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from .corpus import Articles, GeneratedCorpus
from .memory import Memory, MemoryWatch
from .report import table
from .result import describe_machine, today

ROOT: Final = Path(__file__).parent.parent.parent
NAMES: Final = 2_000
DOCS: Final = ROOT / "docs" / "benchmarks" / "bulk.md"
HEADING: Final = """\
# Taking in much at once

Measured on {date}: {machine}.  
Command: `{command}`

{articles:,} articles ({what}), {names} registered names, one command each on an empty archive. The rate is that of
taking in, from the first story read to the last one committed; the index follows in the same command, or in `enrich`.
Processor time is that of the whole command; where it is well below the time on the clock, other programs shared the
machine. Memory is the most that was resident, of the largest process and of all of a command at one time; in brackets
what of it is no mapped file, so that the system cannot take it back.

"""  # noqa: W291


class Run(NamedTuple):
    """What one command took."""

    label: str
    articles: int
    seconds: float
    taking_in_seconds: float | None
    processor_seconds: float
    memory: Memory

    def row(self) -> list[str]:
        """Return the cells of the table."""
        rate = self.articles / (self.taking_in_seconds or self.seconds)
        return [
            self.label,
            f"{self.seconds:,.0f} s",
            f"{self.taking_in_seconds:,.0f} s" if self.taking_in_seconds else "",
            f"{rate:,.0f}/s",
            f"{self.processor_seconds:,.0f} s",
            f"{self.articles / self.processor_seconds:,.0f}/s",
            f"{self.memory.process:,.0f} ({self.memory.process_own:,.0f}) MB",
            f"{self.memory.together:,.0f} ({self.memory.together_own:,.0f}) MB",
        ]


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bulk", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000, metavar="N", help="generated ones (100000)")
    parser.add_argument("--file", type=Path, metavar="PATH", help="take this file in instead")
    parser.add_argument("--no-doc", action="store_true", help="print only")
    parser.add_argument("--only", choices=["now", "deferred"], help="only one of the two ways")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print and write the document."""
    options = parse_arguments(arguments)
    with tempfile.TemporaryDirectory(prefix="dateline-bulk-") as folder:
        path, names = _prepare(options, Path(folder))
        runs: list[Run] = []
        if options.only != "deferred":
            runs += _measure(path, names, Path(folder) / "now", deferred=False)
        if options.only != "now":
            runs += _measure(path, names, Path(folder) / "deferred", deferred=True)
        what = path.name if options.file else "generated, JSON Lines in gzip"
    text = HEADING.format(
        date=today(),
        machine=describe_machine(),
        command=f"python -m tests.benchmarks.bulk {' '.join(arguments)}".strip(),
        articles=runs[0].articles,
        what=what,
        names=f"{len(names):,}",
    )
    head = ["command", "clock", "taking in", "rate", "processor", "a processor second"]
    head += ["largest process", "all processes"]
    text += table(head, [run.row() for run in runs]) + "\n"
    print(text)
    if not options.no_doc:
        DOCS.parent.mkdir(parents=True, exist_ok=True)
        DOCS.write_text(text, "utf-8")


def _prepare(options: argparse.Namespace, folder: Path) -> tuple[Path, list[str]]:
    """Return the file to take in, and the names to register."""
    if options.file:
        return options.file, []
    path, names = folder / "articles.jsonl.gz", {}
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as file:
        for article in Articles(GeneratedCorpus(), options.articles):
            headline, _, rest = article.text.partition("\n")
            fields = {
                "headline": headline,
                "published_at": f"{article.published:%Y-%m-%dT%H:%M:00Z}",
                "dateline": "VARRA",
                "body": " ".join(rest.split()),
                "sign_off": "/".join(code[:2].upper() for code in article.codes),
                "source_key": f"bulk:{article.number}",
            }
            file.write(json.dumps(fields) + "\n")
            if len(names) < NAMES:
                names |= dict.fromkeys(article.names)
    return path, list(islice(names, NAMES))


def _measure(path: Path, names: list[str], data: Path, *, deferred: bool) -> Iterable[Run]:
    _run(data, "migrate", "-v0")
    _register(data, names)
    arguments = ["ingest", str(path), "--publish", *(["--defer"] if deferred else [])]
    label = "ingest --defer" if deferred else "ingest, names and quotes on"
    yield _timed(label, data, *arguments)
    if deferred:
        yield _timed("enrich", data, "enrich")
    yield _timed(f"{label}, again: all unchanged", data, *arguments)


def _timed(label: str, data: Path, *arguments: str) -> Run:
    started = time.perf_counter()
    usage, memory = _run(data, *arguments)
    seconds = time.perf_counter() - started
    taking_in, articles = _last_batch(data)
    run = Run(
        label,
        articles,
        seconds,
        taking_in if arguments[0] == "ingest" else None,
        usage.ru_utime + usage.ru_stime,
        memory,
    )
    print(*run.row(), sep=" | ", file=sys.stderr, flush=True)
    return run


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARCHIVE_", "DJANGO_"))}
    return {**kept, "ARCHIVE_DATA_DIR": str(data)}


def _run(data: Path, *arguments: str) -> tuple[resource.struct_rusage, Memory]:
    command = [sys.executable, "manage.py", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(data), stdout=subprocess.DEVNULL)
    with MemoryWatch(process.pid) as memory:
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed")
    return usage, memory


def _register(data: Path, names: list[str]) -> None:
    code = (
        "import json, sys; from archive.desk.authority import register_name;"
        "[register_name(kind='person', name=name, confirm=True) for name in json.load(sys.stdin)]"
    )
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    subprocess.run(command, cwd=ROOT, env=_environment(data), input=json.dumps(names), text=True, check=True)


def _last_batch(data: Path) -> tuple[float, int]:
    with sqlite3.connect(data / "archive.sqlite3") as database:
        began, ended, *counts = database.execute(
            "SELECT uploaded_at, finished_at, new, changed, unchanged, duplicate, rejected"
            " FROM archive_batch ORDER BY id DESC LIMIT 1"
        ).fetchone()
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds(), sum(counts)


if __name__ == "__main__":
    main(sys.argv[1:])
