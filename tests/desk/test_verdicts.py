import pytest
from django.core.exceptions import ValidationError

from archive.desk import verdicts
from archive.desk.accept import accept
from archive.desk.authority import add_spelling, register_name, remove_spelling
from archive.desk.correct import edit
from archive.desk.merging import merge
from archive.desk.retagging import read_again
from archive.models import Candidate, Verdict
from tests.desk.copy_samples import STORY, make_source, read
from tests.desk.stories import named_in, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def moss():
    return register_name(kind="person", name="Lena Moss")


@pytest.fixture
def other():
    return register_name(kind="person", name="Lena Moss Kadri")


def test_spelling_means_another_name_in_one_article_only(moss, other):
    here, there = take_in("Lena Moss sang."), take_in("Lena Moss danced.")
    verdicts.split([here], moss, other, by=None)
    assert named_in(here) == [("Lena Moss", "Lena Moss Kadri")]
    assert named_in(there) == [("Lena Moss", "Lena Moss")]


def test_verdict_outlives_reading_again_and_new_copy(moss, other):
    article = take_in("Lena Moss sang.")
    verdicts.split([article], moss, other, by=None)
    read_again([article.pk], "test")
    edit(article, {"body_html": "<p>On Monday, Lena Moss sang.</p>"}, by=None, why="Day added.")
    assert named_in(article) == [("Lena Moss", "Lena Moss Kadri")]


def test_spelling_may_mean_nobody_registered(moss):
    article = take_in("Lena Moss sang.", "Then Moss left.")
    verdicts.split([article], moss, None, by=None)
    assert named_in(article) == []


def test_verdict_on_one_spelling_leaves_the_others(moss, other):
    add_spelling(moss, "L. Moss")
    article = take_in("Lena Moss sang. L. Moss danced.")
    verdicts.split([article], moss, other, text="L. Moss", by=None)
    assert named_in(article) == [("Lena Moss", "Lena Moss"), ("L. Moss", "Lena Moss Kadri")]


def test_verdict_settles_a_spelling_that_two_names_share(moss):
    second = register_name(kind="person", name="Lena Moss")
    article = take_in("Lena Moss sang.")
    assert named_in(article) == []
    verdicts.split([article], moss, second, by=None)
    assert article.mentions.get().entity == second


def test_verdict_follows_a_merge_of_what_it_means(moss, other):
    article = take_in("Lena Moss sang.")
    verdicts.split([article], moss, other, by=None)
    third = register_name(kind="person", name="L. M. Kadri")
    merge(other, third, by=None)
    read_again([article.pk], "test")
    mention = article.mentions.get()
    assert (mention.entity, mention.registered) == (third, other)


def test_verdict_taken_back_is_forgotten(moss, other):
    article = take_in("Lena Moss sang.")
    verdicts.split([article], moss, other, by=None)
    verdicts.forget(Verdict.objects.get(), by=None)
    assert named_in(article) == [("Lena Moss", "Lena Moss")]


def test_a_name_cannot_mean_itself(moss):
    with pytest.raises(ValidationError, match="one name"):
        verdicts.split([take_in("Lena Moss sang.")], moss, moss, by=None)


def test_confirmed_mention_survives_the_loss_of_its_spelling(moss):
    alias = add_spelling(moss, "The Nightingale")
    article, other_article = take_in("The Nightingale sang."), take_in("The Nightingale left.")
    verdicts.confirm_mentions(article.mentions.all(), by=None)
    remove_spelling(alias)
    assert named_in(article) == [("The Nightingale", "Lena Moss")]
    assert named_in(other_article) == []


@pytest.mark.parametrize(
    ("body", "starts"),
    [
        ("<p>On Monday, The Nightingale sang.</p>", [11]),
        ("<p>The Nightingale and The Nightingale.</p>", [0, 20]),
        ("<p>Nobody sang.</p>", []),
    ],
)
def test_confirmed_mention_moves_with_its_words_and_goes_with_them(moss, body, starts):
    add_spelling(moss, "The Nightingale")
    article = take_in("The Nightingale sang.")
    verdicts.confirm_mentions(article.mentions.all(), by=None)
    edit(article, {"body_html": body}, by=None, why="x")
    assert list(article.mentions.values_list("start", flat=True)) == starts


def test_split_overrules_what_was_confirmed_before(moss, other):
    article = take_in("Lena Moss sang.")
    verdicts.confirm_mentions(article.mentions.all(), by=None)
    verdicts.split([article], moss, other, by=None)
    assert named_in(article) == [("Lena Moss", "Lena Moss Kadri")]


def test_one_name_is_not_marked_as_different_from_itself(moss, other):
    merge(moss, other, by=None)
    with pytest.raises(ValidationError, match="undo the merge"):
        verdicts.mark_different(moss, other, by=None)


def test_different_is_kept_once_whichever_way_round(moss, other):
    assert verdicts.mark_different(moss, other, by=None) == verdicts.mark_different(other, moss, by=None)


def test_quote_decided_by_hand_is_not_read_anew(moss, other):
    article = take_in('"We will sing until morning," Lena Moss said.', "Lena Moss Kadri left.")
    verdicts.correct_quote(article.quotes.get(), speaker=other, by=None)
    edit(article, {"section": "arts", "headline": "Singing"}, by=None, why="x")
    assert article.quotes.get().speaker == other
    verdicts.release_quote(article.quotes.get())
    assert article.quotes.get().speaker == moss


def test_hidden_quote_stays_hidden(moss):
    article = take_in('"We will sing until morning," Lena Moss said.')
    verdicts.correct_quote(article.quotes.get(), speaker=None, is_hidden=True, by=None)
    read_again([article.pk], "test")
    assert [quote.is_hidden for quote in article.quotes.all()] == [True]


def test_candidate_is_registered_with_the_spellings_it_was_seen_under():
    first = take_in("Talks with Jarrod Kessel-Brown began.", "Jarrod Kessel-Brown left.")
    second = take_in("Talks with Jarrod Kessel Brown began.")
    candidate = Candidate.objects.get(text__startswith="Jarrod Kessel")
    assert candidate.stories == 2
    entity = verdicts.register_candidate(candidate, kind="person", by=None)
    assert len(named_in(first)) == 2
    assert len(named_in(second)) == 1
    assert not Candidate.objects.filter(key=candidate.key).exists()
    assert sorted(alias.text for alias in entity.aliases.all()) == [
        "Jarrod Kessel Brown",
        "Jarrod Kessel-Brown",
    ]


def test_candidate_becomes_a_spelling_of_a_name_that_is_there(moss):
    article = take_in("Talks with Madame Nightingale Osric began.")
    candidate = Candidate.objects.filter(sightings__article=article, text__contains="Osric").get()
    verdicts.add_candidate_to(moss, candidate, by=None)
    assert {name for _, name in named_in(article)} == {"Lena Moss"}


def test_ignored_candidate_never_comes_back_until_the_verdict_is_taken_back():
    take_in("Talks with Jarrod Kessel began.")
    verdicts.ignore(Candidate.objects.filter(text="Jarrod Kessel"), by=None, why="A ship.")
    take_in("Talks with Jarrod Kessel ended.")
    row = Candidate.objects.get(key=Verdict.objects.get().key)
    assert (row.state, row.stories, row.sightings.count()) == ("ignored", 0, 0)
    verdicts.forget(Verdict.objects.get(), by=None)
    take_in("Talks with Jarrod Kessel went on.")
    assert Candidate.objects.get(text="Jarrod Kessel").state == "waiting"


def test_counts_of_candidates_are_right_after_copy_comes_in_again():
    def accept_again(text):
        record, received = read(text)
        return accept(record, source=make_source(), received=received).article

    accept_again(STORY)
    count = {row.text: row.stories for row in Candidate.objects.all()}
    assert count["Kessary"] == 1
    accept_again(STORY)
    accept_again(STORY.replace("an hour", "two hours"))
    assert {row.text: row.stories for row in Candidate.objects.all()} == count
    accept_again(STORY.replace("Kessary", "Ostrava"))
    left = {row.text: row.stories for row in Candidate.objects.all()}
    assert "Kessary" not in left
    assert left["Ostrava"] == 1
