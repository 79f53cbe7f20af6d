"""A reconciliation service over the registered names, for OpenRefine and its like.

Follows "Reconciliation Service API" 0.2 of the W3C community group (https://www.w3.org/community/reports/
reconciliation/CG-FINAL-specs-0.2-20230410/): manifest, queries, preview, suggestions of entities, types and
properties; `extension` adds columns of what is known about names.
Untrusted: everything that is asked; it is bounded in number and length, and nothing is written.
"""

import json
from typing import Any, Final, NamedTuple

from csp.decorators import csp_replace
from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from archive.api import extension
from archive.api.asking import Refused, for_programs, prefix_of, type_of
from archive.desk.merging import get_root
from archive.desk.suggesting import suggest_for
from archive.models import Alias, Entity, Mention
from archive.models.names import NAME_CHARS
from archive.pages.limits import SUGGEST_COST, limited

MOST_QUERIES: Final = 50
MOST_QUESTION_CHARS: Final = 100_000
MOST_RESULTS: Final = 25
RESULTS: Final = 5
# A result is a match on its own if it scores so high and the next one does not.
MATCH_SCORE: Final = 94.0
RUNNER_UP_SCORE: Final = 80.0
IDENTIFIERS: Final = ("wikidata", "viaf")
PREVIEW_WIDTH_PX: Final = 400
PREVIEW_HEIGHT_PX: Final = 160
# What one batch of questions costs a visitor, in requests.
QUERY_COST: Final = 5


class Query(NamedTuple):
    """One question: a spelling, the kinds wanted (none: any), how many answers, known identifiers."""

    text: str
    kinds: frozenset[str]
    limit: int
    known: dict[str, str]


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@limited(QUERY_COST)
@for_programs
def service(request: HttpRequest) -> HttpResponse:
    """Answer a batch of questions, or, asked nothing, say what this service can do."""
    if asked := _asked(request, "queries"):
        return JsonResponse(_answers(_read_queries(asked)))
    if asked := _asked(request, "extend"):
        return JsonResponse(extension.extended(asked))
    return JsonResponse(_manifest(request))


def _asked(request: HttpRequest, name: str) -> str:
    asked = request.POST.get(name) or request.GET.get(name, "")
    if len(asked) > MOST_QUESTION_CHARS:
        raise Refused(f"“{name}” may have {MOST_QUESTION_CHARS:,} characters.")
    return asked


def _manifest(request: HttpRequest) -> dict[str, Any]:
    here = request.build_absolute_uri(reverse("reconcile")).rstrip("/")
    names = request.build_absolute_uri(reverse("names"))
    return {
        "versions": ["0.1", "0.2"],
        "name": f"{settings.ARCHIVE_NAME}: names",
        "identifierSpace": names,
        "schemaSpace": f"{names}#kinds",
        "defaultTypes": [type_of(kind) for kind in Entity.Kind],
        "view": {"url": f"{names}{{{{id}}}}/"},
        "preview": {
            "width": PREVIEW_WIDTH_PX,
            "height": PREVIEW_HEIGHT_PX,
            "url": f"{here}/preview?id={{{{id}}}}",
        },
        "suggest": {
            "entity": {"service_url": here, "service_path": "/suggest/entity"},
            "type": {"service_url": here, "service_path": "/suggest/type"},
            "property": {"service_url": here, "service_path": "/suggest/property"},
        },
        "extend": extension.settings_of_manifest(here),
    }


# --- questions ---


def _read_queries(text: str) -> dict[str, Query]:
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("“queries” is not JSON.") from None
    if not isinstance(asked, dict) or not all(isinstance(each, dict) for each in asked.values()):
        raise Refused("“queries” must be an object of objects, each with a “query”.")
    if len(asked) > MOST_QUERIES:
        raise Refused(f"At most {MOST_QUERIES} questions are answered at once; these are {len(asked):,}.")
    return {key: _read_query(key, each) for key, each in asked.items()}


def _read_query(key: str, asked: dict[str, Any]) -> Query:
    text, limit, kinds = asked.get("query"), asked.get("limit", RESULTS), asked.get("type", [])
    if not isinstance(text, str):
        raise Refused(f"“{key[:40]}” has no “query”, or it is no text.")
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise Refused(f"The “limit” of “{key[:40]}” is no positive whole number.")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise Refused(f"The “type” of “{key[:40]}” is neither text nor a list of it.")
    text = " ".join(text.replace("\0", " ").split())[:NAME_CHARS]
    return Query(text, frozenset(kinds), min(limit, MOST_RESULTS), _known(asked.get("properties")))


def _known(properties: Any) -> dict[str, str]:
    """Return the identifiers among the properties of a question; other properties are not known here."""
    known = {}
    for each in properties if isinstance(properties, list) else []:
        if isinstance(each, dict) and each.get("pid") in IDENTIFIERS and isinstance(each.get("v"), str | int):
            known[each["pid"]] = str(each["v"]).strip()
    return known


def _answers(queries: dict[str, Query]) -> dict[str, Any]:
    most = MOST_RESULTS * 2
    suggested = suggest_for({query.text for query in queries.values() if query.text}, most=most)
    by_identifier = _by_identifier(queries.values())
    answers = {}
    for key, query in queries.items():
        scored = {each.entity: 100 * each.score for each in suggested.get(query.text, ())}
        for field, value in query.known.items():
            for entity in by_identifier.get((field, value), ()):
                scored[entity] = 100.0
            for entity in scored:
                # Another number at the same authority: somebody else, whatever the spelling.
                if getattr(entity, field) not in ("", value):
                    scored[entity] = min(scored[entity], RUNNER_UP_SCORE) / 2
        answers[key] = {"result": _results(scored, query)}
    return answers


def _by_identifier(queries) -> dict[tuple[str, str], list[Entity]]:
    wanted = {(field, value) for query in queries for field, value in query.known.items() if value}
    if not wanted:
        return {}
    condition = Q(pk__in=[])
    for field, value in wanted:
        condition |= Q(**{field: value})
    found: dict[tuple[str, str], list[Entity]] = {}
    for entity in Entity.objects.current().filter(condition)[: MOST_QUERIES * 2]:
        for field in IDENTIFIERS:
            found.setdefault((field, getattr(entity, field)), []).append(entity)
    return found


def _results(scored: dict[Entity, float], query: Query) -> list[dict[str, Any]]:
    fitting = [(e, score) for e, score in scored.items() if not query.kinds or e.kind in query.kinds]
    fitting.sort(key=lambda pair: (-pair[1], pair[0].name, pair[0].pk))
    is_clear = len(fitting) < 2 or fitting[1][1] < RUNNER_UP_SCORE
    return [
        {
            "id": entity.slug,
            "name": entity.name,
            "description": entity.description,
            "score": round(score, 1),
            "match": number == 0 and is_clear and score >= MATCH_SCORE,
            "type": [type_of(entity.kind)],
        }
        for number, (entity, score) in enumerate(fitting[: query.limit])
    ]


# --- suggestions and preview ---


@require_safe
@limited(SUGGEST_COST)
@for_programs
def suggest_entity(request: HttpRequest) -> HttpResponse:
    """Suggest names that begin as typed, in any of their spellings."""
    prefix, cursor = prefix_of(request)
    found = Alias.objects.filter(text__istartswith=prefix) if prefix else Alias.objects.none()
    rows = found.order_by("text", "id").values_list("entity", flat=True)[: (cursor + MOST_RESULTS) * 4]
    entities = Entity.objects.select_related("merged_into").in_bulk(rows)
    current = dict.fromkeys(get_root(entities[pk]) for pk in dict.fromkeys(rows) if pk in entities)
    shown = list(current)[cursor : cursor + MOST_RESULTS]
    return JsonResponse(
        {
            "result": [
                {"id": e.slug, "name": e.name, "description": e.description, "notable": [type_of(e.kind)]}
                for e in shown
            ]
        }
    )


@require_safe
@limited(SUGGEST_COST)
@for_programs
def suggest_type(request: HttpRequest) -> HttpResponse:
    """Suggest kinds of names that begin as typed."""
    prefix, cursor = prefix_of(request)
    kinds = [type_of(kind) for kind in Entity.Kind if kind.label.startswith(prefix.lower())]
    return JsonResponse({"result": kinds[cursor:]})


@require_safe
@limited(SUGGEST_COST)
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@for_programs
def preview(request: HttpRequest) -> HttpResponse:
    """Show a name as a small card, which programs put into a frame of theirs."""
    slug = request.GET.get("id", "")[:120]
    entity = Entity.objects.filter(slug=slug).first()
    if entity is None:
        raise Refused("There is no name with this “id”.")
    entity = get_root(entity)
    articles = Mention.objects.filter(entity=entity, article__status="published")
    count = articles.aggregate(count=Count("article", distinct=True))["count"]
    return render(request, "api/preview.html", {"entity": entity, "articles": count})
