"""Read originals again after the readers learned something."""

from django.core.management.base import BaseCommand, CommandError

from archive.desk import reparse
from archive.management.differences import write_changes
from archive.management.progress import count_sentence, progress_bar
from archive.models import Article, Source
from archive.search.indexer import deferred_drain


class Command(BaseCommand):
    help = "Show what today's readers make of the originals, and write it with --apply. Hand-made edits stay."

    def add_arguments(self, parser):
        parser.add_argument("--apply", action="store_true", help="write it; without this nothing is written")
        parser.add_argument("--source", metavar="NAME", help="articles of this source only")

    def handle(self, *, apply, source, **options):
        articles = Article.objects.all()
        if source:
            if not Source.objects.filter(slug=source).exists():
                raise CommandError(f"There is no source {source}.")
            articles = articles.filter(source__slug=source)
        counts = dict.fromkeys(("read", "changed", "unchanged", "problems"), 0)
        with progress_bar(articles.count(), "Reading again") as bar, deferred_drain():
            for reading in reparse.read_again(articles, bar.update):
                counts["read"] += 1
                counts[self.report(reading, apply)] += 1
        self.stdout.write(count_sentence(counts) + ("" if apply else "; nothing was written (--apply does)"))

    def report(self, reading, apply: bool) -> str:
        article = reading.article
        where = f"{article.get_absolute_url() or article.source_key} {article.headline}".strip()
        if reading.problem:
            self.stderr.write(f"{where}: left as it is. {reading.problem}")
            return "problems"
        if not reading.is_changed:
            return "unchanged"
        self.stdout.write(where)
        write_changes(self.stdout, reading.changes, sorted(reading.values))
        if apply and not reparse.apply(reading):
            self.stderr.write(f"{where}: left as it is. It was changed meanwhile; run this again.")
            return "problems"
        return "changed"
