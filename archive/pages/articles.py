"""The page of one article."""

import datetime
from typing import Final, NamedTuple

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from archive.desk.closings import hashes_of
from archive.desk.credits import people_behind
from archive.desk.versions import count_public
from archive.models import Article
from archive.models.addresses import article_url, day_url, year_url
from archive.models.prepared import Prepared
from archive.pages.addresses import NotHere, below, find_former, get_day_or_404, redirect_unless_at
from archive.pages.body import body_with_names
from archive.pages.counts import Month, in_order_of_the_day
from archive.pages.errors import gone
from archive.pages.related import names_in, places_of_names, related_stories
from archive.pages.relations import relations
from archive.pages.times import local_time
from archive.search.carried import find_carried

# A shortened address must leave enough to mean something: a single letter is a guess.
LEAST_SLUG_CHARS: Final = 4


class Neighbour(NamedTuple):
    """A story of the same day."""

    pk: int
    slug: str
    headline: str
    published_on: datetime.date

    def get_absolute_url(self) -> str:
        return article_url(self.published_on, self.slug)


_of_the_day: Final = Prepared(
    lambda days: in_order_of_the_day(
        Article.objects.published().filter(published_on__in=days).values_list(*Neighbour._fields)
    )
)


@require_safe
def article(request, year: str, month: str, day: str, slug: str):
    """Show a published article; a withdrawn one is gone, a draft was never here, an old address leads on."""
    article, answer = find_or_answer(request, year, month, day, slug)
    return answer or render(request, "pages/article.html", _context(request, article))


def find_or_answer(request, year: str, month: str, day: str, slug: str, below: str = ""):
    """Return the published article at an address, or what to answer instead, as (article, answer).

    `below` is the rest of an address below the article's, such as versions/; redirects keep it.
    """
    published_on = get_day_or_404(year, month, day)
    article = _find(published_on, slug)
    if article is None:
        return None, _elsewhere(request, published_on, slug, below)
    if article.status == Article.Status.WITHDRAWN:
        return None, _withdrawn(request, article)
    return article, redirect_unless_at(request, article.get_absolute_url() + below)


def _find(published_on: datetime.date, slug: str) -> Article | None:
    """Find what readers may know of at this address: published and withdrawn articles, never drafts."""
    known = Article.objects.exclude(status=Article.Status.DRAFT).select_related("source")
    return known.filter(published_on=published_on, slug=slug.lower()).first()


def _elsewhere(request, published_on: datetime.date, slug: str, below: str):
    """Follow an old address, or one that was cut short and can only mean one article of its day."""
    path = day_url(published_on) + f"{slug.lower()}/"
    former = find_former(path)
    target = former.article if former else None
    if target is None and len(slug) >= LEAST_SLUG_CHARS:
        # Two at most: with a second one the short address is ambiguous.
        longer = Article.objects.published().filter(published_on=published_on, slug__startswith=slug.lower())[
            :2
        ]
        target = longer[0] if len(longer) == 1 else None
        if target is not None:
            return redirect_unless_at(request, target.get_absolute_url() + below, permanent=False)
    if target is not None and target.is_public:
        return redirect_unless_at(request, target.get_absolute_url() + below)
    if target is not None and target.status == Article.Status.WITHDRAWN:
        return _withdrawn(request, target)
    raise NotHere(
        "There is no story with this address.",
        ((f"All stories of {published_on.day} {published_on:%B %Y}", day_url(published_on)),),
    )


def _withdrawn(request, article: Article):
    links = [
        (
            f"Other stories of {article.published_on.day} {article.published_on:%B %Y}",
            day_url(article.published_on),
        )
    ]
    return gone(request, what="This story", withdrawn_on=_withdrawn_on(article), links=links)


def _withdrawn_on(article: Article) -> datetime.date | None:
    """Return the day since which the article has been withdrawn without a break."""
    since = None
    for status, changed_at in article.revisions.order_by("-history_date", "-history_id").values_list(
        "status", "history_date"
    ):
        if status != Article.Status.WITHDRAWN:
            break
        since = changed_at
    return timezone.localdate(since) if since else None


def _context(request, article: Article) -> dict:
    places = places_of_names(article)
    names, related = names_in(places), relations(article)
    versions = {relative.article.pk for relative in related["relatives"]}
    carried = find_carried(request.GET, article)
    hits = carried.spans(article.body_text) if carried else []
    return {
        "article": article,
        "carried": carried,
        "hits": range(1, len(hits) + 1),
        "marked_headline": carried.marker.mark(article.headline) if carried else "",
        "time": local_time(article),
        "body": body_with_names(article.body_html, places, hits),
        "names": names,
        "sign_offs": people_behind([article])[article.pk],
        "related": related_stories(article, names, versions),
        "versions_url": below(article, "versions"),
        "received_url": below(article, "received"),
        "retold_url": below(article, "retold"),
        "versions": count_public([article])[article.pk] if article.version > 1 else 1,
        **_originals(article),
        "permanent_url": request.build_absolute_uri(article.get_absolute_url()),
        **related,
        **_neighbours(article),
        **_trail(article.published_on),
    }


def _originals(article: Article) -> dict:
    """Return whether copy came in, and the hashes of what readers may look at of it."""
    rows = hashes_of(article)
    return {
        "has_originals": bool(rows),
        "originals": [row.sha256 for row in rows if not row.is_closed],
    }


def _neighbours(article: Article) -> dict:
    """Return the stories before and after this one on its day, and its place among them."""
    rows = [Neighbour(*row) for row in _of_the_day.among([article.published_on])]
    here = next((n for n, row in enumerate(rows) if row.pk == article.pk), None)
    if here is None:
        # Withdrawn between two queries: this reader still sees the page, without its neighbours.
        return {"position": 0, "day_count": 0, "previous": None, "next": None}
    return {
        "position": here + 1,
        "day_count": len(rows),
        "previous": rows[here - 1] if here > 0 else None,
        "next": rows[here + 1] if here + 1 < len(rows) else None,
    }


def _trail(day: datetime.date) -> dict:
    """Return the pages this one lies below, which are the prefixes of its address."""
    month = Month(day.year, day.month)
    trail = [(str(day.year), year_url(day.year)), (f"{day:%B}", month.url), (str(day.day), day_url(day))]
    return {"trail": trail, "day_url": day_url(day)}
