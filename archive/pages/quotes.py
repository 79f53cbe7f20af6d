"""Quotes by and about a name, as its page shows them."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Count, Exists, OuterRef, Window

from archive.models import Entity, Mention, Quote
from archive.pages.counts import written_out

MOST_SHOWN: Final = 5


def quotes_by(entity: Entity, article_ids: Sequence[int]) -> list[Quote]:
    """Return the newest quotes of a name in some articles; each says in `total` how many there are."""
    return _newest(Quote.objects.filter(speaker=entity), article_ids)


def quotes_about(entity: Entity, article_ids: Sequence[int]) -> list[Quote]:
    """Return the newest quotes of others that name `entity` within their words."""
    inside = Mention.objects.filter(
        entity=entity,
        article=OuterRef("article"),
        part=Mention.Part.BODY,
        start__gte=OuterRef("start"),
        start__lt=OuterRef("end"),
    )
    return _newest(Quote.objects.filter(Exists(inside)).exclude(speaker=entity), article_ids)


def _newest(quotes, article_ids: Sequence[int]) -> list[Quote]:
    """Take the newest in one query, with their articles and speakers."""
    shown = quotes.filter(article__in=written_out(article_ids), is_hidden=False).annotate(
        total=Window(Count("pk"))
    )
    shown = shown.select_related("article__source", "speaker").defer(
        "article__body_text", "article__body_html"
    )
    return list(shown.order_by("-article__published_on", "-article", "start")[:MOST_SHOWN])
