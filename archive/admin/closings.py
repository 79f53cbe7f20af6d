"""Closing versions and originals of an article to readers, and opening them again."""

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from archive.admin.forms import WhyForm
from archive.admin.posted import number_of, numbers_of
from archive.desk import closings, correct
from archive.desk.originals import in_order_received
from archive.desk.slugs import slugify
from archive.desk.versions import public_revisions
from archive.models import Article, Closing, Original, Revision


class ClosingForm(forms.Form):
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text="Readers see it in place of what is closed, so it must not repeat that.",
    )


class VersionRow(NamedTuple):
    revision: Revision
    closed: Closing | None
    is_current: bool


class OriginalRow(NamedTuple):
    original: Original
    closed: Closing | None
    others: int


def closings_view(model_admin, request, object_id):
    """Show the versions and originals of an article; close the ticked ones, or open one again."""
    article = model_admin.get_object(request, str(object_id))
    if article is None:
        raise Http404("There is no such article.")
    if not model_admin.has_publish_permission(request):
        raise PermissionDenied
    form = ClosingForm(request.POST if request.POST.get("action") == "close" else None)
    if request.method == "POST" and _act(request, article, form):
        return redirect(request.get_full_path())
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Closed to readers",
        "opts": model_admin.opts,
        "article": article,
        "versions": _versions(article),
        "originals": _originals(article),
        "history": closings.history(article),
        "form": form,
        "ticked": (request.POST.getlist("version"), request.POST.getlist("original")),
        "may_readdress": not article.slug.startswith(slugify(article.headline)),
        "asked": request.GET.get("version", ""),
    }
    return TemplateResponse(request, "admin/archive/article/closings.html", context)


def _act(request, article: Article, form: ClosingForm) -> bool:
    """Do what the pressed button says, and tell; False if the form has to be shown again."""
    verb, _, number = request.POST.get("action", "").partition(":")
    if verb == "open":
        why = WhyForm(request.POST)
        if not why.is_valid():
            messages.error(request, "Say why it is opened again.")
            return True
        closing = get_object_or_404(closings.history(article), pk=number_of(number))
        closings.open_again(closing, by=request.user, why=why.cleaned_data["why"])
        messages.success(request, f"Readers can see {closing} again.")
        return True
    if verb == "readdress":
        correct.readdress(article, by=request.user, why="A new address, made of the headline.")
        messages.success(request, "The story has a new address, and the old one leads there.")
        return True
    return verb == "close" and form.is_valid() and _close(request, article, form.cleaned_data["reason"])


def _close(request, article: Article, reason: str) -> bool:
    versions = numbers_of(request.POST.getlist("version"))
    originals = numbers_of(request.POST.getlist("original"))
    if not versions and not originals:
        messages.error(request, "Tick what is to be closed.")
        return False
    try:
        done = closings.close(article, versions=versions, originals=originals, reason=reason, by=request.user)
    except closings.CannotClose as error:
        messages.error(request, f"Nothing was closed. {error}")
        return False
    messages.success(request, f"{done} closed to readers.")
    return True


def _versions(article: Article) -> list[VersionRow]:
    closed = closings.closed_versions(article)
    rows = [
        VersionRow(revision, closed.get(revision.version), revision.version == article.version)
        for revision in public_revisions(article)
    ]
    return rows[::-1]


def _originals(article: Article) -> list[OriginalRow]:
    originals = in_order_received(article)[::-1]
    closed = closings.closed_originals(original.pk for original in originals)
    return [
        OriginalRow(original, closed.get(original.pk), original.articles.count() - 1)
        for original in originals
    ]
