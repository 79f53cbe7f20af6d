"""Secrets that belong to one archive and are generated, never shipped."""

import os
import secrets
from pathlib import Path


def get_or_create_secret(path: Path) -> str:
    """Return the secret kept at `path`, after making one if there is none.

    The file is readable by its owner only. Two processes that start at once get the same secret: the file is
    written aside and linked into place, and the link that comes second fails and reads the first's.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text().strip()
