"""What the pages of names and of sign-off codes share: a chart over time that narrows a list of articles."""

import datetime
import re
from typing import Final, NamedTuple

from archive.pages.charts import chart_of_months
from archive.pages.counts import Month, by_month
from archive.pages.lists import list_page
from archive.pages.stories_of import NewestFirst, StoriesOf

PERIOD: Final = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>0[1-9]|1[0-2]))?")


class Period(NamedTuple):
    """A month or a year, from day `start` up to, not including, day `end`."""

    key: str
    label: str
    start: datetime.date
    end: datetime.date


def find_period(key: str) -> Period | None:
    """Read 2019 or 2019-07; None for anything else."""
    match = PERIOD.fullmatch(key)
    if match is None or match["year"] in ("0000", "9999"):
        return None
    year = int(match["year"])
    if match["month"] is None:
        return Period(key, match["year"], datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1))
    month = Month(year, int(match["month"]))
    return Period(key, month.label, month.start, month.end)


def period_page(request, stories: StoriesOf, *, title: str) -> dict:
    """Return chart, totals and one page of `stories`, newest day first; `?in=2019-07` narrows the page.

    Two queries: the counts, and the page itself.
    """
    days = listed = stories.days
    period = find_period(request.GET.get("in", ""))
    if period is not None:
        listed = {day: count for day, count in days.items() if period.start <= day < period.end}
    months = by_month(days)
    chart = chart_of_months(
        months,
        title=title,
        month_url=lambda month: f"{request.path}?in={month.key}",
        year_url=lambda year: f"{request.path}?in={year:04}",
        selected=period.key if period else "",
    )
    return {
        "chart": chart,
        "months": months,
        "period": period,
        "total": sum(days.values()),
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        "page": list_page(request, NewestFirst(stories, listed), total=sum(listed.values())),
    }
