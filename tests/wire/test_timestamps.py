from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from archive.wire.timestamps import is_timestamp, read_month_day, read_timestamp, read_weekday

TEHRAN = ZoneInfo("Asia/Tehran")
VIENNA = ZoneInfo("Europe/Vienna")
DAY = date(2019, 7, 10)
# Tehran was at +04:30 that day.
INSTANT = datetime(2019, 7, 10, 17, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    "printed",
    [
        "July 10, 2019 - 22:07",
        "July 10, 2019 – 22:07",
        "July 10, 2019 22:07",
        "JULY 10, 2019, 22:07",
        "Jul. 10, 2019 | 22:07",
        "July 10th, 2019 at 10:07 pm",
        "July 10, 2019 - 10:07 p.m.",
        "10 July 2019, 22:07",
        "10-Jul-2019 22:07:00",
        "10-JUL-2019 22:07:00.79",
        "Wednesday, 10 July 2019 22:07",
        "Wed, July 10, 2019 - 22.07",
        "2019-07-10 22:07",
        "2019-07-10T22:07:00",
        "2019/07/10 22:07",
        "22:07, 10 July 2019",
        "Published: July 10, 2019 - 22:07",
        "2019-07-10T17:37Z",
        "2019-07-10 17:37 GMT",
        "2019-07-10 22:07 +0430",
        "2019-07-10T22:07:00+04:30",
        "July 10, 2019 17:37 UTC",
    ],
)
def test_printed_forms_give_one_instant(printed):
    assert is_timestamp(printed)
    stamp = read_timestamp(printed, TEHRAN)
    assert (stamp.published_at, stamp.published_on, stamp.warnings) == (INSTANT, DAY, ())


@pytest.mark.parametrize(
    ("printed", "zone", "instant"),
    [
        ("July 10, 2019 - 22:07", "Asia/Tehran", "2019-07-10T17:37"),
        # Iran gave daylight saving up in 2022
        ("July 10, 2023 - 22:07", "Asia/Tehran", "2023-07-10T18:37"),
        ("January 10, 2019 - 22:07", "Asia/Tehran", "2019-01-10T18:37"),
        ("July 10, 2019 - 12:00 am", "UTC", "2019-07-10T00:00"),
        ("July 10, 2019 - 12:30 pm", "UTC", "2019-07-10T12:30"),
        ("25/07/2019 10:00", "UTC", "2019-07-25T10:00"),
        ("07/25/2019 10:00", "UTC", "2019-07-25T10:00"),
        ("10.10.2019 10:00", "UTC", "2019-10-10T10:00"),
        ("February 29, 2020 - 10:00", "UTC", "2020-02-29T10:00"),
    ],
)
def test_zone_history_and_forms_decide_the_instant(printed, zone, instant):
    stamp = read_timestamp(printed, ZoneInfo(zone))
    assert stamp.published_at == datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert stamp.warnings == ()


@pytest.mark.parametrize(
    ("printed", "published_on", "code", "message"),
    [
        ("July 10, 2019", DAY, "time_missing", "The timestamp has a day but no time; only the day is known."),
        ("July 10, 2019 - 25:10", DAY, "time_impossible", "No clock shows 25:10; only the day is known."),
        ("July 10, 2019 - 24:00", DAY, "time_impossible", "No clock shows 24:00; only the day is known."),
        ("July 10, 2019 - 13:10 pm", DAY, "time_impossible", "No clock shows 13:10; only the day is known."),
        ("July 10, 2019 - 22:7:99", DAY, "time_impossible", "No clock shows 22:7; only the day is known."),
        ("February 30, 2019 - 10:00", None, "date_impossible",
         "The calendar has no such day: February 30, 2019 - 10:00. The date stays empty."),
        ("31/31/2019 10:00", None, "date_impossible",
         "The calendar has no such day: 31/31/2019 10:00. The date stays empty."),
        ("10/07/2019 22:07", None, "date_ambiguous",
         "10/7 can be a day and a month either way round; the date stays empty. "
         "Write the month as a word or the year first."),
        ("1398/04/19 22:07", None, "year_implausible",
         "The year 1398 may belong to another calendar; the date stays empty."),
        ("July 10, 2019 - 22:07 IST", DAY, "zone_unknown",
         "IST does not name one time zone for certain; only the day and the clock are known."),
        ("not a date", None, "timestamp_unknown", "“not a date” was not understood as a date; the date stays empty."),
    ],
)  # fmt: skip
def test_doubtful_timestamps_stay_empty_with_a_warning(printed, published_on, code, message):
    stamp = read_timestamp(printed, TEHRAN)
    assert stamp.published_at is None
    assert stamp.published_on == published_on
    assert [(warning.code, warning.message) for warning in stamp.warnings] == [(code, message)]


def test_minute_of_one_digit_is_read_and_warned_of():
    stamp = read_timestamp("July 10, 2019 - 22:7", TEHRAN)
    assert stamp.published_at == INSTANT
    assert [w.message for w in stamp.warnings] == ["The minute has one digit: 22:7, read as 22:07."]


def test_time_that_occurs_twice_is_the_first():
    stamp = read_timestamp("October 27, 2019 - 02:30", VIENNA)
    assert stamp.published_at == datetime(2019, 10, 27, 0, 30, tzinfo=UTC)
    assert [w.message for w in stamp.warnings] == [
        "02:30 occurs twice on 2019-10-27 in Europe/Vienna; the first was taken."
    ]


def test_time_that_never_occurs_is_counted_on():
    stamp = read_timestamp("March 31, 2019 - 02:30", VIENNA)
    assert stamp.published_at == datetime(2019, 3, 31, 1, 30, tzinfo=UTC)
    assert [(w.code, w.message) for w in stamp.warnings] == [
        (
            "time_nonexistent",
            "02:30 does not occur on 2019-03-31 in Europe/Vienna, where clocks went forward; it was read as 03:30.",
        )
    ]


def test_midnight_that_never_occurs_keeps_the_printed_day():
    stamp = read_timestamp("March 22, 2019 - 00:30", TEHRAN)
    assert stamp.published_on == date(2019, 3, 22)
    assert stamp.published_at == datetime(2019, 3, 21, 21, 0, tzinfo=UTC)
    assert [w.code for w in stamp.warnings] == ["time_nonexistent"]


def test_printed_offset_needs_no_zone_rules():
    stamp = read_timestamp("2019-03-31T02:30+01:00", VIENNA)
    assert stamp.published_at == datetime(2019, 3, 31, 1, 30, tzinfo=UTC)
    assert stamp.warnings == ()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "July",
        "In July 10, 2019 people came",
        "July 10, 2019 was a good day",
        "2019",
        "10:30",
        "1 2 2019",
        "July 10",
    ],
)
def test_other_lines_are_no_timestamps(line):
    assert not is_timestamp(line)


def test_year_at_the_end_of_time_is_no_crash():
    stamp = read_timestamp("December 31, 9999 - 23:59", ZoneInfo("America/New_York"))
    assert stamp.published_at is None
    assert [w.code for w in stamp.warnings] == ["date_impossible"]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Feb 26", (2, 26)),
        ("26 February", (2, 26)),
        ("Sept. 3", (9, 3)),
        ("Feb 29", (2, 29)),
        ("Feb 30", None),
        ("", None),
    ],
)
def test_month_and_day_are_read(printed, expected):
    assert read_month_day(printed) == expected


@pytest.mark.parametrize(
    ("printed", "weekday", "codes"),
    [
        ("Saturday, July 10, 2004 - 22:07", 5, []),
        ("Sat. 10 July 2004, 22:07", 5, []),
        ("Monday, July 10, 2004 - 22:07", 0, ["weekday_differs"]),
        ("July 10, 2004 - 22:07", None, []),
        ("Monday", None, ["timestamp_unknown"]),
    ],
)
def test_weekday_is_compared_with_the_day(printed, weekday, codes):
    stamp = read_timestamp(printed, ZoneInfo("UTC"))
    assert read_weekday(printed) == weekday
    assert [warning.code for warning in stamp.warnings] == codes
