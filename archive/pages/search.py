"""The search page. Everything on it was decided in `archive.search`; this room only shows it."""

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from django.shortcuts import render
from django.views.decorators.http import require_safe

from archive.pages.charts import Column, chart_of_columns
from archive.search.help import HELP, LIMITS
from archive.search.query import ArchiveQuery
from archive.search.run import run

# The kind of a chip that shows under which spelling a name is searched for.
SPELLING: Final = "spelling"


@require_safe
def search(request):
    """Answer the question in the address."""
    query = ArchiveQuery.from_params(request.GET)
    result = run(query)
    bars = [Column(bar.label, bar.count, bar.url) for bar in result.bars]
    context = {
        "result": result,
        "hidden": _kept(query),
        "spellings": [chip for chip in result.chips if chip.kind == SPELLING],
        "active": sum(chip.kind != SPELLING for chip in result.chips),
        "chart": chart_of_columns(bars, title="Articles found over time", unit="period"),
    }
    return render(request, "pages/search.html", context)


@require_safe
def search_help(request):
    """Explain the language of questions; its examples can be tried."""
    return render(request, "pages/search_help.html", {"sections": HELP, "limits": LIMITS})


def _kept(query: ArchiveQuery) -> list[tuple[str, str]]:
    """Return what a new question keeps of this one: all but the words and the page."""
    return parse_qsl(urlsplit(query.but(text="").url).query)
