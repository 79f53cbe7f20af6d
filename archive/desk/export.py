"""Writes everything the archive holds as plain files; `archive.desk.restore` makes an archive of them again.

    originals/ab/abcd...    the bytes as received, named by their SHA-256
    rows/<table>.jsonl      every row of every table, one JSON object a line
    articles.ninjs.jsonl    what readers may see of each published article, as ninjs 3, one object a line
    manifest.json           what is here, how many of each, and the SHA-256 of each file of rows

Left out is what follows from the rest (the index, the search for relatives) and what is nobody else's:
passwords. Accounts come back by name, closed, so that it is still known who did what.
"""

import datetime
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from archive.desk import ninjs_lines
from archive.desk.pieces import in_pieces
from archive.models import Article, Band, IndexTask, Original

FORMAT: Final = 2
ROWS_AT_ONCE: Final = 500
# Rows with files in them may take some megabytes each.
FILES_AT_ONCE: Final = 20
# Made anew on the way back.
DERIVED: Final = (Band, IndexTask)
MANIFEST: Final = "manifest.json"
ACCOUNTS: Final = "rows/accounts.jsonl"
NINJS: Final = "articles.ninjs.jsonl"

Progress = Callable[[int], object]


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


def rows_name(model) -> str:
    """Return where the rows of a table are, below the folder."""
    return f"rows/{model._meta.model_name}.jsonl"


def rows_at_once(model) -> int:
    """Return how many rows of a table are in memory together."""
    has_files = any(isinstance(field, models.BinaryField) for field in model._meta.concrete_fields)
    return FILES_AT_ONCE if has_files else ROWS_AT_ONCE


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
    _write_accounts(folder / ACCOUNTS)
    for model in tables():
        counts[model._meta.label_lower] = _write_rows(model, folder / rows_name(model), progress)
    _write_articles(folder / NINJS)
    written = [ACCOUNTS, *map(rows_name, tables())]
    manifest = {
        "format": FORMAT,
        "exported_at": timezone.now(),
        "rows": counts,
        "sha256": {name: hash_file(folder / name) for name in written},
    }
    text = json.dumps(manifest, cls=DjangoJSONEncoder, indent=2)
    (folder / MANIFEST).write_text(text + "\n", "utf-8")
    return counts


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_originals(folder: Path) -> int:
    count = 0
    for original in Original.objects.order_by("pk").iterator(chunk_size=FILES_AT_ONCE):
        path = folder / original.sha256[:2] / original.sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(original.content))
        count += 1
    return count


def _write_accounts(path: Path) -> None:
    rows = get_user_model().objects.order_by("pk").values("pk", "username", "first_name", "last_name")
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write_rows(model, path: Path, progress: Progress) -> int:
    rows, count = model._base_manager.order_by("pk"), 0
    fields = [field.name for field in model._meta.concrete_fields]
    if model is Original:
        rows, fields = rows.defer("content"), [name for name in fields if name != "content"]
    at_once = rows_at_once(model)
    with path.open("w", encoding="utf-8") as file:
        for piece in in_pieces(rows.iterator(chunk_size=at_once), at_once):
            serializers.serialize(
                "jsonl", piece, fields=fields, stream=file, ensure_ascii=False, cls=ExactEncoder
            )
            count += len(piece)
            progress(len(piece))
    return count


def _write_articles(path: Path) -> None:
    """Write published articles for any program that reads ninjs."""
    with path.open("w", encoding="utf-8") as file:
        articles = Article.objects.published().select_related("source").order_by("pk")
        for piece in in_pieces(articles.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_ONCE):
            for item in ninjs_lines.items(piece):
                file.write(json.dumps(item, ensure_ascii=False) + "\n")
