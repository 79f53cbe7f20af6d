"""What stories have to do with each other: corrections that wait for an archivist, and families."""

import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods

from archive.admin.forms import WhyForm
from archive.admin.posted import number_of
from archive.desk import corrections, families
from archive.models import Article, Correction, FamilyMember

PER_PAGE: Final = 20
NOTHING: Final = "nothing"
BY_ADDRESS: Final = "address"


class WaitingCorrection(NamedTuple):
    """A correction that is not clear, and what it may refer to."""

    row: Correction
    choices: list[Article]


class DecisionForm(forms.Form):
    """What a correction refers to: an article's number, NOTHING, or BY_ADDRESS with an address."""

    correction = forms.ModelChoiceField(Correction.objects.all())
    target = forms.CharField()
    address = forms.CharField(required=False, max_length=500)
    why = forms.CharField(required=False, max_length=1000)

    def clean(self):
        data = super().clean()
        choice = data.get("target")
        if choice == BY_ADDRESS:
            data["article"] = find_by_address(data.get("address", ""))
        elif choice and choice != NOTHING:
            data["article"] = Article.objects.filter(pk=number_of(choice)).first()
        else:
            data["article"] = None
        if choice and choice != NOTHING and data["article"] is None:
            raise forms.ValidationError("There is no story with this address. Copy it from the story’s page.")
        row = data.get("correction")
        if row and data["article"] and data["article"].pk == row.correcting_id:
            raise forms.ValidationError("A story cannot correct itself.")
        return data


def find_by_address(address: str) -> Article | None:
    """Find the article at an address as a browser shows it, with or without the host."""
    try:
        match = resolve(urlsplit(address.strip()).path)
    except (Resolver404, ValueError):
        return None
    if match.view_name != "article":
        return None
    given = match.kwargs
    try:
        on = datetime.date(int(given["year"]), int(given["month"]), int(given["day"]))
    except ValueError:
        return None
    return Article.objects.filter(published_on=on, slug=given["slug"].lower()).first()


@require_http_methods(["GET", "HEAD", "POST"])
def corrections_view(request: HttpRequest) -> HttpResponse:
    """List corrections that are not clear, and link them by hand."""
    if not request.user.has_perm("archive.publish_article"):
        raise PermissionDenied
    if request.method == "POST":
        form = DecisionForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            corrections.decide(data["correction"], data["article"], by=request.user, why=data["why"])
            messages.success(request, "Linked." if data["article"] else "Noted: it refers to nothing here.")
            return redirect("admin:corrections")
        for error in form.non_field_errors() or ["Choose what the story refers to."]:
            messages.error(request, error)
    page = Paginator(corrections.waiting(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **site.each_context(request),
        "title": "Corrections",
        "page": page,
        "rows": [WaitingCorrection(row, _choices(row)) for row in page],
    }
    return TemplateResponse(request, "admin/corrections.html", context)


def _choices(row: Correction) -> list[Article]:
    likely = [row.corrected] if row.corrected else []
    return likely + [article for article in corrections.suggestions(row) if article not in likely]


@require_http_methods(["GET", "HEAD", "POST"])
def family_view(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show an article's family, and take the article out of it for good."""
    if not request.user.has_perm("archive.publish_article"):
        raise PermissionDenied
    article = get_object_or_404(Article, pk=article_id)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        families.part(article, by=request.user, why=form.cleaned_data["why"])
        messages.success(request, "It is a story of its own now, and stays one.")
        return redirect("admin:archive_article_change", article.pk)
    members = FamilyMember.objects.filter(family__members__article=article)
    context = {
        **site.each_context(request),
        "title": "Versions of one story",
        "article": article,
        "members": members.select_related("article__source").order_by("article__published_on", "article_id"),
        "form": form,
    }
    return TemplateResponse(request, "admin/family.html", context)
