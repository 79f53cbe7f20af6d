"""Passing over paragraphs that cannot hold a hit changes nothing about which hits are found."""

import pytest
from haystack.query import SQ
from hypothesis import given
from hypothesis import strategies as st
from whoosh.lang.porter import stem

from archive.search import inputs
from archive.search.engines.whoosh.hits import Beginnings, _head
from archive.search.hits import Marker

TEXT = (
    "The U.N. spoke of hopes.\n\nHappiness in the happy valley, O'Brien said.\n\nNothing here at all.\n\n"
    "It’s the Élection of 10,000 people’s hoping; relational possibilities are dying.\n\n"
    "A phrase that runs on\n\nand ends here. The last re-election, foo_bar."
)
ASKED = [
    inputs.Words("un"),
    inputs.Words("happy"),
    inputs.Words("obrien"),
    inputs.Words("election"),
    inputs.Words("10000"),
    inputs.Words("hope"),
    inputs.Words("relate"),
    inputs.Words("possible"),
    inputs.Words("die"),
    inputs.Words("bar"),
    inputs.Words("a"),
    inputs.Phrase("runs on and ends"),
    inputs.Exactly("O'Brien"),
    inputs.Caps("U.N."),
    inputs.Prefix("poss"),
    inputs.Wildcard("v?lley"),
    inputs.Fuzzy("vally", edits=1),
    inputs.Words("میروان"),
]


@pytest.mark.parametrize("asked", ASKED, ids=repr)
def test_same_hits_are_found_piece_by_piece(asked, monkeypatch):
    by_pieces = Marker(SQ(content=asked)).spans(TEXT)
    monkeypatch.setattr(Beginnings, "pieces", lambda self, text: [(0, len(text))])
    assert by_pieces == Marker(SQ(content=asked)).spans(TEXT)


def test_paragraphs_without_a_hit_are_passed_over():
    begins = Beginnings(["hope"], [], [], {})
    assert [TEXT[start:end].strip()[:10] for start, end in begins.pieces(TEXT)] == [
        "The U.N. s",
        "It’s the É",
    ]


ENDINGS = (
    "",
    "s",
    "es",
    "ies",
    "y",
    "ed",
    "ing",
    "ational",
    "ization",
    "iveness",
    "fulness",
    "ability",
    "ibility",
)


@given(st.text("abdehilnoprstuvy", min_size=1, max_size=7), st.sampled_from(ENDINGS))
def test_stem_is_how_its_word_begins_but_for_the_last_letters(root, ending):
    word = root + ending
    assert word.startswith(_head(stem(word)))
