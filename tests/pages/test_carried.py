"""A search that goes along into the story."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.search import indexer
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexed(wire):
    indexer.rebuild()
    return wire


def first_link(reader, address, number=0):
    return reader.get(address).context["result"].hits[number].link


def test_link_carries_question_and_place_and_stays_canonical(reader, indexed):
    link = first_link(reader, "/search/?q=treaty&sort=oldest", 1)
    assert urlsplit(link).path == "/2001/03/01/treaty-in-force/"
    assert parse_qs(urlsplit(link).query) == {"from-search": ["q=treaty&sort=oldest"], "hit": ["2"]}
    page = reader.get(link).content.decode()
    assert '<link rel="canonical" href="http://testserver/2001/03/01/treaty-in-force/">' in page
    assert "Treaty in force" in page


def test_hits_are_marked_and_numbered_beside_the_links_of_names(reader, indexed):
    page = reader.get(first_link(reader, "/search/?q=talks rahim&sort=oldest")).content.decode()
    assert re.findall(r'<mark id="(hit-\d+)" tabindex="-1">', page) == ["hit-1", "hit-2", "hit-3"]
    assert '<h1 class="headline" id="headline" dir="auto"><mark>Talks</mark> open</h1>' in page
    assert re.search(
        r'<a class="name"[^>]*>Mirvan Takhti <mark id="hit-2"[^>]*>Rahim</mark></a>', page
    ) or re.search(r'<mark id="hit-2"[^>]*><a class="name"[^>]*>', page)
    assert "3 hits:" in page
    assert 'href="#hit-3"' in page


def test_results_can_be_stepped_through_to_both_ends(reader, indexed):
    link, seen = first_link(reader, "/search/?q=talks&sort=oldest"), []
    while link:
        page = reader.get(link)
        carried = page.context["carried"]
        seen.append((carried.place, carried.total, page.context["article"].headline))
        link = carried.next and carried.next.url
    assert seen == [
        (1, 5, "Talks open"),
        (2, 5, "Talks pause"),
        (3, 5, "Treaty signed"),
        (4, 5, "Treaty in force"),
        (5, 5, "Rain in Varra"),
    ]
    assert carried.previous.headline == "Treaty in force"
    assert reader.get(carried.previous.url).context["carried"].place == 4


def test_way_back_leads_to_the_page_of_the_result(reader, indexed, settings):
    settings.ARCHIVE_RESULTS_PER_PAGE = 2
    link = first_link(reader, "/search/?q=talks&sort=oldest&page=2")
    carried = reader.get(link).context["carried"]
    assert (carried.place, carried.back_url) == (3, "/search/?q=talks&sort=oldest&page=2")


@pytest.mark.parametrize(
    "question",
    [
        "hit=3",
        "from-search=",
        "from-search=q%3Dtalks&hit=0",
        "from-search=q%3Dtalks&hit=99999999999",
        "from-search=q%3Dtalks&hit=4",
        "from-search=q%3Dzzzz&hit=1",
        "from-search=%25%00%FF&hit=x",
        "from-search=" + "a" * 5000,
    ],
)
def test_search_that_does_not_lead_here_has_no_neighbours(reader, indexed, question):
    page = reader.get(f"/1999/07/10/talks-open/?{question}")
    assert page.status_code == 200
    carried = page.context["carried"]
    assert carried is None or (carried.place, carried.previous, carried.next) == (0, None, None)


def test_story_is_read_without_marks_while_the_index_is_gone(reader, indexed, monkeypatch):
    from archive.search import carried
    from archive.search.errors import SearchUnavailable

    def broken(sq):
        raise SearchUnavailable("gone")

    monkeypatch.setattr(carried, "ask", broken)
    page = reader.get("/1999/07/10/talks-open/?from-search=q%3Dtalks&hit=1")
    assert page.status_code == 200
    assert page.context["carried"] is None


def test_markup_in_copy_and_question_stays_text(reader, indexed):
    make_article("Glass", body=("Reef <script>alert(1)</script> & glass",), slug="glass", on="2003-01-01")
    address = "/2003/01/01/glass/?from-search=q%3Dscript+%22%253Cb%253E%22+glass"
    page = reader.get(address).content.decode()
    assert "<script>alert" not in page
    assert "&lt;<mark" in page
    assert "&amp; <mark" in page
