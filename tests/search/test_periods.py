import datetime

import pytest

from archive.search.periods import Period, gap_for, period_of

D = datetime.date


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (Period(D(2019, 7, 10), D(2019, 7, 10)), "on 10 July 2019"),
        (Period(D(2019, 7, 1), D(2019, 7, 31)), "in July 2019"),
        (Period(D(2019, 7, 1), D(2019, 7, 30)), "1 to 30 July 2019"),
        (Period(D(2019, 7, 1), D(2019, 8, 3)), "1 July to 3 August 2019"),
        (Period(D(2019, 7, 1), D(2020, 8, 3)), "1 July 2019 to 3 August 2020"),
        (Period(D(2019, 1, 1), D(2019, 12, 31)), "in 2019"),
        (Period(D(2019, 1, 1), D(2021, 12, 31)), "2019 to 2021"),
        (Period(D(2019, 7, 10), None), "since 10 July 2019"),
        (Period(None, D(2019, 7, 10)), "until 10 July 2019"),
    ],
)
def test_periods_are_told_in_words(period, words):
    assert str(period) == words


@pytest.mark.parametrize(
    ("since", "until", "gap"),
    [
        (None, None, "year"),
        (D(2019, 1, 1), None, "year"),
        (D(2019, 1, 1), D(2024, 12, 31), "year"),
        (D(2019, 1, 1), D(2019, 12, 31), "month"),
        (D(2019, 7, 1), D(2019, 7, 31), "day"),
    ],
)
def test_histogram_is_as_fine_as_the_period_is_short(since, until, gap):
    assert gap_for(Period(since, until)) == gap


def test_period_of_a_bar():
    assert period_of(D(2020, 2, 1), "month") == Period(D(2020, 2, 1), D(2020, 2, 29))
    assert period_of(D(2020, 2, 1), "year").since == D(2020, 1, 1)
    assert period_of(D(2020, 2, 3), "day") == Period(D(2020, 2, 3), D(2020, 2, 3))
