"""Fills an archive with the demo wire of fixtures/ and an account to look after it."""

import json
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from archive.desk.authority import register_code, register_name
from archive.desk.ingest import Report, find_files, ingest
from archive.desk.roles import ARCHIVIST
from archive.desk.sources import get_or_register_source
from archive.models import BylineCode, Entity
from archive.search.indexer import deferred_drain

FIXTURES_DIR: Final = settings.BASE_DIR / "fixtures"
ACCOUNT: Final = "archivist"


def load(progress_bar) -> Report:
    """Register the demo's sources, names and codes and take in its stories; what is there already stays."""
    sources = [get_or_register_source(**row) for row in _read("sources.json")]
    with deferred_drain():
        if not Entity.objects.exists():
            for row in _read("names.json"):
                register_name(**row)
        if not BylineCode.objects.exists():
            for row in _read("bylines.json"):
                register_code(row.pop("code"), row.pop("name"), **row)
        files = {source: find_files([FIXTURES_DIR / "wire" / source.slug]) for source in sources}
        total = Report()
        with progress_bar(sum(map(len, files.values())), "Demo wire") as bar:
            for source, paths in files.items():
                report = ingest(
                    paths,
                    source,
                    publish=True,
                    origin="demo wire",
                    progress=lambda _, stories: bar.update(stories),
                )
                total.add(report)
    return total


def find_or_make_account() -> str | None:
    """Make the archivist's account and return its password, or None if there is one already."""
    users = get_user_model().objects
    if users.filter(username=ACCOUNT).exists():
        return None
    password = secrets.token_urlsafe(12)
    user = users.create_user(ACCOUNT, password=password, is_staff=True)
    user.groups.add(Group.objects.get(name=ARCHIVIST))
    return password


def _read(name: str) -> list[dict]:
    return json.loads(Path(FIXTURES_DIR, name).read_text("utf-8"))
