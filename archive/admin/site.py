"""The admin site: Django's, with the desk's own pages."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.urls import path
from django.utils.decorators import method_decorator

from archive.pages.limits import cost_of_sign_in, limited


class ArchiveAdminSite(AdminSite):
    index_title = "At the desk"

    def each_context(self, request):
        header = f"{settings.ARCHIVE_NAME} desk"
        return {**super().each_context(request), "site_header": header, "site_title": header}

    @method_decorator(limited(cost_of_sign_in))
    def login(self, request, extra_context=None):
        return super().login(request, extra_context)

    def get_urls(self):
        from archive.admin import (
            audit,
            batches,
            bylines,
            candidates,
            dates,
            health,
            searches,
            stories,
            upload,
            workbench,
        )

        pages = [
            path("upload/", upload.upload_view, name="upload"),
            path("upload/<int:batch_id>/", upload.review_view, name="upload_review"),
            path("upload/<int:batch_id>/report/", upload.report_view, name="upload_report"),
            path("imports/", batches.batches_view, name="batches"),
            path("imports/<int:batch_id>/", batches.batch_view, name="batch"),
            path("imports/<int:batch_id>/rejects/", batches.rejects_view, name="batch_rejects"),
            path("codes/", bylines.unknown_codes_view, name="unknown_codes"),
            path("candidates/", candidates.candidates_view, name="candidates"),
            path("corrections/", stories.corrections_view, name="corrections"),
            path("dates/", dates.dates_view, name="dates"),
            path("families/<int:article_id>/", stories.family_view, name="family"),
            path("audit/", audit.audit_view, name="audit"),
            path("names/<int:entity_id>/", workbench.workbench_view, name="workbench"),
            path("health/", health.health_view, name="health"),
            path("searches/", searches.searches_view, name="searches"),
        ]
        for page in pages:
            page.callback = self.admin_view(page.callback)
        return [*pages, *super().get_urls()]

    def index(self, request, extra_context=None):
        from archive.admin.desk import queues

        return super().index(request, {"queues": queues(request.user), **(extra_context or {})})
