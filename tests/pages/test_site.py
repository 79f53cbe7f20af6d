"""What holds for all pages: empty archives, errors, crawlers, the form of the markup."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import RequestFactory
from django.urls import reverse

from archive.pages import errors

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"
LISTS = [
    "/",
    "/names/",
    "/bylines/",
    "/calendar/",
    "/1999/",
    "/1999/07/",
    "/1999/07/10/",
    "/robots.txt",
    "/sitemap.xml",
]
PAGES = [
    "/",
    "/names/",
    "/names/mirvan-takhti-rahim/",
    "/bylines/",
    "/bylines/NA/",
    "/calendar/",
    "/1999/",
    "/1999/07/",
]
PAGES += ["/1999/07/10/", "/1999/07/10/talks-open/", "/nothing/", "/1999/07/11/withdrawn-claim/"]


@pytest.mark.parametrize("address", LISTS)
def test_page_of_an_empty_archive_works(reader, address):
    assert reader.get(address).status_code == 200


def test_empty_home_says_how_to_fill_it(reader):
    assert "Nothing has been published here yet" in reader.get("/").content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_page_has_one_heading_one_title_and_no_inline_code(reader, wire, address):
    page = reader.get(address).content.decode()
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert len(re.findall(r"<title>", page.split("</head>")[0])) == 1
    assert not re.search(r"<style|<script(?! src=)|\sstyle=|\son[a-z]+=", page)
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", PAGES)
def test_head_has_the_status_of_get(reader, wire, address):
    assert reader.head(address).status_code == reader.get(address).status_code


@pytest.mark.parametrize(
    ("address", "label", "value"),
    [
        ("/names/", "Names", "page"),
        ("/names/mirvan-takhti-rahim/", "Names", "true"),
        ("/bylines/NA/", "Bylines", "true"),
        ("/1999/07/10/talks-open/", "Calendar", "true"),
        ("/calendar/", "Calendar", "page"),
    ],
)
def test_navigation_says_where_the_reader_is(reader, wire, address, label, value):
    page = reader.get(address).content.decode()
    assert re.findall(r'<a href="[^"]*" aria-current="(\w+)">(\w+)</a>', page) == [(value, label)]


def test_unknown_address_says_what_to_do_next(reader):
    page = reader.get("/no/such/page/")
    assert page.status_code == 404
    assert reverse("search") in page.content.decode()


def test_unknown_address_is_not_echoed(reader):
    assert "alert" not in reader.get("/<script>alert(1)</script>/").content.decode()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda request: errors.bad_request(request, SuspiciousOperation("secret detail")), 400),
        (lambda request: errors.forbidden(request, PermissionDenied("secret detail")), 403),
        (lambda request: errors.not_found(request, ValueError("secret detail")), 404),
        (lambda request: errors.gone(request, what="This story"), 410),
        (lambda request: errors.too_many_requests(request, retry_after_seconds=30), 429),
    ],
)
def test_error_page_has_its_status_and_keeps_details_back(answer, status):
    page = answer(RequestFactory().get("/"))
    assert page.status_code == status
    assert "secret detail" not in page.content.decode()


def test_too_many_requests_says_when_to_come_back():
    page = errors.too_many_requests(RequestFactory().get("/"), retry_after_seconds=30)
    assert page.headers["Retry-After"] == "30"
    assert "30 seconds" in page.content.decode()


def test_server_error_page_needs_nothing(reader, monkeypatch):
    def fail(*args):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("archive.pages.bylines._row", fail)
    from tests.factories import make_code

    make_code()
    page = reader.get("/bylines/")
    assert page.status_code == 500
    assert "Something broke on our side" in page.content.decode()
    assert "secret detail" not in page.content.decode()
    assert "{%" not in (TEMPLATES / "500.html").read_text("utf-8")
    assert "{{" not in (TEMPLATES / "500.html").read_text("utf-8")


def test_wrong_host_is_answered_with_400(reader):
    page = reader.get("/", headers={"host": "evil.example"})
    assert page.status_code == 400
    assert "cannot be read" in page.content.decode()


def test_robots_points_to_the_sitemap(reader):
    page = reader.get("/robots.txt")
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Sitemap: http://testserver/sitemap.xml" in page.content.decode()


def test_sitemaps_hold_published_articles_and_their_names_only(reader, wire):
    index = reader.get("/sitemap.xml").content.decode()
    maps = re.findall(r"<loc>http://testserver(/[^<]+)</loc>", index)
    assert maps == ["/sitemap-articles.xml", "/sitemap-names.xml"]
    found = {
        loc
        for path in maps
        for loc in re.findall(r"<loc>http://testserver([^<]+)</loc>", reader.get(path).content.decode())
    }
    assert found == {
        "/1999/07/10/talks-open/",
        "/1999/07/10/talks-pause/",
        "/1999/07/10/treaty-signed/",
        "/2001/03/01/treaty-in-force/",
        "/2001/03/02/rain-in-varra/",
        "/names/mirvan-takhti-rahim/",
        "/names/anne-lise-corbaz/",
        "/names/varra/",
    }


def test_unknown_sitemap_is_not_found(reader):
    assert reader.get("/sitemap-secrets.xml").status_code == 404


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("pages/_*.html")), ids=lambda path: path.name)
def test_partial_says_what_it_needs(path):
    assert path.read_text("utf-8").startswith("{# needs: ")


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_blocks_are_closed_by_name(path):
    assert "{% endblock %}" not in path.read_text("utf-8")
