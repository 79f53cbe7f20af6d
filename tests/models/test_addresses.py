"""Addresses that are put together from pieces are those of the pages."""

import datetime

import pytest
from django.urls import reverse, set_script_prefix
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Article, Entity
from archive.models.addresses import article_url, day_url, front_url, month_url, name_url, year_url

DAYS = st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
SLUGS = st.from_regex(r"\A[-a-zA-Z0-9_]{1,40}\Z")


@settings(deadline=None)
@given(DAYS, SLUGS)
def test_address_is_what_reverse_says(day, slug):
    year, month, date = f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"
    assert article_url(day, slug) == reverse("article", args=[year, month, date, slug])
    assert day_url(day) == reverse("day", args=[year, month, date])
    assert month_url(day.year, day.month) == reverse("month", args=[year, month])
    assert year_url(day.year) == reverse("year", args=[year])
    assert name_url(slug) == reverse("name", args=[slug])
    assert Article(published_on=day, slug=slug).get_absolute_url() == article_url(day, slug)
    assert Entity(slug=slug).get_absolute_url() == name_url(slug)


def test_article_without_a_day_has_no_address():
    assert Article(slug="talks").get_absolute_url() == ""


@pytest.fixture
def below_news():
    set_script_prefix("/news/")
    yield
    set_script_prefix("/")


def test_addresses_begin_where_the_archive_is_mounted(below_news):
    assert front_url() == reverse("home") == "/news/"
    assert article_url(datetime.date(2019, 7, 1), "talks") == "/news/2019/07/01/talks/"
