"""Registered names of a question: a longer name wins, and names that share one word of it stay unread."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive.search.expand import MOST_LOADED_AHEAD, Names
from archive.search.grammar import parse
from tests.factories import make_entity

pytestmark = pytest.mark.django_db
MANY = MOST_LOADED_AHEAD + 3


@pytest.fixture(autouse=True)
def _family():
    for number in range(MANY):
        given = f"Given{chr(ord('a') + number)}"
        make_entity(f"{given} Moss", slug=f"moss-{number}", spellings=["Moss"])


def names_meant(text: str) -> list[list[str]]:
    tree = parse(text).tree
    return [[entity.name for entity in found.entities] for found in Names(tree).among(tree.children).values()]


def test_longer_name_is_meant_alone():
    assert names_meant("Givenb Moss") == [["Givenb Moss"]]


def test_shared_word_means_all_who_have_it():
    assert [len(found) for found in names_meant("Moss")] == [MANY]


def test_those_who_share_a_word_of_a_longer_name_are_not_loaded():
    with CaptureQueriesContext(connection) as longer:
        names_meant("Givenb Moss")
    with CaptureQueriesContext(connection) as shared:
        names_meant("ferry Moss")
    # Who has the spellings; the names; all spellings of these; what was merged into them.
    assert (len(longer), len(shared)) == (4, 4)
    assert [numbers_asked_for(caught[1]["sql"]) for caught in (longer, shared)] == [1, MANY]


def numbers_asked_for(sql: str) -> int:
    return len(set(sql.partition(" IN (")[2].partition(")")[0].split(", ")))
