"""outbox -> index, by whoever holds the index's write lock.

A task is deleted only after the index has its article on disk, so a crash at any point leaves the task and it
is done again; doing it twice is harmless.
"""

import logging
import threading
import time
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, NamedTuple

from django.db import close_old_connections, transaction
from django.db.models import F
from django.utils import timezone
from haystack import connections

from archive.models import Article, IndexTask
from archive.search.errors import IndexLocked, SearchError, SearchUnavailable

log = logging.getLogger("archive.search")

BATCH_ARTICLES: Final = 500
# Indexing so many changes takes about a second.
MOST_AT_ONCE: Final = 500
# A task that no writer took for so long was left behind by a process that died.
FORGOTTEN_AFTER_SECONDS: Final = 10
SECONDS_BETWEEN_LOOKS: Final = 5
# Beyond these attempts a task waits for `check_index` or an archivist instead of being tried on every change.
MOST_ATTEMPTS: Final = 5
# Older copies may take up so much of the index before a rebuild is advised.
MOST_WASTED: Final = 1 / 3

_deferred = threading.local()


class IndexStatus(NamedTuple):
    """How far the index is behind the database."""

    pending: int
    failed: list[IndexTask]
    oldest_pending_at: object | None
    in_database: int
    in_index: int | None
    error: str


class Differences(NamedTuple):
    """Articles in which index and database disagree, as lists of article ids."""

    missing: list[int]
    outdated: list[int]
    superfluous: list[int]

    @property
    def count(self) -> int:
        return sum(map(len, self))


def drain_after_commit(**_signal) -> None:
    """Bring the index up to date after a transaction: at once, or in the background if much is queued."""
    if getattr(_deferred, "depth", 0):
        return
    if IndexTask.objects.count() > MOST_AT_ONCE:
        # Nobody waits for a page until the index has followed the merge of a name with 20,000 mentions.
        start_in_background(drain_quietly)
    else:
        drain_quietly()


def drain_quietly() -> None:
    """Index what is queued; a failure never reaches whoever saved the article."""
    try:
        drain()
    except IndexLocked:
        # Whoever holds the lock looks at the outbox again before and after letting go.
        log.info("The index is being written by another process, which will take these changes along.")
    except SearchUnavailable:
        log.exception("The index cannot take these changes. They stay queued until it is made anew.")
        start_in_background(mend)
    except Exception:
        # Whatever it is, such as a full disk: the articles are saved, and their tasks stay queued.
        log.exception("The index could not take these changes. They stay queued; see manage.py check_index.")
    else:
        merge_when_due()


@contextmanager
def deferred_drain():
    """Let one drain at the end do for many transactions, as bulk imports want."""
    _deferred.depth = getattr(_deferred, "depth", 0) + 1
    try:
        yield
    finally:
        _deferred.depth -= 1
        if not _deferred.depth:
            drain_quietly()


@contextmanager
def without_drain():
    """Leave the outbox to another process, or to a later command, as imports that defer it want."""
    _deferred.depth = getattr(_deferred, "depth", 0) + 1
    try:
        yield
    finally:
        _deferred.depth -= 1


def drain(progress=lambda count: None) -> int:
    """Index what the outbox holds until it is empty, and return how many articles were looked at.

    Raise IndexLocked if another process is writing: it looks once more after its last task. Outbox and rows
    are read under the lock, so that an older state of an article never overwrites a newer one.
    """
    backend = connections["default"].get_backend()
    done = 0
    while _next_tasks():
        with backend.writing(timeout_seconds=0):
            while tasks := _next_tasks():
                done += _index_batch(tasks)
                progress(done)
    return done


def _next_tasks() -> list[IndexTask]:
    return list(IndexTask.objects.filter(attempts__lt=MOST_ATTEMPTS)[:BATCH_ARTICLES])


def _index_batch(tasks: list[IndexTask]) -> int:
    ids = {task.article_id for task in tasks}
    report = index_articles(ids)
    failed = dict(report)
    done = [task.pk for task in tasks if task.article_id not in failed]
    IndexTask.objects.filter(pk__in=done).delete()
    for article_id, reason in failed.items():
        log.error("Article %s could not be indexed: %s", article_id, reason)
        IndexTask.objects.filter(article_id=article_id).update(attempts=F("attempts") + 1, error=reason)
    return len(ids)


def index_articles(article_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Make the index say of these articles what the database says now; durable on return.

    Return (article id, reason) for each that could not be indexed.
    """
    backend = connections["default"].get_backend()
    index = connections["default"].get_unified_index().get_index(Article)
    ids = set(article_ids)
    with backend.writing(timeout_seconds=60):
        found = list(index.among(ids))
        gone = ids - {article.pk for article in found}
        report = backend.update(index, found, removed=[f"archive.article.{pk}" for pk in gone])
    return _article_ids(report.failed)


def _article_ids(failed) -> list[tuple[int, str]]:
    return [(int(identifier.rpartition(".")[2]), reason) for identifier, reason in failed]


def reason_to_rebuild() -> str:
    """Return a readable reason why the index has to be made anew (missing, damaged, another shape), or ""."""
    return connections["default"].get_backend().needs_rebuild()


def rebuild(progress=lambda count: None) -> int:
    """Fill a new index beside the serving one, switch over, and return the number of articles in it.

    Holds the write lock throughout: changes made meanwhile wait in the outbox and are drained at the end.
    """
    backend = connections["default"].get_backend()
    index = connections["default"].get_unified_index().get_index(Article)
    with backend.writing(timeout_seconds=60):
        # Those seen now: a transaction that is still open may have taken a lower number than the last.
        tasks = list(IndexTask.objects.values_list("pk", flat=True))
        report = backend.rebuild(index, _counted(index.index_queryset().order_by("pk"), progress))
        failed = [article_id for article_id, _ in _article_ids(report.failed)]
        with transaction.atomic():
            for part in batches(tasks):
                IndexTask.objects.filter(pk__in=part).exclude(article_id__in=failed).delete()
    drain()
    return report.indexed


def batches(ids: list[int]) -> Iterable[list[int]]:
    """Yield the ids in pieces that the index, or one query, takes at once."""
    for start in range(0, len(ids), BATCH_ARTICLES):
        yield ids[start : start + BATCH_ARTICLES]


def mend() -> None:
    """Make the index anew if it says that it has to be; for a background thread.

    It is asked again under the lock, because each process of a server may have noticed the same damage.
    """
    if not reason_to_rebuild():
        return
    with connections["default"].get_backend().writing(timeout_seconds=60):
        if reason := reason_to_rebuild():
            log.warning("%s Making it anew.", reason)
            rebuild()


def merge_when_due() -> None:
    """Start joining small segments in the background if there are enough of them."""
    if connections["default"].get_backend().needs_merge():
        start_in_background(merge_segments)


def merge_segments() -> None:
    """Join small segments, one step of bounded size at a time; for a background thread.

    Each commit adds a segment, and each segment costs every search a little. Changes that met the lock
    meanwhile are taken along after each step.
    """
    backend, more = connections["default"].get_backend(), True
    try:
        while more:
            more = backend.merge()
            drain()
    except IndexLocked:
        log.info("Another process is writing the index; segments are joined after the next change.")


def _counted(queryset, progress):
    for done, article in enumerate(queryset.iterator(chunk_size=BATCH_ARTICLES), 1):
        yield article
        progress(done)


def compare() -> Differences:
    """Compare ids and versions in index and database."""
    wanted = dict(Article.objects.published().values_list("pk", "index_version"))
    kept = connections["default"].get_backend().versions(Article, "version")
    return Differences(
        missing=sorted(wanted.keys() - kept.keys()),
        outdated=sorted(pk for pk in wanted.keys() & kept.keys() if wanted[pk] != kept[pk]),
        superfluous=sorted(kept.keys() - wanted.keys()),
    )


def wasted_share() -> float:
    """Return the part of the index that a rebuild would free, 0 to 1, if it is worth one; otherwise 0."""
    share = connections["default"].get_backend().deleted_share()
    return share if share > MOST_WASTED else 0.0


def status() -> IndexStatus:
    """Say how far the index is behind; never raises for a broken index."""
    pending = IndexTask.objects.filter(attempts__lt=MOST_ATTEMPTS)
    in_index, error = None, ""
    try:
        in_index = connections["default"].get_backend().document_count()
    except SearchError as problem:
        error = str(problem)
    oldest = pending.first()
    return IndexStatus(
        pending=pending.count(),
        failed=list(IndexTask.objects.exclude(error="")[:100]),
        oldest_pending_at=oldest and oldest.queued_at,
        in_database=Article.objects.published().count(),
        in_index=in_index,
        error=error,
    )


_looked_at = {"seconds": float("-inf")}


def catch_up_now_and_then() -> None:
    """Look for tasks that a dead process left behind, and for an index made for other fields.

    Done by the first search of a process, so that any server notices what an upgrade changed, and every few
    seconds of searching.
    """
    now = time.monotonic()
    if now - _looked_at["seconds"] >= SECONDS_BETWEEN_LOOKS:
        _looked_at["seconds"] = now
        catch_up_if_forgotten()
        if reason_to_rebuild():
            start_in_background(mend)


def catch_up_if_forgotten() -> None:
    """Start a drain in the background if a dead process left tasks behind. One cheap query otherwise."""
    limit = timezone.now() - timedelta(seconds=FORGOTTEN_AFTER_SECONDS)
    if IndexTask.objects.filter(queued_at__lt=limit, attempts__lt=MOST_ATTEMPTS).exists():
        start_in_background(drain_quietly)


_running: set[str] = set()
_running_lock = threading.Lock()


def start_in_background(work) -> bool:
    """Run `work` in a thread of this process, once at a time; say whether it was started."""
    name = work.__name__
    with _running_lock:
        if name in _running:
            return False
        _running.add(name)

    def run():
        started = time.monotonic()
        try:
            work()
            log.info("%s finished after %.1f s.", name, time.monotonic() - started)
        except Exception:  # a full disk too: nobody waits for a thread, so this is where it is said
            log.exception("%s failed.", name)
        finally:
            close_old_connections()
            with _running_lock:
                _running.discard(name)

    threading.Thread(target=run, name=f"archive-{name}", daemon=True).start()
    return True
