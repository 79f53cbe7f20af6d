import pytest

from archive.desk.retellings import wordings
from tests.factories import make_article

pytestmark = pytest.mark.django_db

FIRST = (
    "The islands, independent since 1976, live on fish, on tea and on the fees of ships that pass the strait."
)
CHANGED = "The islands, independent since 1976, live on fish, on tea and on the fees of tankers that pass the strait."
LONGER = CHANGED.replace("live on fish", "have lived on fish for as long as anybody remembers")
UNLIKE = (
    "The minister said that the talks about the bank would go on in the capital until the end of the week."
)


def pieces(wording):
    return [(piece.kind, piece.text.strip()) for each in wording.changes for piece in each.pieces]


def test_wordings_come_oldest_first_and_differ_from_the_first():
    articles = [
        make_article("Third", body=("Something.", LONGER), on="1999-05-03"),
        make_article("First", body=(FIRST, "Something."), on="1995-05-03"),
        make_article("Second", body=(UNLIKE, CHANGED), on="1997-05-03"),
        make_article("Again", body=(FIRST.upper(),), on="1998-05-03"),
        make_article("Another", body=(UNLIKE,), on="1994-05-03"),
    ]
    found = wordings(CHANGED, articles)
    assert [wording.article.headline for wording in found] == ["First", "Second", "Third"]
    assert [wording.others for wording in found] == [1, 0, 0]
    assert found[0].changes == []
    assert ("removed", "ships") in pieces(found[1])
    assert ("added", "tankers") in pieces(found[1])


def test_stories_of_one_day_go_by_their_clock():
    late = make_article("Late", body=(CHANGED,), on="1995-05-03", at="22:00")
    early = make_article("Early", body=(FIRST,), on="1995-05-03", at="06:00")
    assert [wording.article for wording in wordings(FIRST, [late, early])] == [early, late]


@pytest.mark.parametrize("paragraph", ["", UNLIKE])
def test_nothing_alike_gives_nothing(paragraph):
    assert wordings(paragraph, [make_article(body=(FIRST,)), make_article("Empty", body="")]) == []
