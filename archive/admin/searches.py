"""What readers search for: frequent, in vain, and slowly. Never who."""

import datetime
from typing import Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from archive.models import SearchLogEntry
from archive.pages.charts import Column, chart_of_columns

PERIODS_DAYS: Final = (7, 30, 365)
ROWS: Final = 50


@require_http_methods(["GET", "HEAD"])
def searches_view(request: HttpRequest) -> HttpResponse:
    """Show the search log of the last days as a chart and three tables."""
    if not request.user.has_perm("archive.view_searchlogentry"):
        raise PermissionDenied
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS_DAYS) else 30
    today = timezone.localdate()
    since = today - datetime.timedelta(days=days - 1)
    entries = SearchLogEntry.objects.filter(day__gte=since)
    context = {
        **admin.site.each_context(request),
        "title": "Searches",
        "days": days,
        "periods": PERIODS_DAYS,
        "total": entries.aggregate(total=Sum("times"))["total"] or 0,
        "chart": _chart(entries, since, today),
        "tables": _tables(entries),
    }
    return TemplateResponse(request, "admin/searches.html", context)


def _chart(entries, since: datetime.date, today: datetime.date):
    counts = dict(entries.order_by().values_list("day").annotate(Sum("times")))
    every = (since + datetime.timedelta(days=n) for n in range((today - since).days + 1))
    columns = [Column(f"{day.day} {day:%B %Y}", counts.get(day, 0), "") for day in every]
    return chart_of_columns(columns, title="Searches a day", unit="day")


def _tables(entries) -> list[tuple[str, str, list[dict]]]:
    """Return (heading, what the number is, rows) of what was asked most, in vain most, and most slowly."""
    texts = (
        entries.order_by()
        .values("text")
        .annotate(asked=Sum("times"), in_vain=Sum("times_without_hits"), slowest=Max("slowest_ms"))
    )
    tables = [
        ("Frequent", "times", "asked", texts.order_by("-asked", "text")),
        (
            "Without a hit",
            "times in vain",
            "in_vain",
            texts.filter(in_vain__gt=0).order_by("-in_vain", "text"),
        ),
        ("Slow", "ms at most", "slowest", texts.order_by("-slowest", "text")),
    ]
    return [
        (
            heading,
            what,
            [
                {
                    "text": row["text"],
                    "number": row[key],
                    "url": f"{reverse('search')}?{urlencode({'q': row['text']})}",
                }
                for row in rows[:ROWS]
            ],
        )
        for heading, what, key, rows in tables
    ]
