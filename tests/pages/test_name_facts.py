"""What the page of a name says beyond its articles."""

import datetime
import math
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from archive.desk.authority import register_name
from archive.desk.merging import merge
from archive.models import Quote
from archive.pages.counts import Month
from archive.pages.lens import lens_of
from archive.pages.name_facts import Seen, filed_from, longest_silence, peak_month, titles_held
from archive.pages.network import surprise
from tests.desk.stories import take_in
from tests.factories import make_article, make_entity, make_mention, make_story_about

ATOM = "{http://www.w3.org/2005/Atom}"


def day(text):
    return datetime.date.fromisoformat(text)


def seen(text, article, on, source="Varra Wire", title="", place=""):
    return Seen(text, title, article, day(on), source, place)


# --- counting ---


def test_lens_shares_years_and_sources_among_spellings():
    lens = lens_of(
        [
            seen("Rahim", 1, "1999-01-01"),
            seen("Rahim", 1, "1999-01-01"),
            seen("Raheem", 2, "1999-05-01", "Straits"),
            seen("Rahim", 3, "2001-01-01"),
            seen("Rahim", 4, "2001-02-01"),
            seen("Raheem", 4, "2001-02-01"),
        ]
    )
    assert lens.spellings == ["Rahim", "Raheem"]
    assert [(row.label, row.cells) for row in lens.years] == [
        ("1999", [(1, 50), (1, 50)]),
        ("2001", [(2, 67), (1, 33)]),
    ]
    assert [(row.label, row.cells) for row in lens.sources] == [
        ("Straits", [(0, 0), (1, 100)]),
        ("Varra Wire", [(3, 75), (1, 25)]),
    ]
    assert [(piece.x, piece.shade, piece.y, piece.height) for piece in lens.pieces] == [
        ("0.000%", 0, 0, 48),
        ("0.000%", 1, 48, 48),
        ("66.667%", 0, 0, 64),
        ("66.667%", 1, 64, 32),
    ]


def test_lens_draws_the_rarest_spellings_as_one():
    rows = [seen(f"Name {n}", article, "1999-01-01") for n in range(6) for article in range(10 - n)]
    lens = lens_of(rows)
    assert lens.spellings == ["Name 0", "Name 1", "Name 2", "Name 3", "other spellings"]
    assert lens.years[0].cells[4] == (11, 24)


@pytest.mark.parametrize("rows", [[], [("Rahim", 1, "1999-01-01")]])
def test_no_lens_for_one_spelling(rows):
    assert lens_of([seen(*row) for row in rows]) is None


def test_titles_are_told_with_their_days_and_sources():
    held = titles_held(
        [
            seen("R", 1, "1999-03-01", title="Envoy"),
            seen("R", 2, "1999-05-01", "Straits", title="envoy"),
            seen("R", 3, "2001-01-01", title="Minister"),
            seen("R", 4, "2001-01-01"),
        ]
    )
    assert [(t.text, t.stories, str(t.first), str(t.last), t.sources) for t in held] == [
        ("envoy", 2, "1999-03-01", "1999-05-01", ["Straits", "Varra Wire"]),
        ("Minister", 1, "2001-01-01", "2001-01-01", ["Varra Wire"]),
    ]


@pytest.mark.parametrize(
    ("days", "silence"),
    [
        ([], None),
        (["1999-01-01"], None),
        (["1999-01-01", "1999-02-01"], None),
        (["1999-01-01", "1999-06-01", "2003-06-01", "2003-07-01"], ("1999-06-01", "2003-06-01", 1461)),
        (["1999-01-01", "1999-04-11", "1999-07-20"], ("1999-01-01", "1999-04-11", 100)),
    ],
)
def test_longest_silence(days, silence):
    found = longest_silence({day(text): 1 for text in days})
    assert (found and (str(found.since), str(found.until), found.days)) == silence


def test_peak_is_the_first_of_the_fullest_months():
    found = peak_month({Month(1998, 12): 1, Month(1999, 1): 3, Month(2000, 5): 3, Month(2001, 1): 1})
    assert (found[0].key, found[1]) == ("1999-01", 3)
    assert peak_month({}) is None


def test_places_are_counted_by_article():
    rows = [seen("R", 1, "1999-01-01", place="Varra")] * 3 + [seen("R", 2, "1999-01-01", place="Geneva")] * 2
    assert filed_from([*rows, seen("R", 3, "1999-01-01", place="Geneva"), seen("R", 4, "1999-01-01")]) == [
        ("Geneva", 2),
        ("Varra", 1),
    ]


@pytest.mark.parametrize(
    ("together", "articles", "stories", "archive", "sign"),
    [
        (10, 10, 10, 1000, 1),  # always together, and never elsewhere
        (5, 10, 500, 1000, 0),  # just as chance has it
        (1, 10, 900, 1000, -1),  # everywhere but here
        (3, 10, 4, 1000, 1),
        (0, 10, 4, 1000, -1),
        (2, 2, 2, 2, 0),  # there is nothing else
        (2, 2, 9, 2, 0),  # drafts beyond the published
        (0, 0, 0, 0, 0),
    ],
)
def test_surprise_has_the_sign_of_what_is_beyond_chance(together, articles, stories, archive, sign):
    value = surprise(together, articles, stories, archive)
    assert math.isfinite(value)
    assert (value > 1e-6) - (value < -1e-6) == sign


def test_surprise_ranks_the_rare_companion_before_the_common_one():
    assert surprise(5, 10, 6, 1000) > surprise(8, 10, 700, 1000)


# --- the page ---


@pytest.mark.django_db
def test_page_ranks_companions_by_surprise_and_draws_them(reader):
    rahim, friend = make_entity("Mirvan Rahim"), make_entity("Rare Friend")
    capital, third = make_entity("Varra", kind="place"), make_entity("Third Party")
    for number in range(4):
        make_story_about(rahim, capital, friend, on=f"1999-01-{number + 1:02}")
    make_story_about(rahim, capital, third, on="1999-02-01")
    for number in range(12):
        make_story_about(capital, on=f"2000-01-{number + 1:02}")
    page = reader.get("/names/mirvan-rahim/")
    found = [(companion.entity.name, companion.stories) for companion in page.context["companions"]]
    assert found == [("Rare Friend", 4), ("Third Party", 1), ("Varra", 5)]
    assert len(page.context["network"].nodes) == 4
    assert '<svg class="network"' in page.content.decode()


@pytest.mark.django_db
def test_page_shows_quotes_by_and_about_but_none_that_is_hidden(reader):
    register_name(kind="person", name="Mirvan Rahim")
    register_name(kind="person", name="Lena Moss")
    take_in('"We will fish and we will count," Mirvan Rahim said.')
    article = take_in('"Mirvan Rahim cannot count his own fish," Lena Moss said.')
    page = reader.get("/names/mirvan-rahim/")
    assert [quote.text for quote in page.context["quotes_by"]] == ["We will fish and we will count,"]
    assert [str(quote.speaker) for quote in page.context["quotes_about"]] == ["Lena Moss"]
    assert "Quotes by (1)" in page.content.decode()
    Quote.objects.filter(article=article).update(is_hidden=True)
    assert reader.get("/names/mirvan-rahim/").context["quotes_about"] == []


@pytest.mark.django_db
def test_page_shows_titles_from_the_copy(reader):
    register_name(kind="person", name="Mirvan Rahim")
    take_in("Talks with Fisheries Minister Mirvan Rahim began.")
    take_in("Talks with Mirvan Rahim, the fisheries minister, ended.", day="July 12, 2005")
    take_in("Talks with Mr. Mirvan Rahim ended.", day="July 12, 2006")
    titles = reader.get("/names/mirvan-rahim/").context["titles"]
    assert [(title.text.lower(), title.stories, title.first.year, title.last.year) for title in titles] == [
        ("fisheries minister", 2, 2004, 2005)
    ]


@pytest.mark.django_db
def test_place_keeps_filed_from_and_mentions_apart(reader):
    varra = make_entity("Varra", kind="place", spellings=["Port Varra"])
    make_story_about(varra, headline="Named")
    make_article("Filed one", place="Varra")
    make_article("Filed two", place="Port Varra")
    make_article("Filed unseen", place="Varra", status="draft")
    page = reader.get("/names/varra/")
    assert (page.context["total"], page.context["filed_here"]) == (1, 2)
    assert "mentioned in 1 article" in page.content.decode()
    assert "2 filed from here" in page.content.decode()


@pytest.mark.django_db
def test_person_has_no_stories_filed_from_it(reader, wire):
    assert reader.get("/names/mirvan-takhti-rahim/").context["filed_here"] is None


@pytest.mark.django_db
def test_spellings_of_merged_names_are_shown_and_their_addresses_lead_on(reader):
    one = register_name(kind="person", name="Mirvan Rahim")
    other = register_name(kind="person", name="Mirwan Raheem")
    take_in("Mirvan Rahim met Mirwan Raheem.")
    merge(other, one, by=None)
    page = reader.get("/names/mirvan-rahim/")
    assert [tuple(spelling) for spelling in page.context["spellings"]] == [("Mirwan Raheem", 1, True)]
    moved = reader.get("/names/mirwan-raheem/")
    assert (moved.status_code, moved.headers["Location"]) == (302, "/names/mirvan-rahim/")


@pytest.mark.django_db
def test_spellings_of_names_merged_through_three_hands_are_shown(reader):
    names = [
        register_name(kind="person", name=name) for name in ("Ada Vorn", "Ada Worn", "Eda Vorn", "E Worn")
    ]
    for following, name in reversed(list(pairwise(names))):
        merge(name, following, by=None)
    spellings = reader.get("/names/ada-vorn/").context["spellings"]
    assert [spelling.text for spelling in spellings] == ["Ada Worn", "E Worn", "Eda Vorn"]


@pytest.mark.django_db
def test_hostile_spellings_are_only_text(reader, wire):
    make_mention(wire.weather, wire.rahim, "<script>alert(1)</script>")
    text = reader.get("/names/mirvan-takhti-rahim/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


@pytest.mark.django_db
def test_unregistered_numbers_are_not_linked(reader, wire):
    assert "wikidata" not in reader.get("/names/varra/").content.decode()
    wire.varra.wikidata = "Q42"
    wire.varra.save()
    assert "https://www.wikidata.org/wiki/Q42" in reader.get("/names/varra/").content.decode()


# --- the feed ---


@pytest.mark.django_db
def test_feed_holds_the_published_stories_newest_first(reader, wire):
    answer = reader.get("/names/mirvan-takhti-rahim/feed/")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    titles = [
        entry.find(f"{ATOM}title").text
        for entry in ElementTree.fromstring(answer.content).iter(f"{ATOM}entry")
    ]
    assert titles == ["Treaty in force", "Treaty signed", "Talks pause", "Talks open"]


@pytest.mark.django_db
def test_feed_of_a_merged_name_is_that_of_the_name_it_became(reader, wire):
    make_entity("Old Name", merged_into=wire.rahim)
    assert b"Treaty in force" in reader.get("/names/old-name/feed/").content


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["nobody", "x" * 300])
def test_feed_of_nobody_is_not_found(reader, slug):
    assert reader.get(f"/names/{slug}/feed/").status_code == 404


@pytest.mark.django_db
def test_feed_is_well_formed_whatever_stands_in_a_headline(reader):
    rahim = make_entity("Mirvan Rahim & <Sons>", slug="rahim")
    make_story_about(rahim, headline="A\x0b<b> & ]]> headline")
    root = ElementTree.fromstring(reader.get("/names/rahim/feed/").content)
    assert root.find(f"{ATOM}title").text == "Stories that name Mirvan Rahim & <Sons>"
    assert root.find(f"{ATOM}entry/{ATOM}title").text == "A<b> & ]]> headline"


@pytest.mark.django_db
def test_page_leads_to_the_stories_with_all_quotes(reader):
    register_name(kind="person", name="Mirvan Rahim")
    for number in range(6):
        take_in(f'"We have counted {number + 2} thousand fish in this strait," Mirvan Rahim said.')
    text = reader.get("/names/mirvan-rahim/").content.decode()
    assert "Quotes by (6)" in text
    assert "/search/?q=said%3A%22Mirvan%20Rahim%22" in text
