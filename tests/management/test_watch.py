"""The commands that take copy in beside ingest."""

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from archive.models import Article, Batch, IndexTask, ReadingTask
from tests.desk.copy_samples import STORY

pytestmark = pytest.mark.django_db(transaction=True)


def test_watch_once_takes_what_is_there(tmp_path, capsys, empty_index):
    (tmp_path / "a.txt").write_text(STORY)
    call_command("watch", tmp_path, "--once", "--every", "0.01", "--publish", "--zone", "Indian/Mahe")
    assert "a.txt: 1 read, 1 new" in capsys.readouterr().out
    assert Article.objects.published().count() == 1


def test_watch_refuses_a_folder_that_cannot_be_one(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="cannot be watched"):
        call_command("watch", tmp_path / "file", "--once")


def test_enrich_catches_up_on_what_was_deferred(tmp_path, capsys, empty_index):
    (tmp_path / "a.txt").write_text(STORY)
    call_command("ingest", tmp_path, "--publish", "--defer")
    assert ReadingTask.objects.filter(finished_at=None).count() == 1
    assert IndexTask.objects.count() == 1
    call_command("enrich")
    assert capsys.readouterr().out.splitlines()[-1] == "1 read, 1 indexed"
    assert not ReadingTask.objects.filter(finished_at=None).exists()
    assert not IndexTask.objects.exists()


@pytest.mark.parametrize("command", ["ingest", "watch"])
def test_locked_database_is_a_sentence(tmp_path, monkeypatch, command):
    def locked(*args, **options):
        raise OperationalError("database is locked")

    monkeypatch.setattr(f"archive.management.commands.{command}.get_or_register_source", locked)
    with pytest.raises(CommandError, match="Another program keeps the database locked"):
        call_command(command, tmp_path)


def test_import_is_undone_by_its_number(tmp_path, capsys, empty_index):
    (tmp_path / "a.txt").write_text(STORY)
    call_command("ingest", tmp_path, "--publish")
    call_command("undo_import", Batch.objects.get().pk)
    assert capsys.readouterr().out.splitlines()[-1] == "1 withdrawn"
    assert Article.objects.get().status == "withdrawn"
    with pytest.raises(CommandError, match="There is no import 999"):
        call_command("undo_import", 999)
