"""Articles that a changed name affects are found through the index, and drafts beside it."""

import pytest

from archive.desk.authority import register_name
from archive.desk.correct import withdraw
from archive.models import Article
from archive.search.rereading import find_articles
from tests.desk.stories import named_in, take_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("spelling", "paragraph"),
    [
        ("Takhti Rahim", "Then Takhti Rahim spoke."),
        ("Takhti Rahim", "Then Takhti-Rahim spoke."),
        ("Takhti Rahim", "Then Takhtirahim spoke."),
        ("Mirvan Takhti Rahim", "Then Mirvan Takhtirahim spoke."),
        ("Mirvan Takhti Rahim", "Then MIRVAN TAKHTI RAHIM spoke."),
        ("Lena Čapek", "Then Lena Capek spoke."),
        ("Lena Capek", "Then Lena Čapek spoke."),
        ("Strait Council", "The Strait Council's chair spoke."),
        ("AFMC", "The AFMC met."),
        ("میروان رحیم", "میروان رحیم گفت."),
        ("A. Rahim", "Then A. Rahim spoke."),
    ],
)
def test_index_finds_every_form_that_is_tagged(empty_index, spelling, paragraph):
    article, other = take_in(paragraph), take_in("Nothing was said of anybody.")
    found = find_articles([spelling])
    assert article.pk in found
    assert other.pk not in found
    register_name(kind="person", name=spelling)
    assert len(named_in(article)) == 1


def test_drafts_and_withdrawn_articles_are_found_too(empty_index):
    draft = take_in("Then Lena Moss spoke.", publish=False)
    gone = take_in("Then Lena Moss left.")
    withdraw(gone, by=None, why="Wrong.")
    assert find_articles(["Lena Moss"]) == {draft.pk, gone.pk}


def test_index_that_is_behind_is_not_asked(empty_index):
    take_in("Then Lena Moss spoke.")
    empty_index.clear()
    assert find_articles(["Lena Moss"]) is None
    register_name(kind="person", name="Lena Moss")
    assert named_in(Article.objects.get()) == [("Lena Moss", "Lena Moss")]


def test_index_that_is_damaged_is_not_asked(empty_index, tmp_path):
    take_in("Then Lena Moss spoke.")
    for file in empty_index.store.root.rglob("*"):
        if file.is_file():
            file.write_bytes(b"")
    assert find_articles(["Lena Moss"]) is None
