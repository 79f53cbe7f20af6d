"""Take in files of news."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from archive.desk.ingest import Stopped, count_bytes, find_files, ingest, why_not_written
from archive.desk.read_ahead import automatic_workers
from archive.desk.sources import get_or_register_source
from archive.management.beginning import make_tables
from archive.management.catching_up import update_index
from archive.management.progress import count_sentence, progress_bar
from archive.management.taking_back import find_export, take_back
from archive.management.workers import add_workers
from archive.models import Source
from archive.models.articles import validate_zone
from archive.search.indexer import without_drain


class Command(BaseCommand):
    help = (
        "Take in files of news in any format the archive reads, or folders of them. "
        "Run again, it takes in only what is new or changed. A folder that “export” wrote becomes an archive "
        "again, in an empty one."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
        parser.add_argument("--source", default="wire", metavar="NAME", help="who filed it (default: wire)")
        parser.add_argument("--zone", metavar="ZONE", help="zone of a new source, such as Asia/Tehran")
        parser.add_argument("--publish", action="store_true", help="let readers see it at once")
        parser.add_argument("--defer", action="store_true", help="leave names, quotes and index to “enrich”")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        add_workers(parser)

    def handle(self, *, paths, source, zone, publish, defer, dry_run, workers, **options):
        make_tables()
        if folder := find_export(paths):
            sentence = take_back(folder, self.stderr, dry_run=dry_run)
            if not (defer or dry_run):
                update_index(self.stderr)
            self.stdout.write(sentence)
            return
        try:
            files = find_files(paths)
            source = self.get_source(source, zone, dry_run)
        except OperationalError as error:
            raise CommandError(why_not_written(error)) from error
        except (FileNotFoundError, ValidationError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        stories = 0
        with progress_bar(count_bytes(files), "Taking in", "bytes") as bar, without_drain():

            def progress(bytes_read: int, done: int) -> None:
                nonlocal stories
                stories += done
                bar.set_postfix_str(f"{stories:,} stories", refresh=False)
                bar.update(bytes_read)

            try:
                report = ingest(
                    files,
                    source,
                    publish=publish,
                    defer=defer,
                    dry_run=dry_run,
                    origin=", ".join(map(str, paths)),
                    progress=progress,
                    workers=automatic_workers() if workers is None else workers,
                )
            except Stopped as error:
                raise CommandError(str(error)) from error
        if not (defer or dry_run):
            update_index(self.stderr)
        self.report(report)

    def get_source(self, name: str, zone: str | None, dry_run: bool) -> Source:
        if dry_run:
            validate_zone(zone or "UTC")
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
        unnamed = report.skipped_count - len(report.skipped) + report.held_count - len(report.held)
        if unnamed:
            self.stderr.write(f"{unnamed:,} more are named in the admin, under imports.")
        self.stdout.write(count_sentence(report.counts()))
