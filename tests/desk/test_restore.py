import datetime
import json
import os
import re

import pytest
from django.contrib.auth.models import User

from archive.desk import export, restore, restored_rows
from archive.models import Article, IndexTask, Revision
from tests.desk.exported import empty_archive, fill_archive, rows_of_every_table, sign_again
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(db):
    return fill_archive()


@pytest.fixture
def folder(archive, tmp_path):
    """An export of the archive, which is empty again."""
    export.export(tmp_path / "out")
    empty_archive()
    return tmp_path / "out"


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != export.MANIFEST
    }


def change(folder, name, before, after):
    """Change a file of an export, and its manifest so that it fits."""
    path = folder / name
    text = path.read_text("utf-8")
    assert re.search(before, text)
    path.write_text(re.sub(before, lambda match: after, text, count=1), "utf-8")
    sign_again(folder)


def refused(folder, match):
    with pytest.raises(restore.CannotRestore, match=match):
        restore.restore(folder)


def test_the_way_back_gives_every_row_as_it_was(archive, tmp_path):
    counts = export.export(tmp_path / "first")
    before = rows_of_every_table()
    empty_archive()
    assert restore.restore(tmp_path / "first") == counts
    assert rows_of_every_table() == before
    export.export(tmp_path / "second")
    first, second = contents(tmp_path / "first"), contents(tmp_path / "second")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    # what the comparison is worth: there is something in each of the tables that matter
    filled = {name.split(".")[1] for name, count in counts.items() if count and "." in name}
    assert filled >= {
        *("article", "revision", "original", "original_articles", "source", "credit", "entity", "alias"),
        *("mention", "quote", "merge", "nameevent", "signature", "passage", "correction", "apart"),
        *("family", "familymember"),
    }
    assert before["Band"]


def test_the_way_back_keeps_microseconds(archive, tmp_path):
    moment = datetime.datetime(2004, 7, 10, 22, 7, 0, 123, tzinfo=datetime.UTC)
    Article.objects.filter(pk=archive.pk).update(created_at=moment)
    export.export(tmp_path / "out")
    empty_archive()
    restore.restore(tmp_path / "out")
    assert Article.objects.get(pk=archive.pk).created_at == moment


def test_articles_wait_for_the_index(folder):
    restore.restore(folder)
    assert set(IndexTask.objects.values_list("article_id", flat=True)) == set(
        Article.objects.values_list("pk", flat=True)
    )


class TestAccounts:
    def test_come_back_closed(self, archive, folder):
        restore.restore(folder)
        account = User.objects.get(username="e.ditor")
        assert (account.is_active, account.has_usable_password()) == (False, False)
        assert archive.revisions.latest("history_id").history_user == account

    def test_give_way_to_those_that_are_here(self, archive, folder):
        old = User.objects.create_user("e.ditor", password="another horse", id=4_000)
        restore.restore(folder)
        assert User.objects.get() == old
        assert archive.revisions.latest("history_id").history_user == old
        assert old.is_active

    def test_get_another_number_where_theirs_is_taken(self, archive, folder):
        number = json.loads((folder / export.ACCOUNTS).read_text().splitlines()[0])["pk"]
        User.objects.create_user("first", id=number)
        restore.restore(folder)
        assert archive.revisions.latest("history_id").history_user.username == "e.ditor"
        assert User.objects.get(pk=number).username == "first"

    def test_never_bring_rights_along(self, folder):
        change(folder, export.ACCOUNTS, r"\{", '{"is_superuser": true, "is_staff": true, "is_active": true, ')
        restore.restore(folder)
        account = User.objects.get(username="e.ditor")
        assert (account.is_superuser, account.is_staff, account.is_active) == (False, False, False)

    @pytest.mark.parametrize("line", ["[]", "{}", '{"pk": "x"}', "{broken", '"text"'])
    def test_that_are_none_are_refused(self, folder, line):
        (folder / export.ACCOUNTS).write_text(line + "\n")
        sign_again(folder)
        refused(folder, "line 1: this is no account")


class TestRefused:
    def test_archive_that_is_not_empty(self, folder):
        take_in("Here already.")
        refused(folder, "This archive is not empty.*articles.ninjs.jsonl")

    def test_folder_without_manifest(self, folder):
        (folder / export.MANIFEST).unlink()
        refused(folder, "not finished")

    @pytest.mark.parametrize(
        ("text", "match"),
        [
            ('{"format": 99, "rows": {}}', "format 99"),
            ("{broken", "is damaged"),
            ("[" * 100_000, "is damaged"),
            ("[]", "is damaged"),
            ('{"format": 2, "rows": {"archive.article": "7"}, "sha256": {}}', "is damaged"),
            ('{"format": 2, "rows": {}}', "is damaged"),
            (
                '{"format": 2, "rows": {"archive.later": 1}, "sha256": {}}',
                "newer version: it has archive.later",
            ),
        ],
    )
    def test_other_manifest(self, folder, text, match):
        (folder / export.MANIFEST).write_text(text)
        refused(folder, match)

    def test_changed_rows(self, folder):
        path = folder / "rows/article.jsonl"
        path.write_text(path.read_text("utf-8").replace("Ferries", "Fairies"), "utf-8")
        refused(folder, "article.jsonl is missing, or was changed")

    def test_missing_table(self, folder):
        (folder / "rows/article.jsonl").unlink()
        refused(folder, "article.jsonl is missing")

    def test_altered_original(self, folder):
        path = next(path for path in (folder / "originals").rglob("*") if path.is_file())
        path.write_bytes(b"altered")
        refused(folder, "not as it was received")

    def test_original_larger_than_any_upload(self, folder, monkeypatch, settings):
        path = next(path for path in (folder / "originals").rglob("*") if path.is_file())
        settings.ARCHIVE_MAX_UPLOAD_BYTES = 1
        monkeypatch.setattr(restored_rows, "MAX_ORIGINAL_BYTES", path.stat().st_size - 1)
        with path.open("ab") as file:
            file.truncate(10 << 30)  # sparse: read whole, it would take all memory
        refused(folder, "bytes. If it is right, set ARCHIVE_MAX_UPLOAD_BYTES")

    @pytest.mark.parametrize("name", ["article", "accounts"])
    def test_nul_where_the_database_keeps_none(self, folder, monkeypatch, name):
        monkeypatch.setattr(restore, "_keeps_nul", lambda: False)
        change(folder, f"rows/{name}.jsonl", '"(headline|first_name)": "', '"headline": "\\\\\\u0000')
        refused(folder, rf"{name}.jsonl, line 1: it holds a NUL character")

    def test_backslash_before_a_number_is_no_nul(self, folder, monkeypatch):
        monkeypatch.setattr(restore, "_keeps_nul", lambda: False)
        change(folder, "rows/article.jsonl", '"headline": "', '"headline": "\\\\u0000 ')
        restore.restore(folder)
        assert Article.objects.filter(headline__startswith="\\u0000 ").count() == 1

    def test_rows_too_few(self, folder):
        path = folder / "rows/article.jsonl"
        path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
        sign_again(folder)
        refused(folder, re.escape("rows/article.jsonl has 6 rows instead of 7"))

    @pytest.mark.parametrize(
        ("name", "before", "after", "match"),
        [
            ("rows/article.jsonl", r"\{", "{broken", "cannot be read"),
            ("rows/article.jsonl", r'"archive.article"', '"auth.user"', "cannot be read|row of User"),
            ("rows/article.jsonl", r'"archive.article"', '"archive.source"', "cannot be read|row of Source"),
            ("rows/article.jsonl", r'"status": "\w+"', '"status": "secret"', "status: “secret” is none of"),
            ("rows/article.jsonl", r'"slug": "[^"]+"', '"slug": "../../etc"', "cannot be read"),
            ("rows/article.jsonl", r'"headline": "', '"headline": "' + "x" * 600, "at most 500"),
            ("rows/article.jsonl", r'"pk": \d+', '"pk": 1e400', "cannot be read|contradict"),
            ("rows/article.jsonl", r'"pk": \d+', f'"pk": {10**30}', "contradict"),
            ("rows/article.jsonl", r'"headline": "', r'"headline": "\ud800', "hold what is no text"),
            (
                "rows/article.jsonl",
                r'"published_on": "[^"]+"',
                '"published_on": "0001-01-01"',
                "out of range",
            ),
            (
                *("rows/article.jsonl", r'"published_at": "[^"]+"', '"published_at": "9999-12-31T23:59:59Z"'),
                "out of range",
            ),
            (
                "rows/revision.jsonl",
                r'"published_on": "[^"]+"',
                '"published_on": "0999-12-31"',
                "out of range",
            ),
            ("rows/revision.jsonl", r'"source": \d+', '"source": 987654', "source that does not exist"),
            ("rows/revision.jsonl", r'"source": \d+', '"source": null', "source that does not exist"),
            ("rows/article.jsonl", r'"extra": \{\}', '"extra": []', "of a wrong kind"),
            ("rows/article.jsonl", r'"warnings": \[', '"warnings": [7, ', "of a wrong kind"),
            ("rows/source.jsonl", r"Indian/Mahe", "Nowhere/Land", "is not a time zone"),
            ("rows/mention.jsonl", r'"entity": \d+', '"entity": 987654', "contradict each other"),
            ("rows/credit.jsonl", r'"pk": 2', '"pk": 1', "contradict each other"),
            (
                "rows/original.jsonl",
                r'"sha256": "[0-9a-f]{64}"',
                '"sha256": "../../../etc/passwd"',
                "SHA-256",
            ),
        ],
    )
    def test_hostile_rows(self, folder, name, before, after, match):
        if name == "rows/credit.jsonl":
            first = json.loads((folder / name).read_text().splitlines()[0])["pk"]
            before, after = rf'"pk": {first + 1}\b', f'"pk": {first}'
        change(folder, name, before, after)
        refused(folder, match)

    def test_row_without_end(self, folder, monkeypatch):
        monkeypatch.setattr(restore, "MAX_ROW_CHARS", 500)
        refused(folder, "line of more than 500 characters")


class TestOutside:
    """Nothing is read that does not lie in the folder."""

    @pytest.mark.parametrize("name", ["rows/article.jsonl", export.MANIFEST])
    def test_link_to_a_file_elsewhere(self, folder, tmp_path, name):
        elsewhere = (folder / name).rename(tmp_path / "elsewhere")
        (folder / name).symlink_to(elsewhere)
        refused(folder, "is missing|not finished")

    @pytest.mark.parametrize("name", ["rows/article.jsonl", export.ACCOUNTS])
    def test_link_that_the_manifest_says_nothing_of(self, folder, tmp_path, name):
        elsewhere = (folder / name).rename(tmp_path / "elsewhere")
        (folder / name).symlink_to(elsewhere)
        manifest = json.loads((folder / export.MANIFEST).read_text("utf-8"))
        del manifest["sha256"][name]
        (folder / export.MANIFEST).write_text(json.dumps(manifest), "utf-8")
        refused(folder, "is missing, or was changed")

    def test_link_among_the_originals(self, folder, tmp_path):
        path = next(path for path in (folder / "originals").rglob("*") if path.is_file())
        elsewhere = path.rename(tmp_path / "elsewhere")
        path.symlink_to(elsewhere)
        refused(folder, "is missing or not as it was received")

    def test_pipe_instead_of_rows(self, folder):
        (folder / "rows/article.jsonl").unlink()
        os.mkfifo(folder / "rows/article.jsonl")
        refused(folder, "article.jsonl is missing")


@pytest.mark.parametrize(("table", "model"), [("article", Article), ("revision", Revision)])
def test_markup_is_cleaned_again(folder, table, model):
    change(folder, f"rows/{table}.jsonl", "<p>Mirvan", "<p><script>alert(1)</script>Mirvan")
    restore.restore(folder)
    assert model.objects.count()
    assert not model.objects.filter(body_html__contains="<script").exists()


@pytest.mark.parametrize(("table", "model"), [("article", Article), ("revision", Revision)])
def test_body_that_is_missing_is_empty(folder, table, model):
    change(folder, f"rows/{table}.jsonl", r'"body_html": "(\\.|[^"\\])+"', '"body_html": null')
    restore.restore(folder)
    assert model.objects.filter(body_html="").count() == 1


def test_folders_of_copy_are_no_exports(folder, tmp_path):
    assert restore.is_export(folder)
    (tmp_path / "copy" / "rows").mkdir(parents=True)
    (tmp_path / "copy" / "manifest.json").write_text("{}")
    assert not restore.is_export(tmp_path / "copy")
    assert not restore.is_export(folder / export.NINJS)
