"""Batches of an import: what came in together is counted, can be looked at, and can be undone as one."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from archive import wire
from archive.desk import closings, correct, corrections
from archive.desk.accept import UNDONE, Accepted, Arrival, Outcome, accept_all
from archive.desk.originals import part_from_newest
from archive.models import Article, Batch, BatchArticle, BatchReject, Source

log = logging.getLogger("archive.desk")

# A reject is kept to be looked at and sent in again; what is longer is no story.
MAX_REJECT_BYTES: Final = 1024 * 1024
ARTICLES_PER_TRANSACTION: Final = 100


def open_batch(source: Source, *, by=None, kind: str = Batch.Kind.INGEST, origin: str = "") -> Batch:
    """Begin a batch; `origin` says for people where it comes from."""
    origin = wire.clean_name(origin)[:500] or "files"
    return Batch.objects.create(source=source, uploaded_by=by, kind=kind, origin=origin)


def close_batch(batch: Batch, error: str = "") -> None:
    """Say that a batch has ended, and why if it ended early."""
    batch.finished_at, batch.error = timezone.now(), error
    batch.save(update_fields=["finished_at", "error"])


def try_to_close(batch: Batch | None, error: str) -> None:
    """Close a batch whose database may not be writable; it stays open then."""
    try:
        if batch:
            close_batch(batch, error)
    except DatabaseError:
        log.warning("%s could not be marked as ended.", batch)


@transaction.atomic
def write(
    batch: Batch,
    arrivals: Sequence[Arrival],
    rejects: Iterable[wire.Reject],
    *,
    source: Source,
    **options,
) -> list[Accepted]:
    """Accept stories and keep rejects as part of a batch, counted, in one transaction; see `accept_all`."""
    answers = accept_all(arrivals, source=source, **options) if arrivals else []
    note_taken(batch, answers)
    rows = [
        BatchReject(
            batch=batch,
            name=each.name[:500],
            reason=each.reason,
            content=each.content[:MAX_REJECT_BYTES],
        )
        for each in rejects
    ]
    BatchReject.objects.bulk_create(rows)
    added = Counter(str(each.outcome) for each in answers)
    added["held"] = sum(bool(each.held) for each in answers)
    added["rejected"] = len(rows)
    changes = {name: F(name) + number for name, number in added.items() if number}
    if changes:
        Batch.objects.filter(pk=batch.pk).update(**changes)
    return answers


def note_taken(batch: Batch, answers: Iterable[Accepted]) -> None:
    """Remember which articles a batch made or changed."""
    BatchArticle.objects.bulk_create(
        BatchArticle(
            batch=batch,
            article=each.article,
            is_new=each.outcome is Outcome.NEW,
            version=each.article.version,
        )
        for each in answers
        if each.outcome in (Outcome.NEW, Outcome.CHANGED)
    )


class Undone(NamedTuple):
    """How many articles undoing a batch withdrew, put back, and left because they were changed since."""

    withdrawn: int = 0
    restored: int = 0
    left: int = 0

    def __str__(self):
        words = ((self.withdrawn, "withdrawn"), (self.restored, "as they were before"), (self.left, "left"))
        return ", ".join(f"{number:,} {what}" for number, what in words if number) or "nothing to undo"


def undo(
    batch: Batch, *, by, most: int | None = None, progress: Callable[[int], object] = lambda count: None
) -> Undone:
    """Withdraw the articles a batch made, and give those it changed back what they said before.

    An article that was changed since the batch changed it is left as it is. Nothing is deleted: each change
    is a revision with its reason, and an article can be published again. Done some hundred at a time; called
    again after a crash, or after `most` articles, it goes on.
    """
    total = Undone()
    # The last change first, where a batch changed an article more than once.
    while some := list(batch.taken.filter(is_undone=False).order_by("-pk")[:ARTICLES_PER_TRANSACTION]):
        with transaction.atomic():
            words = Counter(_try_to_undo(row, batch, by) for row in some)
            BatchArticle.objects.filter(pk__in=[row.pk for row in some]).update(is_undone=True)
        total = Undone(*(before + words[name] for before, name in zip(total, Undone._fields, strict=True)))
        progress(len(some))
        if most is not None and sum(total) >= most:
            break
    if not batch.taken.filter(is_undone=False).exists():
        _close_undone(batch, by)
    return total


def _close_undone(batch: Batch, by) -> None:
    Batch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=timezone.now(), undone_by=by)


def _try_to_undo(row: BatchArticle, batch: Batch, by) -> str:
    """Undo one article; one that would lose its headline or day while readers see it stays as it is."""
    try:
        with transaction.atomic():
            return _undo_one(row, batch, by)
    except correct.CannotPublish:
        return "left"


def _undo_one(row: BatchArticle, batch: Batch, by) -> str:
    """Undo one article and return which count of Undone that is; "" for what another row of it undoes."""
    article = Article.objects.get(pk=row.article_id)
    rows = batch.taken.filter(article=article)
    why = f"{UNDONE}{batch}."
    if row.is_new:
        return _withdraw_again(article, batch, by, why)
    if rows.filter(is_new=True).exists() or _is_last_change(article, why):
        return ""
    if article.version != row.version:
        return "left"
    # The batch may have changed it more than once.
    first = row.version
    for version in rows.order_by("-version").values_list("version", flat=True):
        first = min(first, version) if version >= first - 1 else first
    before = article.revisions.filter(version=first - 1).last()
    if before is None or first - 1 in closings.closed_versions(article):
        return "left"
    article = correct.restore(article, first - 1, by=by, why=why)
    if article.version != row.version:
        part_from_newest(article, row.version - first + 1)
    if before.status != article.status:
        change = correct.publish if before.status == Article.Status.PUBLISHED else correct.withdraw
        change(article, by=by, why=why)
    # Nobody mended it by hand: copy that comes in again may change it.
    kept = {name: getattr(before, name) for name in ("curated", "extra", "warnings")}
    Article.objects.filter(pk=article.pk).update(**kept)
    return "restored"


def _is_last_change(article: Article, why: str) -> bool:
    return article.revisions.filter(version=article.version, history_change_reason=why).exists()


def _withdraw_again(article: Article, batch: Batch, by, why: str) -> str:
    """Withdraw an article that a batch brought; a story that it withdrew itself comes back."""
    if article.status == Article.Status.WITHDRAWN:
        return "left"
    target = corrections.carried_out_by(article)
    correct.withdraw(article, by=by, why=why)
    if target and not batch.taken.filter(article=target, is_new=True).exists():
        correct.publish(target, by=by, why=why)
    return "withdrawn"
