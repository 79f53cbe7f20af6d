"""Rules of the house that no single test would notice breaking."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "archive"
# Each room may import the rooms of its own number and below, except the three ground rooms, which do not know
# each other (the desk's own rooms, management and templatetags stand with the pages).
LEVELS = {
    **{"wire": 0, "names": 0, "models": 0},
    "desk": 1,
    "search": 2,
    "search_indexes": 2,
    **{"pages": 3, "api": 3, "admin": 3, "management": 3, "templatetags": 3},
}
GROUND = {"wire", "names", "models"}
# mark_safe is trusted in these files only, each for the reason its docstring gives.
TRUSTED = {"archive/search/highlight.py", "archive/pages/body.py"}


def python_files():
    return [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path):
    package = ".".join(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "archive" and len(parts) > 1:
                yield parts[1]


def test_imports_point_down_only():
    wrong = []
    for path in python_files():
        room = room_of(path)
        for other in imported_rooms(path):
            if room not in LEVELS or other not in LEVELS or other == room:
                continue
            if LEVELS[other] > LEVELS[room] or (room in GROUND and other in GROUND):
                wrong.append(f"{path.relative_to(ROOT)} imports archive.{other}")
    assert wrong == []


def test_ground_rooms_wire_and_names_know_no_django_models():
    wrong = [
        str(path.relative_to(ROOT))
        for room in ("wire", "names")
        for path in (PACKAGE / room).rglob("*.py")
        if re.search(r"^\s*(from|import) django", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert wrong == []


def test_markup_is_trusted_in_two_places_only():
    python = {
        str(path.relative_to(ROOT))
        for path in python_files()
        if re.search(r"\bmark_safe\(|SafeString\(", path.read_text())
    }
    templates = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape off|safeseq", path.read_text("utf-8"))
    ]
    assert python <= TRUSTED
    assert templates == []


def test_bleach_is_imported_in_one_file():
    files = [
        str(p.relative_to(ROOT))
        for p in python_files()
        if re.search(r"^(import|from) bleach", p.read_text(), re.M)
    ]
    assert files == ["archive/wire/sanitize.py"]


def test_whoosh_is_imported_by_its_engine_only():
    wrong = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if re.search(r"^\s*(import|from) whoosh", path.read_text(), re.M)
        and "engines/whoosh" not in path.as_posix()
    ]
    assert wrong == []


def plain_environment():
    """The environment without settings of ours or of other tests."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("ARCHIVE_", "DJANGO_"))}


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_readme_lists_every_setting():
    settings = (PACKAGE / "settings.py").read_text("utf-8")
    names = set(re.findall(r'"(ARCHIVE_[A-Z_]+|DATABASE_URL|SEARCH_URL)"', settings))
    readme = (ROOT / "README.md").read_text("utf-8")
    assert sorted(name for name in names if f"`{name}`" not in readme) == []


def test_readme_lists_every_command():
    commands = {name for name, app in get_commands().items() if app == "archive"}
    readme = (ROOT / "README.md").read_text("utf-8")
    assert sorted(name for name in commands if f"`{name}" not in readme) == []


def test_ruff_finds_nothing():
    for arguments in (["check"], ["format", "--check"]):
        result = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "."], cwd=ROOT, capture_output=True, text=True
        )
        assert result.returncode == 0, result.stdout[-3000:]


def test_production_refuses_to_start_without_secret_or_host():
    environment = plain_environment()
    for given, missing in (({}, "ARCHIVE_SECRET_KEY"), ({"ARCHIVE_SECRET_KEY": "x" * 50}, "ARCHIVE_HOSTS")):
        result = subprocess.run(
            [sys.executable, "-c", "import django; django.setup()"],
            cwd=ROOT,
            env={**environment, **given, "DJANGO_SETTINGS_MODULE": "archive.settings"},
            capture_output=True,
            text=True,
        )
        assert result.returncode != 0
        assert f"{missing} is not set" in result.stderr


def test_deployment_check_is_clean_with_production_settings(tmp_path):
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            **plain_environment(),
            "ARCHIVE_LOCAL": "0",
            "ARCHIVE_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "ARCHIVE_HOSTS": "archive.example.org",
            "ARCHIVE_DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "archive.settings",
        },
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
