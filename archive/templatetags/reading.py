"""What templates of lists need to know about a story."""

from django import template

from archive.desk.badges import badge_of
from archive.pages import times

register = template.Library()


@register.filter
def local_time(article) -> times.LocalTime | None:
    """Return when a story was published where it was filed, or None if only the day is known."""
    return times.local_time(article)


@register.filter
def badge(article) -> str:
    """Return what became of a story that a list shows, such as corrected; "" for most."""
    return badge_of(article)
