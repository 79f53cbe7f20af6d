import pytest

from archive.models import Entity
from tests.factories import make_article, make_entity, make_mention, make_story_about

pytestmark = pytest.mark.django_db
ADDRESS = "/names/mirvan-takhti-rahim/"


def test_name_shows_spellings_with_counts(reader, wire):
    make_mention(wire.weather, wire.rahim, "Takhti-Rahim")
    make_mention(wire.pause, wire.rahim, "Rahim")
    make_mention(wire.draft, wire.rahim, "Rahim")
    spellings = reader.get(ADDRESS).context["spellings"]
    assert [tuple(spelling) for spelling in spellings] == [
        ("Rahim", 1, False),
        ("Takhti-Rahim", 1, True),
        ("میروان تختی‌رحیم", 0, True),
    ]


def test_name_lists_published_articles_newest_first(reader, wire):
    page = reader.get(ADDRESS)
    assert [story.pk for story in page.context["page"].items] == [
        story.pk for story in (wire.later, wire.treaty, wire.pause, wire.talks)
    ]
    assert "Secret draft" not in page.content.decode()
    assert "Withdrawn claim" not in page.content.decode()


def test_article_with_many_mentions_counts_once(reader, wire):
    make_mention(wire.talks, wire.rahim, "Rahim")
    make_mention(wire.talks, wire.rahim, "Rahim", part="headline", start=0)
    page = reader.get(ADDRESS)
    assert page.context["total"] == 4
    assert len(page.context["page"].items) == 4


def test_companions_are_ranked_by_shared_articles(reader, wire):
    companions = reader.get(ADDRESS).context["companions"]
    assert [(companion.entity, companion.stories) for companion in companions] == [
        (wire.corbaz, 2),
        (wire.varra, 2),
    ]


def test_chart_counts_months_and_links_them(reader, wire):
    page = reader.get(ADDRESS)
    assert [(bar.label, bar.count, bar.url) for bar in page.context["chart"].bars] == [
        ("July 1999", 3, f"{ADDRESS}?in=1999-07"),
        ("March 2001", 1, f"{ADDRESS}?in=2001-03"),
    ]
    text = page.content.decode()
    assert "<title>July 1999: 3</title>" in text
    assert "<details" in text


@pytest.mark.parametrize(
    ("period", "headlines"),
    [
        ("1999-07", ["Treaty signed", "Talks pause", "Talks open"]),
        ("2001", ["Treaty in force"]),
        ("2000", []),
        ("2001-13", ["Treaty in force", "Treaty signed", "Talks pause", "Talks open"]),
        ("0000", ["Treaty in force", "Treaty signed", "Talks pause", "Talks open"]),
        ("' OR 1=1", ["Treaty in force", "Treaty signed", "Talks pause", "Talks open"]),
    ],
)
def test_period_narrows_the_list_and_nonsense_does_not(reader, wire, period, headlines):
    page = reader.get(ADDRESS, {"in": period})
    assert [article.headline for article in page.context["page"].items] == headlines


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/names/Mirvan-Takhti-Rahim/", ADDRESS),
        ("/names/mirvan-takhti-rahim", ADDRESS),
        ("/names/takhtirahim/", ADDRESS),  # a former address
        ("/names/TAKHTIRAHIM/?in=1999", ADDRESS + "?in=1999"),
    ],
)
def test_other_spellings_of_an_address_lead_to_it(reader, wire, address, target):
    page = reader.get(address)
    assert (page.status_code, page.headers["Location"]) == (301, target)


def test_merged_name_leads_to_what_it_was_merged_into(reader, wire):
    middle = make_entity("Middle", merged_into=wire.rahim)
    make_entity("First", merged_into=middle)
    for slug in ("middle", "first"):
        page = reader.get(f"/names/{slug}/")
        assert (page.status_code, page.headers["Location"]) == (302, ADDRESS)


def test_merge_in_a_circle_ends(reader, wire):
    first = make_entity("First")
    second = make_entity("Second", merged_into=first)
    Entity.objects.filter(pk=first.pk).update(merged_into=second)
    assert reader.get("/names/first/").status_code in (200, 302)


@pytest.mark.parametrize(
    "address", ["/names/nobody/", "/names/%00/", "/names/<b>/", "/names/" + "x" * 4000 + "/", "/names/رحیم/"]
)
def test_unknown_name_is_not_found(reader, wire, address):
    assert reader.get(address).status_code == 404


def test_name_without_published_articles_has_an_empty_page(reader, wire):
    page = reader.get("/names/only-in-drafts/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "No published story yet" in text
    assert "noindex" in text
    assert "Mirvan" not in text


def test_name_page_takes_eight_queries(reader, wire, django_assert_num_queries):
    # name, mentions, page of articles, spellings registered, names beside it, these with their counts,
    # quotes by, quotes about
    with django_assert_num_queries(8):
        reader.get(ADDRESS)
    for number in range(30):
        make_story_about(wire.rahim, make_entity(f"Person {number}"), on=f"2002-01-{number + 1:02}")
    with django_assert_num_queries(8):
        reader.get(ADDRESS)


def test_long_list_is_cut_into_pages(reader, wire):
    for number in range(60):
        make_story_about(
            wire.rahim, headline=f"Number {number}", on="2003-01-01", at=f"{number // 60:02}:{number:02}"
        )
    first, second = reader.get(ADDRESS), reader.get(ADDRESS, {"page": 2, "in": ""})
    seen = [article.pk for page in (first, second) for article in page.context["page"].items]
    assert len(seen) == len(set(seen)) == 64
    assert first.context["page"].next_url == f"{ADDRESS}?page=2"
    assert second.context["page"].previous_url == f"{ADDRESS}?in="


@pytest.mark.parametrize("number", ["0", "-1", "999999999999999999999", "x", "", "1e9", "²"])
def test_nonsense_page_number_shows_a_page(reader, wire, number):
    assert reader.get(ADDRESS, {"page": number}).status_code == 200


def test_list_holds_names_of_published_articles_only(reader, wire):
    page = reader.get("/names/")
    assert page.context["page"].items == [wire.corbaz, wire.rahim, wire.varra]
    assert [entity.stories for entity in page.context["page"].items] == [2, 4, 3]
    assert "Only In Drafts" not in page.content.decode()


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ({"letter": "M"}, ["Mirvan Takhti Rahim"]),
        ({"letter": "m"}, ["Mirvan Takhti Rahim"]),
        ({"letter": "Z"}, []),
        ({"letter": "0-9"}, ["7 Lamps"]),
        ({"letter": "%"}, ["7 Lamps", "Anne-Lise Corbaz", "Mirvan Takhti Rahim", "Varra"]),
        ({"kind": "place"}, ["7 Lamps", "Varra"]),
        ({"kind": "robot"}, ["7 Lamps", "Anne-Lise Corbaz", "Mirvan Takhti Rahim", "Varra"]),
        ({"q": "تختی"}, ["Mirvan Takhti Rahim"]),
        ({"q": "takhti-r"}, ["Mirvan Takhti Rahim"]),
        ({"q": "TAKHTIRAHÍM"}, ["Mirvan Takhti Rahim"]),
        ({"q": "drafts"}, []),
        ({"q": "<script>"}, []),
        ({"q": "\0"}, ["7 Lamps", "Anne-Lise Corbaz", "Mirvan Takhti Rahim", "Varra"]),
        ({"q": "%"}, []),
        ({"q": "a", "kind": "place", "letter": "v"}, ["Varra"]),
    ],
)
def test_list_is_narrowed_by_letter_kind_and_spelling(reader, wire, question, names):
    make_story_about(make_entity("7 Lamps", kind="place", slug="7-lamps"))
    page = reader.get("/names/", question)
    assert page.status_code == 200
    assert [entity.name for entity in page.context["page"].items] == names
    assert "<script>" not in page.content.decode()


def test_list_takes_five_queries(reader, wire, django_assert_num_queries):
    # kinds, letters, number of names, names, their stories
    with django_assert_num_queries(5):
        reader.get("/names/")
    for number in range(20):
        make_story_about(make_entity(f"Person {number}"))
    with django_assert_num_queries(5):
        reader.get("/names/")


def test_merged_name_is_not_listed(reader, wire):
    make_mention(make_article("Other"), make_entity("Old Name", merged_into=wire.rahim))
    assert "Old Name" not in reader.get("/names/").content.decode()
