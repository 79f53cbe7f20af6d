"""A small archive with a bit of everything, and what an export of it is compared by."""

import json

from django.contrib.auth.models import User
from django.db import connection

from archive.desk import correct, export, families, merging
from archive.desk.accept import accept
from archive.desk.authority import register_name
from archive.models import Article
from tests.desk.copy_samples import STORY, make_source, read
from tests.desk.stories import take_in


def fill_archive() -> Article:
    """Fill an archive and return the story that has two versions, a merged name and a quote."""
    editor = User.objects.create_user("e.ditor", "e@example.org", "correct horse", first_name="Edi")
    register_name(kind="person", name="Mirvan Takhti Rahim", spellings=["Takhti-Rahim"], by=editor)
    other = register_name(kind="person", name="M. T. Rahim", by=editor)
    text = "Mirvan Takhti Rahim told the fishers of four islands that the Sable Bank would be shared by all of them."
    story = take_in(
        text, '"We will both fish, and we will both count," Takhti-Rahim said on the quay of Port Selim.'
    )
    reprints = [take_in(text, day=f"July {day}, 2004") for day in (12, 13, 14)]
    take_in("Secret <draft> ü میروان", publish=False)
    for marked in (STORY, STORY.replace("Ministers", "CORRECTED: Ministers").replace("22:7", "23:15")):
        record, received = read(marked)
        accept(record, source=make_source(), received=received, publish=False)
    correct.edit(story, {"headline": "CORRECTED: Ferries & fishers"}, by=editor, why="Clearer.")
    families.part(reprints[2], by=editor, why="Not one.")
    merging.merge(other, story.mentions.first().entity, by=editor, why="One person.")
    return story


def empty_archive() -> None:
    """Empty every table, as a new archive has them."""
    with connection.constraint_checks_disabled():
        for model in [*export.tables(), *export.DERIVED]:
            model._base_manager.all()._raw_delete("default")
    User.objects.all().delete()


def rows_of_every_table() -> dict[str, list[tuple]]:
    """Return what every table holds, column by column, but for the index's tasks."""
    models = [*export.tables(), *(model for model in export.DERIVED if model.__name__ != "IndexTask")]
    rows = {}
    for model in models:
        names = [field.attname for field in model._meta.concrete_fields]
        # Rows that are made anew have new numbers.
        names = [name for name in names if name != "id"] if model in export.DERIVED else names
        rows[model.__name__] = sorted(map(repr, model._base_manager.values_list(*names)))
    return rows


def sign_again(folder) -> None:
    """Let the manifest fit what was changed in an export, as whoever tampers with it would."""
    path = folder / export.MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    manifest["sha256"] = {name: export.hash_file(folder / name) for name in manifest["sha256"]}
    path.write_text(json.dumps(manifest), "utf-8")
