"""The search page. Everything on it was decided in `archive.search`; this room only shows it."""

import time
from typing import Final
from urllib.parse import parse_qsl

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from archive.pages import exports
from archive.pages.addresses import NotHere
from archive.pages.charts import Column, chart_of_columns
from archive.pages.limits import cost_of_question, is_signed_in, limited
from archive.pages.wording import articles_in_words, stories_in_words
from archive.search import log
from archive.search.facet_list import list_values
from archive.search.facets import FACETS_BY_KEY
from archive.search.form import BOXES, boxes_of
from archive.search.help import HELP, LIMITS
from archive.search.query import ArchiveQuery
from archive.search.run import run

# The kind of a chip that shows under which spelling a name is searched for.
SPELLING: Final = "spelling"
# Of a question with hundreds of conditions, so many can be removed with one click.
MOST_CHIPS: Final = 40
_BOX_KEYS: Final = frozenset(box.key for box in BOXES)


@require_safe
@limited(cost_of_question)
def search(request):
    """Answer the question in the address; one from the advanced form moves to its short address."""
    query = ArchiveQuery.from_params(request.GET)
    if not query.errors and not _BOX_KEYS.isdisjoint(request.GET):
        return redirect(query.url)
    began = time.perf_counter()
    result = run(query)
    if query == ArchiveQuery(query.text):  # narrowing what was found is no new question
        log.note(query.text, total=result.total, seconds=time.perf_counter() - began)
    # The same question, with what was worked out of it before.
    query = result.query
    bars = [Column(bar.label, bar.count, bar.url) for bar in result.bars]
    spellings = [chip for chip in result.chips if chip.kind == SPELLING]
    chips = [chip for chip in result.chips if chip.kind != SPELLING]
    context = {
        "result": result,
        "count": articles_in_words(result.total),
        "stories": stories_in_words(result.rows),
        "hidden": _kept(query),
        "chips": chips[:MOST_CHIPS],
        "more_chips": max(0, len(chips) - MOST_CHIPS),
        "spellings": spellings[:MOST_CHIPS],
        "more_spellings": max(0, len(spellings) - MOST_CHIPS),
        "active": len(chips),
        "chart": chart_of_columns(bars, title="Articles found over time", unit="period"),
        "question": query.question,
        "exports": exports.links_to(query),
        "can_save": is_signed_in(request) and not query.is_empty,
    }
    return render(request, "pages/search.html", context)


@require_safe
def advanced(request):
    """Show a question as a form of boxes; what fits no box stands in a box of its own."""
    query = ArchiveQuery.from_params(request.GET)
    filled = boxes_of(query.text)
    context = {
        "boxes": [(box, filled.get(box.key, "")) for box in BOXES],
        "rest": filled.get("q", ""),
        "hidden": _kept(query),
        "query": query,
    }
    return render(request, "pages/search_advanced.html", context)


@require_safe
@limited(cost_of_question)
def facet(request):
    """List every value of one facet of a search."""
    key = request.GET.get("facet", "")
    if key not in FACETS_BY_KEY:
        raise NotHere("There is no such list of values to narrow a search by.")
    query = ArchiveQuery.from_params(request.GET)
    listed = list_values(query, key, request.GET.get("find", ""), request.GET.get("page", ""))
    hidden = [*parse_qsl(query.question), ("facet", key)]
    return render(request, "pages/search_facet.html", {"listed": listed, "hidden": hidden, "query": query})


@require_safe
def search_help(request):
    """Explain the language of questions; its examples can be tried."""
    return render(request, "pages/search_help.html", {"sections": HELP, "limits": LIMITS})


def _kept(query: ArchiveQuery) -> list[tuple[str, str]]:
    """Return what a new question keeps of this one: all but the words and the page."""
    return parse_qsl(query.but(text="").question)
