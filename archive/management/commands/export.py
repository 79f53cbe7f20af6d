"""Write everything the archive holds as plain files."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from archive.desk import export
from archive.management.progress import count_sentence, progress_bar
from archive.models import Article
from archive.pages.static_site import write_site


class Command(BaseCommand):
    help = (
        "Write originals, every row as JSON Lines, the published stories as ninjs, and a site of HTML pages "
        "that opens from a folder. “ingest” of the folder makes an archive of it again."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
        parser.add_argument("--no-site", action="store_true", help="without the HTML pages")

    def handle(self, *, folder, no_site, **options):
        try:
            with progress_bar(export.count_rows(), "Writing rows", "rows") as bar:
                counts = export.export(folder, bar.update)
            pages = 0 if no_site else self.write_pages(folder / "site")
        except OSError as error:
            if isinstance(error, FileExistsError):
                raise CommandError(str(error)) from error
            raise CommandError(
                f"The export is not whole: {error.strerror}. Mend that, delete {folder} and run it again."
            ) from error
        self.stdout.write(
            count_sentence(
                {
                    "articles": counts["archive.article"],
                    "versions": counts["archive.revision"],
                    "originals": counts["originals"],
                    "names": counts["archive.entity"],
                    "pages": pages,
                }
            )
        )

    def write_pages(self, folder: Path) -> int:
        with progress_bar(Article.objects.published().count(), "Writing pages") as bar:
            return write_site(folder, bar.update)
