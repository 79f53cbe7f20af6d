"""Makes our admin site the default one and registers what archivists work with."""

from django.contrib.admin.apps import AdminConfig


class ArchiveAdminConfig(AdminConfig):
    default_site = "archive.admin.site.ArchiveAdminSite"

    def ready(self):
        super().ready()
        from archive.admin import registrations  # noqa: F401
