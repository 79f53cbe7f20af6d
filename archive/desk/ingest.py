"""Takes in many files: each story is accepted or named, and one that is bad never stops the others.

Stories are written some hundred in a transaction, together with the counts of the batch they belong to. A run
that is killed loses at most one such transaction; run again, it finds what is here and goes on.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, OperationalError

from archive import wire
from archive.desk import imports
from archive.desk.accept import Arrival, Known, Outcome, Received
from archive.desk.read_ahead import read_ahead
from archive.models import Article, Batch, Source
from archive.models.articles import HEADLINE_CHARS, KEY_CHARS
from archive.wire.errors import WireError

log = logging.getLogger("archive.desk")

# Committing each story on its own costs a flush to disk each; the matcher and the casing counts are got once
# a transaction as well.
STORIES_PER_TRANSACTION: Final = 250
BYTES_PER_TRANSACTION: Final = 8 * 1024 * 1024
# So many are named at the end; the batch names all of them.
MOST_NAMED: Final = 1_000
# Opening a pipe waits for somebody to write into it, and a device may never end.
NO_FILE: Final = "It is no file but a pipe, a socket or a device, which are not read: save it in a file."
NO_FOLDER: Final = "The folder cannot be opened. Let this account read it, then run the same command again."

Progress = Callable[[int, int], object]


class Skipped(NamedTuple):
    """A file or a story that could not be taken in, and why, as a readable sentence."""

    path: Path
    reason: str


class Held(NamedTuple):
    """An article that should be published but is kept as a draft, and why."""

    path: Path
    reasons: list[str]


class Stopped(Exception):
    """The archive cannot be written to; the text says why and what to do. What came before it is kept."""


@dataclass
class Report:
    """What became of the stories: `outcomes` counts them by the words of Outcome.

    `skipped` and `held` name the first MOST_NAMED, `batch` has all; it is None for a dry run.
    """

    outcomes: Counter = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    skipped_count: int = 0
    held_count: int = 0
    batch: Batch | None = None

    def add(self, other: "Report") -> None:
        """Add what became of other stories."""
        self.outcomes += other.outcomes
        self.skipped += other.skipped
        self.held += other.held
        self.skipped_count += other.skipped_count
        self.held_count += other.held_count

    def counts(self) -> dict[str, int]:
        """Return the numbers of the count sentence, in its order."""
        return {
            "read": self.outcomes.total() + self.skipped_count,
            **{str(outcome): self.outcomes[outcome] for outcome in Outcome},
            "kept as draft": self.held_count,
            "skipped": self.skipped_count,
        }


class _Read(NamedTuple):
    """A story or a reject, the file it is from, and how many bytes were read since the one before."""

    path: Path
    found: wire.Story | wire.Reject | None
    bytes_read: int


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files among `paths` and below the folders among them, in order, without hidden ones.

    A folder that cannot be opened is among them itself, so that reading it names the reason. Raise
    FileNotFoundError naming the first path that does not exist.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"There is no {path}.")
        if path.is_dir():
            closed: list[Path] = []
            found += [
                Path(folder, name) for folder, _, names in _walk(path, closed) for name in sorted(names)
            ]
            found += closed
        else:
            found.append(path)
    return [path for path in dict.fromkeys(found) if not path.name.startswith(".")]


def _walk(folder: Path, closed: list[Path]) -> Iterator[tuple[str, list[str], list[str]]]:
    for root, folders, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield root, folders, names


def count_bytes(files: Iterable[Path]) -> int:
    """Return the size of files together; one that is gone meanwhile counts for nothing."""
    return sum(path.stat().st_size for path in files if path.is_file())


def ingest(
    files: Iterable[Path],
    source: Source,
    *,
    publish: bool = False,
    dry_run: bool = False,
    defer: bool = False,
    by=None,
    kind: str = Batch.Kind.INGEST,
    origin: str = "",
    progress: Progress = lambda bytes_read, stories: None,
    workers: int = 0,
) -> Report:
    """Take in `files` as copy of `source`. With `dry_run`, say what would happen and write nothing.

    With `defer`, names and quotes are looked for later (see `desk.retagging.work_off`). `progress` is called
    with the bytes of files read and the stories done since the last call. With `workers`, so many other
    processes look for names and quotes in what comes next. Raise Stopped if the database cannot be written
    to.
    """
    report = Report()
    try:
        if not dry_run:
            report.batch = imports.open_batch(source, by=by, kind=kind, origin=origin)
        pieces = _in_transactions(_read_all(files, source))
        workers = 0 if dry_run or defer else workers
        for some, ahead in read_ahead(pieces, partial(_new_texts, source), workers):
            if dry_run:
                _look(some, source, report)
            else:
                _write(some, source, report, publish=publish, defer=defer, by=by, ahead=ahead)
            progress(sum(each.bytes_read for each in some), sum(each.found is not None for each in some))
        if report.batch:
            imports.close_batch(report.batch)
    except OperationalError as error:
        reason = why_not_written(error)
        imports.try_to_close(report.batch, reason)
        raise Stopped(reason) from error
    return report


def _new_texts(source: Source, some: Sequence[_Read]) -> list[tuple[str, str]]:
    """Return headline and body of the stories that the archive does not have yet."""
    stories = [each.found.record for each in some if isinstance(each.found, wire.Story)]
    records = {record.source_key[:KEY_CHARS]: record for record in stories}
    known = Article.objects.filter(source=source, source_key__in=records).values_list("source_key", flat=True)
    for key in known:
        del records[key]
    return [(record.headline[:HEADLINE_CHARS], record.body_text) for record in records.values()]


def _in_transactions(read: Iterable[_Read]) -> Iterator[list[_Read]]:
    waiting, stories, size_bytes = [], 0, 0
    for each in read:
        waiting.append(each)
        stories += each.found is not None
        size_bytes += len(each.found.content) if each.found else 0
        if stories >= STORIES_PER_TRANSACTION or size_bytes >= BYTES_PER_TRANSACTION:
            yield waiting
            waiting, stories, size_bytes = [], 0, 0
    if waiting:
        yield waiting


def _read_all(files: Iterable[Path], source: Source) -> Iterator[_Read]:
    for path in files:
        yield from _read_file(path, source)


def _read_file(path: Path, source: Source) -> Iterator[_Read]:
    """Yield what can be read of a file, and a reject for what cannot; never raises."""
    at, size_bytes = 0, 0
    if path.exists() and not path.is_file():
        reason = NO_FOLDER if path.is_dir() else NO_FILE
        yield _Read(path, wire.Reject(wire.clean_name(path.name), reason), 0)
        return
    try:
        with path.open("rb") as file:
            size_bytes = os.fstat(file.fileno()).st_size
            for found in read_stories(path.name, file, source):
                # A zip is not read from its start to its end.
                before, at = at, max(at, file.tell())
                yield _Read(path, found, at - before)
        yield _Read(path, None, max(0, size_bytes - at))
    except Exception as error:
        reject = wire.Reject(wire.clean_name(path.name), _why_not_read(path, error))
        yield _Read(path, reject, max(0, size_bytes - at))


def _why_not_read(path: Path, error: Exception) -> str:
    if isinstance(error, WireError):
        return error.message
    if isinstance(error, OSError):
        return f"It could not be read: {error.strerror}."
    log.error("Reading %s failed with %s.", path, type(error).__name__, exc_info=error)
    return "The archive's reader failed on this file, or on the rest of it. The log says where."


def read_stories(name: str, file, source: Source) -> wire.Reading:
    """Yield the stories and rejects of a file. Raise WireError where nothing further can be read."""
    return wire.iter_stories(
        name, file, zone=ZoneInfo(source.zone), max_bytes=settings.ARCHIVE_MAX_UPLOAD_BYTES
    )


def _look(some: Sequence[_Read], source: Source, report: Report) -> None:
    arrivals = [_arrival(each.found) for each in some if isinstance(each.found, wire.Story)]
    known = Known(arrivals, source)
    report.outcomes.update(known.outcome(arrival) for arrival in arrivals)
    for each in some:
        if isinstance(each.found, wire.Reject):
            _skip(each.path, each.found, report)


def _arrival(story: wire.Story) -> Arrival:
    return Arrival(story.record, Received(story.name, story.content, story.record.encoding))


def _write(some: Sequence[_Read], source: Source, report: Report, **options) -> None:
    """Write stories and rejects in one transaction; if one of them is at fault, each in its own."""
    try:
        _write_together(some, source, report, options)
    except OperationalError:
        raise
    except (DatabaseError, ValueError, TypeError, KeyError) as error:
        if len(some) > 1:
            log.warning("Writing %s stories at once failed (%s); trying one by one.", len(some), error)
            for each in some:
                _write([each], source, report, **options)
            return
        if isinstance(some[0].found, wire.Reject):
            raise
        log.exception("Writing %s failed with %s.", some[0].found.name, type(error).__name__)
        reason = "The archive could not keep it. The log says why."
        reject = wire.Reject(some[0].found.name, reason, some[0].found.content)
        _write([some[0]._replace(found=reject)], source, report, **options)


def _write_together(some: Sequence[_Read], source: Source, report: Report, options: dict) -> None:
    stories = [each for each in some if isinstance(each.found, wire.Story)]
    rejects = [each for each in some if isinstance(each.found, wire.Reject)]
    answers = imports.write(
        report.batch,
        [_arrival(each.found) for each in stories],
        [each.found for each in rejects],
        source=source,
        **options,
    )
    for each, accepted in zip(stories, answers, strict=True):
        report.outcomes[accepted.outcome] += 1
        if accepted.held:
            report.held_count += 1
            if len(report.held) < MOST_NAMED:
                report.held.append(Held(_place(each.path, each.found.name), accepted.held))
    for each in rejects:
        _skip(each.path, each.found, report)


def _skip(path: Path, reject: wire.Reject, report: Report) -> None:
    report.skipped_count += 1
    if len(report.skipped) < MOST_NAMED:
        report.skipped.append(Skipped(_place(path, reject.name), reject.reason))


def _place(path: Path, name: str) -> Path:
    """Return a file's path with the place in it: names begin with the file's own."""
    path = Path(wire.clean_name(str(path)))
    return path.with_name(name) if "/" not in name else path.parent / name


def why_not_written(error: Exception) -> str:
    """Say for an operator why the database did not take anything, and what to do."""
    text = str(error)
    if "locked" in text:
        what = "Another program keeps the database locked. End it, or wait until it is done"
    elif "full" in text or "disk I/O" in text:
        what = "The disk is full, or cannot be written to. Free some space"
    elif "readonly" in text:
        what = "This account may not write to the database. Use the account that serves the archive"
    else:
        what = f"The database refused to be written to ({text}). See to that"
    return (
        f"{what}, then run the same command again: what is in the archive already is found and passed over."
    )
