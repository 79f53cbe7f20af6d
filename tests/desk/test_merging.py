from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from archive.desk.authority import add_spelling, register_name
from archive.desk.merging import family_of, merge, preview_merge, undo_merge
from archive.desk.verdicts import mark_different
from archive.models import Entity, IndexTask, Mention, Merge, Quote
from tests.desk.stories import named_in, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rahim():
    return register_name(kind="person", name="Mirvan Takhti Rahim")


@pytest.fixture
def ravan():
    return register_name(kind="person", name="Mirwan Rahimi")


def everything():
    """All that a merge may touch and undoing must bring back."""
    return (
        sorted(
            Mention.objects.values_list("article", "part", "start", "text", "entity", "registered", "how")
        ),
        sorted(Quote.objects.values_list("article", "start", "text", "speaker", "registered")),
        sorted(Entity.objects.values_list("pk", "slug", "merged_into")),
    )


def test_preview_counts_what_moves_and_moves_nothing(rahim, ravan):
    take_in("Mirvan Takhti Rahim spoke. Mirvan Takhti Rahim left.")
    take_in("Mirvan Takhti Rahim came back.")
    before = everything()
    assert str(preview_merge(rahim, ravan)) == "moves 3 mentions in 2 articles"
    assert str(preview_merge(ravan, rahim)) == "moves 0 mentions in 0 articles"
    assert preview_merge(rahim, ravan).spellings == ["Mirvan Takhti Rahim"]
    assert everything() == before


def test_merge_moves_mentions_and_quotes_and_undo_brings_everything_back(rahim, ravan):
    article = take_in('"We will fish and count," Mirvan Takhti Rahim said.', "Mirwan Rahimi agreed.")
    before = everything()
    made = merge(rahim, ravan, by=None, why="One man.")
    assert named_in(article) == [("Mirvan Takhti Rahim", "Mirwan Rahimi"), ("Mirwan Rahimi", "Mirwan Rahimi")]
    assert article.quotes.get().speaker == ravan
    assert article.quotes.get().registered == rahim
    undo_merge(made, by=None)
    assert everything() == before


def test_merged_articles_are_queued_for_the_index(rahim, ravan):
    article = take_in("Mirvan Takhti Rahim spoke.")
    IndexTask.objects.all().delete()
    made = merge(rahim, ravan, by=None)
    undo_merge(made, by=None)
    assert {task.article_id for task in IndexTask.objects.all()} == {article.pk}
    assert IndexTask.objects.count() >= 2


def test_new_copy_that_spells_a_merged_name_means_the_winner(rahim, ravan):
    made = merge(rahim, ravan, by=None)
    article = take_in("Mirvan Takhti Rahim spoke.")
    mention = article.mentions.get()
    assert (mention.entity, mention.registered) == (ravan, rahim)
    undo_merge(made, by=None)
    assert article.mentions.get().entity == rahim


def test_merge_is_undone_after_later_merges(rahim, ravan):
    third = register_name(kind="person", name="M. T. Ravan")
    article = take_in("Mirvan Takhti Rahim met Mirwan Rahimi and M. T. Ravan.")
    first = merge(rahim, ravan, by=None)
    second = merge(ravan, third, by=None)
    assert {name for _, name in named_in(article)} == {"M. T. Ravan"}
    undo_merge(first, by=None)
    assert [name for _, name in named_in(article)] == ["Mirvan Takhti Rahim", "M. T. Ravan", "M. T. Ravan"]
    undo_merge(second, by=None)
    assert [name for _, name in named_in(article)] == ["Mirvan Takhti Rahim", "Mirwan Rahimi", "M. T. Ravan"]


def test_undoing_the_later_merge_keeps_the_earlier_one(rahim, ravan):
    third = register_name(kind="person", name="M. T. Ravan")
    article = take_in("Mirvan Takhti Rahim met Mirwan Rahimi and M. T. Ravan.")
    merge(rahim, ravan, by=None)
    second = merge(ravan, third, by=None)
    undo_merge(second, by=None)
    assert [name for _, name in named_in(article)] == ["Mirwan Rahimi", "Mirwan Rahimi", "M. T. Ravan"]
    assert family_of(ravan) == {rahim.pk, ravan.pk}


def test_name_merged_twelve_times_over_still_leads_to_the_last():
    names = [register_name(kind="place", name=f"Island Number{number}x") for number in range(13)]
    article = take_in("Island Number0x was empty.")
    for loser, winner in pairwise(names):
        merge(loser, Entity.objects.get(pk=winner.pk), by=None)
    assert named_in(article) == [("Island Number0x", "Island Number12x")]


def test_merge_undone_and_made_again_the_other_way_round(rahim, ravan):
    article = take_in("Mirvan Takhti Rahim met Mirwan Rahimi.")
    undo_merge(merge(rahim, ravan, by=None), by=None)
    merge(ravan, rahim, by=None)
    assert {name for _, name in named_in(article)} == {"Mirvan Takhti Rahim"}
    assert Merge.objects.filter(undone_at__isnull=True).count() == 1


def test_circles_cannot_come_about(rahim, ravan):
    merge(rahim, ravan, by=None)
    with pytest.raises(ValidationError, match="was merged into Mirwan Rahimi already"):
        merge(ravan, rahim, by=None)
    with pytest.raises(ValidationError, match="already"):
        merge(rahim, ravan, by=None)
    with pytest.raises(ValidationError, match="same name already"):
        merge(ravan, ravan, by=None)


def test_merge_cannot_be_undone_twice(rahim, ravan):
    made = merge(rahim, ravan, by=None)
    undo_merge(made, by=None)
    with pytest.raises(ValidationError, match="undone already"):
        undo_merge(made, by=None)


def test_different_names_are_not_merged_even_under_other_names(rahim, ravan, django_user_model):
    third = register_name(kind="person", name="M. T. Ravan")
    ana = django_user_model.objects.create_user("ana")
    mark_different(rahim, ravan, by=ana, why="Brothers")
    day = f"{timezone.now():%-d %B %Y}"
    assert preview_merge(ravan, rahim).problems == [
        f"They were marked as two different names by ana on {day}: Brothers"
    ]
    merge(rahim, third, by=None)
    with pytest.raises(ValidationError, match="Brothers"):
        merge(ravan, Entity.objects.get(pk=third.pk), by=None)


def test_shared_spelling_is_found_once_merged_and_in_doubt_again_afterwards():
    first = register_name(kind="person", name="Lena Moss")
    second = register_name(kind="person", name="Lena Moss")
    article = take_in("Lena Moss sang.")
    assert named_in(article) == []
    made = merge(second, first, by=None)
    assert named_in(article) == [("Lena Moss", "Lena Moss")]
    undo_merge(made, by=None)
    assert named_in(article) == []


def test_surname_of_two_people_is_settled_by_merging_and_in_doubt_afterwards():
    one = register_name(kind="person", name="Lena Moss")
    other = register_name(kind="person", name="Helena Moss")
    article = take_in("Lena Moss met Helena Moss.", "Later Moss sang.")
    before = everything()
    assert len(named_in(article)) == 2
    made = merge(one, other, by=None)
    assert [text for text, _ in named_in(article)] == ["Lena Moss", "Helena Moss", "Moss"]
    undo_merge(made, by=None)
    assert everything() == before


def test_spellings_stay_with_their_own_name(rahim, ravan):
    made = merge(rahim, ravan, by=None)
    add_spelling(ravan, "Rahimi")
    undo_merge(made, by=None)
    assert [alias.text for alias in rahim.aliases.all()] == ["Mirvan Takhti Rahim"]
    assert sorted(alias.text for alias in ravan.aliases.all()) == ["Mirwan Rahimi", "Rahimi"]


def test_history_tells_both_names_who_and_why(rahim, ravan, django_user_model):
    ana = django_user_model.objects.create_user("ana")
    made = merge(rahim, ravan, by=ana, why="One man.")
    undo_merge(made, by=ana, why="No.")
    told = [(event.what, str(event.by), event.why) for event in rahim.events.all()[:2]]
    assert told == [
        ("Taken out of Mirwan Rahimi again.", "ana", "No."),
        ("Merged into Mirwan Rahimi.", "ana", "One man."),
    ]
    assert ravan.events.first().what == "Mirvan Takhti Rahim was taken out again."
