"""Try the archive with the demo wire."""

from django.core.management.base import BaseCommand

from archive.management import demo, serving
from archive.management.progress import count_sentence, progress_bar


class Command(BaseCommand):
    help = "Load the demo wire, make an archivist's account, and serve. Run again, it keeps what is there."

    def add_arguments(self, parser):
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT")
        parser.add_argument("--no-serve", action="store_true", help="only load")

    def handle(self, *, bind, no_serve, **options):
        if not no_serve:
            serving.check_address(bind)
        serving.prepare(self.stdout)
        report = demo.load(progress_bar)
        self.stdout.write(count_sentence(report.counts()))
        self.tell_account(demo.find_or_make_account(), bind)
        if not no_serve:
            self.stdout.write(f"Reading room: http://{bind}/ (Ctrl-C stops it).")
            self.stdout.flush()
            serving.serve(bind, workers=2, threads=4)

    def tell_account(self, password: str | None, bind: str) -> None:
        if password is None:
            self.stdout.write(
                f"The account “{demo.ACCOUNT}” is there already; "
                f"for a new password: manage.py changepassword {demo.ACCOUNT}"
            )
        else:
            self.stdout.write(f"Archivist's desk: http://{bind}/admin/")
            self.stdout.write(f"  user {demo.ACCOUNT}, password {password} (shown only this once)")
