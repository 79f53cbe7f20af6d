"""A search as data: all of its stories as JSON, CSV, Atom or RIS, written while they are read."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Final, NamedTuple

from django.conf import settings
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.views.decorators.http import require_safe

from archive.pages import formats
from archive.pages.errors import busy
from archive.pages.limits import EXPORT_COST, limited
from archive.pages.slots import Sending, slots
from archive.search.errors import QueryRefused
from archive.search.everything import Everything, TooMany, find_everything, iter_found
from archive.search.query import ArchiveQuery
from archive.search.run import run

RETRY_AFTER_SECONDS: Final = 30


class Format(NamedTuple):
    """One way to send a search away: the end of its address, its media type, its name, and its writer."""

    ending: str
    media_type: str
    label: str
    write: Callable[[formats.Sent, Iterator], Iterator[str]]
    is_download: bool = True


FORMATS: Final = (
    Format("json", "application/json", "JSON", formats.iter_json, is_download=False),
    Format("csv", "text/csv; charset=utf-8", "CSV", formats.iter_csv),
    Format("ris", "application/x-research-info-systems; charset=utf-8", "RIS", formats.iter_ris),
    Format("atom", "application/atom+xml; charset=utf-8", "Atom", formats.iter_atom, is_download=False),
)
BY_ENDING: Final = {each.ending: each for each in FORMATS}


class Link(NamedTuple):
    """A search in another form, as pages link to it."""

    label: str
    media_type: str
    url: str


def links_to(query: ArchiveQuery) -> list[Link]:
    """Return the addresses of a search in every format."""
    return [Link(each.label, each.media_type.partition(";")[0], _url(query, each.ending)) for each in FORMATS]


def _url(query: ArchiveQuery, ending: str) -> str:
    address = _address(get_script_prefix(), ending)
    return f"{address}?{query.question}" if query.question else address


@cache
def _address(script_prefix: str, ending: str) -> str:
    return reverse("search_results", args=[ending])


@require_safe
@limited(EXPORT_COST)
def results(request, ending: str):
    """Send every story that a search finds; one that finds too many is answered with parts of it."""
    give_back = slots.take()
    if give_back is None:
        return busy(request, retry_after_seconds=RETRY_AFTER_SECONDS)
    with ExitStack() as stack:
        stack.callback(give_back)
        query = ArchiveQuery.from_params(request.GET)
        try:
            found = find_everything(query)
        except TooMany as error:
            return _too_many(request, query, ending, error.total)
        except QueryRefused as error:
            return render(request, "pages/too_many.html", {"refused": str(error), "query": query}, status=400)
        # From here on the place is given back when everything has been sent, or nobody reads any more.
        return send(request, query, found, BY_ENDING[ending], give_back=stack.pop_all().close)


def send(
    request, query: ArchiveQuery, found: Everything, form: Format, *, give_back: Callable | None = None
) -> StreamingHttpResponse:
    """Stream stories in a format; nothing of it is ever held as a whole. `give_back` is called at the end."""
    sent = formats.Sent(
        reading=found.reading,
        total=found.total,
        site=f"{request.scheme}://{request.get_host()}",
        host=request.get_host(),
        page_url=query.url,
        own_url=request.get_full_path(),
        archive_name=settings.ARCHIVE_NAME,
    )
    stories = form.write(sent, iter_found(found.article_ids))
    pieces = Sending(stories, give_back) if give_back else stories
    response = StreamingHttpResponse(pieces, content_type=form.media_type)
    if form.is_download:
        response["Content-Disposition"] = f'attachment; filename="search.{form.ending}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _too_many(request, query: ArchiveQuery, ending: str, total: int):
    """Offer the same in parts: one for each bar of the histogram that is small enough."""
    parts = [
        (
            bar.label,
            bar.count,
            bar.url.replace(reverse("search"), reverse("search_results", args=[ending]), 1),
        )
        for bar in run(query).bars
        if 0 < bar.count <= settings.ARCHIVE_MAX_EXPORT
    ]
    context = {"query": query, "total": total, "most": settings.ARCHIVE_MAX_EXPORT, "parts": parts}
    return render(request, "pages/too_many.html", context, status=400)
