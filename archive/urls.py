"""Every address of the archive, and what answers when none fits."""

from django.contrib import admin
from django.urls import include, path

handler400 = "archive.pages.errors.bad_request"
handler403 = "archive.pages.errors.forbidden"
handler404 = "archive.pages.errors.not_found"
handler500 = "archive.pages.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("archive.api.urls")),
    path("", include("archive.pages.search_urls")),
    path("", include("archive.pages.urls")),
]
