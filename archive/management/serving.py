"""Gets an archive ready and serves it with a production-grade server."""

import os
import socket
import subprocess
import sys
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError

from archive.environment import find_read_only_address
from archive.models import Article
from archive.search import indexer
from archive.search.errors import SearchError

# The most that gunicorn can be told; its default of 4094 cuts a question of 680 Persian letters off.
MOST_ADDRESS_CHARS: Final = 8190


def check_address(bind: str) -> None:
    """Raise CommandError if an address is taken, or is not one; before anything else takes time."""
    host, _, port = bind.rpartition(":")
    if not (host and port.isascii() and port.isdigit()):
        raise CommandError(f"{bind} is no address to serve on; write HOST:PORT, such as 127.0.0.1:8000.")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, int(port)), family=family).close()
    except (OSError, OverflowError) as error:
        raise CommandError(
            f"Cannot serve on {bind}: {error}. Choose another address with --bind HOST:PORT."
        ) from error


def prepare(out) -> None:
    """Bring the database, the static files and the index up to date; in a locked folder, leave all as it is.

    Raise CommandError if the disk is full, or the data folder or the database cannot be written.
    """
    if find_read_only_address(settings.ARCHIVE_DATA_DIR / "archive.sqlite3"):
        out.write(f"Nothing can be written in {settings.ARCHIVE_DATA_DIR}: stories can be read, not changed.")
        return
    try:
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
    except (OSError, DatabaseError) as error:
        raise CommandError(
            f"The archive in {settings.ARCHIVE_DATA_DIR} could not be made ready: {error}. Is the disk full, "
            "or the folder or the database closed to this account? Mend that and run the command again."
        ) from error
    refresh_index(out)


def refresh_index(out) -> None:
    """Let the index learn what is queued; make it anew if it is missing, damaged or of another shape.

    A large archive is indexed by a process of its own, so that it can be read meanwhile.
    """
    try:
        reason = indexer.reason_to_rebuild()
        if reason and Article.objects.published().exists():
            out.write(f"{reason} It is being made in the background; everything can be read meanwhile.")
            subprocess.Popen([sys.executable, sys.argv[0], "rebuild_index"])  # noqa: S603 - our own command
        elif reason:
            indexer.rebuild()
        else:
            indexer.drain()
    except SearchError as error:
        # Reading goes on without the index: pages say so.
        out.write(f"Search is not available yet: {error}")


def serve(bind: str, workers: int, threads: int) -> None:
    """Replace this process by the server."""
    command = server_command(bind, workers, threads)
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter with arguments made here


def server_command(bind: str, workers: int, threads: int) -> list[str]:
    """Return what is run in place of this process."""
    return [
        *(sys.executable, "-m", "gunicorn", "archive.wsgi", "--bind", bind),
        *("--workers", str(workers), "--worker-class", "gthread", "--threads", str(threads)),
        *("--timeout", "60", "--graceful-timeout", "10", "--log-level", "warning"),
        # A letter of a question takes up to six signs in an address if it is not Latin.
        *("--limit-request-line", str(MOST_ADDRESS_CHARS)),
        # The command may have been given in another folder.
        *("--pythonpath", str(settings.BASE_DIR)),
    ]
