"""Where copy comes from."""

from django.contrib import admin

from archive.models import Source


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["name", "zone", "language"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def get_readonly_fields(self, request, obj=None):
        """Fix zone and slug once articles are here: their times and identities were made with them."""
        return ["zone", "slug"] if obj is not None and obj.articles.exists() else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if self.get_readonly_fields(request, obj) else self.prepopulated_fields
