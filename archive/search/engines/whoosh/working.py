"""What a process started by `workers` does; it knows the schema and its files, and nothing of Django."""

import gc
import os
import pickle
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from whoosh.fields import Schema

from archive.search.errors import SearchError

from .builder import SegmentBuilder
from .fieldfiles import HeldField, write_part
from .lexicon import Lexicon
from .merging import merge_field
from .runs import Run, write_run
from .workers import send

Failures = list[tuple[int, str]]

_lexicon = Lexicon()


def build_run(schema: Schema, path: Path, documents: Sequence[bytes]) -> tuple[int, Failures]:
    """Sort pickled documents into a run; return how many it has, and (place, reason) of those left out.

    Without documents there is no run.
    """
    global _lexicon
    if _lexicon.is_full:
        _lexicon = Lexicon()
    builder, failures = SegmentBuilder(schema, _lexicon), []
    for place, pickled in enumerate(documents):
        try:
            builder.add(builder.prepare(pickle.loads(pickled)))  # noqa: S301 - from the writer's process
        except (OSError, MemoryError, SearchError):
            raise  # not about this document
        except Exception as error:
            failures.append((place, describe(error)))
    count = len(builder)
    if count:
        write_run(path, builder.finish())
    return count, failures


def build_part(
    schema: Schema, path: Path, name: str, runs: Sequence[tuple[Path, set[int]]], doc_count: int
) -> bool:
    """Merge one field of some runs and encode it into `path`; say whether any document has it."""
    sources, base = [], 0
    for run_path, dropped in runs:
        run = Run(run_path, dropped)
        source = run.source()
        sources.append((source.field(name), source.new_numbers(base)))
        base += run.doc_count - len(dropped)
    postings = merge_field(*zip(*sources, strict=True), doc_count)
    if postings is None:
        return False
    write_part(path, HeldField(name, schema[name], postings, doc_count))
    return True


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def main() -> None:
    """Answer jobs until there is nobody to give any."""
    gc.disable()  # nothing here is made in circles; looking for them took a tenth of the time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the writer, which ends its workers
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints must not come between the answers
    serve(sys.stdin.buffer, answers)


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    schema = None
    functions = {"build_run": build_run, "build_part": build_part}
    while True:
        try:
            message: Any = pickle.load(jobs)  # noqa: S301 - from the writer's process
        except EOFError:
            return
        if schema is None:
            schema = message
            continue
        name, arguments = message
        try:
            answer = True, functions[name](schema, *arguments)
        except Exception as error:
            answer = False, describe(error)
        try:
            send(answers, answer)
        except BrokenPipeError:
            os._exit(1)


if __name__ == "__main__":
    main()
