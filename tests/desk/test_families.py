import pytest

from archive.desk import correct, families
from archive.models import Apart, Article, Band, Family, FamilyMember, Passage, Signature
from tests.factories import make_article, make_source

pytestmark = pytest.mark.django_db

BACKGROUND = (
    "The islands, which have been independent since 1976, live on fish, on a little copper and on those who "
    "come to see the reefs, and have three newspapers, two of which appear every day except on holidays."
)
LEAD = (
    "The ferry Sennet Star sank off the northern island early on Thursday in heavy swell, and boats searched "
    "for those who had been aboard, the harbour master said in Port Selim before noon."
)
MORE = (
    "She had left the harbour at 22:30 with a deck full of goats, sacks and bicycles after market day, "
    "and her last message spoke of a little water on the car deck, an engineer who heard it recalled."
)
OTHER = (
    "Ministers of four countries agreed after two nights of talks to count the tuna of the strait together "
    "and to share the costs of a ship, an aircraft and eleven observers for five years."
)


def place(*articles):
    families.place(articles)


def family_of(article):
    row = FamilyMember.objects.filter(article=article).first()
    return row and row.family_id


def together(*articles):
    found = {family_of(article) for article in articles}
    return len(found) == 1 and None not in found


class TestWhatIsOneStory:
    def test_the_same_text_years_later_in_other_spacing(self):
        first = make_article("Lamps", body=(LEAD, MORE), on="1997-09-08")
        later = make_article(
            "Weekend reading", body=(LEAD.replace(" boats", "  boats"), MORE), on="2003-10-20"
        )
        place(first)
        place(later)
        assert together(first, later)
        assert FamilyMember.objects.get(article=later).how == "exact"

    def test_a_rewrite_of_the_same_day(self):
        first = make_article("Ferry missing", body=(LEAD, MORE), at="06:00")
        later = make_article(
            "Ferry sank", body=(LEAD.replace("boats searched", "aircraft looked"), MORE), at="19:00"
        )
        place(first, later)
        assert together(first, later)
        assert FamilyMember.objects.get(article=later).how == "near"

    @pytest.mark.parametrize("are_together", [True, False])
    def test_a_story_that_grew(self, are_together):
        more = [
            f"{number} divers of the navy went down to the wreck, " + "and on and on " * 9
            for number in range(9)
        ]
        first = make_article("Ferry missing", body=(LEAD, MORE), at="06:00")
        other = make_article("Ferry missing, divers there", body=(LEAD, MORE, *more), at="13:00")
        for articles in [(first, other)] if are_together else [(first,), (other,)]:
            place(*articles)
        assert together(first, other)

    def test_three_versions_that_come_in_one_by_one(self):
        texts = (LEAD, LEAD.replace("early", "late"), LEAD.replace("early", "late").replace("boats", "ships"))
        versions = [
            make_article(f"Ferry {n}", body=(text, MORE), at=f"0{n}:00") for n, text in enumerate(texts)
        ]
        for article in versions:
            place(article)
        assert together(*versions)
        assert Family.objects.count() == 1


class TestWhatIsNot:
    def test_a_title_alone(self):
        place(
            make_article("Markets this week", body=(LEAD,), on="1997-10-17", slug="a"),
            make_article("Markets this week", body=(OTHER,), on="1997-10-24", slug="b"),
        )
        assert Family.objects.count() == 0

    def test_a_series_that_tells_new_figures_in_old_words(self):
        text = (
            "Dealers said {} shares changed hands on the Varra exchange in the week, and the index of the "
            "twelve largest companies closed at {} points on Friday, against {} the week before, in quiet trade."
        )
        place(
            make_article("Markets", body=(text.format(120, 810, 803),), on="1997-10-17", slug="a"),
            make_article("Markets", body=(text.format(131, 822, 810),), on="1997-10-24", slug="b"),
        )
        assert Family.objects.count() == 0

    def test_a_daily_table(self):
        rows = (
            "100 pct first grade fob Varra, dlrs per tonne, white, long, unbroken: {}, {}, {}, {}, {}, {} and {}. "
            * 2
        )
        place(
            make_article("Rice - April 7", body=(rows.format(*range(14)),), on="1987-04-07", at="00:25"),
            make_article("Rice - April 8", body=(rows.format(*range(30, 44)),), on="1987-04-08", at="00:20"),
        )
        assert Family.objects.count() == 0

    def test_shared_background(self):
        place(
            make_article("Ferry", body=(LEAD, MORE, BACKGROUND)),
            make_article("Tuna", body=(OTHER, BACKGROUND)),
        )
        assert Family.objects.count() == 0

    def test_background_that_is_told_at_other_times_too(self):
        background = (BACKGROUND, BACKGROUND.replace("e", "ee"))
        own = (LEAD, MORE, LEAD.replace("o", "oo"), MORE.replace("o", "oo"))
        place(make_article("Years ago", body=(MORE.upper(), *background), on="1990-01-01"))
        place(make_article("Ferry", body=(*own, *background)))
        place(make_article("Tuna", body=(OTHER, *background)))
        assert Family.objects.count() == 0

    def test_short_texts_that_are_alike(self):
        place(
            make_article("One", body=("Shr 27 cts vs 25 cts",)),
            make_article("Two", body=("Shr 27 cts vs 26 cts",)),
        )
        assert Family.objects.count() == 0

    def test_empty_texts(self):
        place(make_article("One", body=()), make_article("Two", body=()))
        assert (Family.objects.count(), Signature.objects.count()) == (0, 0)


class TestLead:
    def test_is_the_latest_that_readers_may_see(self):
        first = make_article("First", body=(LEAD, MORE), on="2001-06-14", at="06:40")
        second = make_article("Second", body=(LEAD, MORE), on="2001-06-14", at="10:15")
        make_draft = make_article("Third", body=(LEAD, MORE), on="2001-06-14", at="19:30", status="draft")
        place(second, make_draft, first)
        assert Family.objects.get().lead == second

    def test_follows_when_a_story_is_withdrawn(self):
        first = make_article("First", body=(LEAD, MORE), at="06:40")
        second = make_article("Second", body=(LEAD, MORE), at="10:15")
        place(first, second)
        correct.withdraw(second, by=None, why="Untrue.")
        assert Family.objects.get().lead == first


class TestPeopleDecide:
    def test_parted_stories_stay_apart_when_read_again(self):
        first, second = (make_article(f"Story {n}", body=(LEAD, MORE), at=f"0{n}:00") for n in (1, 2))
        place(first, second)
        families.part(second, by=None, why="Another ferry.")
        assert Family.objects.count() == 0
        families.forget_all()
        place(first, second)
        assert Family.objects.count() == 0
        assert Apart.objects.get().why == "Another ferry."

    def test_a_third_like_both_does_not_bring_them_together(self):
        first, second = (make_article(f"Story {n}", body=(LEAD, MORE), at=f"0{n}:00") for n in (1, 2))
        place(first, second)
        families.part(second, by=None, why="Another ferry.")
        third = make_article("Story 3", body=(LEAD.replace("early", "late"), MORE), at="03:00")
        place(third)
        assert together(first, third) != together(second, third)

    def test_united_by_hand_whatever_was_said(self):
        first, second = make_article("One", body=(LEAD,)), make_article("Two", body=(OTHER,))
        place(first, second)
        families.unite(first, second)
        assert together(first, second)
        families.part(first, by=None, why="No.")
        families.unite(first, second)
        assert together(first, second)


class TestChanges:
    def test_text_that_changed_finds_another_family(self):
        first, second = (make_article(f"Story {n}", body=(LEAD, MORE), at=f"0{n}:00") for n in (1, 2))
        place(first, second)
        correct.edit(second, {"body_html": f"<p>{OTHER}</p>"}, by=None, why="Mixed up.")
        assert Family.objects.count() == 0
        third = make_article("Story 3", body=(OTHER,), on="2009-01-01")
        place(third)
        assert together(second, third)

    def test_headline_that_changed_keeps_the_family(self):
        first, second = (make_article(f"Story {n}", body=(LEAD, MORE), at=f"0{n}:00") for n in (1, 2))
        place(first, second)
        before = Signature.objects.get(article=second).headline_hash
        correct.edit(second, {"headline": "Better"}, by=None, why="Clearer.")
        assert together(first, second)
        assert Signature.objects.get(article=second).headline_hash != before

    def test_families_that_turn_out_to_be_one_are_joined(self):
        texts = (LEAD, MORE, OTHER)
        one = [make_article(f"A{n}", body=texts[:2], at=f"0{n}:00") for n in (1, 2)]
        two = [make_article(f"B{n}", body=texts[1:], at=f"0{n}:00") for n in (3, 4)]
        place(*one, *two)
        assert Family.objects.count() == 2
        place(make_article("All", body=texts, at="05:00"))
        assert Family.objects.count() == 1
        assert FamilyMember.objects.count() == 5


def test_placing_many_takes_as_many_queries_as_placing_few(django_assert_max_num_queries):
    source = make_source()
    articles = [
        make_article(f"Story {n}", body=(f"{LEAD} {n}", MORE), source=source, at=f"{n % 24:02}:00")
        for n in range(30)
    ]
    place(articles[0])
    with django_assert_max_num_queries(25):
        place(*articles[1:])
    assert FamilyMember.objects.count() == 30


def test_text_that_many_share_to_the_letter_is_kept_once():
    place(*[make_article(f"Story {n}", body=(LEAD, MORE)) for n in range(20)])
    assert Band.objects.values("article_id").distinct().count() == 1
    assert FamilyMember.objects.count() == 20


def test_forgetting_leaves_articles_and_verdicts():
    place(make_article("One", body=(LEAD,)), make_article("Two", body=(LEAD,)))
    families.forget_all()
    counts = [model.objects.count() for model in (Family, FamilyMember, Signature, Band, Passage, Article)]
    assert counts == [0, 0, 0, 0, 0, 2]
    assert families.place_all() == 2
    assert Family.objects.count() == 1
