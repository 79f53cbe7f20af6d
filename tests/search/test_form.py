import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.form import BOXES, boxes_of, text_of
from archive.search.grammar import parse
from archive.search.query import ArchiveQuery
from archive.search.tokens import clean_text
from archive.search.tree import Leaf, walk
from tests.search.test_grammar import FORMS, QUESTIONS, plain


def boxes(**values):
    data = QueryDict(mutable=True)
    data.update(values)
    return data


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, ""),
        ({"all": "nuclear talks"}, "nuclear talks"),
        ({"phrase": "close cooperation"}, '"close cooperation"'),
        ({"phrase": "“close cooperation”"}, '"close cooperation"'),
        ({"any": "storm cyclone"}, "storm OR cyclone"),
        ({"any": 'storm "heavy rain"'}, 'storm OR "heavy rain"'),
        ({"any": "storm OR cyclone"}, "storm OR cyclone"),
        ({"any": "storm cyclone", "all": "port"}, "port (storm OR cyclone)"),
        ({"none": "ferry"}, "-ferry"),
        ({"none": "ferry boat"}, "-(ferry OR boat)"),
        ({"in_headline": "budget"}, "headline:budget"),
        ({"in_headline": "budget tax"}, "headline:(budget tax)"),
        ({"filed": "New York"}, "from:(New York)"),
        ({"signed": "NA"}, "by:NA"),
        ({"signed": "Nasrin Avadi"}, 'by:"Nasrin Avadi"'),
        ({"named": 'Takhti "Rahim"'}, 'name:"Takhti Rahim"'),
        ({"of_source": "varra-wire"}, "source:varra-wire"),
        ({"day": "2019-07-01..2019-07-15"}, "date:2019-07-01..2019-07-15"),
        ({"day": "last week"}, 'date:"last week"'),
        ({"all": "a b", "none": "c", "signed": "NA"}, "a b -c by:NA"),
        ({"in_headline": "OR"}, "headline:OR"),
        ({"all": "()"}, ""),
    ],
)
def test_boxes_ask_what_the_text_asks(values, text):
    assert text_of(boxes(**values)) == text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("nuclear talks", {"all": "nuclear talks"}),
        ('"close cooperation" x', {"phrase": "close cooperation", "all": "x"}),
        ('storm | "heavy rain"', {"any": 'storm "heavy rain"'}),
        ("-ferry x", {"none": "ferry", "all": "x"}),
        ("-(ferry OR boat)", {"none": "ferry boat"}),
        (
            'headline:budget by:NA source:x date:"last week"',
            {"in_headline": "budget", "signed": "NA", "of_source": "x", "day": "last week"},
        ),
        ('name:"Takhti Rahim"', {"named": "Takhti Rahim"}),
        ("a N/5 b date:>=2019 x", {"q": '"a b"~5 date:>=2019', "all": "x"}),
        ('"one phrase" "another phrase"', {"phrase": "one phrase", "q": '"another phrase"'}),
        ("by:NA by:PA", {"q": "by:NA OR by:PA"}),
        ("by:NA AND by:PA x", {"q": "by:NA AND by:PA", "all": "x"}),
    ],
)
def test_text_fills_the_boxes(text, values):
    assert boxes_of(text) == values


def parts(text):
    """Return what a question asks, regardless of the order in which its parts were typed."""
    return sorted(map(str, map(plain, parse(text).tree.children)))


def assert_round_trip(text):
    query = ArchiveQuery.from_params(boxes(**boxes_of(text)))
    assert parts(query.text) == parts(text)


@pytest.mark.parametrize("text", [text for text, _ in FORMS])
def test_text_survives_the_form(text):
    assert_round_trip(text)


@given(QUESTIONS)
@settings(max_examples=300, deadline=None)
def test_any_question_survives_the_form(text):
    text = clean_text(text)
    if sum(isinstance(node, Leaf) for node in walk(parse(text).tree)) < 30:
        assert_round_trip(text)


@given(st.dictionaries(st.sampled_from([box.key for box in BOXES] + ["q"]), st.text(max_size=40)))
@settings(deadline=None)
def test_anything_in_the_boxes_is_a_question(values):
    query = ArchiveQuery.from_params(boxes(**values))
    again = ArchiveQuery.from_params(QueryDict(query.url.partition("?")[2]))
    assert again.text == query.text
