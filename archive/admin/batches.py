"""Imports: what came in together, what was skipped and why, and undoing it."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from archive.desk import batches, imports
from archive.models import Batch
from archive.search.indexer import deferred_drain

BATCHES_PER_PAGE: Final = 50
ROWS_PER_PAGE: Final = 100
# About ten seconds of work; a server gives a request a minute.
MOST_UNDONE_AT_ONCE: Final = 1_000
# A zip is put together in memory; the list of all rejects with their reasons is streamed.
MAX_ZIP_BYTES: Final = 100 * 1024 * 1024


@require_safe
def batches_view(request: HttpRequest) -> HttpResponse:
    """List every batch, the newest first, with who, when, from where and what became of it."""
    _require(request, "archive.view_batch")
    found = Batch.objects.select_related("source", "uploaded_by")
    page = Paginator(found, BATCHES_PER_PAGE).get_page(request.GET.get("page"))
    rows = [(batch, batches.count(batch)) for batch in page]
    return _render(request, "list", "Imports", page=page, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
def batch_view(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show one batch: its articles, each skipped story with its reason, and the button that undoes it."""
    _require(request, "archive.view_batch")
    batch = get_object_or_404(Batch.objects.select_related("source", "uploaded_by", "undone_by"), pk=batch_id)
    if request.method == "POST":
        _require(request, "archive.publish_article")
        with deferred_drain():
            undone = imports.undo(batch, by=request.user, most=MOST_UNDONE_AT_ONCE)
        messages.success(request, f"Undone: {undone}.")
        if batch.taken.filter(is_undone=False).exists():
            messages.warning(
                request, f"There is more: press again, or run “manage.py undo_import {batch.pk}”."
            )
        return redirect("admin:batch", batch.pk)
    rejects = Paginator(batch.rejects.defer("content"), ROWS_PER_PAGE)
    taken = Paginator(batch.taken.select_related("article"), ROWS_PER_PAGE)
    return _render(
        request,
        "batch",
        str(batch).capitalize(),
        batch=batch,
        counts=batches.count(batch),
        rejects=rejects.get_page(request.GET.get("rejects")),
        taken=taken.get_page(request.GET.get("page")),
        left=batch.taken.filter(is_undone=False).count(),
        may_undo=request.user.has_perm("archive.publish_article"),
    )


@require_safe
def rejects_view(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Download what a batch skipped: JSON Lines of names and reasons, or a zip of the bytes with them."""
    _require(request, "archive.view_batch")
    batch = get_object_or_404(Batch, pk=batch_id)
    if request.GET.get("as") == "zip":
        response = HttpResponse(_zip(batch), content_type="application/zip")
        name = f"rejects-{batch.pk}.zip"
    else:
        response = StreamingHttpResponse(_lines(batch), content_type="application/x-ndjson")
        name = f"rejects-{batch.pk}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(batch: Batch) -> Iterator[str]:
    for name, reason in batch.rejects.values_list("name", "reason").iterator():
        yield json.dumps({"name": name, "reason": reason}, ensure_ascii=False) + "\n"


def _zip(batch: Batch) -> bytes:
    """Return a zip with the reasons and as many rejects as MAX_ZIP_BYTES allow; names in it are our own."""
    buffer, size_bytes = io.BytesIO(), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("reasons.jsonl", "".join(_lines(batch)))
        for number, content in enumerate(batch.rejects.values_list("content", flat=True).iterator(), 1):
            size_bytes += len(content)
            if size_bytes > MAX_ZIP_BYTES:
                archive.writestr(
                    "more.txt", "More were skipped than fit here; reasons.jsonl names them all.\n"
                )
                break
            if content:
                archive.writestr(f"{number:06}.txt", bytes(content))
    return buffer.getvalue()


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _render(request: HttpRequest, template: str, title: str, **context) -> HttpResponse:
    context |= {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"admin/batches/{template}.html", context)
