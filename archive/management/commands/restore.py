"""Make an archive of what `export` wrote."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from archive.desk import export
from archive.management.progress import count_sentence, progress_bar
from archive.search.indexer import deferred_drain


class Command(BaseCommand):
    help = "Fill an empty archive with an export: all of it or nothing. Accounts come back closed."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder that export wrote")

    def handle(self, *, folder, **options):
        try:
            total = sum(export.read_manifest(folder).values())
            with progress_bar(total, "Reading rows", "rows") as bar, deferred_drain():
                counts = export.restore(folder, bar.update)
        except (export.CannotRestore, OSError, ValueError) as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        wanted = {"articles": "article", "versions": "revision", "originals": "original", "names": "entity"}
        self.stdout.write(
            count_sentence({label: counts[f"archive.{model}"] for label, model in wanted.items()})
        )
