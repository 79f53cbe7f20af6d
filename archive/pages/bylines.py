"""Sign-off codes: the list of all, and the page of one with the people behind it."""

from typing import Final, NamedTuple

from django.db.models import Count, Max, Min
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from haystack.query import SQ

from archive.models import BylineCode, Contributor, Credit
from archive.pages.addresses import NotHere, redirect_unless_at
from archive.pages.counts import in_published, written_out
from archive.pages.periods import period_page
from archive.pages.stories_of import StoriesOf
from archive.search.remembered import remembered

BESIDE: Final = 8
# The codes beside one are counted over so many of its newest articles.
MOST_COUNTED: Final = 2_000


class CodeRow(NamedTuple):
    """A code in the list: who is registered for it, in how many articles it stands, and from when to when."""

    code: str
    url: str
    holders: list[BylineCode]
    stories: int
    first_day: object
    last_day: object


class Beside(NamedTuple):
    code: str
    url: str
    stories: int


class Holder(NamedTuple):
    """A person behind a code, the periods for which that is registered, and the person's other codes."""

    person: Contributor
    periods: list[BylineCode]
    other_codes: list[str]


@require_safe
def bylines(request):
    """List every code that signs a published article or is registered."""
    signed = (
        in_published(Credit.objects.all())
        .order_by()
        .values("code")
        .annotate(
            stories=Count("article", distinct=True),
            first_day=Min("article__published_on"),
            last_day=Max("article__published_on"),
        )
    )
    counts = {row["code"]: row for row in signed}
    holders: dict[str, list[BylineCode]] = {}
    for byline in BylineCode.objects.select_related("contributor", "source"):
        holders.setdefault(byline.code, []).append(byline)
    rows = [
        _row(code, counts.get(code, {}), holders.get(code, [])) for code in sorted(counts.keys() | holders)
    ]
    return render(request, "pages/bylines.html", {"rows": rows})


@require_safe
def byline(request, code: str):
    """Show whose a code is or was, and what it signed; an unregistered code has a page once it signs one."""
    code = code.upper()
    redirect = redirect_unless_at(request, reverse("byline", args=[code]))
    if redirect:
        return redirect
    holders = _holders(code)
    stories = StoriesOf.measured(Credit.objects.filter(code=code), SQ(codes__exact=code))
    context = {
        "code": code,
        "holders": holders,
        **period_page(request, stories, title=f"Stories a month signed {code}"),
    }
    if not holders and not context["total"]:
        raise _unknown(code)
    beside = remembered((byline, code), lambda: _beside(code, stories))
    context |= {"beside": beside, "most_counted": MOST_COUNTED}
    return render(request, "pages/byline.html", context)


def _unknown(code: str) -> Http404:
    return NotHere(f"No story is signed {code}.", (("All sign-off codes", reverse("bylines")),))


def _row(code: str, counts: dict, holders: list[BylineCode]) -> CodeRow:
    return CodeRow(
        code,
        reverse("byline", args=[code]),
        holders,
        counts.get("stories", 0),
        counts.get("first_day"),
        counts.get("last_day"),
    )


def _holders(code: str) -> list[Holder]:
    """Return the people behind `code` in the order of time, in two queries."""
    periods = list(BylineCode.objects.filter(code=code).select_related("contributor", "source"))
    people = {byline.contributor_id: byline.contributor for byline in periods}
    others = BylineCode.objects.filter(contributor__in=people).exclude(code=code).order_by("code")
    codes: dict[int, list[str]] = {}
    for pk, other in others.values_list("contributor", "code").distinct():
        codes.setdefault(pk, []).append(other)
    return [
        Holder(person, [byline for byline in periods if byline.contributor_id == pk], codes.get(pk, []))
        for pk, person in people.items()
    ]


def _beside(code: str, stories: StoriesOf) -> list[Beside]:
    """Return the codes that most often stand in the same sign-offs, of the newest MOST_COUNTED."""
    newest = {row.article_id for row in stories.newest_rows(MOST_COUNTED)}
    if not newest:
        return []
    rows = (
        Credit.objects.filter(article__in=written_out(newest))
        .exclude(code=code)
        .order_by()
        .values_list("code")
        .annotate(stories=Count("article", distinct=True))
        .order_by("-stories", "code")[:BESIDE]
    )
    return [Beside(other, reverse("byline", args=[other]), stories) for other, stories in rows]
