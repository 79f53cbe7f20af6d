import datetime
import json
import re

import pytest
from django.contrib.auth.models import User
from django.db import connection

from archive.desk import correct, export, families, merging
from archive.desk.accept import accept
from archive.desk.authority import register_name
from archive.models import Article, Band, IndexTask, Original
from tests.desk.copy_samples import STORY, make_source, read
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(db):
    """A small archive with a bit of everything."""
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


def wipe():
    """Empty every table, as a new archive has them."""
    with connection.constraint_checks_disabled():
        for model in [*export.tables(), *export.DERIVED]:
            model._base_manager.all()._raw_delete("default")
    User.objects.all().delete()


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_the_way_back_gives_every_row_as_it_was(archive, tmp_path):
    counts = export.export(tmp_path / "first")
    bands = sorted(Band.objects.values_list("key", "article_id"))
    wipe()
    assert export.restore(tmp_path / "first") == counts
    export.export(tmp_path / "second")
    first, second = contents(tmp_path / "first"), contents(tmp_path / "second")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert sorted(Band.objects.values_list("key", "article_id")) == bands
    # what the comparison is worth: there is something in each of the tables that matter
    filled = {name.split(".")[1] for name, count in counts.items() if count and "." in name}
    assert filled >= {
        *("article", "revision", "original", "original_articles", "source", "credit", "entity", "alias"),
        *("mention", "quote", "merge", "nameevent", "signature", "passage", "correction", "apart"),
        *("family", "familymember"),
    }


def test_the_way_back_keeps_microseconds(archive, tmp_path):
    moment = datetime.datetime(2004, 7, 10, 22, 7, 0, 123, tzinfo=datetime.UTC)
    Article.objects.filter(pk=archive.pk).update(created_at=moment)
    export.export(tmp_path / "out")
    wipe()
    export.restore(tmp_path / "out")
    assert Article.objects.get(pk=archive.pk).created_at == moment


def test_restored_articles_wait_for_the_index(archive, tmp_path):
    export.export(tmp_path / "out")
    wipe()
    export.restore(tmp_path / "out")
    assert set(IndexTask.objects.values_list("article_id", flat=True)) == set(
        Article.objects.values_list("pk", flat=True)
    )


def test_accounts_come_back_closed(archive, tmp_path):
    export.export(tmp_path / "out")
    assert "correct horse" not in (tmp_path / "out/rows/accounts.jsonl").read_text()
    assert "pbkdf2" not in (tmp_path / "out/rows/accounts.jsonl").read_text()
    wipe()
    export.restore(tmp_path / "out")
    account = User.objects.get(username="e.ditor")
    assert (account.is_active, account.has_usable_password()) == (False, False)
    assert archive.revisions.latest("history_id").history_user == account


def test_plain_lines_hold_what_readers_may_see(archive, tmp_path):
    export.export(tmp_path / "out")
    lines = [json.loads(line) for line in (tmp_path / "out/articles.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == 4
    assert lines[0]["headline"] == "CORRECTED: Ferries & fishers"
    assert lines[0]["address"] == Article.objects.get(pk=archive.pk).get_absolute_url()


def test_originals_lie_under_their_hash(archive, tmp_path):
    export.export(tmp_path / "out")
    for original in Original.objects.all():
        path = tmp_path / "out/originals" / original.sha256[:2] / original.sha256
        assert path.read_bytes() == bytes(original.content)


class TestRefused:
    @pytest.fixture
    def folder(self, archive, tmp_path):
        export.export(tmp_path / "out")
        wipe()
        return tmp_path / "out"

    def refused(self, folder, match):
        with pytest.raises(export.CannotRestore, match=match):
            export.restore(folder)
        # the caller's transaction is the test's: what matters is that nothing is told to be done

    def test_folder_that_is_not_empty(self, archive, tmp_path):
        (tmp_path / "note.txt").write_text("mine")
        with pytest.raises(FileExistsError, match="not empty"):
            export.export(tmp_path)

    def test_archive_that_is_not_empty(self, folder):
        take_in("Here already.")
        self.refused(folder, "This archive is not empty")

    def test_folder_without_manifest(self, folder):
        (folder / "manifest.json").unlink()
        self.refused(folder, "not finished")

    def test_other_format(self, folder):
        (folder / "manifest.json").write_text('{"format": 99, "rows": {}}')
        self.refused(folder, "format 99")

    def test_altered_original(self, folder):
        path = next(path for path in (folder / "originals").rglob("*") if path.is_file())
        path.write_bytes(b"altered")
        self.refused(folder, "not as it was received")

    def test_missing_rows(self, folder):
        path = folder / "rows" / "article.jsonl"
        path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
        self.refused(folder, re.escape("article.jsonl has 6 rows instead of 7"))

    def test_row_that_is_no_json(self, folder):
        (folder / "rows" / "article.jsonl").write_text("{broken\n")
        self.refused(folder, "cannot be read")

    def test_original_with_a_path_for_a_name(self, folder):
        path = folder / "rows" / "original.jsonl"
        path.write_text(
            re.sub(r'"sha256": "[0-9a-f]{64}"', '"sha256": "../../../etc/passwd"', path.read_text())
        )
        self.refused(folder, "is no SHA-256")


def test_markup_in_a_tampered_export_is_cleaned(archive, tmp_path):
    export.export(tmp_path / "out")
    path = tmp_path / "out/rows/article.jsonl"
    path.write_text(
        path.read_text("utf-8").replace("<p>Mirvan", "<p><script>alert(1)</script>Mirvan"), "utf-8"
    )
    wipe()
    export.restore(tmp_path / "out")
    assert not Article.objects.filter(body_html__contains="<script").exists()
