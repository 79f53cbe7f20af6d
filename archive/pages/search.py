"""The search page. Everything on it was decided in `archive.search`; this room only shows it."""

from urllib.parse import parse_qsl, urlsplit

from django.shortcuts import render
from django.views.decorators.http import require_safe

from archive.pages.charts import Column, chart_of_columns
from archive.search.query import ArchiveQuery
from archive.search.run import run


@require_safe
def search(request):
    """Answer the question in the address."""
    query = ArchiveQuery.from_params(request.GET)
    result = run(query)
    bars = [Column(bar.label, bar.count, bar.url) for bar in result.bars]
    context = {
        "result": result,
        "hidden": _kept(query),
        "chart": chart_of_columns(bars, title="Articles found over time", unit="period"),
    }
    return render(request, "pages/search.html", context)


def _kept(query: ArchiveQuery) -> list[tuple[str, str]]:
    """Return what a new question keeps of this one: all but the words and the page."""
    return parse_qsl(urlsplit(query.but(text="").url).query)
