"""Make the index anew while the old one serves, where Haystack's command of this name empties it first."""

from django.core.management.base import BaseCommand, CommandError

from archive.management.progress import count_sentence, progress_bar
from archive.models import Article
from archive.search import indexer
from archive.search.errors import SearchError


class Command(BaseCommand):
    help = "Make the search index anew beside the one that serves, then switch over."

    def add_arguments(self, parser):
        # Haystack's own command asks before it empties the index; this one has nothing to ask.
        parser.add_argument(
            "--noinput", action="store_true", help="accepted for habit; nothing is ever asked"
        )

    def handle(self, **options):
        with progress_bar(Article.objects.published().count(), "Indexing") as bar:
            try:
                indexed = indexer.rebuild(progress=lambda count: bar.update(count - bar.n))
            except (SearchError, OSError) as error:
                raise CommandError(f"The index could not be made anew. {error}") from error
        self.stdout.write(count_sentence({"indexed": indexed}))
