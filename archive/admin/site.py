"""The admin site."""

from django.contrib.admin import AdminSite


class ArchiveAdminSite(AdminSite):
    site_header = site_title = "Dateline desk"
    index_title = "At the desk"
