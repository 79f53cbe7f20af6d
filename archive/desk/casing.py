"""Keeps how the archive's own copy writes its words, which tells names from other words."""

import json
import threading
import zlib
from collections.abc import Iterable
from typing import Final

from archive.models import Article, CasingCounts
from archive.names.candidates import CasingStatistics

# Counted again when so many articles, or this share of those counted, came since.
LEAST_NEW_ARTICLES: Final = 50
NEW_SHARE: Final = 0.1
# Counting these takes about a second; an archive that grew by more while nobody looked is sampled.
MOST_COUNTED_AT_ONCE: Final = 5_000

_lock = threading.Lock()
_cached: tuple[tuple[int, int], CasingStatistics] | None = None


def statistics_for(articles: Iterable[Article]) -> CasingStatistics:
    """Return the counts to judge `articles` with: the archive's, or their own while it has none."""
    articles = list(articles)
    stamp = CasingCounts.objects.values_list("articles", "last_article_id").first() or (0, 0)
    newest = max((article.pk for article in articles), default=0)
    if newest - stamp[1] > max(LEAST_NEW_ARTICLES, NEW_SHARE * stamp[0]):
        return _count_on()
    if stamp == (0, 0):
        return _added(CasingStatistics(), (article.body_text for article in articles))
    return _read(stamp)


def _read(stamp: tuple[int, int]) -> CasingStatistics:
    global _cached
    with _lock:
        if _cached is None or _cached[0] != stamp:
            row = CasingCounts.objects.first()
            _cached = (stamp, CasingStatistics.from_dict(json.loads(zlib.decompress(row.counts))))
        return _cached[1]


def _count_on() -> CasingStatistics:
    """Count the articles that came since the last count, and keep the sum."""
    row = CasingCounts.objects.select_for_update().first() or CasingCounts()
    before = json.loads(zlib.decompress(row.counts)) if row.counts else {}
    fresh = Article.objects.filter(pk__gt=row.last_article_id).order_by("-pk")
    texts = list(fresh.values_list("pk", "body_text")[:MOST_COUNTED_AT_ONCE])
    statistics = _added(CasingStatistics.from_dict(before), (text for _, text in texts))
    row.counts = zlib.compress(json.dumps(statistics.to_dict()).encode(), 3)
    row.articles += len(texts)
    row.last_article_id = max([row.last_article_id, *(pk for pk, _ in texts)])
    row.save()
    return statistics


def _added(statistics: CasingStatistics, texts: Iterable[str]) -> CasingStatistics:
    for text in texts:
        statistics.update(text)
    return statistics
