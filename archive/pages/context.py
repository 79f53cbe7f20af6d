"""What every page's template knows."""

from functools import cache
from typing import Final, NamedTuple

from django.conf import settings
from django.urls import get_script_prefix, reverse


class NavItem(NamedTuple):
    """One entry of the main navigation; `current` is the value of aria-current, or empty."""

    label: str
    url: str
    current: str


OF_AN_ARTICLE: Final = ("article", "versions", "version", "received", "retold", "compare")
# label, address, and the pages that lie below it
SECTIONS: Final = (
    ("Search", "search", ("search_help", "search_advanced", "search_facet", "suggestions")),
    ("Names", "names", ("name",)),
    ("Bylines", "bylines", ("byline",)),
    ("Calendar", "calendar", ("year", "month", "day", *OF_AN_ARTICLE)),
)


def site(request):
    return {"archive_name": settings.ARCHIVE_NAME, "navigation": _navigation(request)}


def _navigation(request) -> list[NavItem]:
    match = getattr(request, "resolver_match", None)
    here = match.view_name if match else ""
    urls = _urls(get_script_prefix())
    return [
        NavItem(label, urls[name], "page" if here == name else "true" if here in below else "")
        for label, name, below in SECTIONS
    ]


@cache
def _urls(script_prefix: str) -> dict[str, str]:
    return {name: reverse(name) for _, name, _ in SECTIONS}
