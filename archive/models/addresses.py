"""Addresses that lists are full of, put together from pieces: `reverse` looks for a pattern each time.

tests/models/test_addresses.py compares them with what `reverse` says.
"""

import datetime
from functools import cache

from django.urls import get_script_prefix, reverse


def article_url(day: datetime.date, slug: str) -> str:
    return f"{day_url(day)}{slug}/"


def day_url(day: datetime.date) -> str:
    return f"{front_url()}{day.year:04}/{day.month:02}/{day.day:02}/"


def month_url(year: int, month: int) -> str:
    return f"{front_url()}{year:04}/{month:02}/"


def year_url(year: int) -> str:
    return f"{front_url()}{year:04}/"


def name_url(slug: str) -> str:
    return f"{front_url()}names/{slug}/"


def front_url() -> str:
    """Return the address that all others begin with, where the archive is mounted."""
    return _front_url(get_script_prefix())


@cache
def _front_url(script_prefix: str) -> str:
    return reverse("home")
