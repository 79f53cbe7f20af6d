"""The archive as a calendar: all years, a year, a month, a day."""

import calendar as standard_calendar
import datetime
from typing import Final, NamedTuple

from django.shortcuts import render
from django.views.decorators.http import require_safe

from archive.models import Article
from archive.models.addresses import day_url, year_url
from archive.models.prepared import Prepared
from archive.pages.addresses import get_day_or_404, redirect_unless_at
from archive.pages.counts import Month, by_month, by_year, count_days, in_order_of_the_day, public_days
from archive.pages.lists import story_page

STORIES_PER_DAY_PAGE: Final = 200
# Weeks begin on Monday, as in the international standard.
WEEKS: Final = standard_calendar.Calendar(firstweekday=0)
WEEKDAYS: Final = tuple((name[:2], name) for name in standard_calendar.day_name)
# How dark a cell is: one step for every fifth of the largest count, but for every story where there are few.
SHADES: Final = 5


class Cell(NamedTuple):
    """A day of a month, or a month of a year; `url` is empty where there is nothing to read.

    `shade` runs from 1 to SHADES with the count; 0 is none. A cell without a label lies outside the month.
    """

    label: str
    title: str
    count: int
    url: str
    shade: int


class MonthTable(NamedTuple):
    month: Month
    count: int
    weeks: list[list[Cell]]

    @property
    def url(self) -> str:
        return self.month.url if self.count else ""


class YearRow(NamedTuple):
    label: str
    count: int
    url: str
    cells: list[Cell]


class Link(NamedTuple):
    label: str
    url: str


@require_safe
def calendar(request):
    """Show one row a year with the number of stories in each month."""
    months = by_month(public_days())
    years = by_year(months)
    most = max(months.values(), default=0)
    rows = (
        [
            YearRow(
                f"{year:04}",
                years.get(year, 0),
                year_url(year) if year in years else "",
                [_month_cell(Month(year, n), months, most) for n in range(1, 13)],
            )
            for year in range(max(years), min(years) - 1, -1)
        ]
        if years
        else []
    )
    names = list(zip(standard_calendar.month_abbr[1:], standard_calendar.month_name[1:], strict=True))
    return render(
        request, "pages/calendar.html", {"rows": rows, "month_names": names, "total": sum(years.values())}
    )


@require_safe
def year(request, year: str):
    """Show twelve small calendars."""
    start = get_day_or_404(year)
    end = start.replace(year=start.year + 1) if start.year < 9999 else datetime.date.max
    days = count_days(Article.objects.published().in_period(start, end))
    most = max(days.values(), default=0)
    context = {
        "year": start.year,
        "total": sum(days.values()),
        "months": [_month_table(Month(start.year, n), days, most) for n in range(1, 13)],
        "weekdays": WEEKDAYS,
        **_neighbours(start, end, lambda day: Link(str(day.year), year_url(day.year))),
    }
    return render(request, "pages/year.html", context)


@require_safe
def month(request, year: str, month: str):
    """Show a month's calendar and its stories by day."""
    start = get_day_or_404(year, month)
    this = Month(start.year, start.month)
    redirect = redirect_unless_at(request, this.url)
    if redirect:
        return redirect
    articles = Article.objects.published().in_period(this.start, this.end)
    days = count_days(articles)
    total = sum(days.values())
    context = {
        "month": this,
        "total": total,
        "table": _month_table(this, days, max(days.values(), default=0)),
        "weekdays": WEEKDAYS,
        "trail": [Link(str(this.year), year_url(this.year))],
        "page": story_page(request, in_order_of_the_day(articles), total=total),
        **_neighbours(this.start, this.end, _month_link),
    }
    return render(request, "pages/month.html", context)


@require_safe
def day(request, year: str, month: str, day: str):
    """Show the stories of a day; a day without any names the nearest days that have some."""
    today = get_day_or_404(year, month, day)
    redirect = redirect_unless_at(request, day_url(today))
    if redirect:
        return redirect
    articles = in_order_of_the_day(Article.objects.published().filter(published_on=today))
    this = Month(today.year, today.month)
    tomorrow = today + datetime.timedelta(1) if today < datetime.date.max else today
    context = {
        "day": today,
        "month": this,
        "trail": [Link(str(today.year), year_url(today.year)), Link(f"{today:%B}", this.url)],
        "page": story_page(request, articles, per_page=STORIES_PER_DAY_PAGE),
        **_neighbours(today, tomorrow, _day_link),
    }
    return render(request, "pages/day.html", context)


def _month_link(day: datetime.date) -> Link:
    month = Month(day.year, day.month)
    return Link(month.label, month.url)


def _day_link(day: datetime.date) -> Link:
    return Link(f"{day.day} {day:%B} {day.year}", day_url(day))


_last_before: Final = Prepared(
    lambda days: (
        Article.objects.published()
        .filter(published_on__lt=days[0])
        .order_by("-published_on")
        .values_list("published_on")[:1]
    )
)
_first_from: Final = Prepared(
    lambda days: (
        Article.objects.published()
        .filter(published_on__gte=days[0])
        .order_by("published_on")
        .values_list("published_on")[:1]
    )
)


def _neighbours(start: datetime.date, end: datetime.date, link) -> dict:
    """Return links to the nearest stories before `start` and from `end` on; empty seasons are leapt over."""
    before = _last_before.among([start])
    after = _first_from.among([end]) if end > start else []
    return {"previous": link(*before[0]) if before else None, "next": link(*after[0]) if after else None}


def _month_table(month: Month, days: dict[datetime.date, int], most: int) -> MonthTable:
    label = month.label
    weeks = [[_day_cell(day, label, days, most) for day in week] for week in _weeks(month)]
    count = sum(count for day, count in days.items() if (day.year, day.month) == month)
    return MonthTable(month, count, weeks)


def _weeks(month: Month) -> list[list[datetime.date | None]]:
    """Return the weeks of a month, with None for days outside it."""
    return [
        [datetime.date(*month, day) if day else None for day in week]
        for week in WEEKS.monthdayscalendar(*month)
    ]


def _day_cell(day: datetime.date | None, month: str, days, most: int) -> Cell:
    if day is None:
        return Cell("", "", 0, "", 0)
    count = days.get(day, 0)
    return Cell(str(day.day), f"{day.day} {month}", count, day_url(day) if count else "", _shade(count, most))


def _month_cell(month: Month, months: dict[Month, int], most: int) -> Cell:
    count = months.get(month, 0)
    return Cell(str(count or ""), month.label, count, month.url if count else "", _shade(count, most))


def _shade(count: int, most: int) -> int:
    return 0 if not count else max(1, round(SHADES * count / max(most, SHADES)))
