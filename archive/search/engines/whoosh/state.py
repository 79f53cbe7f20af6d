"""`current`: the one small file that says which generation serves, and what each of its files must look like.

Replaced by rename, so it is there whole or not at all; replacing it is the moment at which a commit or a
rebuild becomes visible. Everything not named in it is left over from a crash and may be deleted by the next
writer.
"""

import json
import os
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from archive.search.errors import IndexDamaged, IndexMissing

from .deflate import crc32
from .passing import raise_if_passing

STATE_FILE: Final = "current"
STATE_FORMAT: Final = 1
READ_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class State:
    """What has been committed: generation folder, number of its contents, size and CRC-32 of each file."""

    folder: str
    fingerprint: str
    toc: int
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    format: int = STATE_FORMAT

    @classmethod
    def read(cls, root: Path) -> "State":
        """Raise IndexMissing when nothing was ever committed, IndexDamaged when the file was altered."""
        try:
            content = (root / STATE_FILE).read_bytes()
        except FileNotFoundError:
            raise IndexMissing(f"There is no index at {root} yet; rebuild it.") from None
        except OSError as error:
            raise_if_passing(error, root / STATE_FILE)
            raise IndexDamaged(f"{root / STATE_FILE} cannot be read ({error}); rebuild the index.") from error
        try:
            crc, body = content.split(b"\n", 1)
            if int(crc, 16) != zlib.crc32(body):
                raise ValueError("checksum differs")
            values = json.loads(body)
            values["files"] = {name: tuple(expected) for name, expected in values["files"].items()}
            state = cls(**values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexDamaged(f"{root / STATE_FILE} is damaged ({error}); rebuild the index.") from error
        if state.format != STATE_FORMAT:
            raise IndexDamaged(
                f"{root / STATE_FILE} has format {state.format}, not {STATE_FORMAT}; rebuild it."
            )
        return state

    def write(self, root: Path) -> None:
        """Make this the current state, on disk before returning."""
        body = json.dumps(asdict(self), sort_keys=True).encode()
        write_durably(root / STATE_FILE, f"{zlib.crc32(body):08x}\n".encode() + body)


def signature(root: Path) -> tuple[int, int, int] | None:
    """Return what changes whenever `current` is replaced, from one stat; None when there is no index."""
    try:
        found = os.stat(root / STATE_FILE)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise_if_passing(error, root / STATE_FILE)
        raise
    return found.st_ino, found.st_mtime_ns, found.st_size


def checksum(path: Path, pause_seconds: float = 0.0) -> tuple[int, int]:
    """Return size and CRC-32 of a file, read with a pause after each megabyte."""
    size = crc = 0
    with open(path, "rb", buffering=0) as file:
        while block := file.read(READ_BYTES):
            crc = crc32(block, crc)
            size += len(block)
            if pause_seconds and len(block) == READ_BYTES:
                time.sleep(pause_seconds)
    return size, crc


def iter_files(folder: Path) -> Iterable[str]:
    """Yield every file below a folder, by its name relative to it."""
    for base, _folders, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(base, name), folder)


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_durably(path: Path, content: bytes) -> None:
    """Replace a small file in one step that survives a power cut."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    fd = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        with open(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync(path.parent)
