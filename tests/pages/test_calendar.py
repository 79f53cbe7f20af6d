import pytest

from archive.models import IndexTask
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def test_day_lists_its_stories_as_they_came(reader, wire):
    page = reader.get("/1999/07/10/")
    items = page.context["page"].items
    assert [story.pk for story in items] == [wire.talks.pk, wire.pause.pk, wire.treaty.pk]
    assert "Saturday, 10 July 1999" in page.content.decode()


def test_month_counts_days_and_lists_stories(reader, wire):
    page = reader.get("/1999/07/")
    text = page.content.decode()
    assert page.context["total"] == 3
    assert 'title="10 July 1999: 3 stories"' in text
    assert 'href="/1999/07/11/"' not in text
    assert "Withdrawn claim" not in text


def test_year_shows_twelve_months(reader, wire):
    page = reader.get("/1999/")
    assert [table.count for table in page.context["months"]] == [0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0]
    assert page.content.decode().count("<caption>") == 12


def test_calendar_shows_a_row_for_every_year_between(reader, wire):
    rows = reader.get("/calendar/").context["rows"]
    assert [(row.label, row.count, row.url) for row in rows] == [
        ("2001", 2, "/2001/"),
        ("2000", 0, ""),
        ("1999", 3, "/1999/"),
    ]


@pytest.mark.parametrize(
    ("address", "previous", "following"),
    [
        ("/2000/05/05/", "/1999/07/10/", "/2001/03/01/"),
        ("/1999/07/11/", "/1999/07/10/", "/2001/03/01/"),  # a withdrawn story only
        ("/1999/07/10/", None, "/2001/03/01/"),
        ("/2001/03/02/", "/2001/03/01/", None),
        ("/2000/", "/1999/", "/2001/"),
        ("/1999/07/", None, "/2001/03/"),
        ("/2000/12/", "/1999/07/", "/2001/03/"),
        ("/9999/12/31/", "/2001/03/02/", None),
        ("/9999/12/", "/2001/03/", None),
        ("/9999/", "/2001/", None),
        ("/0001/01/01/", None, "/1999/07/10/"),
    ],
)
def test_nearest_stories_are_linked(reader, wire, address, previous, following):
    page = reader.get(address)
    assert page.status_code == 200
    links = [page.context[name] and page.context[name].url for name in ("previous", "next")]
    assert links == [previous, following]


def test_empty_day_is_a_page_that_crawlers_leave_out(reader, wire):
    page = reader.get("/2000/05/05/").content.decode()
    assert "No story of this day has been published" in page
    assert '<meta name="robots" content="noindex, follow">' in page


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/1999/7/", "/1999/07/"),
        ("/1999/7/1/", "/1999/07/01/"),
        ("/1999/07/1/", "/1999/07/01/"),
        ("/1999", "/1999/"),
        ("/1999/07/10", "/1999/07/10/"),
        ("/1999/7/10/?page=2", "/1999/07/10/?page=2"),
    ],
)
def test_missing_zeros_and_slashes_are_added(reader, wire, address, target):
    page = reader.get(address)
    assert (page.status_code, page.headers["Location"]) == (301, target)


@pytest.mark.parametrize(
    "address",
    [
        "/1999/13/",
        "/1999/00/",
        "/1999/02/30/",
        "/1999/07/00/",
        "/0000/",
        "/99/",
        "/19999/",
        "/1999/7x/",
        "/²⁰²⁰/",
        "/1999/007/",
    ],
)
def test_impossible_day_is_not_found(reader, wire, address):
    assert reader.get(address).status_code == 404


def test_every_beginning_of_an_article_address_is_a_page(reader, wire):
    parts = wire.talks.get_absolute_url().strip("/").split("/")
    for length in range(len(parts) + 1):
        assert reader.get("/" + "".join(f"{part}/" for part in parts[:length])).status_code == 200


def test_busy_month_is_cut_into_pages(reader):
    for number in range(55):
        make_article(f"Number {number}", on=f"2004-02-{number % 28 + 1:02}", at="")
    first, second = reader.get("/2004/02/"), reader.get("/2004/02/?page=2")
    seen = [article.pk for page in (first, second) for article in page.context["page"].items]
    assert len(seen) == len(set(seen)) == 55


@pytest.mark.parametrize(("address", "queries"), [("/1999/", 3), ("/1999/07/", 5), ("/1999/07/10/", 5)])
def test_calendar_pages_take_few_queries(reader, wire, django_assert_num_queries, address, queries):
    with django_assert_num_queries(queries):
        reader.get(address)
    for number in range(10):
        make_article(f"Number {number}", on="1999-07-10", at="")
    with django_assert_num_queries(queries):
        reader.get(address)


def test_calendar_counts_once_for_each_state_of_the_archive(reader, wire, django_assert_num_queries):
    # the state, days
    with django_assert_num_queries(2):
        assert reader.get("/calendar/").context["total"] == 5
    with django_assert_num_queries(1):
        reader.get("/calendar/")
    make_article("Number six", on="1999-07-10")
    IndexTask.objects.create(article_id=1)
    with django_assert_num_queries(2):
        assert reader.get("/calendar/").context["total"] == 6
