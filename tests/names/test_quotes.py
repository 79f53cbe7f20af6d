"""Who said what: one table for each kind of quotation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.names.matcher import Matcher, Spelling
from archive.names.quote_marks import find_quoted, split_paragraphs
from archive.names.quotes import find_quotes

VODNIK, LIND, HERALD = 1, 2, 3
MATCHER = Matcher(
    [
        Spelling("Karel Vodnik", VODNIK, "person"),
        Spelling("Anna Lind", LIND, "person"),
        Spelling("Herald News Agency", HERALD, "organisation"),
    ]
)


def read(text):
    return find_quotes(text, MATCHER.find(text))


def said(text):
    return [(quote.text, quote.kind, quote.speaker_text) for quote in read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We shall see,” Karel Vodnik said.", [("We shall see,", "Karel Vodnik")]),
        ('"We shall see," said Karel Vodnik on Monday.', [("We shall see,", "Karel Vodnik")]),
        ('"We shall see," the mayor of Oslo, Karel Vodnik, said.', [("We shall see,", "Karel Vodnik")]),
        ('"We shall see," said the harbour\'s manager, Karel Vodnik.', [("We shall see,", "Karel Vodnik")]),
        ('Karel Vodnik said: "We shall see."', [("We shall see.", "Karel Vodnik")]),
        ('Karel Vodnik told reporters, "We shall see."', [("We shall see.", "Karel Vodnik")]),
        ('Karel Vodnik, the mayor, said: "We shall see."', [("We shall see.", "Karel Vodnik")]),
        (
            'OSLO - Karel Vodnik, the mayor, said on Monday: "We shall see."',
            [("We shall see.", "Karel Vodnik")],
        ),
        ('"Shall we see?" Karel Vodnik asked.', [("Shall we see?", "Karel Vodnik")]),
        ('"We shall see," a spokesman for the mine said.', [("We shall see,", "a spokesman for the mine")]),
        ('"We shall see," Oslo officials said.', [("We shall see,", "Oslo officials")]),
        ('"We shall see," according to Karel Vodnik.', [("We shall see,", "Karel Vodnik")]),
        ("«Nous verrons bien», Karel Vodnik said.", [("Nous verrons bien", "Karel Vodnik")]),
        ("Karel Vodnik told reporters:\n\n“We shall see.”", [("We shall see.", "Karel Vodnik")]),
    ],
)
def test_direct_quote_has_its_speaker(text, expected):
    assert said(text) == [(words, "direct", speaker) for words, speaker in expected]


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ('Karel Vodnik said that the plan was "full of holes" again.', "full of holes", "Karel Vodnik"),
        ('The talks were "full of holes," Karel Vodnik said.', "full of holes,", "Karel Vodnik"),
        ('The key lies "in a cupboard of its own", as Karel Vodnik, the mayor, put it.', "in a cupboard of its own", "Karel Vodnik"),
        ('The mayor, Karel Vodnik, came to the harbour and said that he was "a little late".', "a little late", "Karel Vodnik"),
        ('The plan, Karel Vodnik said, was "full of holes".', "full of holes", "Karel Vodnik"),
        ('The company said it expected "normal" earnings.', "normal", "The company"),
        ("Karel Vodnik denied that he was 'out of his depth'.", "out of his depth", "Karel Vodnik"),
    ],
)  # fmt: skip
def test_words_inside_reported_speech_are_indirect(text, words, speaker):
    assert said(text) == [(words, "indirect", speaker)]


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ('Karel Vodnik called the plan "full of holes".', "full of holes", "Karel Vodnik"),
        ('The former mayor, Karel Vodnik, described it as "naive".', "naive", "Karel Vodnik"),
        ('Karel Vodnik thanked the voters "who had come by boat that day".', "who had come by boat that day", "Karel Vodnik"),
    ],
)  # fmt: skip
def test_words_given_to_a_thing_are_a_fragment(text, words, speaker):
    assert said(text) == [(words, "fragment", speaker)]


def test_quote_goes_on_after_its_attribution():
    text = '"We came," Karel Vodnik said. "We saw the boats."\n\n"Then we left," he added.'
    assert [(quote.text, quote.name_id) for quote in read(text)] == [
        ("We came,", VODNIK),
        ("We saw the boats.", VODNIK),
        ("Then we left,", VODNIK),
    ]


def test_quote_that_spans_paragraphs_keeps_its_speaker():
    text = "Anna Lind told the house:\n\n“We came.\n\n“We saw.\n\n“We left.”\n\nThe house was silent."
    assert [(quote.text, quote.name_id) for quote in read(text)] == [
        ("We came.", LIND),
        ("We saw.", LIND),
        ("We left.", LIND),
    ]


@pytest.mark.parametrize(
    ("text", "speaker", "via"),
    [
        ('The Herald News Agency quoted Karel Vodnik as saying: "We shall see."', "Karel Vodnik", "The Herald News Agency"),
        ('Karel Vodnik left. The Herald News Agency quoted him as saying "we shall see".', "Karel Vodnik", "The Herald News Agency"),
        ('Karel Vodnik was quoted by the Herald News Agency as saying: "We shall see."', "Karel Vodnik", "the Herald News Agency"),
        ('Karel Vodnik was quoted as saying: "We shall see."', "Karel Vodnik", ""),
    ],
)  # fmt: skip
def test_second_hand_quote_names_speaker_and_agency(text, speaker, via):
    (quote,) = read(text)
    assert (quote.speaker_text, quote.via) == (speaker, via)


@pytest.mark.parametrize(
    ("text", "speaker", "name_id"),
    [
        ('Karel Vodnik arrived late. "We shall see," he said.', "Karel Vodnik", VODNIK),
        (
            'Foreign Minister Karel Vodnik met Anna Lind. "We shall see," the minister said.',
            "Karel Vodnik",
            VODNIK,
        ),
        (
            'Karel Vodnik, a lawyer, spoke. Rain fell. "We shall see," the lawyer said.',
            "Karel Vodnik",
            VODNIK,
        ),
        ('The spokesman said it was late. "We shall see," he added.', "The spokesman", None),
        ('"We shall see," they said.', "they", None),
        ('"We shall see," he said.', "he", None),
        ('"We shall see," the minister said.', "the minister", None),
    ],
)
def test_pronoun_and_role_are_resolved_or_left_open(text, speaker, name_id):
    (quote,) = read(text)
    assert (quote.speaker_text, quote.name_id) == (speaker, name_id)
    assert text[quote.speaker_start : quote.speaker_end] == speaker


@pytest.mark.parametrize(
    "text",
    [
        'The conference, entitled "Passage and Prudence", ends on Friday.',
        'Her film "The Lamp Keeper\'s Daughter" won a prize.',
        'Karel Vodnik said that "Salt Letters" was her best film.',
        'The so-called "experts" left early.',
        'The "historic" bridge was closed.',
        'The sign on the ship "Sennet Star" was new.',
        'A board of 6" by 4" was found.',
        '"..." and "" and " "',
        "It was the workers' own choice and their leaders' too.",
        "",
    ],
)
def test_titles_and_scare_quotes_are_left_out(text):
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Karel Vodnik said: "She told me "wait" and I did."', ['She told me "wait" and I did.']),
        ("Karel Vodnik said: “She told me ‘wait’ and I did.”", ["She told me ‘wait’ and I did."]),
        ('Karel Vodnik said: "We shall see.\n\nThe house was silent.', ["We shall see."]),
        ("Karel Vodnik said: “We shall see\" and left.", ["We shall see"]),
        ("Karel Vodnik said: ``We shall see.''", ["We shall see."]),
    ],
)  # fmt: skip
def test_nested_and_unbalanced_marks_are_read_sensibly(text, words):
    assert [quote.text for quote in read(text)] == words


def test_attribution_without_a_subject_leaves_the_speaker_open():
    (quote,) = read("(t said that it was “full of holes and water”.")
    assert (quote.speaker_start, quote.speaker_text) == (None, "")


def test_apostrophes_open_no_quotation():
    text = "'Tis the workers' day, and the '90s boats aren't 'ere."
    assert find_quoted(text, split_paragraphs(text)) == []


MARKS = st.sampled_from("\"“”‘’'«»„ \n.,:saidhevodnik")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.one_of(MARKS, st.characters()), max_size=300))
def test_any_text_gives_ordered_quotes_with_true_offsets(text):
    quotes = read(text)
    assert all(quote.text == text[quote.start : quote.end] for quote in quotes)
    assert all(one.end <= other.start for one, other in zip(quotes, quotes[1:], strict=False))  # noqa: RUF007
    for quote in quotes:
        assert (quote.speaker_start is None) == (quote.speaker_text == "")
        assert quote.speaker_text == text[quote.speaker_start or 0 : quote.speaker_end or 0]


@pytest.mark.parametrize(
    "piece", ['"a" ', '"', "“", "'a ", '"A b c." he said. ', "a, ", "quoted ", "the minister said ", "A"]
)
def test_hostile_text_is_read_to_its_end(piece):
    """A quadratic rule would need minutes here; linear ones need a moment."""
    text = piece * 5_000 + '\n\n"We shall see," Karel Vodnik said.'
    assert all(quote.text == text[quote.start : quote.end] for quote in read(text))
