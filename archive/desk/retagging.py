"""Lets articles follow when names change: a few at once, many in the background, only those affected.

The index finds the articles that may be affected, if it is up to date; `search` registers itself as the
finder, because the desk does not know it. A `ReadingTask` outlives a crash and goes on where it stopped.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.dispatch import Signal
from django.utils import timezone

from archive.desk import corrections, families
from archive.desk.enrich import enrich
from archive.desk.outbox import queue_articles
from archive.desk.pieces import in_pieces
from archive.desk.read_ahead import NOTHING, Ahead, read_ahead
from archive.desk.tagging import is_ready
from archive.models import Alias, Article, ReadingTask

log = logging.getLogger("archive.desk")

# Reading so many articles takes about half a second.
MOST_AT_ONCE: Final = 200
# With more spellings, building the matcher alone takes longer than anybody likes to wait for a page.
MOST_SPELLINGS_AT_ONCE: Final = 20_000
CHUNK_ARTICLES: Final = 200
_IDS_IN_A_QUERY: Final = 500

# Sent after a transaction that left reading to be done has been committed. apps.py wires it.
reading_queued = Signal()

Finder = Callable[[list[str]], "set[int] | None"]
_finder: Finder | None = None


def set_finder(finder: Finder | None) -> None:
    """Let `finder` name the articles that may hold one of some spellings; None when it cannot say."""
    global _finder
    _finder = finder


def articles_with(spellings: Iterable[str]) -> list[int]:
    """Return the numbers of the articles in which one of `spellings` may stand, in some form.

    Generous: reading then looks properly.
    """
    spellings = [text for text in spellings if text]
    found = _finder(spellings) if _finder and spellings else None
    return sorted(_in_database(spellings) if found is None else found)


def _in_database(spellings: list[str]) -> set[int]:
    """Look the longest words up in every text, as many at a time as one query bears."""
    words = {max(spelling.replace("-", " ").split(), key=len, default="") for spelling in spellings} - {""}
    found = set()
    for some in in_pieces(sorted(words), 100):
        found.update(Article.objects.filter(condition_for(some)).values_list("pk", flat=True))
    return found


def condition_for(words: Iterable[str]) -> Q:
    """Return the condition that an article has one of these words, as a piece of a longer one too."""
    return reduce(
        or_, (Q(body_text__icontains=word) | Q(headline__icontains=word) for word in words), Q(pk__in=[])
    )


def read_again(article_ids: Iterable[int], why: str) -> ReadingTask | None:
    """Read articles again: a few in this transaction, many after it, in the background.

    Return the task that was left, None if everything is done.
    """
    ids = sorted(set(article_ids))
    if not ids:
        return None
    if len(ids) > MOST_AT_ONCE or (Alias.objects.count() > MOST_SPELLINGS_AT_ONCE and not is_ready()):
        return queue_reading(why, ids)
    _read(ids)
    return None


def queue_reading(why: str, article_ids: list[int] | None = None) -> ReadingTask:
    """Leave articles (None: all) to be read again after this transaction."""
    total = Article.objects.count() if article_ids is None else len(article_ids)
    task = ReadingTask.objects.create(why=why[:300], article_ids=article_ids, total=total)
    transaction.on_commit(_send)
    return task


def _send() -> None:
    reading_queued.send(sender=ReadingTask)


def _read(ids: list[int], ahead: Ahead = NOTHING) -> int:
    """Read articles in the caller's transaction, and return how many changed."""
    changed = 0
    for some in in_pieces(ids, CHUNK_ARTICLES):
        different = enrich(Article.objects.filter(pk__in=some), ahead)
        _place_new(some, ahead)
        queue_in_pieces(different)
        changed += len(different)
    return changed


def _place_new(ids: list[int], ahead: Ahead) -> None:
    """Find the families of articles that were taken in without being read, and what they correct."""
    new = list(Article.objects.filter(pk__in=ids, signature__isnull=True).order_by("pk"))
    families.place(new, ahead)
    corrections.link(new)


def queue_in_pieces(article_ids: Iterable[int]) -> None:
    """Queue any number of articles for the index, as many at a time as a database takes in one query."""
    for some in in_pieces(article_ids, _IDS_IN_A_QUERY):
        queue_articles(some)


def work_off(progress: Callable[[int], object] = lambda count: None, workers: int = 0) -> int:
    """Do what reading is left, a transaction for each CHUNK_ARTICLES, and return how many changed.

    With `workers`, so many other processes read ahead. A task that fails keeps the error; the others go on.
    """
    changed = 0
    while _tasks_left().exists():
        left_alone = set()
        for (task, ids), ahead in read_ahead(_pieces_left(), _texts_of, workers):
            if task.pk in left_alone:
                continue
            here = _try_to_work_off(task, ids, ahead)
            if here is None:
                left_alone.add(task.pk)
                continue
            changed += here
            if ids:
                progress(len(ids))
    return changed


def _try_to_work_off(task: ReadingTask, ids: list[int] | None, ahead: Ahead) -> int | None:
    try:
        return _finish(task) if ids is None else _work_off(task, ids, ahead)
    except Exception as error:
        log.exception("Reading articles again (%s) stopped at article %s.", task.why, task.cursor)
        ReadingTask.objects.filter(pk=task.pk).update(error=f"{type(error).__name__}: {error}")
        return None


def _tasks_left():
    return ReadingTask.objects.filter(finished_at__isnull=True, error="").order_by("pk")


def _pieces_left() -> Iterator[tuple[ReadingTask, list[int] | None]]:
    """Yield the articles of every task in pieces; None at the end of a task."""
    last = 0
    while task := _tasks_left().filter(pk__gt=last).first():
        for ids in _chunks(task):
            yield task, ids
        yield task, None
        last = task.pk


def _texts_of(piece: tuple[ReadingTask, list[int] | None]) -> list[tuple[str, str]]:
    return list(Article.objects.filter(pk__in=piece[1] or ()).values_list("headline", "body_text"))


def _work_off(task: ReadingTask, ids: list[int], ahead: Ahead) -> int | None:
    """Read a piece of a task, and return how many articles changed; None if somebody else does the task."""
    with transaction.atomic():
        # Another process may be doing the same task: whoever finds it moved on leaves it alone.
        mine = ReadingTask.objects.filter(pk=task.pk, cursor=task.cursor, finished_at__isnull=True)
        if not mine.update(cursor=ids[-1], done=F("done") + len(ids)):
            return None
        changed = _read(ids, ahead)
        ReadingTask.objects.filter(pk=task.pk).update(changed=F("changed") + changed)
    task.cursor = ids[-1]
    return changed


def _finish(task: ReadingTask) -> int:
    ReadingTask.objects.filter(pk=task.pk).update(finished_at=timezone.now(), article_ids=[])
    return 0


def _chunks(task: ReadingTask) -> Iterator[list[int]]:
    if task.article_ids is not None:
        yield from in_pieces((pk for pk in task.article_ids if pk > task.cursor), CHUNK_ARTICLES)
        return
    at = task.cursor
    while some := list(
        Article.objects.filter(pk__gt=at).order_by("pk").values_list("pk", flat=True)[:CHUNK_ARTICLES]
    ):
        yield some
        at = some[-1]
