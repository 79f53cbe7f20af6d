"""Does search know what the archive knows?"""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from archive.desk import batches
from archive.models import Article, Batch
from archive.search import indexer


@require_http_methods(["GET", "HEAD"])
def health_view(request: HttpRequest) -> HttpResponse:
    """Show what the index still has to learn, what failed, and the last upload."""
    if not request.user.has_perm("archive.view_indextask"):
        raise PermissionDenied
    status = indexer.status()
    articles = Article.objects.in_bulk([task.article_id for task in status.failed])
    last = Batch.objects.select_related("source", "uploaded_by").first()
    context = {
        **admin.site.each_context(request),
        "title": "Health",
        "status": status,
        "failed": [(task, articles.get(task.article_id)) for task in status.failed],
        "difference": None if status.in_index is None else status.in_database - status.in_index,
        "last_batch": last,
        "last_counts": last and batches.count(last),
    }
    return TemplateResponse(request, "admin/health.html", context)
