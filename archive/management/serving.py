"""Gets an archive ready and serves it with a production-grade server."""

import os
import socket
import sys

from django.core.management import call_command
from django.core.management.base import CommandError

from archive.search import indexer
from archive.search.errors import SearchError


def prepare(out) -> None:
    """Bring the database, the static files and the index up to date."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    refresh_index(out)


def refresh_index(out) -> None:
    """Make the index if it is missing, damaged or of another shape; otherwise let it learn what is queued."""
    try:
        if reason := indexer.reason_to_rebuild():
            out.write(reason)
            call_command("rebuild_index", stdout=out)
        else:
            indexer.drain()
    except SearchError as error:
        # Reading goes on without the index: pages say so.
        out.write(f"Search is not available yet: {error}")


def serve(bind: str, workers: int, threads: int) -> None:
    """Replace this process by the server. Raise CommandError if the address is taken or not one."""
    host, _, port = bind.rpartition(":")
    _check_free(host.strip("[]"), port)
    os.execv(  # noqa: S606 - our own interpreter with arguments made here
        sys.executable,
        [
            *(sys.executable, "-m", "gunicorn", "archive.wsgi", "--bind", bind),
            *("--workers", str(workers), "--worker-class", "gthread", "--threads", str(threads)),
            *("--timeout", "60", "--graceful-timeout", "10", "--log-level", "warning"),
        ],
    )


def _check_free(host: str, port: str) -> None:
    try:
        with socket.create_server(
            (host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        ):
            pass
    except (OSError, ValueError, OverflowError) as error:
        raise CommandError(
            f"Cannot serve on {host}:{port}: {error}. Choose another address with --bind HOST:PORT."
        ) from error
