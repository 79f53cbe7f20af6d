"""Addresses of the pages. Every beginning of an article's address is a page of its own."""

from django.contrib.sitemaps import views as sitemap_views
from django.urls import path

from archive.pages import (
    addresses,
    articles,
    bylines,
    calendar,
    feeds,
    home,
    names,
    received,
    retold,
    sitemaps,
    versions,
)

addresses.register_converters()

urlpatterns = [
    path("", home.home, name="home"),
    path("feed/", feeds.LatestFeed(), name="feed"),
    path("names/", names.names, name="names"),
    path("names/<slug:slug>/", names.name, name="name"),
    path("names/<slug:slug>/feed/", feeds.NameFeed(), name="name_feed"),
    path("bylines/", bylines.bylines, name="bylines"),
    path("bylines/<code:code>/", bylines.byline, name="byline"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("<yyyy:year>/", calendar.year, name="year"),
    path("<yyyy:year>/<mm:month>/", calendar.month, name="month"),
    path("<yyyy:year>/<mm:month>/<mm:day>/", calendar.day, name="day"),
    path("<yyyy:year>/<mm:month>/<mm:day>/<slug:slug>/", articles.article, name="article"),
    path("<yyyy:year>/<mm:month>/<mm:day>/<slug:slug>/versions/", versions.versions, name="versions"),
    path(
        "<yyyy:year>/<mm:month>/<mm:day>/<slug:slug>/versions/<int:number>/", versions.version, name="version"
    ),
    path("<yyyy:year>/<mm:month>/<mm:day>/<slug:slug>/received/", received.received, name="received"),
    path("<yyyy:year>/<mm:month>/<mm:day>/<slug:slug>/retold/", retold.retold, name="retold"),
    path(
        "<yyyy:year>/<mm:month>/<mm:day>/<slug:slug>/compare/"
        "<yyyy:other_year>/<mm:other_month>/<mm:other_day>/<slug:other_slug>/",
        versions.compare,
        name="compare",
    ),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemap_views.index, {"sitemaps": sitemaps.SITEMAPS}, name="sitemap_index"),
    path(
        "sitemap-<section>.xml",
        sitemap_views.sitemap,
        {"sitemaps": sitemaps.SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
]
