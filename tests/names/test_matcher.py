"""Registered names are found where they stand, and only there."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.names.matcher import Matcher, Spelling

RAVANCHI, ZARIF, IRAN, UNITED_STATES, IAEA, RICE, QAEDA, BAIDU, ALI, RYABKOV, WHO = range(1, 12)

SPELLINGS = [
    Spelling("Majid Takht Ravanchi", RAVANCHI, "person"),
    Spelling("Mohammad Javad Zarif", ZARIF, "person"),
    Spelling("Iran", IRAN, "place"),
    Spelling("United States", UNITED_STATES, "place"),
    Spelling("US", UNITED_STATES, "place", is_acronym=True),
    Spelling("International Atomic Energy Agency", IAEA, "organisation"),
    Spelling("IAEA", IAEA, "organisation", is_acronym=True),
    Spelling("Condoleezza Rice", RICE, "person"),
    Spelling("Rice", RICE, "person"),
    Spelling("al-Qaeda", QAEDA, "organisation"),
    Spelling("百度", BAIDU, "organisation"),
    Spelling("Ali", ALI, "person"),
    Spelling("سرگئی ریابکوف", RYABKOV, "person"),
    Spelling("WHO", WHO, "organisation", is_acronym=True),
]


@pytest.fixture(scope="module")
def matcher():
    return Matcher(SPELLINGS)


def seen(matches):
    return [(match.text, match.name_id, match.how) for match in matches]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # as registered
        ("Iran and the US met.", [("Iran", IRAN, "exact"), ("US", UNITED_STATES, "exact")]),
        ("the Iran-US talks", [("Iran", IRAN, "exact"), ("US", UNITED_STATES, "exact")]),
        ("“Iran”", [("Iran", IRAN, "exact")]),
        # the longest spelling wins
        ("Condoleezza Rice", [("Condoleezza Rice", RICE, "exact")]),
        # possessives stay outside
        ("Iran's, Iran’s and IRAN'S", [("Iran", IRAN, "exact")] * 2 + [("IRAN", IRAN, "folded")]),
        ("the United States' oil", [("United States", UNITED_STATES, "exact")]),
        # hyphens, spaces, joined words, accents, dots
        ("Majid Takht-Ravanchi", [("Majid Takht-Ravanchi", RAVANCHI, "folded")]),
        ("Majid Takhtravanchi", [("Majid Takhtravanchi", RAVANCHI, "folded")]),
        ("Majíd Takht Ravanchi", [("Majíd Takht Ravanchi", RAVANCHI, "folded")]),
        ("Maji\u0301d Takht Ravanchi", [("Maji\u0301d Takht Ravanchi", RAVANCHI, "folded")]),
        ("United\nStates", [("United\nStates", UNITED_STATES, "folded")]),
        ("in the U.S. and", [("U.S.", UNITED_STATES, "folded")]),
        ("Al Qaeda said", [("Al Qaeda", QAEDA, "folded")]),
        # scripts
        ("昨天百度说", [("百度", BAIDU, "exact")]),
        ("سرگئي ريابكوف گفت", [("سرگئي ريابكوف", RYABKOV, "folded")]),
    ],
)
def test_spelling_is_found(matcher, text, expected):
    assert seen(matcher.find(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Iranian, Tirana, Iran_1, Iran2",
        "trust us, US2",
        "iaea and Iaea",
        "united states of mind",
        "United. States",
        "United\n\nStates",
        "A Li said",
        "Ali'i",
        "Rice prices rose.",
        "RICE PRICES RISE IN ASIA",
        "WHO IS NEXT IN LINE",
        "http://iran.ir/Iran/IAEA?q=US",
        "www.Iran.com and Iran.com and joe@Iran.example, @Iran",
        "`Iran` ```\nUS\n```",
        "\ud800",
        "",
    ],
)
def test_what_only_looks_like_a_name_is_left_alone(matcher, text):
    assert matcher.find(text) == []


def test_common_word_at_sentence_start_counts_once_the_name_is_proven(matcher):
    found = matcher.find("Rice met him. Earlier Condoleezza Rice left.")
    assert seen(found) == [("Rice", RICE, "exact"), ("Condoleezza Rice", RICE, "exact")]


@pytest.mark.parametrize(
    ("text", "surname"),
    [
        ("Mohammad Javad Zarif spoke. Zarif left.", "Zarif"),
        ("Mohammad Javad Zarif spoke. Foreign Minister Zarif’s plane left.", "Zarif"),
        ("Mohammad Javad Zarif spoke. But Zarif left.", "Zarif"),
        ("Mohammad Javad Zarif spoke. On Monday Zarif left.", "Zarif"),
        ("Majid Takht Ravanchi spoke. Takht-Ravanchi left.", "Takht-Ravanchi"),
        ("Majid Takht Ravanchi spoke. Takhtravanchi left.", "Takhtravanchi"),
        ("Majid Takht Ravanchi spoke. Mr Ravanchi left.", "Ravanchi"),
    ],
)
def test_surname_alone_is_found_after_the_full_name(matcher, text, surname):
    last = matcher.find(text)[-1]
    assert (last.text, last.how, last.alternatives) == (surname, "surname", ())
    assert last.name_id in (ZARIF, RAVANCHI)


@pytest.mark.parametrize(
    "text",
    [
        "Zarif left. Mohammad Javad Zarif spoke.",
        "Mohammad Javad Zarif spoke. Yasmin Zarif left.",
        "Mohammad Javad Zarif spoke at the Zarif Foundation.",
        "Mohammad Javad Zarif spoke of zarif.",
    ],
)
def test_surname_of_somebody_else_is_left_alone(matcher, text):
    assert [match.how for match in matcher.find(text)] == ["exact"]


TWO_KHATAMIS = [
    Spelling("Mohammad Khatami", 1, "person"),
    Spelling("Mehdi Khatami", 2, "person"),
    Spelling("Georgia", 3, "place"),
    Spelling("Georgia", 4, "place"),
    Spelling("Republic of Georgia", 3, "place"),
]


@pytest.mark.parametrize(
    ("text", "name_id", "alternatives"),
    [
        ("Mohammad Khatami came. Khatami left.", 1, ()),
        ("Mohammad Khatami and Mehdi Khatami came. Khatami left.", None, (1, 2)),
        ("Mohammad Khatami met Sara Khatami. Khatami left.", None, (1,)),
        ("Mohammad Khatami left. President Khatami returned. On Friday Khatami slept.", 1, ()),
        ("Georgia", None, (3, 4)),
        ("The Republic of Georgia voted. Georgia", 3, ()),
    ],
)
def test_doubt_is_settled_by_the_story_or_handed_back(text, name_id, alternatives):
    last = Matcher(TWO_KHATAMIS).find(text)[-1]
    assert (last.name_id, last.alternatives) == (name_id, alternatives)


def test_second_bearer_met_later_leaves_the_earlier_surname_clear():
    found = Matcher(TWO_KHATAMIS).find(
        "Mohammad Khatami came. Khatami spoke. Mehdi Khatami left. Khatami followed."
    )
    assert [match.name_id for match in found] == [1, 1, 2, None]


@pytest.mark.parametrize(
    ("full_name", "alone", "found"),
    [
        ("Kim Jong-un", "Kim", True),
        ("Xi Jinping", "Xi", True),
        ("Xi Jinping", "Jinping", False),
        ("Ursula von der Leyen", "Von der Leyen", True),
        ("Dr. Hassan Rouhani", "Rouhani", True),
    ],
)
def test_which_part_of_a_name_stands_alone(full_name, alone, found):
    matches = Matcher([Spelling(full_name, 1, "person")]).find(f"{full_name} spoke. {alone} left.")
    assert (len(matches) == 2) is found


def test_matcher_without_names_finds_nothing():
    assert Matcher([]).find("Iran") == []


ANY_TEXT = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("IranUSZf .’'-\n\u200c\u0301@`")), max_size=300
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(ANY_TEXT, st.sampled_from([s.text for s in SPELLINGS])), max_size=8).map(" ".join))
def test_any_text_gives_ordered_matches_with_true_offsets(text):
    matches = SHARED.find(text)
    assert all(match.text == text[match.start : match.end] for match in matches)
    assert all(one.end <= other.start for one, other in pairwise(matches))
    assert all((match.name_id is None) == bool(match.alternatives) for match in matches)


@given(st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_any_spelling_can_be_registered(spelling, text):
    Matcher([Spelling(spelling, 1, "person")]).find(text + spelling)


SHARED = Matcher(SPELLINGS)
