"""What templates of lists need to know about a story."""

from typing import Final

from django import template

from archive.pages import times

register = template.Library()


@register.filter
def local_time(article) -> times.LocalTime | None:
    """Return when a story was published where it was filed, or None if only the day is known."""
    return times.local_time(article)


# What a list says beside a story that a later one refers to.
_BADGES: Final = {
    "correction": "corrected",
    "corrected": "corrected",
    "refile": "filed again",
    "update": "updated later",
}


@register.filter
def badge(article) -> str:
    """Return what became of a story that a list shows, such as corrected; "" for most."""
    return _BADGES.get(getattr(article, "later_mark", None) or "", "")
