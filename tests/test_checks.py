"""Warnings about settings that work, but not as meant."""

import pytest
from django.core.checks import run_checks


def ids() -> list[str]:
    return [message.id for message in run_checks() if message.id.startswith("archive.")]


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        (["localhost", "127.0.0.1", "[::1]"], []),
        (["archive.example.org"], ["archive.W002"]),
        (["https://archive.example.org"], ["archive.W001", "archive.W002"]),
        (["localhost:8000"], ["archive.W001", "archive.W002"]),
    ],
)
def test_hosts_that_answer_nothing_or_unprotected_are_named(settings, hosts, expected):
    settings.ALLOWED_HOSTS = hosts
    assert ids() == expected


@pytest.mark.parametrize("name", ["ARCHIVE_LOCAL", "ARCHIVE_HTTPS"])
def test_production_and_https_are_fine_with_other_hosts(settings, name):
    settings.ALLOWED_HOSTS = ["archive.example.org"]
    setattr(settings, name, name == "ARCHIVE_HTTPS")
    assert ids() == []
