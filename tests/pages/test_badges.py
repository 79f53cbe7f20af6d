"""What became of a story is said wherever it leaves the archive; what is withdrawn leaves with no one."""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree

import pytest

from archive.desk.correct import withdraw
from archive.models import Correction
from archive.search import indexer
from tests.factories import make_story_about

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ["/feed/", "/names/anne-lise-corbaz/feed/", "/search/results.atom?q=treaty"]


@pytest.fixture
def corrected(wire):
    """The wire, with a later correction of the treaty's story."""
    correction = make_story_about(
        wire.corbaz, headline="Treaty signed (corrected)", on="1999-07-11", mark="correction"
    )
    Correction.objects.create(
        correcting=correction,
        corrected=wire.treaty,
        kind="correction",
        headline_hash=1,
        state=Correction.State.LINKED,
    )
    indexer.rebuild()
    return wire


def body_of(reader, address):
    page = reader.get(address)
    assert page.status_code == 200
    return (b"".join(page.streaming_content) if page.streaming else page.content).decode()


def entries(reader, address):
    feed = ElementTree.fromstring(body_of(reader, address))
    return {e.findtext(f"{ATOM}title"): e.findtext(f"{ATOM}summary") for e in feed.iter(f"{ATOM}entry")}


@pytest.mark.parametrize("address", FEEDS)
def test_feeds_say_what_became_of_a_story(reader, corrected, address):
    found = entries(reader, address)
    assert found["Treaty signed [corrected]"].startswith("Corrected later. ")
    assert found["Treaty signed (corrected)"].startswith("This is a correction. ")


def test_feed_of_a_search_has_the_badge_as_a_category(reader, corrected):
    feed = ElementTree.fromstring(body_of(reader, "/search/results.atom?q=treaty"))
    marked = feed.findall(f"{ATOM}entry/{ATOM}category[@term='corrected']")
    assert [each.get("scheme") for each in marked] == ["urn:x-dateline:badge"]


def test_tables_and_citations_carry_a_note(reader, corrected):
    sent = json.loads(body_of(reader, "/search/results.json?q=treaty&sort=oldest"))
    notes = {story["headline"]: story["note"] for story in sent["articles"]}
    expected = {
        "Treaty signed": "Corrected later.",
        "Treaty signed (corrected)": "This is a correction.",
        "Treaty in force": "",
    }
    assert notes == expected
    rows = csv.DictReader(io.StringIO(body_of(reader, "/search/results.csv?q=treaty").lstrip("\ufeff")))
    assert {row["headline"]: row["note"] for row in rows} == expected
    references = body_of(reader, "/search/results.ris?q=treaty&sort=oldest").split("ER  - ")
    assert "N1  - Corrected later.\r\n" in references[0]
    assert "N1  - This is a correction.\r\n" in references[1]
    assert "N1  - " not in references[2]


@pytest.mark.parametrize("address", [*FEEDS, "/search/results.json?q=treaty", "/search/results.csv?q=treaty"])
def test_withdrawn_story_is_gone_at_once(reader, corrected, address):
    assert "Treaty signed [" in body_of(reader, address) or "Corrected later." in body_of(reader, address)
    with indexer.without_drain():
        withdraw(corrected.treaty, by=None, why="Wrong.")
    assert "treaty-signed/" not in body_of(reader, address)
