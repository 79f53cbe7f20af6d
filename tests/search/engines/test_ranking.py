"""What comes first, on archives of two stories; and that ranking never changes what is found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields
from whoosh import query as wq
from whoosh.searching import Searcher

from archive.search.engines.whoosh.analysis import exact_analyzer, stem_words, text_analyzer
from archive.search.engines.whoosh.headlinese import ROWS, alike
from archive.search.engines.whoosh.kindred import are_kin
from archive.search.engines.whoosh.ordering import OrderKey
from archive.search.engines.whoosh.queries import Near
from archive.search.engines.whoosh.ranking import Ranked, Word, forms_of, ranked
from archive.search.engines.whoosh.scoring import BEST_DOCUMENTS
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.inputs import AnyOf, Phrase, Words

from .corpora import create, write

FILLER = "Officials met for hours behind closed doors while reporters waited outside in heavy rain."
LONG = "\n\n".join([FILLER] * 4)


def open_archive(folder, texts, segment_size=1000):
    schema = fields.Schema(
        id=fields.ID(stored=True, unique=True),
        text=fields.TEXT(analyzer=text_analyzer()),
        text_written=fields.TEXT(analyzer=exact_analyzer()),
        number=fields.NUMERIC(stored=True),
    )
    index = create(folder, schema)
    made = [
        {"id": str(number), "text": text, "text_written": text, "number": number}
        for number, text in enumerate(texts)
    ]
    for start in range(0, len(made), segment_size):
        write(index, made[start : start + segment_size])
    return Snapshot.open(folder)


def words_of(question):
    return [Word(term, form) for _, _, term, form in stem_words(question)]


def asked(question, operator=wq.Or):
    words = words_of(question)
    return Ranked(operator([wq.Term("text", word.term) for word in words]), "text", words)


def found(snapshot, query, **options):
    hits = snapshot.search(query, **options)
    return [int(snapshot.stored(int(doc))["id"]) for doc in hits.docs]


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        pytest.param(
            "ferry",
            f"Ferry sinks\n\nThe vessel went down.\n\n{LONG}",
            f"Vessel sinks\n\nThe ferry went down.\n\n{LONG}",
            id="headline above lead",
        ),
        pytest.param(
            "ferry",
            f"Vessel sinks\n\nThe ferry went down.\n\n{LONG}",
            f"Vessel sinks\n\nThe vessel went down.\n\n{LONG} The ferry.",
            id="lead above body",
        ),
        pytest.param(
            "ferry",
            f"Vessel sinks\n\nA ferry with sixty aboard went down.\n\n{LONG}",
            f"Vessel sinks\n\nA vessel with sixty aboard went down near another ferry.\n\n{LONG}",
            id="beginning of the lead above its end",
        ),
        pytest.param(
            "ferry",
            f"A rather long headline about something else\n\nThe ferry went down.\n\n{LONG}",
            f"Short one\n\nThe vessel, a Greek ferry, went down.\n\n{LONG}",
            id="places are counted from the lead on, however long the headline",
        ),
        pytest.param(
            "ferry",
            f"\n\nThe ferry went down.\n\n{LONG}",
            f"\n\nThe vessel went down.\n\n{LONG} The ferry.",
            id="story without a headline",
        ),
        pytest.param(
            "ferry",
            f"Vessel sinks\n\n{LONG} The ferry sank. The ferry had sailed.",
            f"Vessel sinks\n\n{LONG} The ferry sank. The vessel had sailed.",
            id="more often",
        ),
        pytest.param(
            "harbour pilots",
            f"{FILLER}\n\n{FILLER} In the harbour pilots were at rest.",
            f"{FILLER}\n\n{FILLER} In the harbour there were, at rest, pilots.",
            id="near each other above far apart",
        ),
        pytest.param(
            "harbour pilots",
            f"{FILLER}\n\n{FILLER} Harbour, old pilots and much else were there.",
            f"{FILLER}\n\n{FILLER} Harbour, old and quiet, much else, pilots.",
            id="near each other above far apart, not side by side",
        ),
        pytest.param(
            "elections",
            f"{FILLER}\n\n{FILLER} They spoke of elections.",
            f"{FILLER}\n\n{FILLER} They spoke of election.",
            id="exact form above stem",
        ),
        pytest.param(
            "election",
            f"{FILLER}\n\n{FILLER} They spoke of election.",
            f"{FILLER}\n\n{FILLER} They spoke of elections.",
            id="exact form above stem, the other way round",
        ),
        pytest.param(
            "the Jamaica debt",
            f"{FILLER}\n\n{FILLER} The Jamaican debt.",
            f"{FILLER}\n\n{FILLER} The Peruvian debt.",
            id="kindred word above none",
        ),
        pytest.param(
            "Jamaica debt",
            f"{FILLER}\n\n{FILLER} The Jamaica debt.",
            f"{FILLER}\n\n{FILLER} The Jamaican debt.",
            id="the word itself above a kindred one",
        ),
        pytest.param(
            "ferry harbour",
            f"{FILLER}\n\n{FILLER} The ferry left the harbour.",
            f"{FILLER}\n\n{FILLER} The ferry, the ferry, the ferry.",
            id="each word once above one of them often",
        ),
        pytest.param(
            "ferry",
            f"{FILLER}\n\n{FILLER} The ferry left.\n\n{LONG}",
            f"{FILLER}\n\n{FILLER}\n\n{LONG} The ferry left.",
            id="earlier above later, even far below the beginning",
        ),
        pytest.param(
            "ferry harbour",
            f"{FILLER}\n\n{FILLER} The ferry left harbour.",
            f"{FILLER}\n\n{FILLER} The ferry left town.",
            id="both words above one",
        ),
    ],
)
@pytest.mark.parametrize("segment_size", [9, 1], ids=["one segment", "a segment each"])
def test_better_story_comes_first(tmp_path, question, better, worse, segment_size):
    # Twice, in both orders: equal scores would keep the order of the index.
    first = open_archive(tmp_path / "a", [better, worse, FILLER], segment_size)
    second = open_archive(tmp_path / "b", [worse, better, FILLER], segment_size)
    assert found(first, asked(question)) == [0, 1]
    assert found(second, asked(question)) == [1, 0]


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("town mulls ferry", "The town is considering a ferry.", "The town is painting a ferry."),
        ("town jobless", "In town unemployment was higher.", "In town attendance was higher."),
        ("dutch ferry", "The ferry from the Netherlands.", "The ferry from the mainland."),
        ("town mulls ferry", "The town mulls a ferry.", "The town considers a ferry."),
    ],
    ids=["headlinese", "another word for the same", "people and country", "the word itself first"],
)
def test_another_word_for_the_same_lifts_a_story(tmp_path, question, better, worse):
    texts = [FILLER] * 12
    first = open_archive(tmp_path / "a", [better, worse, *texts])
    second = open_archive(tmp_path / "b", [worse, better, *texts])
    assert found(first, asked(question))[:2] == [0, 1]
    assert found(second, asked(question))[:2] == [1, 0]


def test_another_word_for_the_same_makes_no_hit(tmp_path):
    snapshot = open_archive(tmp_path, ["The town considers a ferry.", "The town mulls a ferry."])
    assert found(snapshot, asked("mulls")) == [1]
    assert found(snapshot, asked("mulls ferry", wq.And)) == [1]


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("jobless", {"unemployed", "unemployment"}),
        ("vows", {"pledge", "promise"}),
        ("pct", {"percent", "percentage"}),
        ("3rd", {"third"}),
        ("Netherlands", {"dutch", "holland"}),
        ("ferry", set()),
        ("the", set()),
        ("says", set()),
    ],
)
def test_words_for_the_same(word, others):
    term = stem_words(word)[0][2]
    assert set(alike(term)) == {found for _, _, found, _ in stem_words(" ".join(others))} - {term}


def test_each_row_has_several_words_and_none_alone():
    rows = [row.split() for row in ROWS.strip().splitlines()]
    assert all(len(row) > 1 for row in rows)
    assert all(len({stem_words(word)[0][2] for word in row}) > 1 for row in rows)


def test_rare_word_counts_more_than_a_common_one(tmp_path):
    texts = [f"{FILLER}\n\nThe {word} left." for word in ("tram", "tram", "tram", "ferry")]
    assert found(open_archive(tmp_path, texts), asked("tram ferry"))[0] == 3


def test_sorting_by_a_field_goes_before_relevance(tmp_path):
    snapshot = open_archive(tmp_path, ["Ferry sinks", f"{LONG} ferry", "Ferry ferry ferry"])
    newest = [OrderKey("number", descending=True)]
    assert found(snapshot, asked("ferry"), order=newest) == [2, 1, 0]


TEXTS = st.lists(
    st.lists(
        st.sampled_from(["alfa", "alfas", "bravo", "bravado", "charlie", "the\n\n", "."]), max_size=12
    ).map(" ".join),
    min_size=1,
    max_size=8,
)
TERMS = st.sampled_from([word.term for word in words_of("alfa bravo charlie the zulu")]).map(
    lambda term: wq.Term("text", term)
)
QUERIES = st.recursive(
    TERMS,
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(wq.And),
        st.lists(parts, min_size=2, max_size=3).map(wq.Or),
        st.lists(parts, min_size=3, max_size=3).map(lambda found: wq.Or(found, minmatch=2)),
        st.tuples(parts, parts).map(lambda pair: wq.AndNot(*pair)),
    ),
    max_leaves=6,
)


@given(TEXTS, QUERIES, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_ranking_changes_the_order_alone(tmp_path_factory, texts, query, segment_size):
    snapshot = open_archive(tmp_path_factory.mktemp("same"), texts, segment_size)
    by_place = ranked(query, "text", ["text", "text_written"], {})
    plain, ours = snapshot.search(query), snapshot.search(by_place)
    assert isinstance(by_place, Ranked)
    assert ours.total == plain.total
    assert sorted(ours.docs) == sorted(plain.docs)
    pages = [found(snapshot, by_place, offset=at, limit=1) for at in range(ours.total)]
    assert [row for page in pages for row in page] == found(snapshot, by_place)


@given(TEXTS)
@settings(max_examples=20, deadline=None)
def test_scores_do_not_depend_on_the_segments(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("segments")
    one, each = (open_archive(folder / name, texts, size) for name, size in (("one", 99), ("each", 1)))
    query = asked("alfa bravo the")
    a, b = one.search(query), each.search(query)
    assert found(one, query) == found(each, query)
    assert a.scores == pytest.approx(b.scores)


def test_only_the_best_of_very_many_are_looked_at_closely(tmp_path):
    count = BEST_DOCUMENTS + 50
    texts = [f"{FILLER}\n\nThe elections." for _ in range(count)]
    snapshot = open_archive(tmp_path, texts)
    scores = snapshot.search(asked("elections"), limit=None).scores
    assert len(scores) == count
    assert sum(score == max(scores) for score in scores) == BEST_DOCUMENTS


def test_whoosh_itself_finds_the_same(tmp_path):
    snapshot = open_archive(tmp_path, ["Ferry sinks", "Tram stops", "Ferry sails"])
    searcher: Searcher = snapshot.stock.searcher()
    assert sorted(hit["id"] for hit in searcher.search(asked("ferry"))) == ["0", "2"]


# From a question --------------------------------------------------------------------------------------------


def w(text, field="text"):
    return wq.Term(field, text)


@pytest.mark.parametrize(
    ("query", "words", "others"),
    [
        (w("a"), "a", []),
        (wq.And([w("a"), wq.Or([w("b"), w("a")])]), "a b", []),
        (wq.Phrase("text", ["a", "b"]), "a b", []),
        (Near(w("a"), wq.Phrase("text", ["b", "c"]), 5), "a b c", []),
        (wq.AndNot(w("a"), w("b")), "a", []),
        (wq.And([w("a"), wq.Not(w("b"))]), "a", []),
        (wq.And([w("a"), w("x", "desk"), wq.NumericRange("number", 1, 2)]), "a", []),
        (wq.And([w("a"), w("b", "headline")]), "a", [w("b", "headline")]),
        (wq.And([w("a"), wq.Prefix("text", "b")]), "a", [wq.Prefix("text", "b")]),
    ],
)
def test_words_are_gathered_from_a_query(query, words, others):
    made = ranked(query, "text", ["text", "headline"], {"a": "as"})
    assert made.query == query
    assert made.words == tuple(Word(word, "as" if word == "a" else "") for word in words.split())
    assert list(made.others) == others


@pytest.mark.parametrize("query", [wq.Every(), wq.Prefix("text", "a"), w("x", "desk"), wq.Not(w("a"))])
def test_query_without_words_stays_as_it_is(query):
    assert ranked(query, "text", ["text"], {}) is query


@pytest.mark.parametrize(
    ("part", "forms"),
    [
        ("Elections", {"elect": "elections"}),
        (Words("Élections held"), {"elect": "elections", "held": "held"}),
        (AnyOf(Phrase("two seas"), ("sea", Words("talks"))), {"two": "two", "sea": "sea", "talk": "talks"}),
    ],
)
def test_forms_are_those_that_were_typed(part, forms):
    assert dict(forms_of(part)) == forms


@pytest.mark.parametrize(
    ("word", "other", "expected"),
    [
        ("jamaica", "jamaican", True),
        ("iraq", "iraqi", True),
        ("acquisit", "acquir", True),
        ("fed", "feder", True),
        ("feder", "fed", False),
        ("div", "dividend", True),
        ("iran", "iraq", False),
        ("commun", "commodity", False),
        ("inter", "international", True),
        ("interest", "international", False),
        ("bank", "banana", False),
    ],
)
def test_kin(word, other, expected):
    assert are_kin(word, other) is expected
