"""What a process started by `workers` does; it knows the schema and its files, and nothing of Django."""

import gc
import os
import pickle
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from whoosh.fields import Schema

from archive.search.errors import SearchError

from .builder import SegmentBuilder
from .columns import has_columns
from .joining import PIECE_POSTINGS, iter_pieces, merge_field
from .lexicon import Lexicon
from .merging import Source
from .parts import write_part
from .runs import Run, write_run
from .segments import FieldPostings
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
        self._lexicon.make_room()
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
        self._lexicon = Lexicon()  # merging needs the room more than the next run needs the words
        sources, numbers, base = [], [], 0
        for run_path, dropped in runs:
            sources.append(Run(run_path, dropped).source())
            numbers.append(sources[-1].new_numbers(base))
            base += sources[-1].doc_count - len(dropped)
        fields = [source.field(name) for source in sources]
        if has_columns(self._schema[name]):
            merged = merge_field(fields, numbers, doc_count)
            pieces = iter([merged] if merged is not None else [])
        else:
            pieces = iter_pieces(fields, numbers, doc_count, PIECE_POSTINGS)
        return write_part(path, self._schema[name], _releasing(pieces, sources), doc_count)


def _releasing(pieces: Iterator[FieldPostings], sources: Sequence[Source]) -> Iterator[FieldPostings]:
    """Pass pieces on, and after each give back the memory of what it was made from."""
    for piece in pieces:
        for source in sources:
            source.release()
        yield piece


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
