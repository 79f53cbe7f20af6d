"""Addresses: the shapes they may have, the one that counts, and where old ones lead."""

import datetime
from urllib.parse import unquote

from django.http import Http404
from django.shortcuts import redirect
from django.urls import register_converter, reverse

from archive.models import FormerAddress


class NotHere(Http404):
    """Say why there is nothing at this address, and name places to go on as (label, url)."""

    def __init__(self, message: str, links: tuple[tuple[str, str], ...] = ()):
        super().__init__(message)
        self.message = message
        self.links = links


class _Digits:
    """Digits in an address; the views redirect to the form with all zeros."""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value) -> str:
        return str(value)


class YearConverter(_Digits):
    regex = "[0-9]{4}"


class MonthOrDayConverter(_Digits):
    regex = "[0-9]{1,2}"


class CodeConverter(_Digits):
    regex = r"[^\W_]{1,8}"


def register_converters() -> None:
    register_converter(YearConverter, "yyyy")
    register_converter(MonthOrDayConverter, "mm")
    register_converter(CodeConverter, "code")


def redirect_unless_at(request, url: str, *, permanent: bool = True):
    """Return a redirect to `url` with the question kept, or None if the request is there already."""
    if request.path == unquote(url):
        return None
    question = request.META.get("QUERY_STRING", "")
    return redirect(f"{url}?{question}" if question else url, permanent=permanent)


def below(article, view_name: str, *rest) -> str:
    """Return the address of a page below an article's own, such as its versions."""
    day = article.published_on
    return reverse(view_name, args=[f"{day:%Y}", f"{day:%m}", f"{day:%d}", article.slug, *rest])


def find_former(path: str) -> FormerAddress | None:
    """Find what once stood at `path`, which is as get_absolute_url returned it."""
    return FormerAddress.objects.filter(path=path).select_related("article", "entity").first()


def get_day_or_404(year: str, month: str = "1", day: str = "1") -> datetime.date:
    """Return the day, or raise NotHere when the calendar has no such day."""
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise NotHere("The calendar has no such day.") from None
