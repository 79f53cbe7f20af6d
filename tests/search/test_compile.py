"""The language as it works on the demo wire and the real engine: every form finds what it should."""

import datetime

import pytest
from django.http import QueryDict

from archive.search.compile import compile_query
from archive.search.fields import iter_examples
from archive.search.query import ArchiveQuery
from archive.search.run import run

TODAY = datetime.date(2006, 12, 31)


@pytest.fixture(autouse=True)
def ask_the_wire(demo_wire, db):
    pass


def ask(text, **params):
    data = QueryDict(mutable=True)
    data.update({"q": text, **params})
    return run(ArchiveQuery.from_params(data))


def understood(text, **params):
    data = QueryDict(mutable=True)
    data.update({"q": text})
    for key, values in params.items():
        data.setlist(key, [values] if isinstance(values, str) else values)
    return compile_query(ArchiveQuery.from_params(data), TODAY)


@pytest.mark.parametrize("example", iter_examples(), ids=lambda example: example.text)
def test_every_example_of_the_help_page_works(example):
    page = ask(example.text)
    assert page.reduced == ""
    assert bool(page.total) is example.hits, page.notes
