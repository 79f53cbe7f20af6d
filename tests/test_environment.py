"""Settings that cannot be meant stop start-up, by name."""

import json
import os
import shutil
import sqlite3
import stat
import tempfile
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from archive import environment

NAME = "ARCHIVE_SOMETHING"


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("Yes", True), (" off ", False), ("0", False), ("", True)]
)
def test_flags_are_read(monkeypatch, text, expected):
    monkeypatch.setenv(NAME, text)
    assert environment.get_flag(NAME, True) is expected


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (lambda: environment.get_flag(NAME, True), "perhaps", "1 or 0"),
        (lambda: environment.get_number(NAME, 20, least=1), "0", "at least 1"),
        (lambda: environment.get_number(NAME, 20), "-5", "at least 0"),
        (lambda: environment.get_number(NAME, 20), "20MB", "in digits alone"),
        (lambda: environment.get_number(NAME, 20), "٢٠", "in digits alone"),
        (lambda: environment.get_zone(NAME, "UTC"), "Mars/Phobos", "a time zone name"),
        (lambda: environment.get_zone(NAME, "UTC"), "../../etc/passwd", "a time zone name"),
        (lambda: environment.get_zone(NAME, "UTC"), "Europe", "a time zone name"),
        (lambda: environment.get_level(NAME, "INFO"), "LOUD", "DEBUG, INFO"),
        (lambda: environment.get_folder(NAME, "data"), "/dev/null", "a folder that can be made"),
        (lambda: environment.get_folder(NAME, "data"), "/dev/null/below", "a folder that can be made"),
    ],
)
def test_what_cannot_be_meant_is_named(monkeypatch, read, text, expected):
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ImproperlyConfigured) as refused:
        read()
    assert f"{NAME} is {text}" in str(refused.value)
    assert expected in str(refused.value)


def test_empty_variable_is_as_good_as_none(monkeypatch, tmp_path):
    monkeypatch.setenv(NAME, "  ")
    assert environment.get_folder(NAME, tmp_path / "data") == tmp_path / "data"
    assert environment.get_list(NAME, ["localhost"]) == ["localhost"]
    assert environment.get_number(NAME, 20) == 20
    with pytest.raises(ImproperlyConfigured, match="is not set"):
        environment.get_required(NAME, "Choose one.")


def test_list_is_parted_by_commas(monkeypatch):
    monkeypatch.setenv(NAME, " a.example, ,b.example,")
    assert environment.get_list(NAME, []) == ["a.example", "b.example"]


def test_log_level_is_read_in_any_case(monkeypatch):
    monkeypatch.setenv(NAME, "debug")
    assert environment.get_level(NAME, "INFO") == "DEBUG"


def test_new_folder_is_closed_to_others(monkeypatch, tmp_path):
    monkeypatch.setenv(NAME, str(tmp_path / "deep" / "data"))
    assert stat.S_IMODE(environment.get_folder(NAME, tmp_path).stat().st_mode) == 0o700


def test_rights_of_a_folder_that_exists_are_left_alone(monkeypatch, tmp_path):
    tmp_path.chmod(0o750)
    monkeypatch.setenv(NAME, str(tmp_path))
    assert stat.S_IMODE(environment.get_folder(NAME, tmp_path).stat().st_mode) == 0o750


NOBODY = 65534


@pytest.fixture
def locked_folder():
    """A folder that holds a database in WAL mode and cannot be written to by NOBODY, or by whoever tests."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-locked-"))
    with sqlite3.connect(folder / "archive.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE story (headline)")
        database.execute("INSERT INTO story VALUES ('Ferries sail')")
    database.close()
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def without_rights(ask):
    """Return what a function says in a process that is not root's; its answer has to fit into JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            answer = ask()
        except BaseException as error:
            answer = repr(error)
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        return json.loads(answer.read())


def read(path, **options):
    database = sqlite3.connect(path, **options)
    try:
        rows = database.execute("SELECT headline FROM story").fetchall()
        try:
            database.execute("INSERT INTO story VALUES ('Another')")
        except sqlite3.OperationalError as error:
            return [rows, str(error)]
        return [rows, "written"]
    finally:
        database.close()


class TestReadOnlyFolder:
    def test_folder_that_can_be_written_to_needs_nothing(self, tmp_path):
        (tmp_path / "archive.sqlite3").touch()
        assert environment.find_read_only_address(tmp_path / "archive.sqlite3") is None

    def test_database_that_is_not_made_yet_has_no_address(self, locked_folder):
        path = locked_folder / "new.sqlite3"
        assert without_rights(lambda: environment.find_read_only_address(path)) is None

    def test_plain_opening_fails_there(self, locked_folder):
        answer = without_rights(lambda: read(locked_folder / "archive.sqlite3"))
        assert answer.startswith("OperationalError(")

    def test_address_reads_and_never_writes(self, locked_folder):
        path = locked_folder / "archive.sqlite3"
        answer = without_rights(lambda: read(environment.find_read_only_address(path), uri=True))
        assert answer == [[["Ferries sail"]], "attempt to write a readonly database"]

    def test_log_that_was_left_behind_is_read_too(self, locked_folder):
        path = locked_folder / "archive.sqlite3"
        path.with_name("archive.sqlite3-wal").write_bytes(b"x")
        address = without_rights(lambda: environment.find_read_only_address(path))
        assert address.endswith("archive.sqlite3?mode=ro")
