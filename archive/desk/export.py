"""Writes everything the archive holds as plain files, and makes an empty archive of them again.

    originals/ab/abcd...    the bytes as received, named by their SHA-256
    rows/<table>.jsonl      every row of every table, one JSON object a line
    articles.jsonl          what readers may see of each published article, one a line, in plain field names
    manifest.json           what is here, and how many of each

Left out is what follows from the rest (the index, the search for relatives) and what is nobody else's:
passwords. Accounts come back by name, closed, so that it is still known who did what.
"""

import datetime
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from archive.desk.outbox import queue_new
from archive.desk.pieces import in_pieces
from archive.desk.signatures import bands_of
from archive.models import Article, Band, Entity, IndexTask, Original, Signature, Source
from archive.wire import sanitize

FORMAT: Final = 1
ROWS_AT_ONCE: Final = 500
# Made anew on the way back.
DERIVED: Final = (Band, IndexTask)

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
Progress = Callable[[int], object]


class CannotRestore(Exception):
    """The text says what is wrong with the folder or with the archive, for whoever runs the command."""


class ExactEncoder(DjangoJSONEncoder):
    """Keep microseconds, which Django's encoder cuts to milliseconds."""

    def default(self, value):
        return value.isoformat() if isinstance(value, datetime.datetime) else super().default(value)


def tables() -> list[type[models.Model]]:
    """Return the models that are written, links between articles and originals included."""
    config = apps.get_app_config("archive")
    return [model for model in config.get_models(include_auto_created=True) if model not in DERIVED]


def count_rows() -> int:
    return sum(model.objects.count() for model in tables())


@transaction.atomic
def export(folder: Path, progress: Progress = lambda count: None) -> dict[str, int]:
    """Write everything into an empty or new folder, and return how many of each table.

    Raise FileExistsError if the folder has anything in it. The manifest is written last: a folder without
    one is not whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty. Name a new folder.")
    (folder / "rows").mkdir()
    counts = {"originals": _write_originals(folder / "originals")}
    _write_accounts(folder / "rows" / "accounts.jsonl")
    for model in tables():
        counts[model._meta.label_lower] = _write_rows(model, folder / "rows", progress)
    _write_articles(folder / "articles.jsonl")
    manifest = {"format": FORMAT, "exported_at": timezone.now(), "rows": counts}
    text = json.dumps(manifest, cls=DjangoJSONEncoder, indent=2)
    (folder / "manifest.json").write_text(text + "\n", "utf-8")
    return counts


def _write_originals(folder: Path) -> int:
    count = 0
    for original in Original.objects.order_by("pk").iterator(chunk_size=20):
        path = original_path(folder, original.sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(original.content))
        count += 1
    return count


def original_path(folder: Path, sha256: str) -> Path:
    """Return where an original lies. Raise CannotRestore for a name that is no SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise CannotRestore(f"“{sha256}” is no SHA-256.")
    return folder / sha256[:2] / sha256


def _write_accounts(path: Path) -> None:
    rows = get_user_model().objects.order_by("pk").values("pk", "username", "first_name", "last_name")
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write_rows(model, folder: Path, progress: Progress) -> int:
    rows, count = model._base_manager.order_by("pk"), 0
    fields = [field.name for field in model._meta.concrete_fields]
    if model is Original:
        rows, fields = rows.defer("content"), [name for name in fields if name != "content"]
    with (folder / f"{model._meta.model_name}.jsonl").open("w", encoding="utf-8") as file:
        for piece in in_pieces(rows.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_ONCE):
            serializers.serialize(
                "jsonl", piece, fields=fields, stream=file, ensure_ascii=False, cls=ExactEncoder
            )
            count += len(piece)
            progress(len(piece))
    return count


def _write_articles(path: Path) -> None:
    """Write published articles in the field names that `archive.wire.jsonl` reads."""
    with path.open("w", encoding="utf-8") as file:
        articles = Article.objects.published().select_related("source").order_by("pk")
        for article in articles.iterator(chunk_size=ROWS_AT_ONCE):
            file.write(json.dumps(public_fields(article), cls=DjangoJSONEncoder, ensure_ascii=False) + "\n")


def public_fields(article: Article) -> dict:
    names = ("headline", "published_at", "published_on", "place", "dateline", "section", "sign_off")
    return {
        "source": article.source.slug,
        "source_key": article.source_key,
        "address": article.get_absolute_url(),
        **{name: getattr(article, name) for name in names},
        "language": article.language or article.source.language,
        "body_html": article.body_html,
        "body_text": article.body_text,
    }


@transaction.atomic
def restore(folder: Path, progress: Progress = lambda count: None) -> dict[str, int]:
    """Fill an empty archive with what `export` wrote: all of it or nothing.

    Raise CannotRestore if the archive is not empty, or the folder not whole, of another format or altered.
    """
    counts = read_manifest(folder)
    if Article.objects.exists() or Entity.objects.exists() or Source.objects.exists():
        raise CannotRestore("This archive is not empty. Restore into a new one (ARCHIVE_DATA_DIR).")
    _read_accounts(folder / "rows" / "accounts.jsonl")
    for model in tables():
        found = _read_rows(model, folder, progress)
        expected = counts.get(model._meta.label_lower, 0)
        if found != expected:
            raise CannotRestore(f"{model._meta.model_name}.jsonl has {found:,} rows instead of {expected:,}.")
    _make_bands()
    _go_on_counting()
    for piece in in_pieces(Article.objects.only("pk").order_by("pk").iterator(), ROWS_AT_ONCE):
        queue_new(piece)
    return counts


def read_manifest(folder: Path) -> dict[str, int]:
    """Return the numbers of rows. Raise CannotRestore if the folder is no whole export."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise CannotRestore(f"There is no {path}: the folder is no export, or one that was not finished.")
    manifest = json.loads(path.read_text("utf-8"))
    if manifest.get("format") != FORMAT:
        raise CannotRestore(f"{folder} was written in format {manifest.get('format')}; this reads {FORMAT}.")
    known = {model._meta.label_lower for model in tables()} | {"originals"}
    if unknown := sorted(set(manifest["rows"]) - known):
        raise CannotRestore(f"{folder} comes from a newer version: it has {', '.join(unknown)}.")
    return manifest["rows"]


def _read_accounts(path: Path) -> None:
    """Make closed accounts, under their old numbers, for whoever did something in the archive."""
    model = get_user_model()
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        there = model.objects.filter(pk=row["pk"]).first()
        if there and there.username != row["username"]:
            raise CannotRestore(
                f"The account {there.username} has the number of {row['username']}. "
                "Restore before making accounts."
            )
        if there is None:
            user = model(**row, is_active=False)
            user.set_unusable_password()
            user.save(force_insert=True)


def _read_rows(model, folder: Path, progress: Progress) -> int:
    path = folder / "rows" / f"{model._meta.model_name}.jsonl"
    if not path.is_file():
        return 0
    count = 0
    try:
        with path.open(encoding="utf-8") as file, _clocks_stopped(model):
            for piece in in_pieces(serializers.deserialize("jsonl", file), ROWS_AT_ONCE):
                rows = [_checked(each.object, model, folder) for each in piece]
                model._base_manager.bulk_create(rows)
                count += len(rows)
                progress(len(rows))
    except DeserializationError as error:
        raise CannotRestore(f"{path}: a row after the first {count:,} cannot be read ({error}).") from error
    return count


def _checked(row, model, folder: Path):
    """Take nothing on trust that readers will be shown as HTML, or be told is as received."""
    if type(row) is not model:
        raise CannotRestore(f"{model._meta.model_name}.jsonl holds a row of {type(row).__name__}.")
    if model is Article:
        row.body_html = sanitize.clean(row.body_html)
        row.body_text = sanitize.text_of(row.body_html)
    if model is Original:
        path = original_path(folder / "originals", row.sha256)
        row.content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(row.content).hexdigest() != row.sha256:
            raise CannotRestore(f"{path} is missing or not as it was received.")
    return row


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
