"""Passing over words that cannot be hits changes nothing about which hits are found."""

import pytest
from haystack.query import SQ
from hypothesis import example, given, settings
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
    inputs.Words("hopes of the U.N."),
    inputs.Phrase("runs on and ends"),
    inputs.Phrase("the last"),
    inputs.Phrase("of hopes happiness in the happy valley"),
    inputs.Exactly("O'Brien"),
    inputs.Exactly("the U.N."),
    inputs.Caps("U.N."),
    inputs.Caps("Happiness"),
    inputs.Prefix("poss"),
    inputs.Wildcard("v?lley"),
    inputs.Fuzzy("vally", edits=1),
    inputs.Words("میروان"),
    inputs.Words("東京"),
]
# What texts are made of: words that are asked for and others, and everything that stands between words.
PIECES = [
    *(
        "hope",
        "Hoping",
        "the",
        "last",
        "U.N.",
        "U.S",
        "O'Brien",
        "o’brien",
        "l'election",
        "10,000",
        "foo_bar",
        "a",
    ),
    *(
        "valley",
        "happier",
        "élection",
        "東京都",
        "میروان",
        "İstanbul",
        "A.",
        "Dr.",
        "re-election",
        "dying",
        "12",
    ),
    *(" ", " ", " ", "\n", "\n\n", "\n \n", "\t", "\u00a0", ". ", "...", ", ", "'", "-", "_", "“", "\x1c"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def all_words(monkeypatch):
    monkeypatch.setattr(Beginnings, "pieces", lambda self, text: [(0, len(text))])


@pytest.mark.parametrize("asked", ASKED, ids=repr)
def test_same_hits_are_found_piece_by_piece(asked, monkeypatch):
    by_pieces = Marker(SQ(content=asked)).spans(TEXT)
    all_words(monkeypatch)
    assert by_pieces == Marker(SQ(content=asked)).spans(TEXT)


@settings(deadline=None)
@given(TEXTS, st.lists(st.sampled_from(ASKED), min_size=1, max_size=3))
@example("İ\n\nhope", [inputs.Words("hope")])
@example("the\n \nlast U.N. hopes", [inputs.Phrase("the last"), inputs.Words("un")])
def test_same_hits_are_found_in_any_text(text, asked):
    wanted = SQ()
    for each in asked:
        wanted |= SQ(content=each)
    by_pieces = Marker(wanted).spans(text)
    with pytest.MonkeyPatch.context() as patch:
        all_words(patch)
        assert by_pieces == Marker(wanted).spans(text)


def test_words_without_a_hit_are_passed_over():
    begins = Beginnings(["hope"])
    assert [TEXT[start:end].strip()[:10] for start, end in begins.pieces(TEXT)] == ["hopes.", "It’s the É"]


def test_long_run_without_spaces_is_looked_at_once():
    run = "hope-" * 20_000
    assert list(Beginnings(["hope"]).pieces(f"no {run} hope")) == [(3, 100_003), (100_004, 100_008)]


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
