"""Keeps what reading an article finds: mentions, quotes and proposed names, for many articles at once.

Runs inside the caller's transaction. Rows that say the same as before stay, and with them their numbers; what
a person confirmed stays wherever its words still stand.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from archive.desk.queue import propose_soon
from archive.desk.read_ahead import NOTHING, Ahead
from archive.desk.reading import Decided, FoundMention, Reading, read_article
from archive.desk.rows import insert_rows
from archive.desk.tagging import get_known_names
from archive.models import Article, Mention, Quote, Verdict

_MENTION_FIELDS: Final = (*FoundMention._fields, "article_id", "registered_id", "is_confirmed")
_QUOTE_FIELDS: Final = (
    *("start", "end", "text", "kind", "speaker_id", "registered_id", "speaker_text", "speaker_start"),
    *("verb", "via", "confidence", "reason"),
)


def enrich_new(articles: Sequence[Article], ahead: Ahead = NOTHING) -> None:
    """Read articles that were just created; as many queries for many as for one."""
    known = get_known_names()
    readings = [read_article(article, known, ahead=ahead) for article in articles]
    insert_rows(
        Mention,
        _MENTION_FIELDS,
        [row for reading in readings for row in _mention_rows(reading, reading.mentions)],
    )
    Quote.objects.bulk_create([quote for reading in readings for quote in reading.quotes])
    propose_soon(readings, are_new=True)


def enrich(articles: Iterable[Article], ahead: Ahead = NOTHING) -> set[int]:
    """Read articles again, and return the numbers of those whose names or quotes changed."""
    articles = list(articles)
    known = get_known_names()
    mentions = _by_article(Mention.objects.filter(article__in=articles))
    quotes = _by_article(Quote.objects.filter(article__in=articles))
    meanings = _by_article(Verdict.objects.filter(kind=Verdict.Kind.MEANS, article__in=articles))
    readings = [
        read_article(
            article,
            known,
            Decided(
                meanings[article.pk],
                [mention for mention in mentions[article.pk] if mention.is_confirmed],
                [quote for quote in quotes[article.pk] if quote.is_by_hand],
            ),
            ahead,
        )
        for article in articles
    ]
    changed = _replace_mentions(readings, mentions) | _replace_quotes(readings, quotes)
    propose_soon(readings)
    return changed


def _by_article(rows) -> dict[int, list]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.article_id].append(row)
    return grouped


def _mention_rows(reading: Reading, wanted: Iterable[FoundMention]) -> Iterable[tuple]:
    """Yield the values of _MENTION_FIELDS for what was found."""
    for found in sorted(wanted):
        yield (*found, reading.article.pk, reading.registered[found], False)


def _replace_mentions(readings: list[Reading], before: dict[int, list[Mention]]) -> set[int]:
    changed, gone, new, moved = set(), [], [], []
    for reading in readings:
        rows = before[reading.article.pk]
        stays = {mention.pk for mention in reading.kept}
        same = {_as_found(row): row.pk for row in rows if not row.is_confirmed}
        wanted = {found for found in reading.mentions if found not in same}
        stays |= {pk for found, pk in same.items() if found in reading.mentions}
        gone += [row.pk for row in rows if row.pk not in stays]
        new += _mention_rows(reading, wanted)
        moved += reading.kept
        if wanted or len(stays) != len(rows):
            changed.add(reading.article.pk)
    if gone:
        Mention.objects.filter(pk__in=gone).delete()
    _move(Mention, moved)
    insert_rows(Mention, _MENTION_FIELDS, new)
    return changed


def _as_found(row: Mention) -> FoundMention:
    return FoundMention(row.part, row.start, row.end, row.text, row.entity_id, row.how, row.title)


def _move(model, rows: list) -> None:
    """Save the places of rows that a person decided on, where the words around them moved."""
    places = (
        dict(model.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "start")) if rows else {}
    )
    moved = [row for row in rows if places.get(row.pk) != row.start]
    # Two rows may change places, which a unique position forbids for a moment: lead them far away first.
    for number, row in enumerate(moved):
        model.objects.filter(pk=row.pk).update(start=2_000_000_000 + number)
    for row in moved:
        model.objects.filter(pk=row.pk).update(start=row.start, end=row.end)


def _replace_quotes(readings: list[Reading], before: dict[int, list[Quote]]) -> set[int]:
    changed, gone, new, moved = set(), [], [], []
    for reading in readings:
        rows = before[reading.article.pk]
        stays = {quote.pk for quote in reading.kept_quotes}
        same = {_quote_values(row): row.pk for row in rows if not row.is_by_hand}
        found = {_quote_values(quote): quote for quote in reading.quotes}
        stays |= {pk for values, pk in same.items() if values in found}
        wanted = [quote for values, quote in found.items() if values not in same]
        gone += [row.pk for row in rows if row.pk not in stays]
        new += wanted
        moved += reading.kept_quotes
        if wanted or len(stays) != len(rows):
            changed.add(reading.article.pk)
    if gone:
        Quote.objects.filter(pk__in=gone).delete()
    _move(Quote, moved)
    Quote.objects.bulk_create(new)
    return changed


def _quote_values(quote: Quote) -> tuple:
    return tuple(getattr(quote, name) for name in _QUOTE_FIELDS)
