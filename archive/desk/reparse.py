"""Reads originals again with today's readers, and says or writes what comes out differently.

Never overwrites a field an archivist changed by hand, never moves an article to another key, never publishes
or withdraws anything.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from django.db import transaction

from archive.desk.accept import copy_fields, problems_before_publishing, record_values, source_state
from archive.desk.originals import find_record, iter_records
from archive.desk.pieces import in_pieces
from archive.desk.shelve import save
from archive.desk.versions import FieldDifference, compare_fields, text_fields
from archive.models import Article, Original
from archive.wire.errors import WireError
from archive.wire.record import ArticleRecord

ARTICLES_AT_ONCE: Final = 200
REASON: Final = "Its original was read again."


class Rereading(NamedTuple):
    """What reading an article's newest original again gives.

    `values` are the fields that come out differently, `changes` what readers would see of that; `problem` is
    a sentence that says why nothing can be done.
    """

    article: Article
    values: dict
    changes: list[FieldDifference]
    problem: str = ""

    @property
    def is_changed(self) -> bool:
        return bool(self.values) and not self.problem


def read_again(articles, progress=lambda count: None) -> Iterator[Rereading]:
    """Yield what the newest original of each article gives; articles without an original are left out."""
    ids = list(articles.order_by("pk").values_list("pk", flat=True))
    for piece in in_pieces(ids, ARTICLES_AT_ONCE):
        yield from _read_piece(piece)
        progress(len(piece))


def apply(reading: Rereading, *, by=None) -> bool:
    """Write a rereading as one more version; False if the article has changed since it was read."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=reading.article.pk)
        if article.version != reading.article.version:
            return False
        copy_fields(article, reading.values)
        save(article, by=by, why=REASON)
    return True


def _read_piece(ids: list[int]) -> Iterator[Rereading]:
    links = Original.articles.through.objects.filter(article__in=ids).order_by("pk")
    newest = dict(links.values_list("article_id", "original_id"))
    articles = Article.objects.select_related("source").in_bulk(newest)
    together = {}
    for article_id, original_id in newest.items():
        together.setdefault(original_id, []).append(articles[article_id])
    for original_id, members in together.items():
        original = Original.objects.get(pk=original_id)
        # One file may be shared by sources in different zones.
        for zone in dict.fromkeys(article.source.zone for article in members):
            here = [article for article in members if article.source.zone == zone]
            yield from _read_original(original, here, zone)


def _read_original(original: Original, articles: list[Article], zone: str) -> Iterator[Rereading]:
    try:
        records = list(iter_records(original, zone))
    except WireError as error:
        yield from (Rereading(article, {}, [], f"{original}: {error}") for article in articles)
        return
    is_only = original.articles.count() == 1
    for article in articles:
        record = find_record(records, article, is_only=is_only)
        if record is None:
            yield Rereading(article, {}, [], f"{original}: the story cannot be told apart in it any more.")
        else:
            yield compare_with(article, record)


def compare_with(article: Article, record: ArticleRecord) -> Rereading:
    """Compare an article with its record as it is read today, hand-made fields left out."""
    values = record_values(record, article.curated)
    values["warnings"] = [warning._asdict() for warning in record.warnings]
    values["extra"] = {**record.extra, **source_state(record)}
    differing = {name: value for name, value in values.items() if getattr(article, name) != value}
    before = text_fields(article, article.source.zone)
    again = Article(
        **{field.attname: getattr(article, field.attname) for field in Article._meta.concrete_fields}
    )
    copy_fields(again, differing)
    problems = problems_before_publishing(again.headline, again.published_on) if article.is_public else []
    return Rereading(
        article,
        differing,
        compare_fields(before, text_fields(again, article.source.zone)),
        " ".join(problems),
    )
