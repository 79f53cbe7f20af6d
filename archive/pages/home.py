"""The front page: what came in last, and what the archive covers."""

import datetime
from typing import Final, NamedTuple

from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import timezone
from django.views.decorators.http import require_safe

from archive.models import Article, Contributor, Entity, Mention
from archive.models.addresses import day_url, year_url
from archive.pages.charts import Chart, chart_of_months
from archive.pages.counts import (
    Month,
    by_month,
    most_named,
    newest_day_first,
    public_days,
)
from archive.pages.stories import Story, load_stories
from archive.search.remembered import public_stories, remembered

LATEST_STORIES: Final = 10
NAMES_IN_THE_NEWS: Final = 12
STORIES_ON_THIS_DAY: Final = 6


@require_safe
def home(request):
    """Show the latest day, coverage by month, names of the latest month and this day in other years."""
    # What happened on this day depends on today; addresses begin with where the archive is mounted.
    key = ("home", timezone.localdate(), get_script_prefix())
    return render(request, "pages/home.html", remembered(key, _context))


def _context() -> dict:
    counted = remembered("coverage", _count, state=public_stories)
    if not counted.days:
        return {"coverage": None}
    days, latest_day, latest_month = counted.days, max(counted.days), max(counted.months)
    return {
        "coverage": _coverage(days),
        "chart": counted.chart,
        "drawing": counted.drawing,
        "latest_day": latest_day,
        "latest_url": day_url(latest_day),
        "latest_count": days[latest_day],
        **_latest_stories(latest_day),
        "latest_month": latest_month,
        "names_in_the_news": _names_with(counted.named),
        **_on_this_day(days, timezone.localdate()),
    }


class Counted(NamedTuple):
    """What takes counting the whole archive; `named` are the names of the latest month and their stories."""

    days: dict[datetime.date, int]
    months: dict[Month, int]
    chart: Chart | None
    drawing: str
    named: list[tuple[int, int]]


def _count() -> Counted:
    days = public_days()
    months = by_month(days)
    chart = chart_of_months(
        months, title="Stories a month", month_url=lambda month: month.url, year_url=year_url
    )
    drawn = {"chart": chart, "chart_id": "coverage-chart"}
    drawing = render_to_string("pages/_chart.html", drawn) if chart else ""
    named = [(entity.pk, entity.stories) for entity in names_in_the_news(max(months))] if months else []
    return Counted(days, months, chart, drawing, named)


def _names_with(counts: list[tuple[int, int]]) -> list[Entity]:
    """Return names by what they are called now, each with its `stories`; merged ones are left out."""
    entities = Entity.objects.current().in_bulk([pk for pk, _ in counts])
    for pk, stories in counts:
        if pk in entities:
            entities[pk].stories = stories
    return [entities[pk] for pk, _ in counts if pk in entities]


def _latest_stories(latest_day: datetime.date) -> dict:
    """Return the newest stories, those of the latest day apart; a quiet day is filled up from before."""
    newest = _first(Article.objects.published(), LATEST_STORIES)
    return {
        "latest_stories": [story for story in newest if story.published_on == latest_day],
        "earlier_stories": [story for story in newest if story.published_on != latest_day],
    }


def names_in_the_news(month: Month) -> list[Entity]:
    """Return the names most stories of `month` name, each with its `stories`."""
    articles = Article.objects.published().in_period(month.start, month.end)
    mentions = Mention.objects.filter(article__in=articles.order_by().values("pk"))
    counted = most_named(mentions, NAMES_IN_THE_NEWS)
    for entity, stories in counted:
        entity.stories = stories
    return [entity for entity, _ in counted]


def _coverage(days: dict[datetime.date, int]) -> dict:
    """Say in numbers what the archive holds."""
    return {
        "stories": sum(days.values()),
        "first_day": min(days),
        "last_day": max(days),
        "days": len(days),
        "names": Entity.objects.current().count(),
        "contributors": Contributor.objects.count(),
    }


def _on_this_day(days: dict[datetime.date, int], today: datetime.date) -> dict:
    """Find stories of this day in earlier and later years; both sides of a leap day stand for themselves."""
    same = [day for day in days if (day.month, day.day) == (today.month, today.day)]
    published = Article.objects.published().filter(published_on__in=same)
    return {"today": today, "on_this_day": _first(published, STORIES_ON_THIS_DAY) if same else []}


def _first(articles, most: int) -> list[Story]:
    """Return the newest of some articles."""
    return load_stories(newest_day_first(articles).values_list("pk", flat=True)[:most])
