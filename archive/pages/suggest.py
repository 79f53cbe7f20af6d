"""Suggestions while a question is typed: for the search box, for the browser's own, and as a plain page."""

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from archive.pages.limits import SUGGEST_COST, limited
from archive.search.suggest import MAX_TYPED_CHARS, suggest

_MAX_AGE_SECONDS = 60


@require_safe
@limited(SUGGEST_COST)
def suggestions(request):
    """Answer `?q=` with JSON, and browsers that ask for a page with a page."""
    typed = request.GET.get("q", "")[:MAX_TYPED_CHARS]
    found = suggest(typed)
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        response = render(request, "pages/suggestions.html", {"typed": typed, "suggestions": found})
    else:
        response = JsonResponse({"q": typed, "suggestions": [each._asdict() for each in found]})
    patch_vary_headers(response, ["Accept"])
    return _for_a_moment(response)


@require_safe
@limited(SUGGEST_COST)
def browser_suggestions(request):
    """Answer the browser's own search bar: OpenSearch suggestions."""
    typed = request.GET.get("q", "")[:MAX_TYPED_CHARS]
    found = [each for each in suggest(typed) if each.url]
    rows = [
        typed,
        [each.text for each in found],
        [each.detail for each in found],
        [request.build_absolute_uri(each.url) for each in found],
    ]
    return _for_a_moment(JsonResponse(rows, safe=False, content_type="application/x-suggestions+json"))


@require_safe
def description(request):
    """Describe the search to browsers (OpenSearch 1.1)."""
    context = {"site": f"{request.scheme}://{request.get_host()}"}
    media_type = "application/opensearchdescription+xml"
    return render(request, "pages/opensearch.xml", context, content_type=media_type)


def _for_a_moment(response):
    response["Cache-Control"] = f"private, max-age={_MAX_AGE_SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    return response
