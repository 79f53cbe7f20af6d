"""Addresses of everything that asks the archive."""

from django.urls import path, re_path

from archive.pages import exports, saved, search, suggest

urlpatterns = [
    path("search/", search.search, name="search"),
    path("search/help/", search.search_help, name="search_help"),
    path("search/advanced/", search.advanced, name="search_advanced"),
    path("search/facet/", search.facet, name="search_facet"),
    path("search/suggest/", suggest.suggestions, name="suggestions"),
    path("search/suggest/browser/", suggest.browser_suggestions, name="browser_suggestions"),
    path("saved/", saved.searches, name="saved"),
    path("saved/new/", saved.save, name="save_search"),
    path("saved/<int:pk>/look/", saved.look, name="look_at_saved"),
    path("saved/<int:pk>/delete/", saved.delete, name="delete_saved"),
    path("saved/<str:token>.atom", saved.feed, name="saved_feed"),
    path("sign-in/", saved.SignIn.as_view(), name="sign_in"),
    path("sign-out/", saved.SignOut.as_view(), name="sign_out"),
    path("opensearch.xml", suggest.description, name="opensearch"),
    re_path(r"^search/results\.(?P<ending>json|csv|ris|atom)$", exports.results, name="search_results"),
]
