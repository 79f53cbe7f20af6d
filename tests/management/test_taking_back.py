"""An archive leaves as a folder and comes back by `ingest`: nothing is lost on the way."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from tqdm import tqdm

from archive.desk import authority, correct, merging, verdicts
from archive.management import demo
from archive.models import Article, Entity, IndexTask, Mention, Quote, Revision
from tests.desk.exported import empty_archive, fill_archive, rows_of_every_table

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_demo_archive_comes_back_row_by_row(tmp_path, empty_index):
    demo.load(lambda total, label: tqdm(total=total, disable=True))
    by = User.objects.create_user("ana")
    story, other = Article.objects.published().order_by("pk")[:2]
    correct.edit(story, {"headline": "As mended by hand"}, by=by, why="Clearer.")
    correct.withdraw(other, by=by, why="Untrue.")
    people = list(Entity.objects.filter(kind="person").order_by("pk")[:2])
    merging.merge(people[1], people[0], by=by, why="One person.")
    authority.register_name(kind="person", name="Only Registered", by=by)
    verdicts.confirm_mentions(Mention.objects.all()[:3], by=by)
    before = rows_of_every_table()
    # what the comparison is worth
    assert Article.objects.count() > 100
    assert Mention.objects.count() > 500
    assert Quote.objects.count() > 50
    assert Revision.objects.count() > Article.objects.count()

    run("export", tmp_path / "out", "--no-site")
    empty_archive()
    sentence = run("ingest", tmp_path / "out")
    assert sentence.startswith(f"{Article.objects.count()} articles, ")
    after = rows_of_every_table()
    assert [table for table in before if before[table] != after[table]] == []
    assert IndexTask.objects.count() == 0


class TestIngestOfAnExport:
    @pytest.fixture
    def folder(self, db, tmp_path):
        fill_archive()
        run("export", tmp_path / "out", "--no-site")
        return tmp_path / "out"

    def test_into_an_archive_with_stories_is_refused(self, folder):
        with pytest.raises(CommandError, match="This archive is not empty") as error:
            run("ingest", folder)
        assert str(folder / "articles.ninjs.jsonl") in str(error.value)

    def test_together_with_other_files_is_refused(self, folder, tmp_path):
        with pytest.raises(CommandError, match="take it in alone"):
            run("ingest", tmp_path / "story.txt", folder)

    def test_dry_run_checks_and_writes_nothing(self, folder):
        empty_archive()
        assert run("ingest", folder, "--dry-run").endswith("; nothing was written\n")
        assert not Article.objects.exists()

    def test_damaged_one_leaves_nothing_behind(self, folder):
        empty_archive()
        next(path for path in (folder / "originals").rglob("*") if path.is_file()).write_bytes(b"altered")
        with pytest.raises(CommandError, match="Nothing was taken in"):
            run("ingest", folder)
        assert not any(rows_of_every_table().values())
        assert not User.objects.exists()

    def test_stories_alone_go_into_any_archive(self, folder):
        empty_archive()
        sentence = run("ingest", folder / "articles.ninjs.jsonl", "--publish")
        assert sentence.startswith("4 read, 4 new")
