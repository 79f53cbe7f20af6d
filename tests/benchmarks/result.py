"""Everything one run has measured."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Final

from .builds import Build
from .measure import Measurement, Timing

# The engine alone is compared with libraries, the engine through Haystack with Haystack.
LIBRARY: Final = "ours"
OURS: Final = "ours-haystack"
# Options that say where results and indexes go, not what is measured.
PLACES: Final = {"--keep", "--json", "--markdown", "--svg"}
PACKAGES: Final = ("Django", "django-haystack", "Whoosh-Reloaded", "numpy", "tantivy")


@dataclass
class EngineResult:
    """What was measured of one engine besides its queries."""

    label: str
    detail: str
    build: Build
    serving: dict
    saving: Timing


@dataclass
class Result:
    """One run: where, over what, and all its numbers. Times are milliseconds."""

    machine: str
    measured_on: str
    versions: dict[str, str]
    corpus: str
    clock: str
    articles: int
    command: str
    engines: dict[str, EngineResult]
    queries: Measurement

    def median(self, name: str, kind: str, style: str) -> float:
        """Return the median milliseconds of an engine in a class, "plain" or "facets"."""
        return self.queries.timings[kind][style][name].median

    def ratios(self, name: str, other: str, style: str) -> dict[str, float]:
        """Return how many times as long `other` takes as `name`, by class."""
        return {
            kind: self.median(other, kind, style) / self.median(name, kind, style)
            for kind in self.queries.timings
        }

    def to_json(self) -> str:
        """Return all numbers as JSON."""
        return json.dumps(asdict(self), indent=1)


def describe_machine() -> str:
    """Name processor, cores and memory, and how busy the machine was."""
    cpu = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    kilobytes = next(
        (int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    return (
        f"{os.cpu_count()} shared cores of {cpu}, {kilobytes / 1e6:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the end"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def read_versions() -> dict[str, str]:
    """Return the versions of the libraries compared."""
    import sqlite3

    return {name: version(name) for name in PACKAGES} | {"SQLite": sqlite3.sqlite_version}


def today() -> str:
    """Return the date of the run."""
    return date.today().isoformat()


def measuring_options(arguments: list[str]) -> str:
    """Return the options that change what is measured."""
    pairs = zip(["", *arguments], arguments, strict=False)
    return " ".join(word for before, word in pairs if not {before, word} & PLACES)
