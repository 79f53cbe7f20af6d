"""Hash every original again."""

from django.core.management.base import BaseCommand, CommandError

from archive.desk.originals import find_altered
from archive.management.progress import count_sentence, progress_bar
from archive.models import Original


class Command(BaseCommand):
    help = (
        "Hash every original again and name those whose bytes are not as received; exit code 1 if there are."
    )

    def handle(self, **options):
        total, altered = Original.objects.count(), 0
        with progress_bar(total, "Hashing", "originals") as bar:
            for found in find_altered(bar.update):
                altered += 1
                self.stderr.write(
                    f"{found.original}: received as {found.original.sha256}, now {found.sha256}."
                )
        sentence = count_sentence({"hashed": total, "as received": total - altered, "altered": altered})
        self.stdout.write(sentence)
        if altered:
            raise CommandError(
                "Restore the altered originals from a backup; the articles themselves were not touched.",
                returncode=1,
            )
