"""Finds through the index what a changed name affects, and reads many articles in the background."""

import logging
import re
from collections.abc import Iterator
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Final

from haystack.query import SQ, SearchQuerySet

from archive.desk import queue, retagging
from archive.desk.pieces import in_pieces
from archive.models import Article, IndexTask, ReadingTask, Unproposed
from archive.search import indexer, inputs
from archive.search.errors import SearchError

log = logging.getLogger("archive.search")

# With more waiting, the index knows too little to be asked.
MOST_PENDING: Final = 2_000
_SPELLINGS_IN_A_QUESTION: Final = 10
_MOST_WORDS: Final = 8
_WORD: Final = re.compile(r"[^\W_]+")


def find_articles(spellings: list[str]) -> set[int] | None:
    """Return the articles that may hold one of `spellings`, or None if the index cannot say.

    It cannot while it is down or behind. Articles it does not hold, such as drafts, and those it has yet to
    learn are looked up in the database.
    """
    try:
        pending = set(IndexTask.objects.values_list("article_id", flat=True)[: MOST_PENDING + 1])
        if len(pending) > MOST_PENDING or not _is_complete(len(pending)):
            return None
        found = set()
        for some in in_pieces(spellings, _SPELLINGS_IN_A_QUESTION):
            found |= _ask(reduce(or_, (part for text in some for part in _forms(text))))
    except SearchError as error:
        log.warning("The index does not say which articles hold a spelling: %s", error)
        return None
    return found | pending | _outside_the_index(spellings)


def _is_complete(pending: int) -> bool:
    indexed = SearchQuerySet().models(Article).count()
    return indexed >= Article.objects.published().count() - pending


def _ask(sq: SQ) -> set[int]:
    results = SearchQuerySet().models(Article).filter(sq)
    return {int(pk) for pk in results.values_list("pk", flat=True)[: max(1, results.count())]}


def _forms(text: str) -> Iterator[SQ]:
    """Yield the ways to find a spelling: its words, and two neighbours of them written as one."""
    words = _WORD.findall(text)[:_MOST_WORDS]
    if not words:
        return
    yield SQ(content=inputs.Words(" ".join(words)))
    for at, (first, second) in enumerate(pairwise(words)):
        joined = [*words[:at], first + second, *words[at + 2 :]]
        yield SQ(content=inputs.Words(" ".join(joined)))
    if len(words) > 2:
        yield SQ(content=inputs.Words("".join(words)))


def _outside_the_index(spellings: list[str]) -> set[int]:
    others = Article.objects.exclude(status=Article.Status.PUBLISHED)
    if not others.exists():
        return set()
    words = {max(text.replace("-", " ").split(), key=len, default="") for text in spellings} - {""}
    found = set()
    for some in in_pieces(sorted(words), 100):
        found.update(others.filter(retagging.condition_for(some)).values_list("pk", flat=True))
    return found


def read_after_commit(**_signal) -> None:
    """Start reading what a transaction left to be read again, in a thread of this process."""
    indexer.start_in_background(read_what_is_left)


def read_what_is_left() -> None:
    """Read until nothing is left; another process may take turns with this one."""
    retagging.work_off()
    queue.propose_waiting()


def is_anything_left() -> bool:
    tasks = ReadingTask.objects.filter(finished_at__isnull=True, error="")
    return tasks.exists() or Unproposed.objects.exists()


def catch_up_if_forgotten() -> None:
    """Go on with reading that a process left behind, such as a bulk import. Two cheap queries otherwise."""
    if is_anything_left():
        read_after_commit()
