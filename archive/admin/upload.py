"""Upload, review, report: how copy comes in through the browser."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from archive.admin.forms import UploadForm
from archive.admin.posted import numbers_of
from archive.admin.review import Reviewed, review, summary
from archive.desk import authority, batches
from archive.models import Batch, BatchFile, BatchItem
from archive.search.indexer import deferred_drain
from archive.wire.errors import FileTooLarge

ITEMS_PER_PAGE: Final = 50
RECENT_BATCHES: Final = 20
REGISTER: Final = "register-"


@require_http_methods(["GET", "HEAD", "POST"])
def upload_view(request: HttpRequest) -> HttpResponse:
    """Take in files and pasted text, and show what they hold before anything is kept of them."""
    _require(request, "archive.add_article")
    batches.forget_stale()
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        batch = batches.stage(
            _incoming(form.cleaned_data),
            source=form.cleaned_data["source"],
            by=request.user,
            origin="files" if form.cleaned_data["files"] else "pasted text",
        )
        url = batch.get_absolute_url()
        return JsonResponse({"url": url}) if _wants_json(request) else redirect(url)
    if request.method == "POST" and _wants_json(request):
        return JsonResponse(
            {"errors": [text for texts in form.errors.values() for text in texts]}, status=400
        )
    return _render(
        request,
        "upload",
        "Upload copy",
        form=form,
        batches=_recent_batches(request),
        max_bytes=settings.ARCHIVE_MAX_UPLOAD_BYTES,
        max_files=settings.ARCHIVE_MAX_UPLOAD_FILES,
        status=400 if form.errors else 200,
    )


def _incoming(cleaned: dict) -> Iterator[batches.Incoming]:
    """Yield the files one after another, so that one at a time is in memory, then the pasted text."""
    yield from map(_read_upload, cleaned["files"])
    text = cleaned["text"]
    if text.strip():
        # Browsers post CRLF whatever was pasted.
        content = text.replace("\r\n", "\n").encode()
        yield batches.Incoming(f"pasted-{hashlib.sha256(content).hexdigest()[:12]}.txt", content)


def _read_upload(file: UploadedFile) -> batches.Incoming:
    """Read a file's bytes, unless there are too many: those stay on disk until the request ends."""
    limit = settings.ARCHIVE_MAX_UPLOAD_BYTES
    if file.size > limit:
        return batches.Incoming(file.name, b"", FileTooLarge(file.size, limit).message, file.size)
    return batches.Incoming(file.name, file.read())


@require_http_methods(["GET", "HEAD", "POST"])
def review_view(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show what an upload holds; mend, check again, register codes, and accept some or all of it."""
    batch = _get_batch(request, batch_id)
    waiting = _waiting(batch)
    if request.method == "POST":
        return _decide(request, batch, waiting)
    page = Paginator(waiting, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    if not page.object_list and batch.accepted_at:
        return redirect("admin:upload_report", batch.pk)
    return _render_review(request, batch, [review(item, request.user) for item in page], page)


def _decide(request: HttpRequest, batch: Batch, waiting) -> HttpResponse:
    """Keep what was mended, then do what the pressed button says with the items that were on the page."""
    action = request.POST.get("action", "check")
    if action == "publish":
        _require(request, "archive.publish_article")
    posted = numbers_of(request.POST.getlist("item"))[:ITEMS_PER_PAGE]
    sound, faulty = [], []
    for item in waiting.filter(pk__in=posted):
        row = review(item, request.user, request.POST)
        (sound if _keep_fixes(row) else faulty).append(row)
    if action.startswith(REGISTER):
        _register_code(request, batch, action.removeprefix(REGISTER))
    elif action in ("accept", "publish"):
        _accept(request, sound, publish=action == "publish")
    elif action == "leave":
        for row in sound:
            batches.leave_out(row.item)
    if faulty:
        messages.error(request, "Some fields need mending before their articles can be accepted.")
        return _render_review(request, batch, faulty, None)
    if action in ("accept", "publish", "leave"):
        return redirect("admin:upload_report", batch.pk)
    return redirect(request.get_full_path())


def _keep_fixes(row: Reviewed) -> bool:
    """Keep what was mended in one item; say whether its form was sound."""
    if not row.form.is_valid():
        return False
    try:
        row.item.edition = batches.fix(
            row.item, row.form.typed(), edition=row.form.cleaned_data["edition"]
        ).edition
    except batches.NotAccepted as error:
        row.form.add_error(None, str(error))
        return False
    return True


def _accept(request: HttpRequest, rows: list[Reviewed], *, publish: bool) -> None:
    """Accept the ticked items, each in a transaction of its own; what is here already is counted as such."""
    with deferred_drain():
        for row in rows:
            if row.form.cleaned_data["accept"]:
                batches.accept_item(
                    row.item,
                    by=request.user,
                    publish=publish,
                    edition=row.item.edition,
                    was_seen=row.form.cleaned_data["was_seen"],
                )
            elif row.is_known:
                batches.leave_out(row.item)


def _register_code(request: HttpRequest, batch: Batch, code: str) -> None:
    """Register whose an unknown sign-off code is, as typed beside it."""
    _require(request, "archive.add_bylinecode")
    name = request.POST.get(f"code-{code}", "")
    try:
        byline = authority.register_code(code, name, source=batch.source, by=request.user)
    except ValidationError as error:
        messages.error(request, f"{code} was not registered. {' '.join(error.messages)}")
    else:
        messages.success(request, f"{byline.code} is {byline.contributor} now, in copy from {batch.source}.")


@require_http_methods(["GET", "HEAD"])
def report_view(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Say what became of an upload, file by file."""
    batch = _get_batch(request, batch_id)
    items = BatchItem.objects.filter(file__batch=batch).select_related("file", "article")
    page = Paginator(items.defer("record", "content", "file__content"), 200).get_page(request.GET.get("page"))
    return _render(
        request,
        "report",
        "What became of it",
        batch=batch,
        page=page,
        counts=batches.count(batch),
        refused=batch.files.exclude(refusal="").defer("content"),
    )


def _render_review(request: HttpRequest, batch: Batch, rows: list[Reviewed], page) -> HttpResponse:
    unknown = Counter(code for row in rows for code in row.unknown_codes)
    return _render(
        request,
        "review",
        "Review before anything is kept",
        batch=batch,
        rows=rows,
        page=page,
        counts=batches.count(batch),
        refused=batch.files.exclude(refusal="").defer("content"),
        unknown=sorted(unknown.items()),
        summary=summary(rows),
        acceptable=sum(not row.refusal for row in rows),
        may_publish=request.user.has_perm("archive.publish_article"),
        may_register=request.user.has_perm("archive.add_bylinecode"),
    )


def _waiting(batch: Batch):
    """Return the undecided items without the bytes they came as, which are read one item at a time."""
    items = BatchItem.objects.filter(file__batch=batch, state=BatchItem.State.WAITING)
    files = BatchFile.objects.defer("content").select_related("batch__source")
    return items.defer("content").prefetch_related(Prefetch("file", files))


def _get_batch(request: HttpRequest, batch_id: int) -> Batch:
    """Return an upload that this account may see: its own, or anybody's for those who publish."""
    _require(request, "archive.add_article")
    batch = get_object_or_404(
        Batch.objects.select_related("source", "uploaded_by"), pk=batch_id, kind=Batch.Kind.UPLOAD
    )
    if batch.uploaded_by_id != request.user.pk:
        _require(request, "archive.publish_article")
    return batch


def _recent_batches(request: HttpRequest) -> list[tuple[Batch, batches.Counts]]:
    recent = Batch.objects.filter(kind=Batch.Kind.UPLOAD).select_related("source", "uploaded_by")
    if not request.user.has_perm("archive.publish_article"):
        recent = recent.filter(uploaded_by=request.user)
    return [(batch, batches.count(batch)) for batch in recent[:RECENT_BATCHES]]


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _render(request: HttpRequest, template: str, title: str, *, status: int = 200, **context) -> HttpResponse:
    context |= {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"admin/upload/{template}.html", context, status=status)
