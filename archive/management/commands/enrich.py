"""Catch up on what imports left for later."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F, Sum

from archive.desk import retagging
from archive.management.progress import count_sentence, progress_bar
from archive.models import IndexTask, ReadingTask
from archive.search import indexer
from archive.search.errors import SearchError


class Command(BaseCommand):
    help = "Look for names and quotes in what was taken in with --defer, then bring the index up to date."

    def handle(self, **options):
        left = ReadingTask.objects.filter(finished_at__isnull=True, error="")
        waiting = left.aggregate(left=Sum(F("total") - F("done")))["left"] or 0
        with indexer.without_drain(), progress_bar(waiting, "Reading") as bar:
            retagging.work_off(bar.update)
            read = bar.n
        with progress_bar(IndexTask.objects.count(), "Indexing") as bar:
            try:
                indexed = indexer.drain(progress=lambda count: bar.update(count - bar.n))
            except SearchError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(count_sentence({"read": read, "indexed": indexed}))
