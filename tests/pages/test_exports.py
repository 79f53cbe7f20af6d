"""A search as data: every story it finds, whatever stands in them."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

from archive.models import Article
from archive.pages import formats
from archive.search import indexer
from tests.factories import make_article

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '=HYPERLINK("http://evil.example") <b>&amp; "quoted"\x0b]]> TY  - BOOK'


@pytest.fixture
def indexed(wire):
    make_article(HOSTILE, slug="hostile", on="2002-05-05", place="-Varra", body=("@SUM(1)\r\nER  - \nnext",))
    indexer.rebuild()
    return wire


def body_of(reader, address):
    page = reader.get(address)
    assert page.status_code == 200
    return b"".join(page.streaming_content).decode()


def test_json_holds_every_published_story_in_order(reader, indexed):
    sent = json.loads(body_of(reader, "/search/results.json?sort=oldest"))
    assert sent["total"] == 6
    assert [story["headline"] for story in sent["articles"]] == [
        *("Talks open", "Talks pause", "Treaty signed", "Treaty in force", "Rain in Varra"),
        Article.objects.get(slug="hostile").headline,
    ]
    first = sent["articles"][0]
    assert first["url"] == "http://testserver/1999/07/10/talks-open/"
    assert first["published_at"] == "1999-07-10T09:30:00+04:00"
    assert first["names"] == ["Mirvan Takhti Rahim", "Anne-Lise Corbaz"]
    assert first["sign_off"][0] == {"code": "NA", "role": "reported", "name": "Nasrin Avadi"}
    assert "led by Mirvan Takhti Rahim" in first["text"]


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("q=treaty", 2),
        ("q=treaty&since=2001", 1),
        ("person=anne-lise-corbaz", 2),
        ("person=mirvan-takhti-rahim&not-person=anne-lise-corbaz", 2),
        ("by=SM", 1),
        ("q=zzzz", 0),
        ("q=secret", 0),
        ("q=withdrawn", 0),
    ],
)
def test_exports_apply_every_filter(reader, indexed, question, total):
    assert json.loads(body_of(reader, f"/search/results.json?{question}"))["total"] == total
    rows = list(csv.reader(io.StringIO(body_of(reader, f"/search/results.csv?{question}"))))
    assert len(rows) == total + 1
    assert body_of(reader, f"/search/results.ris?{question}").count("TY  - NEWS\r\n") == total
    feed = ElementTree.fromstring(body_of(reader, f"/search/results.atom?{question}"))
    assert len(feed.findall(f"{ATOM}entry")) == total


def test_exports_hold_more_than_a_page(reader, settings, db):
    settings.ARCHIVE_RESULTS_PER_PAGE = 2
    for number in range(7):
        make_article(f"Ferry {number}")
    indexer.rebuild()
    assert len(json.loads(body_of(reader, "/search/results.json?q=ferry&page=3"))["articles"]) == 7


def test_ids_are_fetched_in_pieces_without_gaps(reader, indexed, monkeypatch):
    monkeypatch.setattr("archive.search.everything.IDS_AT_A_TIME", 2)
    monkeypatch.setattr("archive.search.everything.ARTICLES_AT_A_TIME", 1)
    sent = json.loads(body_of(reader, "/search/results.json?sort=newest"))
    days = [story["published_on"] for story in sent["articles"]]
    assert len(days) == 6
    assert days == sorted(days, reverse=True)


def test_story_withdrawn_behind_the_indexs_back_is_not_sent(reader, indexed):
    Article.objects.filter(slug="talks-open").update(status="withdrawn")
    assert "Talks open" not in body_of(reader, "/search/results.csv")


def test_export_without_the_index_comes_from_the_database(reader, indexed, monkeypatch):
    from archive.search import everything
    from archive.search.errors import SearchUnavailable

    def broken(*args):
        raise SearchUnavailable("gone")

    monkeypatch.setattr(everything, "_ask_index", broken)
    monkeypatch.setattr(indexer, "start_in_background", lambda work: False)
    assert json.loads(body_of(reader, "/search/results.json?q=treaty"))["total"] == 2


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("plain", "plain"),
        ("", ""),
        (7, 7),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
    ],
)
def test_cells_that_look_like_formulas_are_defused(cell, safe):
    assert formats.defused(cell) == safe


def test_spreadsheet_sees_no_formula_in_hostile_copy(reader, indexed):
    text = body_of(reader, "/search/results.csv?q=hyperlink")
    assert text.startswith("\ufeff")
    (row,) = list(csv.DictReader(io.StringIO(text[1:])))
    assert row["headline"].startswith("'=HYPERLINK")
    assert row["place"] == "'-Varra"
    assert row["lead"].startswith("'@SUM")


def test_reference_has_one_tag_a_line_whatever_stands_in_the_copy(reader, indexed):
    sent = body_of(reader, "/search/results.ris?q=hyperlink")
    lines = sent.rstrip("\r\n").split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert lines[0] == "TY  - NEWS"
    assert lines[-1] == "ER  - "
    assert "DA  - 2002/05/05" in lines
    assert sum(line.startswith("TY") for line in lines) == 1


def test_feed_is_well_formed_and_its_ids_outlast_the_address(reader, indexed):
    first = ElementTree.fromstring(body_of(reader, "/search/results.atom?q=hyperlink"))
    entry = first.find(f"{ATOM}entry")
    article = Article.objects.get(slug="hostile")
    assert (
        entry.find(f"{ATOM}id").text == f"tag:testserver,{article.created_at:%Y-%m-%d}:article/{article.pk}"
    )
    assert entry.find(f"{ATOM}published").text == "2002-05-05T10:15:00+04:00"
    assert entry.find(f"{ATOM}updated").text == article.changed_at.isoformat(timespec="seconds")
    Article.objects.filter(pk=article.pk).update(slug="renamed")
    again = ElementTree.fromstring(body_of(reader, "/search/results.atom?q=hyperlink"))
    assert again.find(f"{ATOM}entry/{ATOM}id").text == entry.find(f"{ATOM}id").text


def test_too_many_are_refused_with_the_same_in_parts(reader, indexed, settings):
    settings.ARCHIVE_MAX_EXPORT = 4
    page = reader.get("/search/results.csv?q=the")
    assert page.status_code == 400
    assert "at most 4" in page.content.decode()
    assert [(label, count) for label, count, _ in page.context["parts"]] == [("1999", 3), ("2001", 2)]
    assert len(body_of(reader, page.context["parts"][0][2]).splitlines()) == 4


def test_search_page_links_to_every_format(reader, indexed):
    page = reader.get("/search/?q=treaty&since=2001").content.decode()
    for ending, media_type in [("json", "application/json"), ("atom", "application/atom+xml")]:
        address = f"/search/results.{ending}?q=treaty&amp;since=2001-01-01"
        assert f'<link rel="alternate" type="{media_type}"' in page
        assert f'href="{address}"' in page


def test_other_endings_are_not_found(reader, db):
    assert reader.get("/search/results.xml").status_code == 404
