"""Makes the rows of an export fit to be written: each one of its table, with values that its fields take."""

import datetime
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models

from archive.desk.export import rows_name
from archive.models import Article, Original, Revision
from archive.wire import sanitize

# An original of so many bytes is taken back in any case; larger ones if an upload may be as large.
MAX_ORIGINAL_BYTES: Final = 64 * 1024 * 1024

# Addresses have four figures for a year, and another zone must not lead beyond the last day of all.
FIRST_DAY: Final = datetime.date(1000, 1, 1)
LAST_MOMENT: Final = datetime.datetime.max - datetime.timedelta(days=1)

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class CannotRestore(Exception):
    """The text says what is wrong with the folder or with the archive, for whoever runs the command."""


def inside(folder: Path, name: str) -> Path | None:
    """Return a regular file of the folder; None for what is missing, or a link that leads out of it."""
    path = folder / name
    is_ours = path.is_file() and path.resolve().is_relative_to(folder.resolve())
    return path if is_ours else None


def preparing(model, folder: Path, accounts: dict[int, int]) -> Callable[[models.Model], models.Model]:
    """Return what makes a row of this table fit to be written, or raises."""
    account_fields = [
        field.attname
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is get_user_model()
    ]
    checked = [
        (field, frozenset(dict(field.flatchoices)))
        for field in model._meta.concrete_fields
        if not field.is_relation and not field.primary_key and (field.validators or field.choices)
    ]
    days = [field for field in model._meta.concrete_fields if isinstance(field, models.DateField)]
    safe = _MADE_SAFE.get(model, lambda row, folder: None)

    def prepare(row):
        if type(row) is not model:
            raise CannotRestore(f"{rows_name(model)} holds a row of {type(row).__name__}.")
        for field, choices in checked:
            _check_value(field, choices, getattr(row, field.attname))
        for field in days:
            _check_day(field, getattr(row, field.attname))
        for name in account_fields:
            setattr(row, name, accounts.get(getattr(row, name)))
        safe(row, folder)
        return row

    return prepare


def _check_value(field, choices: frozenset, value) -> None:
    """Raise ValidationError for what no form would have let through; empty values are the database's."""
    if value in field.empty_values:
        return
    field.run_validators(value)
    if choices and value not in choices:
        raise ValidationError(f"{field.name}: “{str(value)[:60]}” is none of its choices")


def _check_day(field, value: datetime.date | None) -> None:
    """Raise ValidationError for a day or moment that no page could show; see FIRST_DAY."""
    if value is None:
        return
    is_moment = isinstance(value, datetime.datetime)
    day = value.date() if is_moment else value
    if day < FIRST_DAY or (is_moment and value.replace(tzinfo=None) > LAST_MOMENT):
        raise ValidationError(f"{field.name}: {value} is out of range")


def _make_article_safe(row: Article, folder: Path) -> None:
    """Take nothing on trust that readers will be shown as HTML, or that pages take apart."""
    row.body_html = sanitize.clean(row.body_html or "")
    row.body_text = sanitize.text_of(row.body_html)
    are_warnings = isinstance(row.warnings, list) and all(
        isinstance(each, dict) and isinstance(each.get("message"), str) for each in row.warnings
    )
    are_names = isinstance(row.curated, list) and all(isinstance(name, str) for name in row.curated)
    if not (are_warnings and are_names and isinstance(row.extra, dict)):
        raise CannotRestore(
            f"Article {row.pk} in {rows_name(Article)} has warnings or fields of a wrong kind."
        )


def _make_revision_safe(row: Revision, folder: Path) -> None:
    row.body_html = sanitize.clean(row.body_html or "")


def _fill_original(row: Original, folder: Path) -> None:
    if not _SHA256.fullmatch(row.sha256):
        raise CannotRestore(f"“{row.sha256[:80]}” is no SHA-256.")
    name = f"originals/{row.sha256[:2]}/{row.sha256}"
    path = inside(folder, name)
    row.content = _read_bounded(path) if path else b""
    if hashlib.sha256(row.content).hexdigest() != row.sha256:
        raise CannotRestore(f"{folder / name} is missing or not as it was received.")


def _read_bounded(path: Path) -> bytes:
    """Return what a file holds; it becomes a value of the database, so it is not read if it is too large."""
    most = max(MAX_ORIGINAL_BYTES, settings.ARCHIVE_MAX_UPLOAD_BYTES)
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size <= most:
            return file.read(most)
    raise CannotRestore(
        f"{path} has more than {most:,} bytes. If it is right, set ARCHIVE_MAX_UPLOAD_BYTES to its size."
    )


_MADE_SAFE: Final = {
    Article: _make_article_safe,
    Revision: _make_revision_safe,
    Original: _fill_original,
}
