"""What is closed cannot be reached by readers, by any way there is."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from archive.desk import closings, correct, imports
from archive.desk.accept import accept
from archive.models import Article, Batch, Closing, Original
from tests.desk.copy_samples import make_source, read
from tests.factories import make_article, make_original

pytestmark = pytest.mark.django_db

SECRET = "555-0142"
STORY = f"Ferries sail again\n\nCall {SECRET}\n\nJuly 10, 2004 - 22:07\n\nVARRA - The ferries sail.\n"


def take_in(text):
    record, received = read(text)
    return accept(record, source=make_source(), received=received, publish=True).article


@pytest.fixture
def story(db):
    """A story in four versions; the first two, and the copy, have a telephone number."""
    article = take_in(STORY)
    assert SECRET in article.body_text
    article = correct.edit(article, {"section": "Sea"}, by=None, why=f"The desk of {SECRET}.")
    article = correct.edit(article, {"body_html": "<p>The ferries sail.</p>"}, by=None, why="A slip.")
    article = correct.edit(article, {"headline": "All ferries sail"}, by=None, why="All of them.")
    return article


@pytest.fixture
def closed(story):
    by = User.objects.create_user("ana")
    original = story.originals.get()
    done = closings.close(
        story, versions=[1, 2], originals=[original.pk], reason="A private <number>.", by=by
    )
    assert done == 3
    return story


def page_of(reader, article, below="", status=200):
    page = reader.get(article.get_absolute_url() + below)
    assert page.status_code == status
    return page.content.decode()


@pytest.mark.parametrize("below", ["versions/", "versions/1/", "received/"])
def test_number_is_there_before_anything_is_closed(reader, story, below):
    assert SECRET in page_of(reader, story, below)


@pytest.mark.parametrize(
    ("below", "status"),
    [
        ("", 200),
        ("versions/", 200),
        ("versions/1/", 410),
        ("versions/2/", 410),
        ("versions/3/", 200),
        ("versions/4/", 200),
        ("received/", 200),
    ],
)
def test_no_page_below_a_story_shows_what_is_closed(reader, closed, below, status):
    text = page_of(reader, closed, below, status)
    assert SECRET not in text
    # Who guesses the text could prove it by the hash.
    assert closed.originals.get().sha256 not in text


@pytest.mark.parametrize("below", ["versions/", "versions/2/", "received/"])
def test_readers_see_the_reason_in_its_place(reader, closed, below):
    text = page_of(reader, closed, below, 410 if "2" in below else 200)
    assert "closed to readers on" in text
    assert "A private &lt;number&gt;." in text
    assert "ana" not in text.split("<main")[1].split("</main")[0]


def test_first_open_version_shows_no_difference_to_closed_ones(reader, closed):
    text = page_of(reader, closed, "versions/")
    assert "the versions before it are closed to readers" in text
    assert "<ins>All ferries" in text


def test_version_after_a_closed_one_is_compared_with_the_open_one_before(reader, story):
    closings.close(story, versions=[2], reason="An order of a court.", by=None)
    text = page_of(reader, story, "versions/")
    assert f"<del>Call {SECRET}</del>" in text
    assert "The desk of" not in text


def test_closed_page_is_not_kept_by_caches(reader, closed):
    response = reader.get(closed.get_absolute_url() + "versions/1/")
    assert "no-store" in response["Cache-Control"]


def test_address_with_zeros_is_no_way_round(reader, closed):
    response = reader.get(closed.get_absolute_url() + "versions/01/", follow=True)
    assert response.status_code == 410
    assert SECRET not in response.content.decode()


def test_original_is_closed_for_every_story_that_came_with_it(reader):
    first, second = make_article("First story"), make_article("Second story")
    original = make_original(first, STORY.encode())
    original.articles.add(second)
    closings.close(first, originals=[original.pk], reason="Private.", by=None)
    for article in (first, second):
        assert "Private." in page_of(reader, article, "received/")
        assert original.sha256 not in page_of(reader, article)


def test_other_originals_stay_open(reader, closed):
    later = make_original(closed, b"Another copy of the story")
    assert later.sha256 in page_of(reader, closed)
    assert "Another copy" in page_of(reader, closed, "received/")


def test_site_of_an_export_has_nothing_of_it_and_the_rows_have_all(closed, tmp_path):
    call_command("export", tmp_path / "out", stdout=open("/dev/null", "w"))  # noqa: SIM115
    for path in [*(tmp_path / "out/site").rglob("*.html"), tmp_path / "out/articles.ninjs.jsonl"]:
        assert SECRET not in path.read_text("utf-8")
    assert SECRET in (tmp_path / "out/rows/revision.jsonl").read_text("utf-8")
    assert "A private <number>." in (tmp_path / "out/rows/closing.jsonl").read_text("utf-8")


def test_address_that_says_too_much_gives_way(reader):
    article = take_in(STORY.replace("Ferries sail again", f"Call {SECRET}"))
    old = article.get_absolute_url()
    assert SECRET in old
    article = correct.edit(article, {"headline": "Ferries sail"}, by=None, why="A slip.")
    assert article.get_absolute_url() == old
    article = correct.readdress(article, by=None, why="A slip.")
    assert article.get_absolute_url() == "/2004/07/10/ferries-sail/"
    assert reader.get(old)["Location"] == article.get_absolute_url()
    assert correct.readdress(article, by=None, why="Again.").version == article.version


def test_opened_again_it_is_there_and_the_record_stays(reader, closed):
    by = User.objects.create_user("bo")
    for closing in Closing.objects.in_force():
        assert closings.open_again(closing, by=by, why="The order was lifted.")
        assert not closings.open_again(closing, by=by, why="Twice.")
    assert SECRET in page_of(reader, closed, "versions/1/")
    assert SECRET in page_of(reader, closed, "received/")
    assert {row.why_opened for row in closings.history(closed)} == {"The order was lifted."}
    assert closings.close(closed, versions=[1], reason="Again.", by=by) == 1
    assert closings.history(closed).count() == 4


def test_closing_twice_changes_nothing(closed):
    assert closings.close(closed, versions=[1, 2], reason="Another.", by=None) == 0
    assert set(Closing.objects.values_list("reason", flat=True)) == {"A private <number>."}


class TestRefused:
    @pytest.mark.parametrize(
        ("versions", "reason", "match"),
        [
            ([4], "Private.", "how the story stands now"),
            ([99], "Private.", "never saw one of these"),
            ([1], "  ", "give a reason"),
        ],
    )
    def test_versions_that_cannot_be_closed(self, story, versions, reason, match):
        with pytest.raises(closings.CannotClose, match=match):
            closings.close(story, versions=versions, reason=reason, by=None)
        assert not Closing.objects.exists()

    def test_original_of_another_story(self, story):
        other = make_original(make_article(), b"other")
        with pytest.raises(closings.CannotClose, match="not of this story"):
            closings.close(story, originals=[other.pk], reason="Private.", by=None)


def test_undoing_an_import_does_not_bring_a_closed_version_back(reader):
    article = take_in("Ferries sail\n\nJuly 10, 2004 - 22:07\n\nVARRA - Call 555-0142.\n")
    batch = imports.open_batch(article.source, kind=Batch.Kind.INGEST)
    record, received = read("Ferries sail\n\nJuly 10, 2004 - 22:07\n\nVARRA - Call nobody.\n")
    accepted = accept(record, source=article.source, received=received, publish=True)
    imports.note_taken(batch, [accepted])
    closings.close(accepted.article, versions=[1], reason="Private.", by=None)
    assert str(imports.undo(batch, by=None)) == "1 left"
    assert SECRET not in Article.objects.get(pk=article.pk).body_text
    assert Original.objects.count() == 2
