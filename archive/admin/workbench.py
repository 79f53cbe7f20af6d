"""The workbench of one name: merge and undo, split by article, different names, spellings, history."""

from typing import Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from archive.admin.candidates import recent_tasks
from archive.admin.posted import number_of, numbers_of
from archive.desk import merging, verdicts
from archive.desk.suggesting import get_by_typed, suggest_names
from archive.models import Alias, Article, Entity, Mention, Merge, Verdict
from archive.models.names import NAME_CHARS
from archive.search import rereading

ARTICLES_PER_PAGE: Final = 50
MOST_SPELLINGS: Final = 200
MOST_EVENTS: Final = 50


class OtherNameForm(forms.Form):
    """Another name, as typed or chosen."""

    other = forms.CharField(label="Another name", max_length=NAME_CHARS, strip=True)

    def clean_other(self) -> Entity:
        return get_by_typed(self.cleaned_data["other"])


@require_http_methods(["GET", "HEAD", "POST"])
def workbench_view(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Show what is known of a name and how it hangs together with others; do what an archivist says."""
    if not request.user.has_perm("archive.view_entity"):
        raise PermissionDenied
    entity = get_object_or_404(Entity, pk=entity_id)
    rereading.catch_up_if_forgotten()
    if request.method == "POST":
        if not request.user.has_perm("archive.change_entity"):
            raise PermissionDenied
        return redirect(_act(request, entity))
    return TemplateResponse(request, "admin/workbench.html", _context(request, entity))


def _context(request: HttpRequest, entity: Entity) -> dict:
    form = OtherNameForm(request.GET if "other" in request.GET else None)
    other = form.cleaned_data["other"] if form.is_bound and form.is_valid() else None
    articles = Article.objects.filter(pk__in=entity.mentions.values("article")).newest_first()
    page = Paginator(articles.for_lists(), ARTICLES_PER_PAGE).get_page(request.GET.get("page"))
    different = Verdict.objects.filter(Q(entity=entity) | Q(other=entity), kind=Verdict.Kind.DIFFERENT)
    excluded = {pk for pair in different.values_list("entity", "other") for pk in pair} | {entity.pk}
    meanings = Verdict.objects.filter(Q(entity=entity) | Q(other=entity), kind=Verdict.Kind.MEANS)
    return {
        **admin.site.each_context(request),
        "title": f"Workbench: {entity.name}",
        "entity": entity,
        "form": form,
        "previews": _previews(entity, other),
        "suggestions": suggest_names(entity.name, without=excluded),
        "spellings": _spellings(entity),
        "merged": entity.merges_from.filter(undone_at__isnull=True).select_related("loser", "by"),
        "into": entity.merges_into.filter(undone_at__isnull=True).select_related("winner").first(),
        "different": different.select_related("entity", "other", "by"),
        "meanings": meanings.select_related("entity", "other", "article", "by")[:100],
        "page": page,
        "rows": _with_spellings(list(page), entity),
        "events": entity.events.select_related("by")[:MOST_EVENTS],
        "tasks": recent_tasks(),
        "may_change": request.user.has_perm("archive.change_entity"),
    }


def _previews(entity: Entity, other: Entity | None) -> list[merging.MergePreview]:
    """Return both ways of merging; the archivist says which name stays."""
    if other is None:
        return []
    return [merging.preview_merge(other, entity), merging.preview_merge(entity, other)]


def _spellings(entity: Entity) -> list[dict]:
    """Return every spelling, registered or met, with its mentions and the name it is registered for."""
    family = merging.family_of(entity)
    met = dict(entity.mentions.order_by().values_list("text").annotate(Count("pk")))
    aliases = Alias.objects.filter(entity__in=family).select_related("entity")
    rows = {
        alias.text: {"text": alias.text, "count": met.get(alias.text, 0), "of": alias.entity}
        for alias in aliases
    }
    rows |= {text: {"text": text, "count": n, "of": None} for text, n in met.items() if text not in rows}
    return sorted(rows.values(), key=lambda row: (-row["count"], row["text"]))[:MOST_SPELLINGS]


def _with_spellings(articles: list[Article], entity: Entity) -> list[tuple[Article, list[Mention]]]:
    mentions = list(Mention.objects.filter(article__in=articles, entity=entity))
    return [(article, [m for m in mentions if m.article_id == article.pk]) for article in articles]


# --- what an archivist does ---


def _act(request: HttpRequest, entity: Entity) -> str:
    """Do what the pressed button says, say what came of it, and return the address to go on at."""
    verb, _, number = request.POST.get("action", "").partition(":")
    action = _ACTIONS.get(verb)
    if action is None:
        messages.warning(request, "Press one of the buttons to decide.")
        return _url(entity)
    try:
        return _url(action(request, entity, number_of(number)))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except (Entity.DoesNotExist, Merge.DoesNotExist, Verdict.DoesNotExist):
        messages.error(request, "Somebody else has changed this meanwhile: look again.")
    return _url(entity)


def _url(entity: Entity) -> str:
    return reverse("admin:workbench", args=[entity.pk])


def _why(request: HttpRequest) -> str:
    return " ".join(request.POST.get("why", "").split())[:1000]


def _merge_in(request: HttpRequest, entity: Entity, number: int) -> Entity:
    """Merge another name into this one."""
    return _merge(request, loser=Entity.objects.get(pk=number), winner=entity)


def _merge_into(request: HttpRequest, entity: Entity, number: int) -> Entity:
    return _merge(request, loser=entity, winner=Entity.objects.get(pk=number))


def _merge(request: HttpRequest, loser: Entity, winner: Entity) -> Entity:
    preview = merging.preview_merge(loser, winner)
    merging.merge(loser, winner, by=request.user, why=_why(request))
    said = str(preview).replace("moves", "moved", 1)
    messages.success(request, f"{loser} was merged into {winner}: {said}. This can be undone below.")
    return winner


def _undo(request: HttpRequest, entity: Entity, number: int) -> Entity:
    made = Merge.objects.get(Q(loser=entity) | Q(winner=entity), pk=number)
    loser = merging.undo_merge(made, by=request.user, why=_why(request))
    messages.success(request, f"{loser} is a name of its own again.")
    return entity


def _different(request: HttpRequest, entity: Entity, number: int) -> Entity:
    other = Entity.objects.get(pk=number)
    verdicts.mark_different(entity, other, by=request.user, why=_why(request))
    messages.success(request, f"{entity} and {other} are kept apart from now on.")
    return entity


def _split(request: HttpRequest, entity: Entity, number: int) -> Entity:
    """Say what the name means in the ticked articles."""
    ids = numbers_of(request.POST.getlist("article"))
    articles = list(Article.objects.filter(pk__in=ids, mentions__entity=entity).distinct())
    if not articles:
        raise ValidationError("Tick the articles first.")
    typed = request.POST.get("other", "").strip()
    if not typed and request.POST.get("nobody") != "yes":
        raise ValidationError("Say which name is meant, or that it is nobody registered.")
    other = None if request.POST.get("nobody") == "yes" else get_by_typed(typed)
    text = request.POST.get("text", "")[:NAME_CHARS]
    count = verdicts.split(articles, entity, other, text=text, by=request.user, why=_why(request))
    messages.success(
        request, f"In {count} article{'' if count == 1 else 's'}, it means {other or 'nobody'} now."
    )
    return entity


def _confirm(request: HttpRequest, entity: Entity, number: int) -> Entity:
    ids = numbers_of(request.POST.getlist("article"))
    count = verdicts.confirm_mentions(Mention.objects.filter(article__in=ids, entity=entity), by=request.user)
    messages.success(request, f"{count} mention{'' if count == 1 else 's'} confirmed.")
    return entity


def _forget(request: HttpRequest, entity: Entity, number: int) -> Entity:
    verdict = Verdict.objects.get(Q(entity=entity) | Q(other=entity), pk=number)
    verdicts.forget(verdict, by=request.user)
    messages.success(request, "Taken back.")
    return entity


_ACTIONS: Final = {
    "merge-in": _merge_in,
    "merge-into": _merge_into,
    "undo": _undo,
    "different": _different,
    "split": _split,
    "confirm": _confirm,
    "forget": _forget,
}
