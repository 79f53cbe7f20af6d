"""The commands as people run them: in processes of their own, on a folder of their own."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from archive.models import Article
from tests.desk.copy_samples import STORY

ROOT = Path(__file__).parent.parent.parent


def manage(folder, *arguments, **options):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ARCHIVE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env={**environment, "ARCHIVE_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )


def count(folder, table="archive_article"):
    with sqlite3.connect(folder / "archive.sqlite3") as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY)
    (folder / "b.txt").write_text("")
    return folder


@pytest.mark.django_db(transaction=True)
def test_ingest_ends_with_the_count_sentence(inbox, capsys, empty_index):
    call_command("ingest", inbox, "--zone", "Indian/Mahe", "--publish")
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1] == (
        "2 read, 1 new, 0 changed, 0 unchanged, 0 duplicate, 0 kept as draft, 1 skipped"
    )
    assert "b.txt: skipped. The file is empty" in captured.err
    assert Article.objects.get().published_at.isoformat() == "2004-07-10T18:07:00+00:00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/nowhere/at/all"], "There is no /nowhere/at/all."),
        ([str(ROOT / "README.md"), "--zone", "Mars/Olympus"], "not a time zone name"),
        ([str(ROOT / "README.md"), "--zone", "Mars/Olympus", "--dry-run"], "not a time zone name"),
    ],
)
def test_ingest_refuses_with_a_sentence(arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("ingest", *arguments)


@pytest.mark.django_db
def test_ingest_does_not_change_the_zone_of_a_known_source(inbox):
    call_command("ingest", inbox, "--zone", "Indian/Mahe")
    with pytest.raises(CommandError, match="registered in Indian/Mahe, not in Asia/Tehran"):
        call_command("ingest", inbox, "--zone", "Asia/Tehran")


@pytest.mark.django_db
def test_ingest_dry_run_registers_nothing(inbox):
    call_command("ingest", inbox, "--dry-run", "--zone", "Indian/Mahe")
    assert not Article.objects.exists()


@pytest.mark.slow
def test_ingest_into_a_folder_nobody_used_makes_the_archive(tmp_path, inbox):
    done = manage(tmp_path / "new", "ingest", inbox / "a.txt")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(
        "1 read, 1 new, 0 changed, 0 unchanged, 0 duplicate, 0 kept as draft, 0 skipped\n"
    )
    assert count(tmp_path / "new") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["ingest", "watch"])
def test_tables_of_an_earlier_version_are_a_sentence(inbox, command):
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("archive", "0001_initial")
    with pytest.raises(CommandError, match="The database was made by an earlier version"):
        call_command(command, inbox)
    assert not Article.objects.exists()


@pytest.mark.slow
def test_demo_twice_keeps_what_is_there(tmp_path):
    first = manage(tmp_path, "demo", "--no-serve")
    assert first.returncode == 0, first.stderr
    assert "107 read, 107 new" in first.stdout
    assert re.search(r"user archivist, password \S{12,}", first.stdout)
    again = manage(tmp_path, "demo", "--no-serve")
    assert "0 new, 0 changed, 107 unchanged" in again.stdout
    assert "(shown only this once)" not in again.stdout
    assert count(tmp_path) == 107


@pytest.mark.slow
def test_demo_serves_and_a_second_server_says_the_address_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ARCHIVE_", "DJANGO_"))}
    server = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--bind", bind],
        cwd=ROOT,
        env={**environment, "ARCHIVE_DATA_DIR": str(tmp_path)},
    )
    try:
        page = wait_for(f"http://{bind}/search/?q=Takhtirahim")
        assert "26 articles" in page
        second = manage(tmp_path, "serve", "--bind", bind)
        assert second.returncode != 0
        assert "Choose another address with --bind" in second.stderr
    finally:
        server.terminate()
        server.wait(120)


def wait_for(address):
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return response.read().decode()
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{address} does not answer")


@pytest.mark.slow
def test_ingest_killed_at_any_moment_and_run_again_has_every_story_once(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(300):
        (inbox / f"{number}.txt").write_text(STORY.replace("Sable Bank", f"Sable Bank {number}"))
    data = tmp_path / "data"
    assert manage(data, "migrate").returncode == 0
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ARCHIVE_", "DJANGO_"))}
    for delay in (1.2, 1.8, 2.4, 3.0):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "ingest", str(inbox), "--publish"],
            cwd=ROOT,
            env={**environment, "ARCHIVE_DATA_DIR": str(data)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    last = manage(data, "ingest", inbox, "--publish")
    assert last.returncode == 0, last.stderr
    assert count(data) == 300
    assert count(data, "archive_original") == 300
    assert "0 missing, 0 outdated, 0 superfluous" in manage(data, "check_index").stdout
    assert count(data, "archive_indextask") == 0


def test_database_stays_in_a_folder_with_signs_of_addresses_in_its_name(tmp_path):
    folder = tmp_path / "data?a#b%20c"
    assert str(folder / "archive.sqlite3") in manage(folder, "diffsettings").stdout
