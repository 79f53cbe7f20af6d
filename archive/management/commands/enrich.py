"""Catch up on what imports left for later."""

from django.core.management.base import BaseCommand
from django.db.models import F, Sum

from archive.desk import retagging
from archive.desk.queue import propose_waiting
from archive.desk.read_ahead import automatic_workers
from archive.management.catching_up import update_index
from archive.management.progress import count_sentence, progress_bar
from archive.management.workers import add_workers
from archive.models import ReadingTask, Unproposed
from archive.search.indexer import without_drain


class Command(BaseCommand):
    help = "Look for names and quotes in what was taken in with --defer, propose names, update the index."

    def add_arguments(self, parser):
        add_workers(parser)

    def handle(self, *, workers, **options):
        workers = automatic_workers() if workers is None else workers
        left = ReadingTask.objects.filter(finished_at__isnull=True, error="")
        waiting = left.aggregate(left=Sum(F("total") - F("done")))["left"] or 0
        with without_drain(), progress_bar(waiting, "Reading") as bar:
            retagging.work_off(bar.update, workers)
            read = bar.n
        with progress_bar(Unproposed.objects.count(), "Proposing names") as bar:
            propose_waiting(bar.update)
        indexed = update_index(self.stderr)
        self.stdout.write(count_sentence({"read": read, "indexed": indexed}))
