"""Settings that cannot be meant stop start-up, by name."""

import stat

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
