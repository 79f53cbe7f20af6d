import pytest

from archive.models import Article
from tests.factories import make_article, make_code, make_entity, make_former, make_mention, make_source

pytestmark = pytest.mark.django_db
ADDRESS = "/1999/07/10/talks-open/"


def test_article_shows_headline_place_and_source(reader, wire):
    page = reader.get(ADDRESS)
    assert page.status_code == 200
    for text in ("Talks open", "Varra Wire", "led by", "Mirvan Takhti Rahim", "Anne-Lise Corbaz"):
        assert text in page.content.decode()


@pytest.mark.parametrize(
    ("zone", "on", "at", "shown", "machine"),
    [
        (
            "Asia/Tehran",
            "2019-07-10",
            "22:07",
            "10 July 2019, 22:07 (Tehran, UTC+4:30)",
            "2019-07-10T22:07:00+04:30",
        ),
        (
            "Asia/Tehran",
            "2023-07-10",
            "22:07",
            "10 July 2023, 22:07 (Tehran, UTC+3:30)",
            "2023-07-10T22:07:00+03:30",
        ),
        (
            "America/New_York",
            "2019-01-02",
            "00:05",
            "2 January 2019, 00:05 (New York, UTC−5)",
            "2019-01-02T00:05:00-05:00",
        ),
        ("UTC", "2019-01-02", "00:05", "2 January 2019, 00:05 (UTC)", "2019-01-02T00:05:00+00:00"),
        ("UTC", "2019-01-02", "", "2 January 2019", "2019-01-02"),
    ],
)
def test_time_is_printed_where_the_story_was_filed(reader, zone, on, at, shown, machine):
    article = make_article(on=on, at=at, source=make_source("far", zone=zone))
    page = reader.get(article.get_absolute_url()).content.decode()
    assert f'<time datetime="{machine}">{shown}</time>' in page


def test_sign_off_names_the_people_of_that_day(reader, wire):
    page = reader.get("/2001/03/01/treaty-in-force/").content.decode()
    assert "Stefan Moritzkeller" in page
    assert "Salma Murjani" not in page
    assert "not registered" in page  # PA
    assert 'href="/bylines/NA/"' in page


def test_sign_off_of_another_source_is_not_decoded(reader):
    make_code("NA", "Somebody Else", source=make_source("other", name="Other"))
    article = make_article(sign_off="NA")
    assert "Somebody Else" not in reader.get(article.get_absolute_url()).content.decode()


def test_names_in_the_body_are_linked(reader, wire):
    page = reader.get(ADDRESS).content.decode()
    body = page[page.index('class="prose"') : page.index('class="record"')]
    assert 'href="/names/mirvan-takhti-rahim/"' in body


def test_foreign_text_stays_text(reader):
    evil = "<script>alert(1)</script>"
    entity = make_entity("Evil <b>Name</b>", slug="evil", description=evil)
    article = make_article(
        f"{evil} headline", slug="evil", body=(f"He said {evil} aloud.",), place=evil, section=evil
    )
    make_mention(article, entity, evil)
    page = reader.get(article.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; headline" in page
    assert "Evil &lt;b&gt;Name&lt;/b&gt;" in page


def test_neighbours_are_of_the_same_day_in_its_order(reader, wire):
    page = reader.get("/1999/07/10/talks-pause/")
    assert page.context["previous"].pk == wire.talks.pk
    assert page.context["next"].pk == wire.treaty.pk
    assert (page.context["position"], page.context["day_count"]) == (2, 3)


def test_story_without_a_time_comes_last_in_its_day(reader, wire):
    untimed = make_article("Untimed", on="1999-07-10", at="")
    page = reader.get(untimed.get_absolute_url())
    assert page.context["previous"].pk == wire.treaty.pk
    assert page.context["next"] is None


def test_related_stories_share_most_names_first(reader, wire):
    page = reader.get(ADDRESS)
    assert [story.pk for story in page.context["related"]] == [wire.treaty.pk, wire.later.pk, wire.pause.pk]


def test_related_story_that_is_not_public_makes_room_for_the_next(reader):
    names = [make_entity(f"Person {number}") for number in range(3)]
    story = make_article("Story", slug="story")
    others = [make_article(f"Other {number}", on=f"2001-05-{number + 1:02}") for number in range(30)]
    hidden = [make_article(f"Hidden {n}", on="2001-05-30", status="withdrawn") for n in range(30)]
    for article in (story, *others, *hidden):
        make_mention(article, names[0])
    for article in (story, *hidden, others[7]):
        make_mention(article, names[1])
    related = reader.get(story.get_absolute_url()).context["related"]
    assert [article.pk for article in related] == [others[n].pk for n in (7, 29, 28, 27, 26, 25)]


def test_citation_facts_are_printed(reader, wire):
    page = reader.get(ADDRESS).content.decode()
    assert "http://testserver/1999/07/10/talks-open/" in page
    assert '<link rel="canonical" href="http://testserver/1999/07/10/talks-open/">' in page
    # SHA-256 of b"copy"
    assert wire.talks.originals.get().sha256 in page


def test_warnings_are_not_for_readers(reader):
    article = make_article(warnings=[{"code": "minute", "message": "minute has one digit: 22:7"}])
    assert "one digit" not in reader.get(article.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/1999/7/10/talks-open/", ADDRESS),
        ("/1999/07/10/Talks-OPEN/", ADDRESS),
        ("/1999/07/10/talks-open/?from=list", None),
        ("/1999/7/10/talks-open/?a=1&b=2", ADDRESS + "?a=1&b=2"),
        ("/1999/07/10/talks-open", ADDRESS),
        ("/1999/07/09/talks-open/", ADDRESS),  # a former address
        ("/1999/7/9/Talks-Open/", ADDRESS),
    ],
)
def test_other_spellings_of_an_address_lead_to_it(reader, wire, address, target):
    page = reader.get(address)
    assert (page.status_code, page.headers.get("Location")) == ((301, target) if target else (200, None))


def test_shortened_address_leads_to_the_only_story_it_can_mean(reader, wire):
    page = reader.get("/1999/07/10/treaty/")
    assert (page.status_code, page.headers["Location"]) == (302, "/1999/07/10/treaty-signed/")


@pytest.mark.parametrize("address", ["/1999/07/10/talks/", "/1999/07/10/tre/", "/1999/07/10/secret/"])
def test_shortened_address_that_is_ambiguous_or_hidden_is_not_found(reader, wire, address):
    page = reader.get(address)
    assert page.status_code == 404
    assert "/1999/07/10/" in page.content.decode()


def test_withdrawn_story_is_gone_and_says_when(reader, wire):
    page = reader.get("/1999/07/11/withdrawn-claim/")
    text = page.content.decode()
    assert page.status_code == 410
    assert "has been withdrawn on" in text
    assert "Withdrawn claim" not in text
    assert "led by" not in text


def test_withdrawal_day_is_that_of_the_last_withdrawal(reader, wire):
    from archive.models import Revision

    article = make_article("Back and forth", on="1999-07-12")
    for status in ("withdrawn", "published", "withdrawn", "withdrawn"):
        article.status = status
        article.save()
    days = ("2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01", "2020-05-01")
    for revision, day in zip(
        Revision.objects.filter(id=article.pk).order_by("history_id"), days, strict=True
    ):
        Revision.objects.filter(pk=revision.pk).update(history_date=f"{day}T12:00:00Z")
    page = reader.get("/1999/07/12/back-and-forth/").content.decode()
    assert '<time datetime="2020-04-01">1 April 2020</time>' in page


def test_draft_has_no_page(reader, wire):
    page = reader.get("/1999/07/10/secret-draft/")
    assert page.status_code == 404
    assert "Secret draft" not in page.content.decode()


@pytest.mark.parametrize(("status", "code"), [("published", 301), ("withdrawn", 410), ("draft", 404)])
def test_former_address_tells_no_more_than_the_present_one(reader, status, code):
    article = make_article("Moved story", on="2000-01-02", status=status)
    make_former("/2000/01/01/moved-story/", article=article)
    page = reader.get("/2000/01/01/moved-story/")
    assert page.status_code == code
    assert "Moved story" not in page.content.decode()


def test_related_and_neighbours_show_published_stories_only(reader, wire):
    page = reader.get(ADDRESS).content.decode()
    assert "Secret draft" not in page
    assert "Withdrawn claim" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/1999/07/10/<script>/",
        "/1999/07/10/talks%00open/",
        "/1999/07/10/%2e%2e%2fetc/",
        "/1999/07/10/" + "a" * 5000 + "/",
        "/1999/02/30/talks-open/",
        "/0000/07/10/talks-open/",
        "/1999/13/10/talks-open/",
        "/1999/00/00/talks-open/",
        "/१९९९/07/10/talks-open/",
        "/1999/07/10/talks-open'--/",
    ],
)
def test_hostile_address_is_not_found(reader, wire, address):
    assert reader.get(address).status_code == 404


def test_head_is_answered_like_get_without_a_body(reader, wire):
    page = reader.head(ADDRESS)
    assert (page.status_code, page.content) == (200, b"")


def test_post_is_refused(reader, wire):
    assert reader.post(ADDRESS).status_code == 405


def test_queries_do_not_grow_with_names_and_codes(reader, wire, django_assert_num_queries):
    # article, names, codes, people, rare names, how often they stand, who shares them, their days, their articles,
    # originals, the day; what it corrects or who corrects it, its family, its passages
    with django_assert_num_queries(14):
        reader.get(ADDRESS)
    article = Article.objects.get(pk=wire.talks.pk)
    for number in range(5):
        entity = make_entity(f"Person {number}")
        make_mention(article, entity)
        make_mention(make_article(f"Other {number}"), entity)
    with django_assert_num_queries(14):
        reader.get(ADDRESS)


def test_story_with_a_headline_only_says_so(reader):
    article = make_article("Only a headline", body=())
    assert "a headline only" in reader.get(article.get_absolute_url()).content.decode()
