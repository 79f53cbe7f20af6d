import pytest

from archive.desk import correct, corrections, families
from archive.models import Article, Correction
from tests.factories import make_article

pytestmark = pytest.mark.django_db

TEXT = (
    "The ferry Sennet Star sank off the northern island early on Thursday in heavy swell, and boats searched "
    "for those who had been aboard, the harbour master said in Port Selim before noon."
)
BACKGROUND = "The islands, independent since 1976, live on fish, on a little copper and on the reefs."


def page_of(reader, article):
    return reader.get(article.get_absolute_url()).content.decode()


@pytest.fixture
def corrected(db):
    """A story and its correction."""
    story = make_article("Ferry sinks with <40> aboard", body=(TEXT,), at="06:00")
    later = make_article(
        "CORRECTED: Ferry sinks with <40> aboard",
        body=(TEXT + " Fifty were aboard.",),
        at="09:00",
        mark="corrected",
    )
    families.place([story, later])
    corrections.link([later])
    return story, later


class TestCorrections:
    def test_both_pages_say_so(self, reader, corrected):
        story, later = corrected
        page = page_of(reader, story)
        assert "This story was corrected:" in page
        assert f'href="{later.get_absolute_url()}" dir="auto">CORRECTED: Ferry sinks with &lt;40&gt;' in page
        assert "This story corrects:" in page_of(reader, later)

    def test_lists_show_a_badge(self, reader, corrected):
        page = reader.get("/2001/06/14/").content.decode()
        assert page.count('<span class="badge">corrected</span>') == 1

    def test_a_draft_says_nothing_yet(self, reader, corrected):
        story, later = corrected
        Article.objects.filter(pk=later.pk).update(status="draft")
        assert "was corrected" not in page_of(reader, story)
        assert "badge" not in reader.get("/2001/06/14/").content.decode()

    def test_withdrawal_names_nothing_that_is_gone(self, reader):
        story = make_article("Minister held shares", body=(TEXT,), at="06:00")
        notice = make_article(
            "KILL: Minister held shares", body=("Do not use.",), at="09:00", mark="withdrawn"
        )
        families.place([story, notice])
        corrections.link([notice])
        assert reader.get(story.get_absolute_url()).status_code == 410
        page = page_of(reader, notice)
        assert "This notice withdraws a story that stood here." in page
        assert story.get_absolute_url() not in page


class TestFamilies:
    def test_page_lists_the_other_versions(self, reader, corrected):
        story, later = corrected
        page = page_of(reader, later)
        assert "1 earlier version<" in page
        assert story.get_absolute_url() in page
        assert "Later versions" in page_of(reader, story)

    def test_versions_are_compared_word_for_word(self, reader, corrected):
        story, later = corrected
        address = f"{later.get_absolute_url()}compare{story.get_absolute_url()}"
        assert address in page_of(reader, story)
        page = reader.get(address).content.decode()
        assert "Two versions compared" in page
        assert "Fifty were aboard.</ins>" in page
        assert '<meta name="robots" content="noindex">' in page

    def test_the_other_way_round_leads_to_the_right_way(self, reader, corrected):
        story, later = corrected
        response = reader.get(f"{story.get_absolute_url()}compare{later.get_absolute_url()}")
        assert response.status_code == 301
        assert response["Location"] == f"{later.get_absolute_url()}compare{story.get_absolute_url()}"

    def test_any_two_stories_can_be_compared(self, reader, corrected):
        other = make_article("Quite another", body=("Rain.",), on="2002-01-01")
        page = reader.get(f"{other.get_absolute_url()}compare{corrected[0].get_absolute_url()}")
        assert "Two stories compared" in page.content.decode()

    def test_what_readers_may_not_see_is_not_compared(self, reader, corrected):
        story, later = corrected
        address = f"{later.get_absolute_url()}compare{story.get_absolute_url()}"
        correct.withdraw(story, by=None, why="Untrue.")
        response = reader.get(address)
        assert response.status_code == 404
        assert "earlier version" not in page_of(reader, later)


class TestRecycledPassages:
    @pytest.fixture
    def stories(self, db):
        stories = [
            make_article(
                f"Story {n}", body=(f"Something else happened on island {n}.", BACKGROUND), on=f"199{n}-05-03"
            )
            for n in range(4)
        ]
        families.place(stories)
        return stories

    def test_are_told_with_their_first_appearance(self, reader, stories):
        page = page_of(reader, stories[2])
        assert "also in 3 stories" in page
        assert f'first on <a href="{stories[0].get_absolute_url()}">' in page
        assert "The islands, independent since 1976, live on fish, …" in page

    def test_drafts_do_not_count(self, reader, stories):
        Article.objects.filter(pk__in=[stories[0].pk, stories[1].pk]).update(status="draft")
        assert "also in" not in page_of(reader, stories[2])

    def test_versions_of_one_story_do_not_count(self, reader, stories):
        families.unite(stories[2], stories[1])
        families.unite(stories[2], stories[3])
        assert "also in" not in page_of(reader, stories[2])


def test_settled_by_hand_as_nothing_shows_nothing(reader):
    later = make_article("CORRECTED: Nothing here", mark="corrected")
    corrections.link([later])
    corrections.decide(Correction.objects.get(), None, by=None, why="Not ours.")
    assert "This story" not in page_of(reader, later).split("</article>")[0].split("<article")[0]
