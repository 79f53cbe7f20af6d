"""What becomes of words: a table of spellings, positions that agree, marks no text can produce."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.engines.whoosh.analysis import (
    CAPS_MARK,
    PARAGRAPH_BREAK,
    SENTENCE_BREAK,
    exact_analyzer,
    is_mark,
    split,
    stem_words,
    text_analyzer,
)
from archive.search.engines.whoosh.folding import fold

READING, EXACT = text_analyzer(), exact_analyzer()


def terms(analyzer, text, mode="index"):
    return [(token.text, token.pos) for token in analyzer(text, positions=True, mode=mode)]


def reading(text, mode="query"):
    return [term for term, _ in terms(READING, text, mode)]


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Élection", "election"),
        ("ELECTIONS", "election"),
        ("Iran's", "Iran"),
        ("Iran’s", "Iran"),
        ("the envoys’", "the envoys"),
        ("l'élection", "election"),
        ("don’t", "dont"),
        ("U.S.", "US"),
        ("1,000,000", "1000000"),
        ("naïve Müller Østergård Łódź", "naive Muller Ostergard Lodz"),
        ("ﬁnance", "finance"),
        ("كتاب", "کتاب"),
        ("می‌خواهم", "میخواهم"),
        ("۱۲۳", "123"),
        ("Straße", "strasse"),
        ("co\u00adoperate", "cooperate"),
    ],
)
def test_spellings_of_one_word_become_one(written, same):
    assert reading(written) == reading(same)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to be or not to be", "to be or not to be"),
        ("3.5m 10.30", "3.5m 10.30"),
        ("nuclear-armed", "nuclear arm"),
        ("foo_bar", "foo bar"),
        ("हिन्दी", "हिन्दी"),
        ("東京都", "東京 京都"),
        ("東", "東"),
        ("ภาษาไทย", "ภา าษ ษา าไ ไท ทย"),
        ("2019年7月", "2019 7"),
        ("", ""),
        ("...", ""),
    ],
)
def test_text_is_cut_into_these_terms(text, expected):
    assert reading(text) == expected.split()


def test_one_character_of_a_spaceless_script_is_the_beginning_of_a_term():
    for character in "東京都":
        assert any(term.startswith(character) for term in reading("東京都", "index"))


@pytest.mark.parametrize(
    ("text", "sentences", "paragraphs"),
    [
        ("One. Two.", [1], []),
        ("One? “Two.” Three", [1, 2], []),
        ("Mr. Smith of the U.S. Senate said J. Doe left.", [], []),
        ("It cost 3.5 dollars. no", [], []),
        ("One.\n\nTwo", [1, 1], [1]),
        ("一。二", [1], []),
        ("پایان. آغاز", [1], []),
    ],
)
def test_marks_stand_at_the_next_word(text, sentences, paragraphs):
    marks = terms(READING, text)
    assert [place for term, place in marks if term == SENTENCE_BREAK] == sentences
    assert [place for term, place in marks if term == PARAGRAPH_BREAK] == paragraphs


def test_exact_terms_are_unstemmed_with_the_written_form_before_them():
    assert terms(EXACT, "Negotiators said MEK’s élan") == [
        (CAPS_MARK + "Negotiators", 0),
        ("negotiators", 0),
        ("said", 1),
        (CAPS_MARK + "MEK", 2),
        ("mek", 2),
        (CAPS_MARK + "élan", 3),
        ("elan", 3),
    ]


@given(st.text())
def test_both_analysers_number_words_alike_in_any_text(text):
    places = [[place for term, place in terms(a, text) if not is_mark(term)] for a in (READING, EXACT)]
    assert places[0] == places[1] == list(range(len(places[0])))


@given(st.text())
def test_no_text_produces_marks_or_empty_terms_of_its_own(text):
    for term, _ in terms(READING, text) + terms(EXACT, text):
        assert term
        assert term in (SENTENCE_BREAK, PARAGRAPH_BREAK) or term.lstrip(CAPS_MARK)[0] >= " "


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_places_of_stem_words_are_in_the_text_and_in_order(text):
    found = stem_words(text)
    assert all(0 <= start < end <= len(text) for start, end, _, _ in found)
    assert found == sorted(found, key=lambda row: row[:2])


def test_analysers_survive_pickling():
    assert pickle.loads(pickle.dumps(EXACT)) == EXACT != READING


@pytest.mark.parametrize("run", [".", "!?", "…", "\n ", "\r", "'", "a'", "U.", "1,", "_", '."'])
def test_runs_of_any_length_are_cut_in_one_pass(run):
    """A leader of 20,000 dots kept the writer, and its lock, for 25 seconds."""
    terms = split("\n" + run * 200_000 + "x end. Next")
    assert terms[-3:] == ["end", ".", "Next"]


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("Wait... He", ["..."]),
        ("the U.S.. He", ["."]),
        ('He said: "No!" She', ["!"]),
        ("a... b", []),
        ("?!" * 9 + " A", ["?!" * 9]),
    ],
)
def test_a_run_of_stops_ends_one_sentence(text, stops):
    assert [token for token in split(text) if token[0] in ".!?"] == stops
