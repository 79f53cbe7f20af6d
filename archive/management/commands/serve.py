"""Serve the archive."""

from django.core.management.base import BaseCommand, CommandError

from archive.management import serving


class Command(BaseCommand):
    help = "Bring database, static files and index up to date and serve the archive."

    def add_arguments(self, parser):
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT")
        parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
        parser.add_argument("--threads", type=int, default=4, help="threads of each process (default: 4)")

    def handle(self, *, bind, workers, threads, **options):
        if workers < 1 or threads < 1:
            raise CommandError("There has to be at least one process and one thread.")
        serving.check_address(bind)
        serving.prepare(self.stdout)
        self.stdout.write(f"Serving on http://{bind} (Ctrl-C stops it).")
        self.stdout.flush()
        serving.serve(bind, workers, threads)
