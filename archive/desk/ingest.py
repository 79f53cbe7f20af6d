"""Takes in many files: each record is accepted or named, and one bad file never stops the others."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from archive import wire
from archive.desk.accept import Arrival, Known, Outcome, Received, accept_all
from archive.models import Source
from archive.wire.errors import FileTooLarge, WireError
from archive.wire.record import ArticleRecord

# Committing each file on its own costs a flush to disk each; a crash loses at most this many, which come in
# again when the command is run again.
FILES_PER_TRANSACTION: Final = 50


class Skipped(NamedTuple):
    """A file that could not be taken in, and why, as a readable sentence."""

    path: Path
    reason: str


class Held(NamedTuple):
    """An article that should be published but is kept as a draft, and why."""

    path: Path
    reasons: list[str]


@dataclass
class Report:
    """What became of the files: `outcomes` counts records, by the words of Outcome."""

    files: int = 0
    outcomes: Counter = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return the numbers of the count sentence, in its order."""
        return {
            "read": self.files,
            **{str(outcome): self.outcomes[outcome] for outcome in Outcome},
            "kept as draft": len(self.held),
            "skipped": len(self.skipped),
        }


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files among `paths` and below the folders among them, in order, without hidden ones.

    Raise FileNotFoundError naming the first path that does not exist.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"There is no {path}.")
        if path.is_dir():
            found += [Path(folder, name) for folder, _, names in _walk(path) for name in sorted(names)]
        else:
            found.append(path)
    return [path for path in dict.fromkeys(found) if not path.name.startswith(".")]


def _walk(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield root, folders, names


def ingest(
    files: Iterable[Path],
    source: Source,
    *,
    publish: bool = False,
    dry_run: bool = False,
    by=None,
    progress: Callable[[int], object] = lambda count: None,
) -> Report:
    """Take in `files` as copy of `source`. With `dry_run`, say what would happen and write nothing.

    `progress` is called with the number of files done since the last call.
    """
    report = Report()
    files = iter(files)
    while batch := list(islice(files, FILES_PER_TRANSACTION)):
        arrivals = [(path, arrival) for path in batch for arrival in _read(path, source, report)]
        if dry_run:
            known = Known([arrival for _, arrival in arrivals], source)
            report.outcomes.update(known.outcome(arrival) for _, arrival in arrivals)
        else:
            _accept(arrivals, source, publish, by, report)
        progress(len(batch))
    return report


def _read(path: Path, source: Source, report: Report) -> Iterator[Arrival]:
    """Yield what can be read of a file; name in the report what cannot."""
    report.files += 1
    try:
        received = Received(path.name, read_bounded(path))
        for record in read_records(received, source):
            yield Arrival(record, received)
    except WireError as error:
        report.skipped.append(Skipped(path, str(error)))
    except OSError as error:
        report.skipped.append(Skipped(path, f"It could not be read: {error.strerror}."))


def _accept(arrivals: list[tuple[Path, Arrival]], source: Source, publish: bool, by, report: Report) -> None:
    answers = accept_all([arrival for _, arrival in arrivals], source=source, by=by, publish=publish)
    for (path, _), accepted in zip(arrivals, answers, strict=True):
        report.outcomes[accepted.outcome] += 1
        if accepted.held:
            report.held.append(Held(path, accepted.held))


def read_records(received: Received, source: Source) -> Iterator[ArticleRecord]:
    """Yield the records of a file. Raise WireError, before or after the first, on what cannot be read."""
    return wire.read(
        received.name,
        received.content,
        zone=ZoneInfo(source.zone),
        max_bytes=settings.ARCHIVE_MAX_UPLOAD_BYTES,
    )


def read_bounded(path: Path) -> bytes:
    """Return a file's bytes. Raise FileTooLarge without reading it if it has too many."""
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        if size_bytes > settings.ARCHIVE_MAX_UPLOAD_BYTES:
            raise FileTooLarge(size_bytes, settings.ARCHIVE_MAX_UPLOAD_BYTES)
        # One byte more, so that a file that grows meanwhile is refused as well.
        return file.read(settings.ARCHIVE_MAX_UPLOAD_BYTES + 1)
