"""Reads texts in a process of its own, beside the one that writes: plain Python, without Django or database.

`read_ahead` starts such processes and sends them texts. A process ends with the one that started it, however
that ends.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from archive.desk.signatures import Look, looks_of, passages_of
from archive.names.matcher import Match, Matcher, Spelling
from archive.names.quotes import Quote, find_quotes
from archive.names.stories import BODY, find_names

_matcher: Matcher | None = None


class TextRead(NamedTuple):
    """What stands in one text: registered names, quotes, and what its relatives are found by."""

    names: list[tuple[str, Match]]
    quotes: list[Quote]
    look: Look
    passages: list[tuple[int, int]]


def begin(spellings: Iterable[Spelling]) -> None:
    """Prepare this process for reading."""
    global _matcher
    # An interrupt is for the process that writes; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _matcher = Matcher(spellings)


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def read_texts(texts: Sequence[tuple[str, str]]) -> list[TextRead]:
    """Read (headline, body) pairs, in order."""
    return [
        _read(headline, body, look) for (headline, body), look in zip(texts, looks_of(texts), strict=True)
    ]


def _read(headline: str, body: str, look: Look) -> TextRead:
    names = find_names(_matcher, headline, body)
    sure = [match for part, match in names if part == BODY and match.name_id is not None]
    return TextRead(names, find_quotes(body, sure), look, passages_of(body))
