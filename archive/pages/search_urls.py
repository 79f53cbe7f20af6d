"""Addresses of everything that asks the archive."""

from django.urls import path, re_path

from archive.pages import exports, search, suggest

urlpatterns = [
    path("search/", search.search, name="search"),
    path("search/help/", search.search_help, name="search_help"),
    path("search/advanced/", search.advanced, name="search_advanced"),
    path("search/facet/", search.facet, name="search_facet"),
    path("search/suggest/", suggest.suggestions, name="suggestions"),
    path("search/suggest/browser/", suggest.browser_suggestions, name="browser_suggestions"),
    path("opensearch.xml", suggest.description, name="opensearch"),
    re_path(r"^search/results\.(?P<ending>json|csv|ris|atom)$", exports.results, name="search_results"),
]
