"""Addresses put together from pieces say what the slow way says."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from archive.search.facets import FACETS
from archive.search.links import Links, carrying
from archive.search.periods import Period
from archive.search.query import SORTS, ArchiveQuery

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
_KEYS = st.sampled_from([spec.key for spec in FACETS])
_PAIRS = st.lists(st.tuples(_KEYS, _TEXT), max_size=3, unique=True).map(tuple)
_DAYS = st.none() | st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
QUERIES = st.builds(
    ArchiveQuery,
    text=st.just("") | _TEXT,
    filters=_PAIRS,
    excluded=_PAIRS,
    since=_DAYS,
    until=_DAYS,
    sort=st.sampled_from(["", *SORTS]),
    page=st.integers(1, 3),
    drop=st.lists(_TEXT, max_size=2, unique=True).map(tuple),
)


@given(QUERIES, _KEYS, _TEXT, st.data())
def test_pieces_make_the_same_addresses(query, key, value, data):
    if (query.filters or query.excluded) and data.draw(st.booleans()):
        key, value = data.draw(st.sampled_from([*query.filters, *query.excluded]))
    links = Links(query)
    assert links.with_filter(key, value) == query.with_filter(key, value).url
    assert links.without_filter(key, value) == query.without_filter(key, value).url
    assert links.excluding(key, value) == query.excluding(key, value).url


@given(QUERIES, _DAYS, _DAYS)
def test_pieces_make_the_same_periods(query, since, until):
    expected = query.but(since=since, until=until).url
    assert Links(query).in_period(Period(since, until)) == expected


def test_search_goes_along_only_where_there_is_one():
    assert carrying(ArchiveQuery())("/2001/", 3) == "/2001/"
    link = carrying(ArchiveQuery(text="a&b"))
    assert link("/2001/", 3) == "/2001/?from-search=q%3Da%2526b&hit=3"
    assert link("/2001/", 0) == "/2001/?from-search=q%3Da%2526b"
