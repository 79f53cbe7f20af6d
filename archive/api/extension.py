"""What the reconciliation service says of names once they are known: "data extension" of the specification.

A program sends addresses of names and properties; each name is answered with the values that it has.
Untrusted as in `reconcile`: everything asked is bounded in number and length, and nothing is written.
"""

import datetime
import json
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from archive.api.asking import Refused, for_programs, prefix_of, type_of
from archive.desk.merging import get_root
from archive.models import Alias, Article, Entity, Mention
from archive.pages.limits import SUGGEST_COST, limited

MOST_IDS: Final = 200
MOST_PROPERTIES: Final = 20
MOST_SPELLINGS: Final = 200
Value = dict[str, Any]


class Known(NamedTuple):
    """What is looked up once for all names that are asked about, by their primary keys."""

    spellings: dict[int, list[str]]
    articles: dict[int, dict[str, Any]]


class Property(NamedTuple):
    """A property of names that can be asked for."""

    id: str
    name: str
    values: Callable[[Entity, Known], list[Value]]

    def described(self) -> dict[str, str]:
        return {"id": self.id, "name": self.name}


def _texts(values: Iterable[str]) -> list[Value]:
    return [{"str": value} for value in values if value]


def _of_articles(entity: Entity, known: Known, what: str) -> Any:
    return known.articles.get(entity.pk, {}).get(what)


def _day(day: datetime.date | None) -> list[Value]:
    return [{"date": day.isoformat()}] if day else []


PROPERTIES: Final = (
    Property("kind", "Kind", lambda e, known: [type_of(e.kind)]),
    Property("description", "Description", lambda e, known: _texts([e.description])),
    Property("spellings", "Spellings", lambda e, known: _texts(known.spellings.get(e.pk, ()))),
    Property("wikidata", "Wikidata number", lambda e, known: _texts([e.wikidata])),
    Property("viaf", "VIAF number", lambda e, known: _texts([e.viaf])),
    Property("articles", "Articles", lambda e, known: [{"int": _of_articles(e, known, "count") or 0}]),
    Property("first", "First mention", lambda e, known: _day(_of_articles(e, known, "first"))),
    Property("last", "Last mention", lambda e, known: _day(_of_articles(e, known, "last"))),
)
_BY_ID: Final = {each.id: each for each in PROPERTIES}


def settings_of_manifest(here: str) -> dict[str, Any]:
    """Return what the manifest says about this; `here` is the address of the service."""
    return {
        "propose_properties": {"service_url": here, "service_path": "/properties"},
        "property_settings": [],
    }


def extended(text: str) -> dict[str, Any]:
    """Answer the JSON of `extend`: the properties that were asked for, then the values of each name."""
    slugs, properties = _read(text)
    names = _names(slugs)
    known = _look_up({entity.pk for entity in names.values()}, {each.id for each in properties})
    rows = {
        slug: {each.id: each.values(names[slug], known) if slug in names else [] for each in properties}
        for slug in slugs
    }
    return {"meta": [each.described() for each in properties], "rows": rows}


def _read(text: str) -> tuple[list[str], list[Property]]:
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("“extend” is not JSON.") from None
    if not isinstance(asked, dict):
        raise Refused("“extend” must be an object with “ids” and “properties”.")
    slugs, wanted = asked.get("ids"), asked.get("properties")
    if not isinstance(slugs, list) or not all(isinstance(slug, str) for slug in slugs):
        raise Refused("“ids” must be a list of texts.")
    if not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
        raise Refused("“properties” must be a list of objects, each with an “id”.")
    if len(slugs) > MOST_IDS or len(wanted) > MOST_PROPERTIES:
        raise Refused(f"At most {MOST_IDS} names and {MOST_PROPERTIES} properties are answered at once.")
    unknown = [str(each.get("id"))[:40] for each in wanted if str(each.get("id")) not in _BY_ID]
    if unknown:
        raise Refused(f"There is no property “{unknown[0]}”; there are {', '.join(_BY_ID)}.")
    return list(dict.fromkeys(slugs)), [_BY_ID[str(each["id"])] for each in wanted]


def _names(slugs: list[str]) -> dict[str, Entity]:
    """Return the names at these addresses; one that was merged is answered with the one it became."""
    wanted = [slug for slug in slugs if len(slug) <= 120 and "\0" not in slug]
    found = Entity.objects.select_related("merged_into").filter(slug__in=wanted)
    return {entity.slug: get_root(entity) for entity in found}


def _look_up(pks: set[int], wanted: set[str]) -> Known:
    spellings: dict[int, list[str]] = {}
    if "spellings" in wanted:
        rows = Alias.objects.filter(entity__in=pks).values_list("entity", "text")
        for pk, text in rows[: MOST_IDS * MOST_SPELLINGS]:
            spellings.setdefault(pk, []).append(text)
    articles = {}
    if wanted & {"articles", "first", "last"}:
        published = Mention.objects.filter(entity__in=pks, article__status=Article.Status.PUBLISHED)
        told = published.order_by().values("entity")
        told = told.annotate(
            count=Count("article", distinct=True),
            first=Min("article__published_on"),
            last=Max("article__published_on"),
        )
        articles = {row["entity"]: row for row in told}
    return Known(spellings, articles)


@require_safe
@limited(SUGGEST_COST)
@for_programs
def propose_properties(request: HttpRequest) -> HttpResponse:
    """Say which properties can be asked for of names of a kind."""
    limit = request.GET.get("limit", "")
    most = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 5 else len(PROPERTIES)
    kind = request.GET.get("type", "")[:40]
    answer = {"properties": [each.described() for each in PROPERTIES[:most]]}
    return JsonResponse(answer | ({"type": kind} if kind else {}) | ({"limit": most} if limit else {}))


@require_safe
@limited(SUGGEST_COST)
@for_programs
def suggest_property(request: HttpRequest) -> HttpResponse:
    """Suggest properties that begin as typed."""
    prefix, cursor = prefix_of(request)
    found = [each for each in PROPERTIES if each.name.lower().startswith(prefix.lower())]
    return JsonResponse({"result": [each.described() for each in found[cursor:]]})
