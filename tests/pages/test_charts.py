import pytest

from archive.pages.charts import HEIGHT_PX, LEAST_BAR_PX, Column, chart_of_columns, chart_of_months
from archive.pages.counts import Month


def draw(months, **options):
    return chart_of_months(
        {Month(*month): count for month, count in months.items()},
        title="Stories",
        month_url=lambda month: f"/m/{month.key}",
        year_url=lambda year: f"/y/{year}",
        **options,
    )


def test_bars_stand_where_their_months_are():
    chart = draw({(2000, 1): 4, (2000, 12): 1})
    assert [(bar.label, bar.x, bar.width, bar.y, bar.height) for bar in chart.bars] == [
        ("January 2000", "0.000%", "8.333%", 0, HEIGHT_PX),
        ("December 2000", "91.667%", "8.333%", HEIGHT_PX - 18, 18),
    ]
    assert chart.unit == "month"


def test_smallest_bar_can_be_seen():
    chart = draw({(2000, 1): 1000, (2000, 2): 1})
    assert chart.bars[1].height == LEAST_BAR_PX


def test_long_archive_is_drawn_by_years():
    chart = draw({(1990, 1): 1, (1990, 2): 2, (2010, 6): 5})
    assert chart.unit == "year"
    assert [(bar.label, bar.count, bar.url) for bar in chart.bars] == [
        ("1990", 3, "/y/1990"),
        ("2010", 5, "/y/2010"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        (2000, 2000, ["2000"]),
        (2000, 2006, ["2000", "2001", "2002", "2003", "2004", "2005", "2006"]),
        (1995, 2006, ["1995", "1997", "1999", "2001", "2003", "2005"]),
        (1900, 2000, ["1900", "1920", "1940", "1960", "1980", "2000"]),
    ],
)
def test_years_are_labelled_as_far_as_there_is_room(first, last, labels):
    assert [tick.label for tick in draw({(first, 1): 1, (last, 1): 1}).ticks] == labels


@pytest.mark.parametrize(
    ("selected", "expected"), [("2000-01", [True, False]), ("2000", [True, True]), ("", [False, False])]
)
def test_selected_period_is_set_off(selected, expected):
    chart = draw({(2000, 1): 1, (2000, 2): 1}, selected=selected)
    assert [bar.selected for bar in chart.bars] == expected


def test_nothing_is_no_chart():
    assert draw({}) is None
    assert chart_of_columns([], title="", unit="day") is None


def test_finished_periods_are_drawn_side_by_side():
    columns = [Column(f"{day} May 2000", 1, f"/{day}") for day in range(1, 8)]
    chart = chart_of_columns(columns, title="Found", unit="day")
    assert [bar.url for bar in chart.bars] == ["/1", "/2", "/3", "/4", "/5", "/6", "/7"]
    assert [tick.label for tick in chart.ticks] == ["1 May 2000", "4 May 2000", "7 May 2000"]


@pytest.mark.parametrize(("month", "following"), [((1999, 11), (1999, 12)), ((1999, 12), (2000, 1))])
def test_month_is_followed_by_the_next(month, following):
    assert Month(*month).following == following
