"""Refuses large requests of strangers before anything of them is read.

Django writes the files of a request to the disk before a view is asked, whoever sends them: without this, one
form of the sign-in page takes as many gigabytes as the disk has.
"""

from typing import Final

from django.conf import settings
from django.shortcuts import render

# A sign-in takes some hundred bytes, and the largest question of a program well under this.
MAX_ANONYMOUS_BYTES: Final = 1024 * 1024


class LimitAnonymousBodies:
    """Middleware; after the one that knows who is signed in, before any view or check of a form."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if _announced_bytes(request) > MAX_ANONYMOUS_BYTES and not _is_signed_in(request):
            return render(request, "413.html", {"max_bytes": MAX_ANONYMOUS_BYTES}, status=413)
        return self.get_response(request)


def _announced_bytes(request) -> int:
    """Return what the request says that it sends; Django reads no more than that."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def _is_signed_in(request) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
