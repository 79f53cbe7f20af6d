from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from haystack import connections

from archive.management import demo


@contextmanager
def _silent(total, label):
    yield SimpleNamespace(update=lambda *counts: None)


@pytest.fixture(scope="module")
def demo_wire(django_db_setup, django_db_blocker):
    """The demo wire, taken in and indexed once for a file of tests that only read, and removed afterwards."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        connections["default"].get_backend().clear()
        demo.load(_silent)
        yield
        call_command("flush", interactive=False, verbosity=0)
        connections["default"].get_backend().clear()
