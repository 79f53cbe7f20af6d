"""Saved questions mean the same for good: what was stored years ago is replayed here."""

import json

import pytest

from archive.search.grammar import parse
from archive.search.stored import GRAMMAR_VERSION, as_data, from_data, text_of_saved
from archive.search.tree import without_places
from archive.search.writing import written

# As rows of the database hold them: (grammar version, text, tree). Never change a row; add one.
REPLAYED = [
    (1, "treaty", '{"is": "And", "children": [{"is": "Word", "text": "treaty"}]}'),
    (
        1,
        'from:Geneva "close cooperation" -rain',
        '{"is": "And", "children": [{"is": "Field", "name": "from", "child": {"is": "Word", "text": "Geneva"}}, '
        '{"is": "Phrase", "text": "close cooperation"}, {"is": "Not", "child": {"is": "Word", "text": "rain"}}]}',
    ),
    (
        1,
        "by:(NA OR PA) date:2001 ravanchi~1",
        '{"is": "And", "children": [{"is": "Field", "name": "by", "child": {"is": "Or", "children": '
        '[{"is": "Value", "text": "NA", "op": ""}, {"is": "Value", "text": "PA", "op": ""}]}}, '
        '{"is": "Field", "name": "date", "child": {"is": "Value", "text": "2001", "op": ""}}, '
        '{"is": "Fuzzy", "text": "ravanchi", "edits": 1}]}',
    ),
    (
        1,
        "oil NEAR/5 tax",
        '{"is": "And", "children": [{"is": "Near", "children": [{"is": "Word", "text": "oil"}, '
        '{"is": "Word", "text": "tax"}], "distance": 5, "ordered": false}]}',
    ),
    (
        2,
        "oil ADJ3 tax date:2001..",
        '{"is": "And", "children": [{"is": "Near", "children": [{"is": "Word", "text": "oil"}, '
        '{"is": "Word", "text": "tax"}], "distance": 3, "ordered": true}, '
        '{"is": "Field", "name": "date", "child": {"is": "Value", "text": "2001..", "op": ""}}]}',
    ),
]
QUESTIONS = [
    *("", "a b", "a OR b", "-(a OR b)", '"a b"~5', "a PRE/3 b", "a /s b", "a /p b", "sanction*", "wom?n"),
    *("ravanchi~", "ATLEAST3(sanctions)", "CAPS(MEK)", '="Takht Ravanchi"', "headline:(a b)", "words:>500"),
    *("date:2019-07-01..2019-07-15", "is:corrected has:quote sort:-date", 'said:"Takhti Rahim" quote:treaty'),
]


@pytest.mark.parametrize(("version", "text", "tree"), REPLAYED, ids=[row[1] for row in REPLAYED])
def test_question_of_an_older_archive_asks_the_same(version, text, tree):
    assert version <= GRAMMAR_VERSION
    asked = parse(text_of_saved(text, json.loads(tree))).tree
    assert without_places(asked) == without_places(from_data(json.loads(tree)))


@pytest.mark.parametrize("text", QUESTIONS)
def test_tree_survives_being_stored(text):
    tree = without_places(parse(text).tree)
    assert from_data(json.loads(json.dumps(as_data(tree)))) == tree


def test_text_that_is_read_otherwise_today_gives_way_to_its_tree():
    tree = as_data(parse("storm OR cyclone").tree)
    assert text_of_saved("storm / cyclone", tree) == written(from_data(tree)) == "storm OR cyclone"


@pytest.mark.parametrize(
    "data", [{}, {"is": "And"}, {"is": "Node"}, {"is": "And", "children": [3]}, {"is": "os"}, 7]
)
def test_what_is_no_tree_leaves_the_text(data):
    assert text_of_saved("treaty", data) in ("treaty", "")
