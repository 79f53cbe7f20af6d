"""Take in files of wire copy."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from archive.desk.ingest import find_files, ingest
from archive.desk.sources import get_or_register_source
from archive.management.progress import count_sentence, progress_bar
from archive.models import Source
from archive.search.indexer import deferred_drain


class Command(BaseCommand):
    help = (
        "Take in files of wire copy, or folders of them. Run again, it takes in only what is new or changed."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
        parser.add_argument("--source", default="wire", metavar="NAME", help="who filed it (default: wire)")
        parser.add_argument("--zone", metavar="ZONE", help="zone of a new source, such as Asia/Tehran")
        parser.add_argument("--publish", action="store_true", help="let readers see it at once")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")

    def handle(self, *, paths, source, zone, publish, dry_run, **options):
        try:
            files = find_files(paths)
            source = self.get_source(source, zone, dry_run)
        except (FileNotFoundError, ValidationError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        with progress_bar(len(files), "Taking in", "files") as bar, deferred_drain():
            report = ingest(files, source, publish=publish, dry_run=dry_run, progress=bar.update)
        self.report(report)

    def get_source(self, name: str, zone: str | None, dry_run: bool) -> Source:
        if dry_run:
            known = Source.objects.filter(slug=name).first()
            return known or Source(pk=0, slug=name, name=name, zone=zone or "UTC")
        source = get_or_register_source(name, name=name, zone=zone or "UTC")
        if zone and source.zone != zone:
            raise CommandError(
                f"{source} is registered in {source.zone}, not in {zone}. Change it in the admin."
            )
        return source

    def report(self, report) -> None:
        for path, reason in report.skipped:
            self.stderr.write(f"{path}: skipped. {reason}")
        for path, reasons in report.held:
            self.stderr.write(f"{path}: kept as a draft. {' '.join(reasons)}")
        self.stdout.write(count_sentence(report.counts()))
