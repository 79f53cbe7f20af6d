"""Stories that may tell a paragraph in other words."""

import logging
from itertools import islice
from typing import Final

from archive.desk.signatures import words_of
from archive.search.compile import compile_query
from archive.search.errors import SearchError
from archive.search.query import ArchiveQuery
from archive.search.rescue import ask

log = logging.getLogger("archive.search")

PHRASE_WORDS: Final = 3
# Spread over a paragraph, so many phrases survive that a rewrite of half of it is still found.
MOST_PHRASES: Final = 8
MOST_STORIES: Final = 60


def find_alike(paragraph: str) -> list[int] | None:
    """Return the ids of stories with phrases of a paragraph, those with most of them first.

    At most MOST_STORIES, to be compared by the caller; None while the index does not answer.
    """
    question = " OR ".join(f'"{phrase}"' for phrase in _phrases(words_of(paragraph)))
    if not question:
        return []
    try:
        query = ArchiveQuery(text=question, sort="relevance")
        found = query.in_order(ask(compile_query(query).sq))
        return [int(pk) for pk in found.values_list("pk", flat=True)[:MOST_STORIES]]
    except SearchError:
        log.warning("Other wordings of a paragraph could not be looked for.", exc_info=True)
        return None


def _phrases(words: list[str]) -> list[str]:
    """Return phrases that do not overlap, evenly spread."""
    starts = range(0, len(words) - PHRASE_WORDS + 1, PHRASE_WORDS)
    step = max(1, -(-len(starts) // MOST_PHRASES))
    return [" ".join(words[start : start + PHRASE_WORDS]) for start in islice(starts, 0, None, step)]
