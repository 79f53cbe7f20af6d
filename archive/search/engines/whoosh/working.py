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
from .joining import merge_field
from .lexicon import Lexicon
from .runs import Run, write_run
from .workers import send

Failures = list[tuple[int, str]]


class Helper:
    """Do a part of a batch's work; keeps the words it has analysed from one run to the next."""

    def __init__(self, schema: Schema):
        self._schema, self._lexicon = schema, Lexicon()

    def build_run(self, path: Path, documents: Sequence[bytes]) -> tuple[int, Failures]:
        """Sort pickled documents into a run; return how many it has, and (place, reason) of those left out.

        Without documents there is no run.
        """
        if self._lexicon.is_full:
            self._lexicon = Lexicon()
        builder, failures = SegmentBuilder(self._schema, self._lexicon), []
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
        self, path: Path, name: str, runs: Sequence[tuple[Path, set[int]]], doc_count: int
    ) -> bool:
        """Merge one field of some runs and encode it into `path`; say whether any document has it."""
        fields, numbers, base = [], [], 0
        for run_path, dropped in runs:
            source = Run(run_path, dropped).source()
            fields.append(source.field(name))
            numbers.append(source.new_numbers(base))
            base += source.doc_count - len(dropped)
        postings = merge_field(fields, numbers, doc_count)
        if postings is None:
            return False
        write_part(path, HeldField(name, self._schema[name], postings, doc_count))
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
    helper = None
    while True:
        try:
            message: Any = pickle.load(jobs)  # noqa: S301 - from the writer's process
        except EOFError:
            return
        if helper is None:
            helper = Helper(message)
            continue
        name, arguments = message
        try:
            answer = True, getattr(helper, name)(*arguments)
        except Exception as error:
            answer = False, describe(error)
        try:
            send(answers, answer)
        except BrokenPipeError:  # the writer is gone
            os._exit(1)


if __name__ == "__main__":
    main()
