"""Makes an archive again of what `archive.desk.export` wrote: into an empty one, and all of it or nothing.

Untrusted: everything in the folder, which may have come over a network from anybody. Guaranteed afterwards:
files were read inside the folder only, their hashes fit, every row is one of its table with values that its
fields take, HTML went through `archive.wire.sanitize` again, and no account can sign in or may do anything.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
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
from archive.desk.restored_rows import CannotRestore, inside, preparing
from archive.desk.signatures import bands_of
from archive.models import Article, Band, Entity, Revision, Signature, Source

MAX_MANIFEST_BYTES: Final = 1024 * 1024
# A staged file of 20 MB takes 27 MB as a row.
MAX_ROW_CHARS: Final = 64 * 1024 * 1024
# A NUL as JSON writes it, and not a backslash before the letters u0000
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


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
        path = inside(folder, name)
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


def _read_manifest(folder: Path) -> dict:
    path = inside(folder, MANIFEST)
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
    """Yield the lines of a file, none of them without end, or with what the database cannot keep."""
    may_hold_nul = _keeps_nul()
    with path.open(encoding="utf-8") as file:
        for number in count(1):
            line = file.readline(MAX_ROW_CHARS)
            if not line:
                return
            if len(line) == MAX_ROW_CHARS:
                raise CannotRestore(f"{path} has a line of more than {MAX_ROW_CHARS:,} characters.")
            if not may_hold_nul and _NUL.search(line):
                raise CannotRestore(
                    f"{path}, line {number}: it holds a NUL character, which PostgreSQL keeps in no text. "
                    "Take the export into an archive on SQLite instead, which does."
                )
            yield line


def _keeps_nul() -> bool:
    return connection.vendor != "postgresql"


def _read_rows(model, folder: Path, accounts: dict[int, int], progress: Progress) -> int:
    path, done = folder / rows_name(model), 0
    prepare = preparing(model, folder, accounts)
    try:
        with _clocks_stopped(model):
            for piece in in_pieces(serializers.deserialize("jsonl", _lines(path)), rows_at_once(model)):
                model._base_manager.bulk_create([prepare(each.object) for each in piece])
                done += len(piece)
                progress(len(piece))
    except (DeserializationError, ValidationError, UnicodeDecodeError) as error:
        raise CannotRestore(f"{path}: a row after the first {done:,} cannot be read ({error}).") from error
    return done


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
