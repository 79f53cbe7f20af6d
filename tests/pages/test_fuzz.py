"""Hostile values in every parameter of everything that searches: an answer of 200, 302, 400 or 404, never 500."""

import itertools

import pytest
from django.test import Client

from archive.search import indexer
from archive.search.facets import FACETS
from archive.search.form import BOXES

ADDRESSES = [
    "/search/",
    "/search/advanced/",
    "/search/facet/?facet=person",
    "/search/results.json",
    "/search/results.csv",
    "/search/results.ris",
    "/search/results.atom",
    "/1999/07/10/talks-open/",
]
FACET_KEYS = [spec.key for spec in FACETS]
PARAMETERS = [
    *("q", "since", "until", "sort", "page", "drop", "facet", "find", "from-search", "hit", "in", "letter"),
    *FACET_KEYS,
    *(f"not-{key}" for key in FACET_KEYS),
    *(box.key for box in BOXES),
]
HOSTILE = [
    *("", " ", "\0", "\x1b[31m", "\ud800", "\ufeff", "\u202e", "é" * 300, "𝕋" * 50, "میروان"),
    *(
        "*",
        "?",
        "a*",
        "((((",
        ")" * 50,
        '"',
        "“",
        "'",
        "\\",
        "%",
        "%00",
        "%s",
        "{{7*7}}",
        "<script>",
        "-" * 40,
    ),
    *("AND", "OR OR", "NOT", "a AND", "-", "by:", "from:(", "date:9999-99-99", "date:0000", "words:>", "~~~"),
    *(
        "a NEAR/999999999 b",
        "ATLEAST99999999(x)",
        '"a b"~99999999999',
        "[a TO b]",
        "x:y:z",
        "sort:sort:",
        "a~9",
    ),
    *(
        "0",
        "-1",
        "1e9",
        "1000000000",
        "9" * 40,
        "٣",
        "NaN",
        "None",
        "true",
        "2019",
        "2019-02-30",
        "10000-01-01",
    ),
    *(
        "../../etc/passwd",
        "' OR 1=1 --",
        "a" * 5000,
        "a " * 1500,
        "(" * 2000,
        '"a" ' * 400,
        "q=q%3Dq",
        "\r\nX: y",
    ),
]


@pytest.fixture(scope="module")
def archive(django_db_setup, django_db_blocker):
    """A small archive, made once for this file."""
    from django.core.management import call_command

    from tests.factories import make_entity, make_story_about

    with django_db_blocker.unblock():
        rahim = make_entity("Mirvan Takhti Rahim", spellings=["Takhti-Rahim"])
        make_story_about(rahim, headline="Talks open", on="1999-07-10", sign_off="NA/PA", place="Varra")
        make_story_about(rahim, headline="Talks close", on="2001-01-01", sign_off="NA", place="Geneva")
        indexer.rebuild()
        yield Client()
        call_command("flush", interactive=False, verbosity=0)
        indexer.rebuild()


def status_of(client, address, pairs):
    from urllib.parse import urlencode

    question = urlencode(pairs, errors="surrogatepass")
    page = client.get(f"{address}{'&' if '?' in address else '?'}{question}")
    if page.streaming:
        b"".join(page.streaming_content)
    return page.status_code


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_hostile_value_of_any_parameter_is_answered(archive, db, parameter):
    # Every value meets every parameter, and in turn every address.
    addresses = itertools.cycle(ADDRESSES)
    wrong = [
        (address, value[:40], status)
        for value, address in zip(HOSTILE, addresses, strict=False)
        if (status := status_of(archive, address, [(parameter, value)])) not in (200, 302, 400, 404)
    ]
    assert wrong == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_everything_at_once_and_twice_is_answered(archive, db, address):
    for first, second in itertools.pairwise(HOSTILE):
        pairs = [(name, value) for name in PARAMETERS for value in (first[:60], second[:60])]
        assert status_of(archive, address, pairs) in (200, 302, 400, 404), (first[:40], second[:40])


@pytest.mark.parametrize("address", ADDRESSES[:4])
def test_lists_where_one_value_is_meant_are_answered(archive, db, address):
    pairs = [(f"{name}[]", "x") for name in PARAMETERS] + [("q", "a"), ("q", "b")]
    assert status_of(archive, address, pairs) == 200


def test_no_answer_is_a_server_error_for_a_long_address(archive, db):
    assert status_of(archive, "/search/", [("q", "x" * 60_000)]) == 200
