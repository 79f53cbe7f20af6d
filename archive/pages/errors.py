"""What a reader sees when something is wrong: what happened, and what to try.

500.html and trouble.html are rendered without a request, so that they work when nothing else does.
"""

import sys
from typing import Final

from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views import defaults

from archive.pages.addresses import NotHere

NOT_FOUND = "Nothing in the archive has this address."
RETRY_AFTER_SECONDS: Final = 60


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    """Answer 404 with the message and the links of a NotHere; other exceptions keep theirs to themselves."""
    known = isinstance(exception, NotHere)
    context = {
        "message": exception.message if known else NOT_FOUND,
        "links": exception.links if known else (),
    }
    return render(request, "404.html", context, status=404)


def gone(request, *, what: str, withdrawn_on=None, links=()):
    """Answer 410 for `what` was here once and was withdrawn, without a word of its contents."""
    context = {"what": what, "withdrawn_on": withdrawn_on, "links": links}
    return render(request, "410.html", context, status=410)


def too_many_requests(request, *, retry_after_seconds: int):
    """Answer 429 and say, to people and to programs, when to come back."""
    response = render(request, "429.html", {"retry_after_seconds": retry_after_seconds}, status=429)
    response["Retry-After"] = str(retry_after_seconds)
    return response


def server_error(request):
    """Answer 503 where the database is locked, full or cannot be written to, and 500 for any other fault."""
    if not isinstance(sys.exc_info()[1], OperationalError):
        return defaults.server_error(request)
    page = render_to_string("trouble.html", {"is_change": request.method not in ("GET", "HEAD")})
    response = HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    add_never_cache_headers(response)
    return response


def busy(request, *, retry_after_seconds: int):
    """Answer 503 while others are being sent as much as this process sends at a time."""
    response = render(request, "503.html", {"retry_after_seconds": retry_after_seconds}, status=503)
    response["Retry-After"] = str(retry_after_seconds)
    return response
