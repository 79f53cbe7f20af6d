import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.dates import read_date
from archive.search.dates_in_text import IN_WORDS
from archive.search.periods import Period

D = datetime.date
# A Thursday.
TODAY = D(2020, 3, 12)


def days(first, last=None):
    return Period(D(*first), D(*(last or first)))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2019", days((2019, 1, 1), (2019, 12, 31))),
        ("2019-07", days((2019, 7, 1), (2019, 7, 31))),
        ("2020-02", days((2020, 2, 1), (2020, 2, 29))),
        ("2019-07-10", days((2019, 7, 10))),
        ("2019-7-3", days((2019, 7, 3))),
        ("2019/07/10", days((2019, 7, 10))),
        ("2019.07.10", days((2019, 7, 10))),
        ("20190710", days((2019, 7, 10))),
        ("۲۰۱۹-۰۷-۱۰", days((2019, 7, 10))),
        ("2019‑07‑10", days((2019, 7, 10))),
        # month names
        ("July 2019", days((2019, 7, 1), (2019, 7, 31))),
        ("JULY 2019", days((2019, 7, 1), (2019, 7, 31))),
        ("Sept. 2019", days((2019, 9, 1), (2019, 9, 30))),
        ("10 July 2019", days((2019, 7, 10))),
        ("1st July 2019", days((2019, 7, 1))),
        ("July 10, 2019", days((2019, 7, 10))),
        ("Jul 10 2019", days((2019, 7, 10))),
        ("February", days((2020, 2, 1), (2020, 2, 29))),
        ("July", days((2019, 7, 1), (2019, 7, 31))),
        ("March", days((2020, 3, 1), (2020, 3, 31))),
        ("12 March", days((2020, 3, 12))),
        ("13 March", days((2019, 3, 13))),
        # relative to today
        ("today", days((2020, 3, 12))),
        ("yesterday", days((2020, 3, 11))),
        ("last week", days((2020, 3, 2), (2020, 3, 8))),
        ("this week", days((2020, 3, 9), (2020, 3, 15))),
        ("last month", days((2020, 2, 1), (2020, 2, 29))),
        ("this month", days((2020, 3, 1), (2020, 3, 31))),
        ("last year", days((2019, 1, 1), (2019, 12, 31))),
        ("last 7 days", days((2020, 3, 6), (2020, 3, 12))),
        ("past 2 weeks", days((2020, 2, 28), (2020, 3, 12))),
        ("last 3 months", days((2019, 12, 13), (2020, 3, 12))),
        ("last 2 years", days((2018, 3, 13), (2020, 3, 12))),
        # Solar Hijri
        ("1398-04-19sh", days((2019, 7, 10))),
        ("1398/4/19 SH", days((2019, 7, 10))),
        ("1398-04sh", days((2019, 6, 22), (2019, 7, 22))),
        ("1398sh", days((2019, 3, 21), (2020, 3, 19))),
        ("1399sh", days((2020, 3, 20), (2021, 3, 20))),
        ("1399-12-30sh", days((2021, 3, 20))),
        ("19 Tir 1398", days((2019, 7, 10))),
        ("Tir 1398", days((2019, 6, 22), (2019, 7, 22))),
        ("۱۳۹۸-۰۴-۱۹sh", days((2019, 7, 10))),
        # unambiguous although written with strokes or points
        ("25/12/2019", days((2019, 12, 25))),
        ("12/25/2019", days((2019, 12, 25))),
        ("7/7/2019", days((2019, 7, 7))),
        ("10.07.2019", days((2019, 7, 10))),
        # ranges, both ends included
        ("2019-07-01..2019-07-15", days((2019, 7, 1), (2019, 7, 15))),
        ("2019-07..2019-08", days((2019, 7, 1), (2019, 8, 31))),
        ("2019..2020", days((2019, 1, 1), (2020, 12, 31))),
        ("2019..", Period(D(2019, 1, 1), None)),
        ("..2019", Period(None, D(2019, 12, 31))),
        ("1398-04-19sh..1398-04-20sh", days((2019, 7, 10), (2019, 7, 11))),
        ("last year..yesterday", days((2019, 1, 1), (2020, 3, 11))),
        ("2019-07-01 .. 2019-07-15", days((2019, 7, 1), (2019, 7, 15))),
        ("2019-07-01 to 2019-07-15", days((2019, 7, 1), (2019, 7, 15))),
        ("2019-07-01…2019-07-15", days((2019, 7, 1), (2019, 7, 15))),
        ("June 2019..July 2019", days((2019, 6, 1), (2019, 7, 31))),
        ("1 June 2019 to 15 July 2019", days((2019, 6, 1), (2019, 7, 15))),
        ("19 Tir 1398..20 Tir 1398", days((2019, 7, 10), (2019, 7, 11))),
        ("2019-2020", days((2019, 1, 1), (2020, 12, 31))),
        ("14 June to 2 July 2019", days((2019, 6, 14), (2019, 7, 2))),
        ("June 14 to July 2, 2019", days((2019, 6, 14), (2019, 7, 2))),
        ("June to July 2019", days((2019, 6, 1), (2019, 7, 31))),
        ("1 to 15 July 2019", days((2019, 7, 1), (2019, 7, 15))),
        ("1990s", days((1990, 1, 1), (1999, 12, 31))),
        # as archives print them
        ("10-Jul-2019", days((2019, 7, 10))),
        ("10/Jul/2019", days((2019, 7, 10))),
        ("Jul-2019", days((2019, 7, 1), (2019, 7, 31))),
        ("2019-Jul-10", days((2019, 7, 10))),
        ("10th of July 2019", days((2019, 7, 10))),
        ("07/2019", days((2019, 7, 1), (2019, 7, 31))),
        ("7.2019", days((2019, 7, 1), (2019, 7, 31))),
    ],
)
def test_date_is_read(text, period):
    assert read_date(text, TODAY).period == period


@pytest.mark.parametrize(
    ("op", "period"),
    [
        (">=", Period(D(2019, 7, 1), None)),
        (">", Period(D(2019, 8, 1), None)),
        ("<=", Period(None, D(2019, 7, 31))),
        ("<", Period(None, D(2019, 6, 30))),
    ],
)
def test_comparison_with_a_month_counts_the_whole_month(op, period):
    assert read_date("2019-07", TODAY, op).period == period


@pytest.mark.parametrize(
    ("text", "problem", "choices"),
    [
        ("10/07/2019", "“10/07/2019” can be two days.", ["2019-07-10", "2019-10-07"]),
        ("2019-02-30", "February 2019 has 28 days.", ["2019-02-28", "2019-02"]),
        ("31 June 2019", "June 2019 has 30 days.", ["2019-06-30", "2019-06"]),
        ("2019-13", "There is no month 13.", ["2019"]),
        ("2019-13-05", "There is no month 13.", ["2019-05-13", "2019"]),
        (
            "2019-07-15..2019-07-01",
            "“2019-07-15..2019-07-01” ends before it begins.",
            ["2019-07-01..2019-07-15"],
        ),
        (
            "2019-02-30..2019-03-01",
            "February 2019 has 28 days.",
            ["2019-02-28..2019-03-01", "2019-02..2019-03-01"],
        ),
        ("1398-04-19", "“1398-04-19” looks like a year of the Solar Hijri calendar.", ["1398-04-19sh"]),
        ("1398-12-30sh", "Month 12 of 1398 (Solar Hijri) has 29 days.", ["1398-12-29sh", "1398-12sh"]),
        ("1398-13sh", "The Solar Hijri calendar has no such day.", ["1398sh"]),
        ("0000", "There is no year 0.", []),
        ("10/07/19", "“10/07/19” can be many days; write the year with four digits.", []),
        ("soon", "“soon” is not a date.", []),
        ("..", "“..” has neither a first nor a last day.", []),
        ("9999-12-31..x", "“x” is not a date.", []),
        ("2003-2001", "“2003..2001” ends before it begins.", ["2001..2003"]),
        ("13/2019", "There is no month 13.", ["2019"]),
        ("03/1398", "“1398-03” looks like a year of the Solar Hijri calendar.", ["1398-03sh"]),
    ],
)
def test_what_is_no_date_gets_choices(text, problem, choices):
    answer = read_date(text, TODAY)
    assert answer.period is None
    assert answer.problem.startswith(problem)
    assert [choice for _, choice in answer.choices] == choices


def test_both_readings_are_named_in_words():
    assert read_date("10/07/2019", TODAY).choices == (
        ("10 July 2019", "2019-07-10"),
        ("7 October 2019", "2019-10-07"),
    )


@pytest.mark.parametrize(("text", "op"), [("9999-12-31", ">"), ("0001-01-01", "<")])
def test_beyond_the_calendar_is_said(text, op):
    assert read_date(text, TODAY, op).problem == "There is no day beyond that one."


@pytest.mark.parametrize("text", ["2019-02-29", "31 feb 2019"])
def test_every_choice_offered_is_a_date(text):
    assert all(read_date(choice, TODAY).period for _, choice in read_date(text, TODAY).choices)


PIECES = st.sampled_from(
    ["2019", "13", "-", "/", ".", "..", " ", "sh", "july", "tir", "last", "week", "0", "٣", "9999"]
)


@given(
    st.one_of(st.text(), st.lists(PIECES).map("".join)),
    st.sampled_from(["", ">", ">=", "<", "<="]),
    st.dates(),
)
@settings(deadline=None)
def test_any_text_is_answered(text, op, today):
    answer = read_date(text, today, op)
    assert (answer.period is None) == bool(answer.problem)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("last week treaty", "last week"),
        ("July 2019 treaty", "July 2019"),
        ("10 July 2019 treaty", "10 July 2019"),
        ("July 10, 2019 treaty", "July 10, 2019"),
        ("10 July treaty", "10 July"),
        ("19 Tir 1398 treaty", "19 Tir 1398"),
        ("Juliet", None),
        ("2019 treaty", None),
    ],
)
def test_words_that_belong_to_a_date_are_taken_along(text, taken):
    match = IN_WORDS.match(text)
    assert (match and match.group()) == taken
