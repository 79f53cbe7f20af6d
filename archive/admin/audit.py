"""The audit of tags: what is tagged without standing there, stands there untagged, or is spelled oddly."""

from typing import Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from archive.admin.candidates import recent_tasks
from archive.admin.posted import number_of
from archive.desk import retagging, verdicts
from archive.desk.audit import Doubt, Finding, audit
from archive.models import Article, Entity, Mention

# Looking through so many articles takes about a tenth of a second.
ARTICLES_AT_ONCE: Final = 200


class AuditForm(forms.Form):
    """Which doubts to show, and below which article to go on."""

    doubt = forms.ChoiceField(
        choices=[("", "every doubt"), *((d.value, d.label) for d in Doubt)], required=False
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def audit_view(request: HttpRequest) -> HttpResponse:
    """Show the doubtful tags of the next articles, the newest first, and settle them."""
    if not request.user.has_perm("archive.view_entity"):
        raise PermissionDenied
    if request.method == "POST":
        if not request.user.has_perm("archive.change_entity"):
            raise PermissionDenied
        _act(request)
        return redirect(request.get_full_path())
    form = AuditForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    articles = Article.objects.exclude(status=Article.Status.WITHDRAWN).order_by("-pk")
    if wanted.get("before"):
        articles = articles.filter(pk__lt=wanted["before"])
    articles = list(articles.defer("body_html")[:ARTICLES_AT_ONCE])
    findings = [f for f in audit(articles) if wanted.get("doubt", "") in ("", f.doubt.value)]
    context = {
        **admin.site.each_context(request),
        "title": "Audit of tags",
        "form": form,
        "findings": [(finding, _around(finding)) for finding in findings],
        "looked_at": len(articles),
        "next_before": articles[-1].pk if len(articles) == ARTICLES_AT_ONCE else None,
        "doubt": wanted.get("doubt", ""),
        "tasks": recent_tasks(),
        "may_change": request.user.has_perm("archive.change_entity"),
    }
    return TemplateResponse(request, "admin/audit.html", context)


def _around(finding: Finding) -> tuple[str, str, str]:
    """Return the words before, at and after a finding."""
    article = finding.article
    text = article.headline if finding.part == Mention.Part.HEADLINE else article.body_text
    end = finding.start + len(finding.text)
    return text[max(0, finding.start - 60) : finding.start], text[finding.start : end], text[end : end + 80]


def _act(request: HttpRequest) -> None:
    """Do what the pressed button says: read:article, confirm:mention, or means:article:name:other:text."""
    verb, _, rest = request.POST.get("action", "").partition(":")
    try:
        if verb == "read-all":
            retagging.queue_reading("All articles")
            messages.success(request, "All articles are read again, in the background.")
        elif verb == "read" and number_of(rest):
            retagging.read_again([number_of(rest)], "Read again from the audit")
            messages.success(request, "The article was read again.")
        elif verb == "confirm" and number_of(rest):
            verdicts.confirm_mentions(Mention.objects.filter(pk=number_of(rest)), by=request.user)
            messages.success(request, "Confirmed: reading again keeps it.")
        elif verb == "means":
            _decide(request, *rest.split(":", 3))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except (TypeError, ValueError, Article.DoesNotExist, Entity.DoesNotExist):
        messages.error(request, "Somebody else has changed this meanwhile: look again.")


def _decide(request: HttpRequest, article_id: str, entity_id: str, other_id: str, text: str) -> None:
    article = Article.objects.get(pk=number_of(article_id))
    entity = Entity.objects.get(pk=number_of(entity_id))
    other = Entity.objects.get(pk=number_of(other_id)) if other_id else None
    if other == entity:
        # Of several names that share the spelling, one of the others is told to mean this one.
        raise ValidationError(f"{text} means {entity} already.")
    verdicts.split([article], entity, other, text=text, by=request.user, why="Decided in the audit.")
    messages.success(request, f"In that article, “{text}” means {other or 'nobody registered'}.")
