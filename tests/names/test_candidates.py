"""Names that nobody has registered are proposed with their kind and evidence."""

import importlib.util

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.names.candidates import CasingStatistics, propose
from archive.names.matcher import Matcher, Spelling
from archive.names.recognisers import Found, load_spacy


def kinds_of(text, **options):
    return [(proposal.text, proposal.kind) for proposal in propose(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On Monday Foreign Minister Karel Vodnik said so.", [("Karel Vodnik", "person")]),
        ("The talks with Karel Vodnik, 54, failed.", [("Karel Vodnik", "person")]),
        ("He met Karel Vodnik, the country's chief negotiator.", [("Karel Vodnik", "person")]),
        ("The ship belonged to Vodnik Holdings Ltd of Oslo.", [("Vodnik Holdings Ltd", "organisation"), ("Oslo", "place")]),
        ("He heads the Bank of Norway today.", [("Bank of Norway", "organisation")]),
        ("He left the Organisation for Grain and Trade in Europe.", [("Organisation for Grain and Trade in Europe", "organisation")]),
        ("The officials of OOEX met in Vodnikville again.", [("OOEX", "organisation"), ("Vodnikville", "place")]),
        ("They swam in Lake Vodnik and the Vodnik River.", [("Lake Vodnik", "place"), ("Vodnik River", "place")]),
        ("She won the Vodnik Cup in Kenya.", [("Vodnik Cup", "event"), ("Kenya", "place")]),
        ("He met Ursula von der Vodnik there.", [("Ursula von der Vodnik", "person")]),
        ("He met The\u0301o Labre\u0300che there.", [("The\u0301o Labre\u0300che", "person")]),
        ("He flew to New York with Iran's envoy.", [("New York", "place"), ("Iran", "place")]),
        ("He asked U.S. Secretary of State Karel Vodnik.", [("U.S.", "place"), ("Karel Vodnik", "person")]),
        ("The shares of Vodnik Corp. President Karel Lind fell.", [("Vodnik Corp.", "organisation"), ("Karel Lind", "person")]),
    ],
)  # fmt: skip
def test_name_is_proposed_with_its_kind(text, expected):
    assert kinds_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The prices rose again.",
        "On Friday, March 3, Iranian and Iraqi officials met.",
        "Talking helps. Perhaps. However, nothing changed.",
        "The prime minister and the President spoke.",
        "",
    ],
)
def test_ordinary_capitals_are_not_proposed(text):
    assert kinds_of(text) == []


def test_surname_takes_the_kind_of_the_full_name():
    proposals = propose("He met Karel Vodnik. The car of Vodnik broke down.")
    assert [proposal.kind for proposal in proposals] == ["person", "person"]
    assert "the story names “Karel Vodnik”" in proposals[1].evidence


def test_collection_tells_names_from_words_in_headlines():
    statistics = CasingStatistics()
    statistics.update("They said Vodnik sold wheat. The wheat of Vodnik was good.")
    assert kinds_of("VODNIK SELLS WHEAT AGAIN", statistics=statistics) == [("VODNIK", "person")]


def test_known_names_are_not_proposed_again():
    text = "Karel Vodnik met Anna Lind."
    known = Matcher([Spelling("Karel Vodnik", 1, "person")]).find(text)
    assert kinds_of(text, known=known) == [("Anna Lind", "person")]


def test_statistics_survive_storage():
    statistics = CasingStatistics()
    statistics.update("He lives in Vodnikville and grows wheat.")
    restored = CasingStatistics.from_dict(statistics.to_dict())
    assert (restored.count("place", "Vodnikville"), restored.capital_share("wheat")) == (1, 0.0)
    assert restored.capital_share("unseen") is None


def test_recogniser_adds_names_and_decides_kinds():
    text = "He met Karel Vodnik and the elbe."
    found = propose(
        text, recogniser=lambda _: [Found(7, 19, "organisation", "model"), Found(28, 32, "place", "model")]
    )
    assert [(one.text, one.kind) for one in found] == [("Karel Vodnik", "organisation"), ("elbe", "place")]
    assert found[0].evidence == ("model sees it",)


def test_missing_model_is_reported_as_missing():
    expected = ImportError if importlib.util.find_spec("spacy") is None else OSError
    with pytest.raises(expected):
        load_spacy("no_such_model")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("ABab of.,'’()\n-&")), max_size=300))
def test_any_text_gives_ordered_proposals_with_true_offsets(text):
    proposals = propose(text)
    assert all(one.text == text[one.start : one.end] for one in proposals)
    assert all(one.end <= other.start for one, other in zip(proposals, proposals[1:], strict=False))  # noqa: RUF007


@pytest.mark.parametrize(
    "piece", ["President ", "A de ", "Iran ", "Bank of ", "." * 20, "A.", "X & ", "A-", "(A) ", "'s"]
)
def test_hostile_text_is_read_to_its_end(piece):
    """A quadratic rule would need minutes here; linear ones need a moment."""
    text = piece * 20_000
    assert all(len(one.text) < 1_000 for one in propose(text + " to Karel Vodnik."))
