import pytest

from tests.factories import make_code, make_source

pytestmark = pytest.mark.django_db


def test_code_lists_its_published_articles(reader, wire):
    page = reader.get("/bylines/NA/")
    assert [story.pk for story in page.context["page"].items] == [
        story.pk for story in (wire.later, wire.pause, wire.talks)
    ]
    assert "Nasrin Avadi" in page.content.decode()


def test_code_shows_people_by_period(reader, wire):
    page = reader.get("/bylines/SM/").content.decode()
    assert "until 31 Dec 2000" in page
    assert "from 1 Jan 2001" in page
    assert page.index("Salma Murjani") < page.index("Stefan Moritzkeller")


def test_code_links_the_other_codes_of_its_people(reader, wire):
    make_code("NAV", "Nasrin Avadi")
    assert 'href="/bylines/NAV/"' in reader.get("/bylines/NA/").content.decode()


def test_code_shows_codes_beside_it(reader, wire):
    beside = reader.get("/bylines/NA/").context["beside"]
    assert [(other.code, other.stories) for other in beside] == [("PA", 2), ("SM", 1)]


def test_unregistered_code_has_a_page_once_it_signs(reader, wire):
    page = reader.get("/bylines/PA/")
    assert page.status_code == 200
    assert "Nobody is registered for this code yet" in page.content.decode()


@pytest.mark.parametrize("code", ["ZZ", "YY", "QQ"])
def test_code_of_unpublished_articles_is_not_found(reader, wire, code):
    assert reader.get(f"/bylines/{code}/").status_code == 404


@pytest.mark.parametrize("address", ["/bylines/na/", "/bylines/Na/", "/bylines/NA"])
def test_other_spellings_lead_to_the_code(reader, wire, address):
    page = reader.get(address)
    assert (page.status_code, page.headers["Location"]) == (301, "/bylines/NA/")


@pytest.mark.parametrize(
    "address", ["/bylines/N%00/", "/bylines/<b>/", "/bylines/ABCDEFGHI/", "/bylines/N-A/", "/bylines/__/"]
)
def test_hostile_code_is_not_found(reader, wire, address):
    assert reader.get(address).status_code == 404


def test_list_shows_every_code_but_no_hidden_one(reader, wire):
    make_code("NEW", "Not Yet", source=make_source())
    rows = reader.get("/bylines/").context["rows"]
    assert [(row.code, row.stories) for row in rows] == [("NA", 3), ("NEW", 0), ("PA", 2), ("SM", 1)]


def test_list_takes_two_queries(reader, wire, django_assert_num_queries):
    for number in range(10):
        make_code(f"X{number}", f"Person {number}")
    with django_assert_num_queries(2):
        reader.get("/bylines/")


def test_code_page_takes_six_queries(reader, wire, django_assert_num_queries):
    # holders, their other codes, how many credits, these, page of articles, codes beside it
    with django_assert_num_queries(6):
        reader.get("/bylines/NA/")
