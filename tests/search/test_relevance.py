"""Which story readers see first, through the one box; what ranks is tested in engines/test_ranking.py."""

import pytest

from archive.search import indexer
from archive.search.query import ArchiveQuery
from archive.search.run import run
from tests.factories import make_article

BODY = ("Divers went down at dawn and found nothing but sand.", "A storm had passed two days before.")


@pytest.fixture(autouse=True)
def archive(db, empty_index):
    make_article("Tides turn", on="2003-01-01", body=(*BODY, "At night a trawler passed by."))
    make_article("Trawler sinks", on="2001-01-01", body=BODY)
    make_article("Boat sinks", on="2002-01-01", body=("The trawler sank at dusk.", *BODY))
    make_article("Trawlers and storm warnings", on="2000-01-01", body=("Harbours close.",))
    indexer.rebuild()


def found(text, **options):
    page = run(ArchiveQuery(text=text, **options))
    return [hit.article.headline for hit in page.hits], [hit.article.headline for hit in page.more.hits]


def test_headline_comes_before_lead_before_body():
    hits = [hit.article.headline for hit in run(ArchiveQuery(text="trawler")).hits]
    assert sorted(hits[:2]) == ["Trawler sinks", "Trawlers and storm warnings"]
    assert hits[2:] == ["Boat sinks", "Tides turn"]


def test_newest_first_by_choice():
    hits = run(ArchiveQuery(text="trawler", sort="newest")).hits
    assert [hit.article.published_on.year for hit in hits] == [2003, 2002, 2001, 2000]


def test_stories_with_all_words_come_before_those_with_most():
    strict, more = found("trawler storm divers dusk")
    assert strict == ["Boat sinks"]
    assert more[0] == "Trawler sinks"
    assert len(more) == 3


def test_parts_of_a_compound_count_singly_among_most_of_the_words():
    strict, more = found("night-dawn absent")
    assert strict == []
    assert more[0] == "Tides turn"


@pytest.mark.parametrize("typed", ["u.s", "u.s.", "U.S.", "us officials"])
def test_initialism_is_found_however_its_stops_are_typed(typed):
    make_article("Talks end", body=("The U.S. officials left.",))
    indexer.rebuild()
    assert [hit.article.headline for hit in run(ArchiveQuery(text=typed)).hits] == ["Talks end"]
