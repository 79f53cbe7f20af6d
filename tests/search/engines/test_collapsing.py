"""Of the versions of a story that match, the latest is a row; the others are folded under it."""

from random import Random

import pytest
from whoosh import query as wq

from archive.search.engines.whoosh.ordering import OrderKey
from archive.search.engines.whoosh.snapshot import Snapshot

from .corpora import create, ids, plain_schema, write

NEWEST = [OrderKey("number", descending=True)]


def documents(count, choose, first=0):
    """Return documents of which every other one belongs to one of a few families, under `names`."""
    for number in range(first, first + count):
        words = [word for word, share in (("half", 0.5), ("few", 0.1)) if choose.random() < share]
        document = {"id": f"{number}", "text": " ".join(["every", *words]), "number": number % 7}
        if choose.random() < 0.5:
            document["names"] = f"f{choose.randrange(12)}.{number:04}"
        yield document


@pytest.fixture(scope="module", params=[1, 3], ids=["one segment", "three segments"])
def archive(request, tmp_path_factory):
    choose = Random(3)
    index = create(tmp_path_factory.mktemp("folded"), plain_schema())
    made = [list(documents(60, choose, first=60 * n)) for n in range(request.param)]
    for some in made:
        write(index, some)
    return Snapshot.open(index.storage.folder), [document for some in made for document in some]


def folded_by_a_loop(documents, word):
    """Return the ids of the rows, in the order of the archive, and those folded under them."""
    found = [document for document in documents if word in document["text"].split()]
    families = {}
    for document in found:
        family, _, place = document.get("names", f"{document['id']}.").partition(".")
        families.setdefault(family, []).append((place, document["id"]))
    folded = {}
    for versions in families.values():
        *others, (_, last) = sorted(versions)
        folded[last] = [version for _, version in reversed(others)]
    rows = [document["id"] for document in found if document["id"] in folded]
    return rows, {row: others for row, others in folded.items() if others}


def keys_of(snapshot, folded):
    return {ids(snapshot, [doc])[0]: ids(snapshot, others) for doc, others in folded.items()}


@pytest.mark.parametrize("order", [[], NEWEST], ids=["by score", "newest first"])
@pytest.mark.parametrize("word", ["every", "half", "few", "none"])
def test_rows_and_folded_are_those_of_a_loop(archive, word, order):
    snapshot, documents = archive
    rows, folded = folded_by_a_loop(documents, word)
    hits = snapshot.search(wq.Term("text", word), collapse="names", limit=None, order=order)
    assert sorted(ids(snapshot, hits.docs), key=int) == rows
    assert keys_of(snapshot, hits.folded) == folded
    assert (hits.total, hits.row_count) == (sum(map(len, folded.values())) + len(rows), len(rows))


def test_page_has_what_is_folded_under_its_own_rows(archive):
    snapshot, documents = archive
    _, folded = folded_by_a_loop(documents, "every")
    for _ in range(2):
        hits = snapshot.search(wq.Every(), collapse="names", order=NEWEST, offset=5, limit=10)
        shown = ids(snapshot, hits.docs)
        assert keys_of(snapshot, hits.folded) == {row: folded[row] for row in shown if row in folded}


def test_word_that_all_have_is_ranked_after_everything_was_folded(archive):
    snapshot, _ = archive
    query = wq.Term("text", "every")
    alone = snapshot.search(query, collapse="names", limit=5)
    snapshot.search(wq.Every(), collapse="names", order=NEWEST, limit=5)
    again = snapshot.search(query, collapse="names", limit=5)
    assert again.docs.tolist() == alone.docs.tolist()
    assert again.scores.tolist() == alone.scores.tolist() != [1.0] * 5
    assert snapshot.search(wq.Every(), collapse="names", limit=5).scores.tolist() == [1.0] * 5
