"""The queue of proposed names: register, add as a spelling, never suggest again."""

from collections import defaultdict
from typing import Final, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import F, Max, Min, Q, Window
from django.db.models.functions import Greatest, RowNumber, Substr
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from archive.admin.posted import number_of, numbers_of
from archive.desk import verdicts
from archive.desk.spellings import NEEDS_CONFIRMATION
from archive.desk.suggesting import NameSuggestion, get_by_typed, suggest_for
from archive.models import Candidate, Entity, ReadingTask, Sighting, Unproposed, Verdict
from archive.models.names import NAME_CHARS
from archive.names.folding import fold
from archive.search import rereading

CANDIDATES_PER_PAGE: Final = 20
CONTEXTS: Final = 3
_BEFORE_CHARS: Final = 70
_AFTER_CHARS: Final = 130
_RECENT_TASKS: Final = 5


class Context(NamedTuple):
    """A sentence or so around a candidate."""

    sighting: Sighting
    before: str
    hit: str
    after: str


class Row(NamedTuple):
    """A candidate as the queue shows it."""

    candidate: Candidate
    first_on: object
    last_on: object
    contexts: list[Context]
    suggestions: list[NameSuggestion]
    error: str
    may_insist: bool


class QueueForm(forms.Form):
    """What narrows the queue."""

    q = forms.CharField(label="Containing", required=False, max_length=NAME_CHARS)
    kind = forms.ChoiceField(choices=[("", "every kind"), *Entity.Kind.choices], required=False)


class Mistake(NamedTuple):
    """Why an action on a candidate was refused, and whether it may be insisted on."""

    pk: int
    sentence: str
    may_insist: bool


@require_http_methods(["GET", "HEAD", "POST"])
def candidates_view(request: HttpRequest) -> HttpResponse:
    """Show proposed names, the most frequent first, and do with them what an archivist says."""
    if not request.user.has_perm("archive.view_entity"):
        raise PermissionDenied
    rereading.catch_up_if_forgotten()
    mistake = None
    if request.method == "POST":
        if not request.user.has_perm("archive.add_entity"):
            raise PermissionDenied
        mistake = _act(request)
        if mistake is None:
            return redirect(request.get_full_path())
    form = QueueForm(request.GET)
    page = Paginator(_waiting(form), CANDIDATES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": "Proposed names",
        "form": form,
        "page": page,
        "rows": _rows(list(page), mistake),
        "kinds": Entity.Kind.choices,
        "ignored": Verdict.objects.filter(kind=Verdict.Kind.IGNORE).select_related("by")[:50],
        "tasks": recent_tasks(),
        "unproposed": Unproposed.objects.count(),
        "may_change": request.user.has_perm("archive.add_entity"),
    }
    status = 400 if mistake else 200
    return TemplateResponse(request, "admin/candidates.html", context, status=status)


def recent_tasks() -> list[ReadingTask]:
    """Return the readings that go on, failed or were last finished, the newest first."""
    return list(ReadingTask.objects.defer("article_ids").order_by("-pk")[:_RECENT_TASKS])


def _waiting(form: QueueForm):
    candidates = Candidate.objects.filter(state=Candidate.State.WAITING)
    if form.is_valid():
        if text := form.cleaned_data["q"]:
            key = fold(text)
            candidates = candidates.filter(Q(text__icontains=text) | (Q(key__contains=key) if key else Q()))
        if form.cleaned_data["kind"]:
            candidates = candidates.filter(kind=form.cleaned_data["kind"])
    return candidates.order_by("-stories", "key")


def _rows(candidates: list[Candidate], mistake: Mistake | None) -> list[Row]:
    days = _days(candidates)
    contexts = _contexts(candidates)
    suggestions = suggest_for(candidate.text for candidate in candidates)
    rows = []
    for candidate in candidates:
        wrong = mistake if mistake and mistake.pk == candidate.pk else None
        rows.append(
            Row(
                candidate,
                *days.get(candidate.pk, (None, None)),
                contexts[candidate.pk],
                suggestions[candidate.text],
                wrong.sentence if wrong else "",
                bool(wrong and wrong.may_insist),
            )
        )
    return rows


def _days(candidates: list[Candidate]) -> dict[int, tuple]:
    seen = Sighting.objects.filter(candidate__in=candidates).order_by().values("candidate")
    rows = seen.annotate(first=Min("article__published_on"), last=Max("article__published_on"))
    return {row["candidate"]: (row["first"], row["last"]) for row in rows}


def _contexts(candidates: list[Candidate]) -> dict[int, list[Context]]:
    """Return the newest CONTEXTS sightings of each candidate with the words around, in one query."""
    number = Window(RowNumber(), partition_by=F("candidate"), order_by=F("article").desc())
    begin = Greatest(F("start") - _BEFORE_CHARS, 0)
    rows = (
        Sighting.objects.filter(candidate__in=candidates)
        .annotate(
            number=number,
            begin=begin,
            around=Substr("article__body_text", begin + 1, _BEFORE_CHARS + NAME_CHARS + _AFTER_CHARS),
        )
        .filter(number__lte=CONTEXTS)
        .select_related("article")
        .defer("article__body_text", "article__body_html")
    )
    contexts = defaultdict(list)
    for row in rows:
        at = row.start - row.begin
        end = at + len(row.text)
        contexts[row.candidate_id].append(
            Context(row, row.around[:at], row.around[at:end], row.around[end : end + _AFTER_CHARS])
        )
    return contexts


# --- what an archivist does ---


def _act(request: HttpRequest) -> Mistake | None:
    """Do what the pressed button says: verb, or verb:candidate, or add:candidate:name."""
    verb, _, rest = request.POST.get("action", "").partition(":")
    pk, _, target = rest.partition(":")
    ticked = numbers_of(request.POST.getlist("candidate"))
    wanted = [number_of(pk)] if pk else ticked
    if verb == "restore" and number_of(pk):
        return _restore(request, number_of(pk))
    if verb.rstrip("!") not in ("ignore", "register", "add"):
        messages.warning(request, "Press one of the buttons to decide.")
        return None
    candidates = list(Candidate.objects.filter(pk__in=wanted, state=Candidate.State.WAITING))
    if not candidates:
        messages.warning(request, "Nothing was ticked, or it was decided meanwhile.")
        return None
    if verb == "ignore":
        count = verdicts.ignore(candidates, by=request.user)
        messages.success(request, f"{count} will not be suggested again.")
        return None
    return _register_all(request, verb, candidates, target)


def _restore(request: HttpRequest, pk: int) -> None:
    verdict = Verdict.objects.filter(kind=Verdict.Kind.IGNORE, pk=pk).first()
    if verdict is not None:
        verdicts.forget(verdict, by=request.user)
        messages.success(request, f"“{verdict.text}” is suggested again when it is next read.")


def _register_all(
    request: HttpRequest, verb: str, candidates: list[Candidate], target: str
) -> Mistake | None:
    """Register candidates one by one; the first that is refused stops and says why."""
    for candidate in candidates:
        try:
            _register(request, verb, candidate, target)
        except ValidationError as error:
            codes = {each.code for each in error.error_list} if hasattr(error, "error_list") else set()
            return Mistake(candidate.pk, " ".join(error.messages), NEEDS_CONFIRMATION in codes)
    return None


def _register(request: HttpRequest, verb: str, candidate: Candidate, target: str) -> None:
    confirm = verb.endswith("!")
    if verb.startswith("add"):
        entity = (
            Entity.objects.current().filter(pk=number_of(target)).first()
            if target
            else get_by_typed(request.POST.get(f"target-{candidate.pk}", ""))
        )
        if entity is None:
            raise ValidationError("That name was merged or removed meanwhile.")
        verdicts.add_candidate_to(entity, candidate, by=request.user, confirm=confirm)
        messages.success(request, f"“{candidate.text}” is a spelling of {entity} now.")
        return
    kind = request.POST.get(f"kind-{candidate.pk}", "")
    name = request.POST.get(f"name-{candidate.pk}", "")
    entity = verdicts.register_candidate(
        candidate,
        kind=kind if kind in Entity.Kind.values else "",
        name=name,
        by=request.user,
        confirm=confirm,
    )
    article = "an" if entity.kind[0] in "aeo" else "a"
    messages.success(request, f"{entity} is registered as {article} {entity.get_kind_display()}.")
