"""Makes an archive again of what `archive.desk.export` wrote: into an empty one, and all of it or nothing.

Untrusted: everything in the folder, which may have come over a network from anybody. Guaranteed afterwards:
files were read inside the folder only, their hashes fit, every row is one of its table with values that its
fields take, HTML went through `archive.wire.sanitize` again, and no account can sign in or may do anything.
"""

import datetime
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.db import DataError, IntegrityError, connection, models, transaction

from archive.desk.export import (
    ACCOUNTS,
    FORMAT,
    MANIFEST,
    NINJS,
    ROWS_AT_ONCE,
    Progress,
    hash_file,
    rows_at_once,
    rows_name,
    tables,
)
from archive.desk.outbox import queue_new
from archive.desk.pieces import in_pieces
from archive.desk.signatures import bands_of
from archive.models import Article, Band, Entity, Original, Revision, Signature, Source
from archive.wire import sanitize

MAX_MANIFEST_BYTES: Final = 1024 * 1024
# A staged file of 20 MB takes 27 MB as a row.
MAX_ROW_CHARS: Final = 64 * 1024 * 1024

# Addresses have four figures for a year, and another zone must not lead beyond the last day of all.
FIRST_DAY: Final = datetime.date(1000, 1, 1)
LAST_MOMENT: Final = datetime.datetime.max - datetime.timedelta(days=1)

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class CannotRestore(Exception):
    """The text says what is wrong with the folder or with the archive, for whoever runs the command."""


def is_export(path: Path) -> bool:
    """Tell a folder that `export` wrote, whole or not, from one with files of news."""
    return path.is_dir() and (path / "rows").is_dir() and (path / ACCOUNTS).is_file()


def check(folder: Path) -> dict[str, int]:
    """Return the numbers of rows an export promises.

    Raise CannotRestore if the archive is not empty, or the folder not whole, of another format, or changed
    since it was written.
    """
    manifest = _read_manifest(folder)
    if Article.objects.exists() or Entity.objects.exists() or Source.objects.exists():
        raise CannotRestore(
            "This archive is not empty, and an export is a whole archive. Take it in with a new data folder "
            f"(ARCHIVE_DATA_DIR), or add its published stories to this one: ingest {folder / NINJS}"
        )
    for name in [ACCOUNTS, *map(rows_name, tables())]:
        path = _inside(folder, name)
        # A manifest that says nothing of a file does not vouch for it.
        if path is None or manifest["sha256"].get(name) != hash_file(path):
            raise CannotRestore(f"{folder / name} is missing, or was changed since it was written.")
    return manifest["rows"]


@transaction.atomic
def restore(folder: Path, progress: Progress = lambda count: None) -> dict[str, int]:
    """Fill an empty archive with what `export` wrote, and return how many of each table.

    Raise CannotRestore, with nothing written; see `check`.
    """
    counts = check(folder)
    accounts = _read_accounts(folder / ACCOUNTS)
    try:
        for model in tables():
            found = _read_rows(model, folder, accounts, progress)
            expected = counts.get(model._meta.label_lower, 0)
            if found != expected:
                raise CannotRestore(f"{rows_name(model)} has {found:,} rows instead of {expected:,}.")
        connection.check_constraints()
    except (IntegrityError, DataError, OverflowError) as error:
        raise CannotRestore(f"The rows in {folder} contradict each other: {error}.") from error
    except UnicodeEncodeError as error:
        # Half of a surrogate pair, which JSON can hold and no database.
        raise CannotRestore(f"The rows in {folder} hold what is no text: {error}.") from error
    # The history has no constraint that the database could check.
    if Revision.objects.exclude(source__in=Source.objects.all()).exists():
        raise CannotRestore(f"A row of {rows_name(Revision)} names a source that does not exist.")
    _make_bands()
    _go_on_counting()
    for piece in in_pieces(Article.objects.only("pk").order_by("pk").iterator(), ROWS_AT_ONCE):
        queue_new(piece)
    return counts


def _inside(folder: Path, name: str) -> Path | None:
    """Return a regular file of the folder; None for what is missing, or a link that leads out of it."""
    path = folder / name
    is_ours = path.is_file() and path.resolve().is_relative_to(folder.resolve())
    return path if is_ours else None


def _read_manifest(folder: Path) -> dict:
    path = _inside(folder, MANIFEST)
    if path is None:
        raise CannotRestore(f"There is no {folder / MANIFEST}: the export was not finished.")
    try:
        with path.open("rb") as file:
            manifest = json.loads(file.read(MAX_MANIFEST_BYTES))
        version, rows = manifest["format"], manifest["rows"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CannotRestore(f"{path} is damaged.") from error
    if version != FORMAT:
        raise CannotRestore(f"{folder} was written in format {version}; this reads {FORMAT}.")
    are_numbers = isinstance(rows, dict) and all(type(count) is int for count in rows.values())
    if not are_numbers or not isinstance(manifest.get("sha256"), dict):
        raise CannotRestore(f"{path} is damaged.")
    known = {model._meta.label_lower for model in tables()} | {"originals"}
    if unknown := sorted(set(rows) - known):
        raise CannotRestore(f"{folder} comes from a newer version: it has {', '.join(unknown)}.")
    return manifest


def _read_accounts(path: Path) -> dict[int, int]:
    """Make closed accounts for whoever did something in the archive; return new numbers by old.

    An account that is here under the same name stays as it is; a number that is taken is not used again.
    """
    model = get_user_model()
    here = dict(model.objects.values_list("username", "pk"))
    taken, numbers, later = set(here.values()), {}, []
    for number, line in enumerate(_lines(path), 1):
        try:
            old, account = _read_account(line)
            if account.username in here:
                numbers[old] = here[account.username]
            elif old in taken:
                later.append((old, account))
            else:
                numbers[old] = _insert(account, old)
        except (ValueError, TypeError, KeyError, ValidationError, IntegrityError, OverflowError) as error:
            raise CannotRestore(f"{path}, line {number}: this is no account.") from error
    # Only now is it known which numbers are free.
    return numbers | {old: _insert(account) for old, account in later}


def _read_account(line: str) -> tuple[int, models.Model]:
    row = json.loads(line)
    names = {name: row[name] for name in ("username", "first_name", "last_name")}
    account = get_user_model()(**names, is_active=False)
    account.set_unusable_password()
    account.clean_fields()
    return int(row["pk"]), account


def _insert(account, number: int | None = None) -> int:
    account.pk = number
    account.save(force_insert=True)
    return account.pk


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file, none of them without end."""
    with path.open(encoding="utf-8") as file:
        while line := file.readline(MAX_ROW_CHARS):
            if len(line) == MAX_ROW_CHARS:
                raise CannotRestore(f"{path} has a line of more than {MAX_ROW_CHARS:,} characters.")
            yield line


def _read_rows(model, folder: Path, accounts: dict[int, int], progress: Progress) -> int:
    path, count = folder / rows_name(model), 0
    prepare = _preparing(model, folder, accounts)
    try:
        with _clocks_stopped(model):
            for piece in in_pieces(serializers.deserialize("jsonl", _lines(path)), rows_at_once(model)):
                model._base_manager.bulk_create([prepare(each.object) for each in piece])
                count += len(piece)
                progress(len(piece))
    except (DeserializationError, ValidationError, UnicodeDecodeError) as error:
        raise CannotRestore(f"{path}: a row after the first {count:,} cannot be read ({error}).") from error
    return count


def _preparing(model, folder: Path, accounts: dict[int, int]) -> Callable[[models.Model], models.Model]:
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
    path = _inside(folder, name)
    row.content = path.read_bytes() if path else b""
    if hashlib.sha256(row.content).hexdigest() != row.sha256:
        raise CannotRestore(f"{folder / name} is missing or not as it was received.")


_MADE_SAFE: Final = {
    Article: _make_article_safe,
    Revision: _make_revision_safe,
    Original: _fill_original,
}


@contextmanager
def _clocks_stopped(model) -> Iterator[None]:
    """Let rows keep the times they come with: fields that set themselves to now do not, meanwhile."""
    clocks = [field for field in model._meta.concrete_fields if hasattr(field, "auto_now")]
    before = [(field, field.auto_now, field.auto_now_add) for field in clocks]
    for field in clocks:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, auto_now, auto_now_add in before:
            field.auto_now, field.auto_now_add = auto_now, auto_now_add


def _make_bands() -> None:
    signatures = Signature.objects.exclude(minhash=b"").values_list("article_id", "minhash")
    for piece in in_pieces(signatures.iterator(), ROWS_AT_ONCE):
        Band.objects.bulk_create(
            [Band(key=key, article_id=pk) for pk, minhash in piece for key in bands_of(bytes(minhash))]
        )


def _go_on_counting() -> None:
    """Let databases that count apart from the rows (PostgreSQL) go on after the last number."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [*tables(), get_user_model()]):
            cursor.execute(statement)
