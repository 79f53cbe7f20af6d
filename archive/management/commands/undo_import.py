"""Undo an import of any size."""

from django.core.management.base import BaseCommand, CommandError

from archive.desk.imports import undo
from archive.management.catching_up import update_index
from archive.management.progress import progress_bar
from archive.models import Batch
from archive.search.indexer import without_drain


class Command(BaseCommand):
    help = "Withdraw what an import brought, and restore what it changed. Its number is in the admin."

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, metavar="NUMBER")

    def handle(self, *, number, **options):
        batch = Batch.objects.filter(pk=number).first()
        if batch is None:
            raise CommandError(f"There is no import {number}. The admin lists them, under imports.")
        with progress_bar(batch.taken.filter(is_undone=False).count(), "Undoing") as bar, without_drain():
            undone = undo(batch, by=None, progress=bar.update)
        update_index(self.stderr)
        self.stdout.write(str(undone))
