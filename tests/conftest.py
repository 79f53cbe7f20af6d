"""What every test room shares: which tests run where."""

import os
import sys

import pytest
from haystack import connections

# Set by .ci/run: nothing is skipped there, and a browser that is missing is a failure.
RUN_ALL = os.environ.get("ARCHIVE_TEST_ALL") == "1"


def pytest_collection_modifyitems(items):
    if RUN_ALL:
        return
    skip = pytest.mark.skip(reason="slow; runs with ARCHIVE_TEST_ALL=1")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def no_merging_thread(monkeypatch):
    """A thread that outlives its test would meet the next one's database; tests of it call it by name."""
    if indexer := sys.modules.get("archive.search.indexer"):
        monkeypatch.setattr(indexer, "merge_when_due", lambda: None)


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Rows of tests come without index tasks, by which the archive's numbers are known to be old."""
    if remembered := sys.modules.get("archive.search.remembered"):
        remembered.forget()


@pytest.fixture
def empty_index():
    """The archive's own index, without any article; a transaction that commits is indexed at once."""
    backend = connections["default"].get_backend()
    backend.clear()
    yield backend
    backend.clear()
