"""Puts a record on the shelves: record -> rows, in one transaction, as often as you like.

What a record becomes depends on its source and `source_key` alone: the same record twice is one article. The
bytes as received are kept with it. Copy that comes in again never overwrites a field an archivist changed by
hand, and never brings a withdrawn article back.
"""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from django.db import transaction

from archive.desk.credits import find_contributor
from archive.desk.outbox import queue_articles
from archive.desk.slugs import free_slug, slugify
from archive.desk.tagging import find_names, tag
from archive.models import Article, BylineCode, Contributor, Credit, Entity, FormerAddress, Original, Source
from archive.models.articles import HEADLINE_CHARS, KEY_CHARS
from archive.wire.record import ArticleRecord
from archive.wire.sign_offs import credit_codes, split_codes

# What copy says about an article; kept under the same names in ArticleRecord and Article.
COPY_FIELDS: Final = (
    *("headline", "mark", "update_number", "timestamp", "published_at", "published_on", "dateline"),
    *("place", "body_html", "body_text", "language", "section", "sign_off"),
)


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"


class Received(NamedTuple):
    """A file as it came in."""

    name: str
    content: bytes
    encoding: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class FoundName(NamedTuple):
    """A known name in a record; `entity` is None where several names share the spelling (`alternatives`)."""

    part: str
    start: int
    end: int
    text: str
    entity: Entity | None
    alternatives: tuple[Entity, ...]


class FoundCode(NamedTuple):
    code: str
    role: str
    contributor: Contributor | None


@dataclass(frozen=True)
class Preview:
    """What `accept` would do with a record, and what an archivist should look at first."""

    record: ArticleRecord
    source: Source
    outcome: Outcome
    existing: Article | None
    duplicate_of: Article | None
    names: list[FoundName]
    codes: list[FoundCode]
    problems: list[str]


@dataclass(frozen=True)
class Accepted:
    """What became of a record. `held` says why it stayed a draft although it should be published."""

    outcome: Outcome
    article: Article
    held: list[str] = field(default_factory=list)


def problems_before_publishing(headline: str, published_on) -> list[str]:
    """Return readable sentences about what an article still needs before readers may see it."""
    problems = []
    if not headline:
        problems.append("It has no headline: add one before publishing.")
    if published_on is None:
        problems.append("It has no day: add the date before publishing.")
    return problems


def preview(record: ArticleRecord, source: Source, received: Received | None = None) -> Preview:
    """Say what accepting `record` would do, without writing anything."""
    existing = _find_existing(record, source)
    duplicate_of = None if existing else _find_duplicate(record, source, received)
    return Preview(
        record=record,
        source=source,
        outcome=_outcome(record, existing, duplicate_of, received),
        existing=existing,
        duplicate_of=duplicate_of,
        names=_found_names(record),
        codes=_found_codes(record, source),
        problems=problems_before_publishing(record.headline, record.published_on),
    )


@transaction.atomic
def accept(
    record: ArticleRecord,
    *,
    source: Source,
    received: Received,
    by=None,
    publish: bool = False,
    why: str = "",
) -> Accepted:
    """Write `record` as an article of `source`, with its original bytes, credits, mentions and revision.

    With `publish`, readers see it at once, unless something is missing: then it is kept as a draft and `held`
    says why. A duplicate (the same bytes are an article of another source already) is not written.
    """
    existing = _find_existing(record, source, lock=True)
    duplicate_of = None if existing else _find_duplicate(record, source, received)
    outcome = _outcome(record, existing, duplicate_of, received)
    if outcome is Outcome.DUPLICATE:
        return Accepted(outcome, duplicate_of)
    article = existing or Article(source=source, source_key=record.source_key[:KEY_CHARS])
    if outcome is not Outcome.UNCHANGED:
        copy_fields(article, _values(record, article.curated))
        article.warnings = [warning._asdict() for warning in record.warnings]
        article.extra = dict(record.extra)
    held = []
    if publish and article.status == Article.Status.DRAFT:
        held = problems_before_publishing(article.headline, article.published_on)
        if not held:
            article.status = Article.Status.PUBLISHED
            outcome = Outcome.CHANGED if outcome is Outcome.UNCHANGED else outcome
    if outcome is not Outcome.UNCHANGED:
        save(article, by=by, why=why or f"Received as {received.name or 'pasted text'}.")
    _keep_original(received, article, by)
    return Accepted(outcome, article, held)


def save(article: Article, *, by, why: str) -> None:
    """Save an article with everything that follows from its text, as one revision.

    Credits, mentions, word count, address and the index follow. Runs inside the caller's transaction.
    """
    before = Article.objects.filter(pk=article.pk).first() if article.pk else None
    article.word_count = len(article.body_text.split())
    _give_address(article, before)
    if before is not None:
        article.version += 1
    article._history_user = by
    article._change_reason = why
    article.save()
    if before is None or before.sign_off != article.sign_off:
        _write_credits(article)
    if before is None or (before.headline, before.body_text) != (article.headline, article.body_text):
        tag(article)
    queue_articles([article.pk])


def copy_fields(article: Article, values: dict) -> None:
    for name, value in values.items():
        setattr(article, name, value)


def _values(record: ArticleRecord, curated: list[str]) -> dict:
    values = {name: getattr(record, name) for name in COPY_FIELDS if name not in curated}
    if "headline" in values:
        values["headline"] = values["headline"][:HEADLINE_CHARS]
    return values


def _outcome(record, existing, duplicate_of, received) -> Outcome:
    if duplicate_of is not None:
        return Outcome.DUPLICATE
    if existing is None:
        return Outcome.NEW
    same_bytes = received is not None and existing.originals.filter(sha256=received.sha256).exists()
    wanted = _values(record, existing.curated)
    if same_bytes or all(getattr(existing, name) == value for name, value in wanted.items()):
        return Outcome.UNCHANGED
    return Outcome.CHANGED


def _find_existing(record, source, *, lock: bool = False) -> Article | None:
    articles = Article.objects.select_for_update(of=("self",)) if lock else Article.objects
    return articles.filter(source=source, source_key=record.source_key[:KEY_CHARS]).first()


def _find_duplicate(record, source, received) -> Article | None:
    if received is None:
        return None
    return (
        Article.objects.filter(originals__sha256=received.sha256, source_key=record.source_key[:KEY_CHARS])
        .exclude(source=source)
        .first()
    )


def _found_names(record) -> list[FoundName]:
    found = find_names(record.headline, record.body_text)
    ids = {match.name_id for _, match in found} | {pk for _, match in found for pk in match.alternatives}
    entities = Entity.objects.in_bulk(ids - {None})
    return [
        FoundName(
            str(part),
            match.start,
            match.end,
            match.text,
            entities.get(match.name_id),
            tuple(entities[pk] for pk in match.alternatives if pk in entities),
        )
        for part, match in found
    ]


def _found_codes(record, source) -> list[FoundCode]:
    codes = [credit.code for credit in record.credits]
    bylines = list(BylineCode.objects.filter(code__in=codes).select_related("contributor"))
    return [
        FoundCode(
            credit.code,
            credit.role,
            find_contributor([b for b in bylines if b.code == credit.code], source.pk, record.published_on),
        )
        for credit in record.credits
    ]


def _give_address(article: Article, before: Article | None) -> None:
    """Give a dated article a free slug on its day; an article that moves leaves its old address behind."""
    if before is not None and before.slug and before.published_on == article.published_on:
        return
    old_path = before.get_absolute_url() if before is not None else ""
    same_day = Article.objects.filter(published_on=article.published_on).exclude(pk=article.pk)
    article.slug = free_slug(article.slug or slugify(article.headline), same_day)
    if old_path:
        FormerAddress.objects.update_or_create(
            path=old_path, defaults={"article_id": article.pk, "entity": None}
        )


def _write_credits(article: Article) -> None:
    article.credits.all().delete()
    Credit.objects.bulk_create(
        Credit(article=article, position=position, code=credit.code, role=credit.role)
        for position, credit in enumerate(credit_codes(split_codes(article.sign_off)))
    )


def _keep_original(received: Received, article: Article, by) -> None:
    original, _ = Original.objects.get_or_create(
        sha256=received.sha256,
        defaults={
            "content": received.content,
            "name": received.name[:255],
            "encoding": received.encoding,
            "received_from": by,
        },
    )
    original.articles.add(article)
