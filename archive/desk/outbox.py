"""Tells the index what changed, in the same transaction as the change."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal

from archive.desk.pieces import in_pieces
from archive.models import Article, IndexTask

# A database takes some 30,000 values in a query.
ARTICLES_AT_ONCE: Final = 10_000

# Sent after a transaction that queued tasks has been committed. apps.py wires it to search/indexer.py.
tasks_committed = Signal()


def queue_articles(article_ids: Iterable[int]) -> None:
    """Queue articles for the index and count up their `index_version`.

    Must run inside the transaction that changes them: both are kept, or neither is.
    """
    ids = list(article_ids)
    if not ids:
        return
    for piece in in_pieces(ids, ARTICLES_AT_ONCE):
        Article.objects.filter(pk__in=piece).update(index_version=F("index_version") + 1)
    queue_gone(ids)


def queue_new(articles: Iterable[Article]) -> None:
    """Queue articles that were created in this transaction; their `index_version` is the first."""
    queue_gone(article.pk for article in articles)


def queue_gone(article_ids: Iterable[int]) -> None:
    """Queue articles that are being deleted, whose rows have no version to count up any more."""
    IndexTask.objects.bulk_create([IndexTask(article_id=pk) for pk in article_ids])
    # Once for a transaction, however often it queues: what waits already is sent with it.
    if not any(function is _send for _, function, _ in transaction.get_connection().run_on_commit):
        transaction.on_commit(_send)


def _send() -> None:
    tasks_committed.send(sender=IndexTask)
