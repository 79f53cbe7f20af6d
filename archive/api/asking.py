"""What every address for programs shares: how it refuses, whom it lets read the answers, how it is asked."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse

from archive.models import Entity
from archive.models.names import NAME_CHARS


class Refused(Exception):
    """A question that cannot be answered; the text says why, for whoever wrote the client."""


def for_programs(view: Callable) -> Callable:
    """Let pages of other sites read the answers, which are public, and say in JSON what was refused."""

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Refused as error:
            response = JsonResponse({"status": "error", "message": str(error)}, status=400)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


def type_of(kind: str) -> dict[str, str]:
    """Return a kind of names as the specification writes a type."""
    return {"id": str(kind), "name": Entity.Kind(kind).label}


def prefix_of(request: HttpRequest) -> tuple[str, int]:
    """Return what was typed so far, and how many suggestions to pass over."""
    prefix = " ".join(request.GET.get("prefix", "").replace("\0", " ").split())[:NAME_CHARS]
    cursor = request.GET.get("cursor", "0")
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 5):
        raise Refused("“cursor” is no whole number from 0 to 9999.")
    return prefix, int(cursor)
