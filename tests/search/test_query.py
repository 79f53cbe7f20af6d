import datetime

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.query import MAX_FILTERS, ArchiveQuery


def ask(address):
    return ArchiveQuery.from_params(QueryDict(address))


def test_address_and_question_round_trip():
    address = "q=close+cooperation&person=a-b&person=c&from=Varra&since=2004-07-01&until=2004-07-31&sort=newest&page=3"
    query = ask(address)
    assert query.text == "close cooperation"
    assert query.filters == (("person", "a-b"), ("person", "c"), ("from", "Varra"))
    assert query.until == datetime.date(2004, 7, 31)
    assert query.url == f"/search/?{address}"
    assert query.errors == ()


def test_shortest_address_of_nothing():
    assert ask("").url == "/search/"
    assert ask("").is_empty


def test_last_day_of_a_month_or_year_is_meant():
    query = ask("since=2004-02&until=2004-02")
    assert (query.since, query.until) == (datetime.date(2004, 2, 1), datetime.date(2004, 2, 29))


@pytest.mark.parametrize(
    ("address", "since", "until"),
    [
        ("since=2004&until=2005", "2004-01-01", "2005-12-31"),
        ("since=July+2004&until=July+2004", "2004-07-01", "2004-07-31"),
        ("since=10+July+2019", "2019-07-10", None),
        ("until=July+10,+2019", None, "2019-07-10"),
        ("since=10.7.2019", "2019-07-10", None),
        ("since=1398-04-19sh&until=1398-04sh", "2019-07-10", "2019-07-22"),
        ("since=2004-07..2004-09&until=2004-07..2004-09", "2004-07-01", "2004-09-30"),
        ("since=yesterday&until=today", "2026-03-01", "2026-03-02"),
    ],
)
def test_first_and_last_day_are_read_in_any_form(monkeypatch, address, since, until):
    monkeypatch.setattr("archive.search.query.timezone.localdate", lambda: datetime.date(2026, 3, 2))
    query = ask(address)
    told = [day and day.isoformat() for day in (query.since, query.until)]
    assert told == [since, until]


def test_filter_can_be_added_once_and_removed():
    query = ask("q=x&page=4").with_filter("by", "NA").with_filter("by", "NA")
    assert query.url == "/search/?q=x&by=NA"
    assert query.without_filter("by", "NA").url == "/search/?q=x"


@pytest.mark.parametrize(
    ("address", "order"),
    [
        ("", "newest"),
        ("q=x", "relevance"),
        ("q=x&sort=oldest", "oldest"),
        ("q=by:NA", "newest"),
        ("q=from:Geneva", "newest"),
        ("q=x+from:Geneva", "relevance"),
        ("q=x+sort:date", "oldest"),
        ("q=x+sort:-date", "newest"),
        ("q=by:NA+sort:relevance", "relevance"),
        ("q=x+sort:colour", "relevance"),
        ("q=x+sort:date&sort=newest", "newest"),
    ],
)
def test_order_in_force(address, order):
    assert ask(address).order == order


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("page=0", "Pages are numbered"),
        ("page=-1", "Pages are numbered"),
        ("page=1e9", "Pages are numbered"),
        ("page=99999999999999999999", "Pages are numbered"),
        ("page=٣", "Pages are numbered"),
        ("since=someday", "is not a date"),
        ("until=2004-02-30", "February 2004 has 29 days"),
        ("since=10/07/2019", "Write 2019-07-10 for 10 July 2019 or 2019-10-07 for 7 October 2019."),
        ("sort=random", "order is not known"),
    ],
)
def test_parameters_that_cannot_be_read_are_named_and_left_out(address, words):
    query = ask(address)
    assert query.is_empty
    assert words in query.errors[0]


def test_control_characters_and_surrogates_are_dropped():
    params = QueryDict(mutable=True)
    params["q"] = "a\0b\ud800 c"
    assert ArchiveQuery.from_params(params).text == "a b c"


def test_too_many_filters_are_cut_and_said():
    query = ask("&".join(f"person=p{i}" for i in range(500)))
    assert len(query.filters) == MAX_FILTERS
    assert query.errors


@given(
    st.dictionaries(
        st.sampled_from(["q", "person", "since", "until", "sort", "page", "year", "x"]), st.text()
    )
)
@settings(deadline=None)
def test_any_parameters_give_a_question_whose_address_asks_the_same(params):
    data = QueryDict(mutable=True)
    data.update(params)
    query = ArchiveQuery.from_params(data)
    again = ask(query.url.partition("?")[2])
    assert (again.text, again.filters, again.since, again.until, again.page) == (
        query.text,
        query.filters,
        query.since,
        query.until,
        query.page,
    )


def test_order_chosen_on_the_page_replaces_the_typed_one():
    assert ask("q=x+sort:date+by:NA").with_sort("newest").url == "/search/?q=x+by%3ANA&sort=newest"
    assert ask("q=x").with_sort("oldest").url == "/search/?q=x&sort=oldest"


def test_dropped_spellings_stand_in_the_address():
    query = ask("q=Takhti+Rahim&drop=Takhtirahim&drop=Takhti-Rahim&drop=Takhtirahim")
    assert query.drop == ("Takhtirahim", "Takhti-Rahim")
    assert query.url == "/search/?q=Takhti+Rahim&drop=Takhtirahim&drop=Takhti-Rahim"


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("q=treaty&all=nuclear+talks", "treaty nuclear talks"),
        ("q=storm+OR+cyclone&signed=NA", "(storm OR cyclone) by:NA"),
        ("q=storm&any=a+b&none=c", "storm (a OR b) -c"),
        ("any=a+b", "a OR b"),
        ("all=a%1bb%00", "a b"),
    ],
)
def test_boxes_of_the_form_become_text(address, text):
    assert ask(address).text == text
