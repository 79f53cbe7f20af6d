"""Nearness, sentences, paragraphs, counts, capitals: a table with the answers written out."""

import pytest
from whoosh import query as wq

from archive.search.engines.whoosh.queries import AtLeast, Near, SameParagraph, SameSentence, WrittenAs
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.errors import UnsupportedLookup

from .corpora import create, matching, text_schema, write

TEXTS = {
    "1": "Talks in Geneva ended. Envoys of Iran left the nuclear talks early.",
    "2": "Iran and others met. The talks on nuclear matters went on.\n\nIn Vienna Iran spoke.",
    "3": "talks talks talks Iran",
    "4": "The MEK said no. Mr. May may go in May.",
    "5": "Iran. Nuclear",
    "6": "nuclear talks and nuclear talks and nuclear trials",
}


@pytest.fixture(scope="module", params=[1, 6], ids=["one segment", "six segments"])
def snapshot(request, tmp_path_factory):
    index = create(tmp_path_factory.mktemp("queries"), text_schema())
    made = [{"id": key, "text": text, "text_exact": text} for key, text in TEXTS.items()]
    for start in range(0, 6, 6 // request.param):
        write(index, made[start : start + 6 // request.param])
    return Snapshot.open(index.storage.folder)


def w(text):
    return wq.Term("text", text)


def written(text):
    return WrittenAs("text_exact", text)


NUCLEAR_TALKS = wq.Phrase("text", ["nuclear", "talk"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Near(w("iran"), w("talk"), 1), "3"),
        (Near(w("iran"), w("talk"), 4), "1 3"),
        (Near(w("iran"), w("talk"), 5), "1 2 3"),
        (Near(w("iran"), w("talk"), 5, ordered=True), "1 2"),
        (Near(w("talk"), w("talk"), 1), "3"),
        (Near(w("talk"), w("talk"), 3), "3 6"),
        (Near(NUCLEAR_TALKS, w("earli"), 1), "1"),
        (Near(NUCLEAR_TALKS, NUCLEAR_TALKS, 2, ordered=True), "6"),
        (Near(Near(w("nuclear"), w("talk"), 1), w("trial"), 3), "6"),
        (Near(wq.Or([w("vienna"), w("geneva")]), w("iran"), 4), "1 2"),
        (Near(wq.Prefix("text", "vie"), w("iran"), 1, ordered=True), "2"),
        (Near(w("iran"), written("Nuclear"), 1), "5"),
        (Near(w("zulu"), w("talk"), 5), ""),
        (SameSentence([w("iran"), w("talk")]), "1 3"),
        (SameSentence([w("iran"), w("nuclear")]), "1"),
        (SameSentence([w("geneva"), w("talk")]), "1"),
        (SameSentence([w("iran"), w("left"), w("earli")]), "1"),
        (SameSentence([w("vienna"), w("iran")]), "2"),
        (SameSentence([wq.Phrase("text", ["end", "envoi"]), w("iran")]), ""),
        (SameParagraph([w("iran"), w("talk")]), "1 2 3"),
        (SameParagraph([w("vienna"), w("talk")]), ""),
        (SameParagraph([w("iran"), w("nuclear")]), "1 2 5"),
        (AtLeast(w("talk"), 2), "1 3 6"),
        (AtLeast(w("talk"), 3), "3"),
        (AtLeast(NUCLEAR_TALKS, 2), "6"),
        (AtLeast(wq.Or([w("talk"), w("trial")]), 3), "3 6"),
        (AtLeast(w("zulu"), 1), ""),
        (written("MEK"), "4"),
        (written("mek"), ""),
        (written("May"), "4"),
        (written("may"), "4"),
        (written("Nuclear"), "5"),
        (written("nuclear"), "1 2 6"),
        (written("talks"), "1 2 3 6"),
        (AtLeast(written("May"), 2), "4"),
        (AtLeast(written("may"), 2), ""),
        (wq.And([Near(w("iran"), w("talk"), 6), wq.Not(AtLeast(w("talk"), 3))]), "1 2"),
    ],
    ids=str,
)
def test_places_of_words_match_what_is_written(snapshot, query, expected):
    assert matching(snapshot, query) == expected.split()


def test_scores_are_the_sum_of_the_parts(snapshot):
    near = snapshot.search(Near(w("iran"), w("talk"), 6), limit=None)
    both = snapshot.search(wq.And([w("iran"), w("talk")]), limit=None)
    expected = dict(zip(both.docs.tolist(), both.scores.tolist(), strict=True))
    for doc, score in zip(near.docs.tolist(), near.scores.tolist(), strict=True):
        assert score == pytest.approx(expected[doc], abs=1e-12)


@pytest.mark.parametrize("part", [wq.Not(w("iran")), wq.And([w("iran"), w("talk")]), wq.Every()], ids=repr)
def test_what_has_no_place_is_refused(snapshot, part):
    with pytest.raises(UnsupportedLookup):
        snapshot.search(Near(part, w("talk"), 3))


def test_equal_queries_are_equal_and_hash_alike():
    assert Near(w("a"), w("b"), 3) == Near(w("a"), w("b"), 3)
    assert hash(WrittenAs("f", "A")) == hash(WrittenAs("f", "A"))
    assert Near(w("a"), w("b"), 3) != Near(w("a"), w("b"), 3, ordered=True)
    assert AtLeast(w("a"), 2) != AtLeast(w("a"), 3)


def test_phrase_never_begins_before_its_document(tmp_path):
    """The rarer second word is the first of document 0, and the last document has the other one."""
    index = create(tmp_path, text_schema())
    texts = ["bb x aa y bb"] + ["bb q aa"] * 6 + ["aa zz"] * 57
    write(index, [{"id": str(number), "text": text} for number, text in enumerate(texts)])
    snapshot = Snapshot.open(tmp_path)
    assert matching(snapshot, wq.Phrase("text", ["aa", "bb"])) == []
    assert matching(snapshot, wq.Phrase("text", ["aa", "y", "bb"])) == ["0"]
    assert len(matching(snapshot, wq.Phrase("text", ["bb", "q", "aa"]))) == 6
