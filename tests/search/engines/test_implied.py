"""What other alternatives find anyway is not looked for, and everything is found and ranked as before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as wq

from archive.search.engines.whoosh.implied import without_implied
from archive.search.engines.whoosh.queries import Near
from archive.search.engines.whoosh.ranking import Ranked, Word
from archive.search.engines.whoosh.snapshot import Snapshot

from .corpora import create, matching, plain_schema, write


def term(word, field="text"):
    return wq.Term(field, word)


def phrase(*words):
    return wq.Phrase("text", list(words))


def ranked(query):
    return Ranked(query, "text", [Word("a"), Word("b")])


NAMED = wq.Term("names", "23")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            wq.Or([phrase("a", "b"), wq.And([term("a"), term("b")]), NAMED]),
            wq.Or([wq.And([term("a"), term("b")]), NAMED]),
        ),
        (wq.Or([phrase("a", "b"), term("b")]), term("b")),
        (wq.And([term("c"), wq.Or([phrase("a", "b"), term("a")])]), wq.And([term("c"), term("a")])),
    ],
)
def test_phrase_of_words_that_are_looked_for_is_left_out(query, expected):
    made = without_implied(ranked(query))
    assert made == ranked(expected)
    assert made.words == (Word("a"), Word("b"))


@pytest.mark.parametrize(
    "query",
    [
        wq.Or([phrase("a", "b"), phrase("a", "c"), NAMED]),
        wq.Or([phrase("a", "b"), wq.And([term("a"), term("c")])]),
        wq.Or([phrase("a", "b"), wq.And([term("a"), NAMED])]),
        wq.Or([phrase("a", "b"), term("a", "headline")]),
        wq.Or([phrase("a", "b"), term("a"), term("b")], minmatch=2),
        wq.And([phrase("a", "b"), term("a")]),
        wq.Or([phrase("a", "b"), wq.Not(term("a"))]),
        Near(phrase("a", "b"), term("a"), 3),
    ],
)
def test_all_else_is_looked_for(query):
    assert without_implied(ranked(query)) == ranked(query)


def test_phrase_that_scores_by_itself_stays():
    query = wq.Or([phrase("a", "b"), term("b")])
    assert without_implied(query) is query


words = st.sampled_from(["alfa", "bravo", "delta"])
leaves = st.one_of(
    st.builds(term, words), st.lists(words, min_size=2, max_size=3).map(lambda several: phrase(*several))
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(wq.And),
        st.lists(inner, min_size=1, max_size=4).map(wq.Or),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    index = create(tmp_path_factory.mktemp("implied"), plain_schema())
    texts = [
        "alfa",
        "alfa bravo",
        "bravo alfa",
        "alfa delta bravo",
        "delta bravo",
        "bravo alfa delta",
        "golf",
    ]
    write(index, [{"id": str(n), "text": text} for n, text in enumerate(texts)])
    return Snapshot.open(index.storage.folder)


@given(query=trees)
def test_the_same_is_found(snapshot, query):
    assert matching(snapshot, without_implied(ranked(query)).query) == matching(snapshot, query)
