"""Compare the index with the database, and mend it."""

from django.core.management.base import BaseCommand, CommandError

from archive.management.progress import count_sentence, progress_bar
from archive.models import IndexTask
from archive.search import indexer
from archive.search.errors import SearchError


class Command(BaseCommand):
    help = "Compare ids and versions in the index and the database, and mend what differs."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say what differs")

    def handle(self, *, dry_run, **options):
        try:
            found = indexer.compare()
            if found.count and not dry_run:
                self.mend(found)
            wasted = indexer.wasted_share()
        except SearchError as error:
            raise CommandError(f"{error} Run: manage.py rebuild_index") from error
        counts = {"missing": len(found.missing), "outdated": len(found.outdated)}
        counts["superfluous"] = len(found.superfluous)
        self.stdout.write(count_sentence(counts) + (" and mended" if found.count and not dry_run else ""))
        if wasted:
            advice = "manage.py rebuild_index drops them, which makes searches faster."
            self.stdout.write(f"{wasted:.0%} of the index are older copies; {advice}")

    def mend(self, found: indexer.Differences) -> None:
        IndexTask.objects.exclude(error="").update(attempts=0, error="")
        with progress_bar(found.count, "Mending") as bar:
            for batch in indexer.batches([*found.missing, *found.outdated, *found.superfluous]):
                for article_id, reason in indexer.index_articles(batch):
                    self.stderr.write(f"Article {article_id} could not be indexed: {reason}")
                bar.update(len(batch))
