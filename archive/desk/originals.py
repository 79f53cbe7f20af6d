"""The bytes as received: read again, hashed again, never changed."""

import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from archive import wire
from archive.models import Article, Original
from archive.models.articles import KEY_CHARS
from archive.wire.decoding import decode
from archive.wire.errors import WireError
from archive.wire.record import ArticleRecord

# A page shows one story; larger files hold hundreds, and reading them again takes more than a moment.
MAX_PAGE_BYTES: Final = 4 * 1024 * 1024


class Reread(NamedTuple):
    """What an original says of one article today; `problem` says why `record` is None."""

    record: ArticleRecord | None
    problem: str = ""
    stories: int = 1


class Altered(NamedTuple):
    """An original whose bytes are not those it came as."""

    original: Original
    sha256: str


def in_order_received(article: Article) -> list[Original]:
    """Return an article's originals without their bytes, the newest last: what it says now came with that."""
    rows = Original.articles.through.objects.filter(article=article).order_by("pk")
    ids = list(rows.values_list("original_id", flat=True))
    originals = Original.objects.defer("content").in_bulk(ids)
    return [originals[pk] for pk in ids]


def count_original_before(article: Article) -> None:
    """Let the original before the newest count as the newest, because it is what the article says."""
    links = Original.articles.through.objects.filter(article=article).order_by("-pk")[:2]
    if len(links) == 2:
        before = links[1]
        before.delete()
        before.pk = None
        before.save(force_insert=True)


def part_from_newest(article: Article, count: int) -> None:
    """Let an article no longer have come from its newest originals; one stays. Their bytes are kept."""
    links = Original.articles.through.objects.filter(article=article).order_by("-pk")
    for link in links[: min(count, len(links) - 1)]:
        link.delete()


def reread(original: Original, article: Article) -> Reread:
    """Read an original again with today's readers and find the article in it."""
    try:
        records = list(iter_records(original, article.source.zone))
    except WireError as error:
        return Reread(None, str(error))
    record = find_record(records, article, is_only=original.articles.count() == 1)
    if record is None:
        return Reread(None, "The story cannot be told apart in this file any more.", len(records))
    return Reread(record, "", len(records))


def iter_records(original: Original, zone: str) -> Iterator[ArticleRecord]:
    """Yield what today's readers make of an original. Raise WireError, before or after the first."""
    content = bytes(original.content)
    return wire.read(original.name, content, zone=ZoneInfo(zone), max_bytes=len(content))


def find_record(records: list[ArticleRecord], article: Article, *, is_only: bool) -> ArticleRecord | None:
    """Find an article among the records of its original: by its key, or because there is nothing else.

    `is_only` says that no other article came with this original.
    """
    for record in records:
        if record.source_key[:KEY_CHARS] == article.source_key:
            return record
    return records[0] if is_only and len(records) == 1 else None


def decoded(original: Original) -> str:
    """Return the decoded original, in which spans and warnings count. Raise WireError if nothing can."""
    return decode(bytes(original.content)).text


def find_altered(progress=lambda count: None) -> Iterator[Altered]:
    """Hash every original again and yield those that differ from the hash they came with."""
    for original in Original.objects.order_by("pk").iterator(chunk_size=20):
        sha256 = hashlib.sha256(bytes(original.content)).hexdigest()
        if sha256 != original.sha256:
            yield Altered(original, sha256)
        progress(1)
