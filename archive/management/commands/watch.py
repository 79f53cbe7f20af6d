"""Take in what is dropped into a folder."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from archive.desk.dropping import DropFolder
from archive.desk.ingest import Stopped, why_not_written
from archive.desk.sources import get_or_register_source
from archive.management.beginning import make_tables
from archive.management.progress import count_sentence


class Command(BaseCommand):
    help = "Take in every file that is dropped into a folder, until stopped with Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--source", default="wire", metavar="NAME", help="who files there (default: wire)"
        )
        parser.add_argument("--zone", metavar="ZONE", help="zone of a new source, such as Asia/Tehran")
        parser.add_argument("--publish", action="store_true", help="let readers see it at once")
        parser.add_argument("--defer", action="store_true", help="leave names and quotes to “enrich”")
        parser.add_argument(
            "--every", type=float, default=2.0, metavar="SECONDS", help="how often to look (2)"
        )
        parser.add_argument("--once", action="store_true", help="take in what is there and end")

    def handle(self, *, folder, source, zone, publish, defer, every, once, **options):
        make_tables()
        try:
            source = get_or_register_source(source, name=source, zone=zone or "UTC")
            drop = DropFolder(
                folder, source, publish=publish, defer=defer, tell=self.tell, complain=self.stderr.write
            )
        except OperationalError as error:
            raise CommandError(why_not_written(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(f"{folder} cannot be watched: {error.strerror}.") from error
        if not once:
            self.stdout.write(f"Watching {folder} (Ctrl-C stops it).")
        try:
            drop.run(every_seconds=every, once=once)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        except (Stopped, OSError) as error:
            raise CommandError(str(error)) from error

    def tell(self, name: str, report) -> None:
        self.stdout.write(f"{name}: {count_sentence(report.counts())}")
        self.stdout.flush()
