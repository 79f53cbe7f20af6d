"""Reads settings from the environment. What cannot be meant stops start-up and is named, with what could be.

An empty variable is as good as none: `docker run -e ARCHIVE_DATA_DIR` passes one on.
"""

import os
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

_FLAGS: Final = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def get_text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def get_required(name: str, hint: str) -> str:
    value = get_text(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint} See the table of settings in README.md.")
    return value


def get_flag(name: str, default: bool) -> bool:
    """Return whether something is switched on; a typing error must not switch off HTTPS."""
    text = get_text(name, "1" if default else "0")
    if text.lower() not in _FLAGS:
        raise _not(name, text, "1 or 0")
    return _FLAGS[text.lower()]


def get_number(name: str, default: int, *, least: int = 0) -> int:
    text = get_text(name, str(default))
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise _not(name, text, f"a whole number of at least {least:,}, in digits alone")
    return int(text)


def get_list(name: str, default: list[str]) -> list[str]:
    """Return what stands between commas."""
    texts = [text.strip() for text in os.environ.get(name, "").split(",")]
    return [text for text in texts if text] or default


def get_zone(name: str, default: str) -> str:
    text = get_text(name, default)
    try:
        ZoneInfo(text)
    except (KeyError, OSError, ValueError):
        raise _not(name, text, "a time zone name such as Asia/Tehran or Europe/Zurich") from None
    return text


def get_level(name: str, default: str) -> str:
    text = get_text(name, default)
    if text.upper() not in _LEVELS:
        raise _not(name, text, f"one of {', '.join(_LEVELS)}")
    return text.upper()


def get_folder(name: str, default: Path) -> Path:
    """Return an absolute folder, after making it if need be, closed to other accounts of the machine.

    It holds drafts, sessions and hashes of passwords. The rights of a folder that exists are left alone.
    """
    path = Path(get_text(name, str(default))).expanduser().resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _not(name, str(path), f"a folder that can be made and written ({error.strerror})") from None
    return path


def find_read_only_address(path: Path) -> str | None:
    """Return the address that opens a SQLite file of a folder where nothing can be written, else None.

    A file in WAL mode cannot be opened there as usual: it wants its own files beside it. With a log left
    behind it is read together with that; without one, it is promised that nothing changes it.
    """
    if not path.is_file() or os.access(path.parent, os.W_OK):
        return None
    log = path.with_name(path.name + "-wal")
    has_log = log.is_file() and log.stat().st_size > 0
    return f"{path.absolute().as_uri()}?{'mode=ro' if has_log else 'immutable=1'}"


def _not(name: str, observed: str, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"{name} is {observed}; it has to be {expected}. See the table of settings in README.md."
    )
