import itertools

import pytest

from archive.desk import correct, corrections
from archive.desk.accept import accept
from archive.models import Article, Correction, FamilyMember
from tests.desk.copy_samples import make_source, read

pytestmark = pytest.mark.django_db
_minutes = itertools.count(1)

BODY = (
    "VARRA - The foreign reserves of the Central Bank of Varra stood at 84 million dollars on September 11, the "
    "bank said on Tuesday, in the first figures published since the rafi was cut loose from the dollar.\n\n"
    "That is enough to pay for {} months of imports, deputy governor Jamshid Erfan told a news conference."
)
OTHER = "VARRA - Ministers agreed to count the tuna of the strait together and to share the costs of a ship."


STORY = BODY.format("two")


def take_in(headline, body=STORY, day="September 15, 1998", publish=True, source="varra-wire"):
    text = f"{headline}\n\n{day} - 9:{next(_minutes) % 60:02}\n\n{body}\n\nNA\n"
    record, received = read(text)
    return accept(record, source=make_source(source), received=received, publish=publish).article


def target_of(article):
    row = Correction.objects.get(correcting=article)
    return row.corrected, row.state


class TestFinding:
    @pytest.mark.parametrize(
        "mark", ["CORRECTED: ", "CORRECTED-", "REFILE-", "UPDATE 2-", "(CORRECTED) - ", "CORRECTION: "]
    )
    def test_the_headline_without_its_mark(self, mark):
        story = take_in("Reserves at 84 million dollars")
        later = take_in(f"{mark}Reserves at 84 million dollars", OTHER)
        assert target_of(later) == (story, "linked")
        assert FamilyMember.objects.get(article=later).family.lead == later

    def test_the_latest_version_of_that_headline(self):
        take_in("Reserves at 84 million dollars")
        update = take_in("UPDATE 1-Reserves at 84 million dollars", OTHER)
        later = take_in("CORRECTED-Reserves at 84 million dollars")
        assert target_of(later) == (update, "linked")

    def test_a_headline_that_was_corrected_itself(self):
        story = take_in("Reserves at 84 million dollars, enough for two months")
        take_in("Tuna to be counted", OTHER)
        later = take_in(
            "CORRECTED: Reserves at 84 million dollars, enough for three",
            BODY.format("three"),
            "September 16, 1998",
        )
        assert target_of(later) == (story, "linked")

    def test_the_story_may_come_in_after_its_correction(self):
        later = take_in("CORRECTED: Reserves at 84 million dollars", OTHER, "September 16, 1998")
        assert target_of(later) == (None, "open")
        story = take_in("Reserves at 84 million dollars")
        assert target_of(later) == (story, "linked")


class TestNotFinding:
    def test_a_story_that_corrects_this_one(self):
        def filed(mark, body):
            text = f"{mark}: Reserves at 84 million dollars\n\nSeptember 15, 1998 - 9:00\n\n{body}\n\nNA\n"
            record, received = read(text)
            return accept(record, source=make_source(), received=received, publish=True).article

        first = filed("CORRECTED", STORY)
        second = filed("CORRECTION", OTHER)
        corrections.link_open()
        assert target_of(first) == (second, "linked")
        assert target_of(second) == (None, "open")
        corrections.decide(second.correction, first, by=None)
        assert target_of(first) == (None, "open")
        assert target_of(second) == (first, "linked")

    def test_the_same_headline_of_another_source(self):
        take_in("Reserves at 84 million dollars", source="lakeside-dispatch")
        later = take_in("CORRECTED: Reserves at 84 million dollars")
        assert target_of(later) == (None, "open")

    def test_a_story_of_another_season(self):
        take_in("Reserves at 84 million dollars", day="March 15, 1998")
        later = take_in("CORRECTED: Reserves at 84 million dollars", OTHER)
        assert target_of(later) == (None, "open")

    def test_a_story_that_came_afterwards(self):
        take_in("Reserves at 84 million dollars", OTHER, "September 17, 1998")
        later = take_in("CORRECTED: Reserves at 84 million dollars", OTHER)
        assert target_of(later) == (None, "open")

    def test_two_stories_that_are_as_likely(self):
        take_in("Reserves at 84 million", BODY.format("two"))
        take_in("Reserves at 85 million", BODY.format("two").replace("84", "85"), source="varra-wire")
        FamilyMember.objects.all().delete()
        later = take_in("CORRECTED: Reserves at 86 million", BODY.format("two").replace("84", "86"))
        FamilyMember.objects.all().delete()
        Correction.objects.all().delete()
        corrections.link([later])
        assert target_of(later) == (None, "open")

    def test_unmarked_stories_ask_for_nothing(self):
        take_in("Reserves at 84 million dollars")
        take_in("Advisory on reserves")
        assert not Correction.objects.exists()


class TestWithdrawal:
    def test_takes_its_story_away_once_it_is_published(self):
        story = take_in("Minister held shares")
        notice = take_in("WITHDRAWN: Minister held shares", "EDITORS: Please do not use.", publish=False)
        assert Article.objects.get(pk=story.pk).status == "published"
        correct.publish(notice, by=None)
        story.refresh_from_db()
        assert story.status == "withdrawn"
        assert "WITHDRAWN: Minister held shares" in story.revisions.latest("history_id").history_change_reason

    def test_is_carried_out_at_once_where_copy_is_published_as_it_comes(self):
        story = take_in("Minister held shares")
        take_in("KILL: Minister held shares", "EDITORS: Please do not use.")
        assert Article.objects.get(pk=story.pk).status == "withdrawn"

    def test_waits_for_a_person_where_several_stories_bear_the_headline(self):
        first = take_in("Minister held shares")
        second = take_in("UPDATE 1-Minister held shares", OTHER)
        notice = take_in("KILL: Minister held shares", "EDITORS: Please do not use.")
        assert {Article.objects.get(pk=story.pk).status for story in (first, second)} == {"published"}
        assert [row.correcting for row in corrections.waiting()] == [notice]

    def test_never_follows_from_likeness_alone(self):
        story = take_in("Minister held shares in mine")
        notice = take_in("KILL: Minister held shares in a mine")
        assert Article.objects.get(pk=story.pk).status == "published"
        assert target_of(notice) == (None, "open")

    def test_decided_by_a_person_is_carried_out(self):
        story = take_in("Minister held shares in mine")
        notice = take_in("KILL: Minister story", "EDITORS: Please do not use.")
        corrections.decide(notice.correction, story, by=None, why="The desk asked.")
        assert Article.objects.get(pk=story.pk).status == "withdrawn"
        assert not corrections.waiting().exists()

    def test_copy_that_comes_again_does_not_bring_the_story_back(self):
        story = take_in("Minister held shares")
        take_in("KILL: Minister held shares", "EDITORS: Please do not use.")
        record, received = read(f"Minister held shares\n\n{story.timestamp}\n\n{OTHER}\n\nNA\n")
        accept(record, source=story.source, received=received, publish=True)
        assert Article.objects.get(pk=story.pk).status == "withdrawn"


class TestDeciding:
    def test_nothing_here_is_remembered(self):
        later = take_in("CORRECTED: Reserves at 84 million dollars", OTHER, "September 16, 1998")
        corrections.decide(later.correction, None, by=None, why="Ours was right.")
        take_in("Reserves at 84 million dollars")
        assert target_of(later) == (None, "settled")

    def test_an_article_cannot_correct_itself(self):
        later = take_in("CORRECTED: Reserves at 84 million dollars", OTHER)
        with pytest.raises(ValueError, match="cannot correct itself"):
            corrections.decide(later.correction, later, by=None)

    def test_suggestions_are_the_likest_headlines_first(self):
        story = take_in("Reserves at 85 million dollars", OTHER, "September 14, 1998")
        take_in("Tuna to be counted by four countries", OTHER + " It sails.", "September 13, 1998")
        later = take_in("CORRECTED: Reserves of 84 million", "VARRA - Nothing alike.")
        assert corrections.suggestions(later.correction)[0] == story


def test_both_sides_know_of_each_other_as_far_as_readers_may():
    story = take_in("Reserves at 84 million dollars")
    later = take_in("CORRECTED: Reserves at 84 million dollars", OTHER, publish=False)
    assert corrections.links_of(story) == (None, [])
    correct.publish(later, by=None)
    assert [row.correcting for row in corrections.links_of(story)[1]] == [later]
    assert corrections.links_of(later)[0].corrected == story
