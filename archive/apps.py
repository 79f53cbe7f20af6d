"""The one Django app, and the wires between rooms that must not import each other."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "archive"
    verbose_name = "Archive"

    def ready(self):
        from django.db.models.signals import post_migrate

        from archive import checks  # noqa: F401
        from archive.desk import retagging
        from archive.desk.outbox import tasks_committed
        from archive.desk.roles import ensure_roles
        from archive.search import rereading
        from archive.search.indexer import drain_after_commit

        tasks_committed.connect(drain_after_commit)
        retagging.set_finder(rereading.find_articles)
        retagging.reading_queued.connect(rereading.read_after_commit)
        post_migrate.connect(ensure_roles, sender=self)
