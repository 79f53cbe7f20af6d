"""Put the versions, rewrites and reprints of stories together."""

from django.core.management.base import BaseCommand

from archive.desk import corrections, families
from archive.management.progress import count_sentence, progress_bar
from archive.models import Article, Correction, Family, FamilyMember
from archive.search.indexer import deferred_drain


class Command(BaseCommand):
    help = (
        "Find the families of articles nobody looked at yet, and what marked ones correct. "
        "What people decided stays."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--again", action="store_true", help="forget all families first and find them anew"
        )

    def handle(self, *, again, **options):
        if again:
            families.forget_all()
        total = Article.objects.filter(signature__isnull=True).exclude(body_text="").count()
        with progress_bar(total, "Comparing") as bar, deferred_drain():
            placed = families.place_all(bar.update)
            corrections.link_open(again=again)
        linked = Correction.objects.filter(state=Correction.State.LINKED).count()
        self.stdout.write(
            count_sentence(
                {
                    "compared": placed,
                    "families": Family.objects.count(),
                    "stories in them": FamilyMember.objects.count(),
                    "corrections linked": linked,
                    "for an archivist": corrections.waiting().count(),
                }
            )
        )
