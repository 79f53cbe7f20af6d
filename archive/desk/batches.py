"""Uploads, from the staged bytes to the report. Staging writes no article; `accept_item` writes one."""

import dataclasses
import datetime
import logging
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from archive import wire
from archive.desk.accept import Outcome, Received, accept
from archive.desk.imports import note_taken
from archive.desk.mending import changed_fields, printed
from archive.desk.preview import Preview, preview
from archive.models import Article, Batch, BatchFile, BatchItem, Source
from archive.models.articles import HEADLINE_CHARS
from archive.wire import sanitize
from archive.wire.errors import WireError
from archive.wire.record import ArticleRecord
from archive.wire.sign_offs import credit_codes, split_codes

log = logging.getLogger(__name__)

# Long enough for a holiday; a forgotten upload's bytes are not kept for ever.
STALE_AFTER_DAYS: Final = 30
# Nobody reviews more by hand, and a small zip can hold millions.
MAX_STORIES_IN_A_FILE: Final = 1_000
TOO_MANY_STORIES: Final = (
    f"Only the first {MAX_STORIES_IN_A_FILE:,} stories were read. "
    "Take larger files in with “manage.py ingest”."
)


class Incoming(NamedTuple):
    """A file as it arrives; one that was refused unread comes without content and with the reason."""

    name: str
    content: bytes
    refusal: str = ""
    size_bytes: int | None = None


class NotAccepted(Exception):
    """An item cannot be accepted by this account, or not as it was shown; the text says why."""


def stage(files: Iterable[Incoming], *, source: Source, by, origin: str) -> Batch:
    """Keep the files of one upload, with one waiting item for each article that can be read in them.

    Each file is written in a transaction of its own, after it was read: reading holds no lock.
    """
    batch = Batch.objects.create(source=source, uploaded_by=by, origin=origin)
    for incoming in files:
        _stage_file(batch, incoming)
    return batch


def _stage_file(batch: Batch, incoming: Incoming) -> None:
    stories, refusals = [], [incoming.refusal] if incoming.refusal else []
    if not refusals:
        stories, refusals = _read(incoming.name, incoming.content, ZoneInfo(batch.source.zone))
    # The bytes of a file that is one story stay with the file; of several, each story has its own.
    is_whole = len(stories) == 1 and stories[0].content == incoming.content
    with transaction.atomic():
        file = BatchFile.objects.create(
            batch=batch,
            name=incoming.name[:255],
            content=incoming.content if is_whole or not stories else b"",
            size_bytes=len(incoming.content) if incoming.size_bytes is None else incoming.size_bytes,
            refusal="\n".join(refusals) or ("" if stories else "No article was found in it."),
        )
        BatchItem.objects.bulk_create(
            BatchItem(
                file=file,
                position=position,
                record=story.record.to_json(),
                headline=story.record.headline[:HEADLINE_CHARS],
                name=story.name[:500],
                content=b"" if is_whole else story.content,
            )
            for position, story in enumerate(stories)
        )


def _read(name: str, content: bytes, zone: ZoneInfo) -> tuple[list[wire.Story], list[str]]:
    """Return the stories of a file, and why others in it, or the rest of it, could not be read."""
    stories, refusals = [], []
    try:
        for found in wire.iter_stories(name, content, zone=zone, max_bytes=settings.ARCHIVE_MAX_UPLOAD_BYTES):
            if isinstance(found, wire.Story):
                stories.append(found)
            else:
                refusals.append(f"{found.name.removeprefix(name).lstrip('/, ')}: {found.reason}".lstrip(": "))
            if len(stories) + len(refusals) >= MAX_STORIES_IN_A_FILE:
                refusals.append(TOO_MANY_STORIES)
                break
    except WireError as error:
        refusals.append(error.message)
    except Exception as error:
        log.exception("Reading %r failed with %s; the file was refused.", name, type(error).__name__)
        refusals.append("The archive's reader failed on this file. The server's log says where.")
    return stories, refusals


def record_of(item: BatchItem) -> ArticleRecord:
    """Return the record as it was read, before anything was mended."""
    return ArticleRecord.from_json(item.record)


def mended(record: ArticleRecord, fixes: dict[str, str], zone: str) -> ArticleRecord:
    """Return `record` with `fixes` (names of `mending.Printed` to text) in place."""
    changes = changed_fields(record, fixes, zone)
    if "sign_off" in changes:
        changes["credits"] = credit_codes(split_codes(changes["sign_off"]))
    if "body_html" in changes:
        changes["body_text"] = sanitize.text_of(changes["body_html"])
    return dataclasses.replace(record, **changes)


def fix(item: BatchItem, typed: dict[str, str], *, edition: int) -> BatchItem:
    """Keep what was mended by hand; text as it was read is no fix.

    `edition` is the one the archivist saw. Raise NotAccepted if somebody else mended the item since, unless
    both typed the same.
    """
    with transaction.atomic():
        item = _locked(item)
        before = printed(record_of(item), item.file.batch.source.zone)
        fixes = {name: text for name, text in typed.items() if text != getattr(before, name)}
        if item.state != BatchItem.State.WAITING or fixes == item.fixes:
            return item
        if edition != item.edition:
            raise NotAccepted("Somebody else mended this meanwhile. Here is how it stands now: look again.")
        item.fixes, item.edition = fixes, item.edition + 1
        item.headline = fixes.get("headline", before.headline)[:HEADLINE_CHARS]
        item.save(update_fields=["fixes", "edition", "headline"])
    return item


def preview_item(item: BatchItem) -> Preview:
    """Say what accepting a waiting item would do, without writing anything."""
    source, record = item.file.batch.source, record_of(item)
    return preview(mended(record, item.fixes, source.zone), source, _received(item, record))


def seen(preview: Preview) -> str:
    """Name the state of the archive that a preview was made from, so that accepting can compare."""
    existing = preview.existing or preview.duplicate_of
    return f"{existing.pk}:{existing.version}" if existing else "nothing like it"


def why_not_acceptable(preview: Preview, by) -> str:
    """Say why this account cannot accept a previewed item; "" if it can."""
    if preview.outcome is Outcome.DUPLICATE:
        return "The same bytes are in the archive already, from another source."
    if preview.outcome is Outcome.UNCHANGED:
        return "It is in the archive already. To change it, edit the article."
    existing = preview.existing
    if existing and existing.status != Article.Status.DRAFT and not by.has_perm("archive.publish_article"):
        return f"It would change an article that is {existing.get_status_display()}; ask an archivist."
    return ""


def accept_item(item: BatchItem, *, by, publish: bool, edition: int, was_seen: str) -> BatchItem:
    """Write a waiting item as an article, in one transaction, if all is still as the archivist saw it.

    An item is accepted once: one that is decided already comes back as it is. A fault is kept as the item's
    `error` and leaves it waiting, so that the other items of an upload go on.
    """
    try:
        with transaction.atomic():
            item = _locked(item)
            if item.state == BatchItem.State.WAITING:
                _accept(item, by, publish, edition, was_seen)
    except (NotAccepted, ValidationError) as error:
        _note(item, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
    except Exception as error:
        log.exception("Accepting item %s failed with %s.", item.pk, type(error).__name__)
        _note(item, "The archive failed on this one and kept nothing of it. The server's log says why.")
    return item


def _accept(item: BatchItem, by, publish: bool, edition: int, was_seen: str) -> None:
    before = preview_item(item)
    if edition != item.edition or was_seen != seen(before):
        raise NotAccepted("It changed since you looked. Here is how it stands now: look again.")
    refusal = why_not_acceptable(before, by)
    if refusal:
        raise NotAccepted(refusal)
    accepted = accept(
        before.record,
        source=before.source,
        received=_received(item, before.record),
        by=by,
        publish=publish,
        curated=_mended_fields(item, before.source.zone),
    )
    note_taken(item.file.batch, [accepted])
    _decide(item, BatchItem.State.ACCEPTED, accepted.outcome, accepted.article, " ".join(accepted.held))


def _mended_fields(item: BatchItem, zone: str) -> set[str]:
    """Return the article's fields that were mended by hand."""
    changed = set(changed_fields(record_of(item), item.fixes, zone))
    return changed | {"body_text"} if "body_html" in changed else changed


def leave_out(item: BatchItem) -> BatchItem:
    """Decide not to take a waiting item in; one that is in the archive already is counted as such."""
    with transaction.atomic():
        item = _locked(item)
        if item.state == BatchItem.State.WAITING:
            before = preview_item(item)
            known = before.outcome in (Outcome.DUPLICATE, Outcome.UNCHANGED)
            article = before.existing or before.duplicate_of if known else None
            _decide(item, BatchItem.State.LEFT_OUT, before.outcome if known else "", article)
    return item


def _decide(item: BatchItem, state: str, outcome: str, article: Article | None, error: str = "") -> None:
    item.state, item.outcome, item.article, item.error = state, str(outcome), article, error
    item.save(update_fields=["state", "outcome", "article", "error"])
    if state == BatchItem.State.ACCEPTED:
        # The article's Original holds the same bytes now.
        BatchItem.objects.filter(pk=item.pk).update(content=b"")
    batch = item.file.batch
    Batch.objects.filter(pk=batch.pk).update(accepted_at=timezone.now())
    if not item.file.items.exclude(state=BatchItem.State.ACCEPTED).exists():
        BatchFile.objects.filter(pk=item.file_id).update(content=b"")


def _note(item: BatchItem, error: str) -> None:
    item.error = error
    BatchItem.objects.filter(pk=item.pk, state=BatchItem.State.WAITING).update(error=error)


def _locked(item: BatchItem) -> BatchItem:
    """Read an item again and hold it, so that two archivists' decisions follow one another."""
    items = BatchItem.objects.select_for_update(of=("self",)).select_related("file__batch__source")
    return items.defer("content", "file__content").get(pk=item.pk)


def content_of(item: BatchItem) -> bytes:
    """Return the bytes of an item's story: its own, or those of the file that is nothing else.

    They are read each time and not kept with the item: a page of items can stand for a gigabyte.
    """
    rows = BatchItem.objects.filter(pk=item.pk).values_list("content", "file__content")
    own, whole = rows.get()
    return bytes(own) or bytes(whole)


def _received(item: BatchItem, record: ArticleRecord) -> Received:
    return Received(item.name or item.file.name, content_of(item), record.encoding)


class Counts(NamedTuple):
    """How many articles of a batch became what. `refused` counts what could not be read: files of an upload,
    stories of an import; `read` is the sum of all others."""

    read: int
    new: int
    changed: int
    unchanged: int
    duplicate: int
    left_out: int
    refused: int
    waiting: int

    def __str__(self):
        words = (f"{number:,} {name.replace('_', ' ')}" for name, number in self._asdict().items() if number)
        return ", ".join(words) or "0 read"


def count(batch: Batch) -> Counts:
    """Count what became of a batch so far."""
    if batch.kind != Batch.Kind.UPLOAD:
        counted = {str(outcome): getattr(batch, outcome) for outcome in Outcome}
        read = sum(counted.values()) + batch.rejected
        return Counts(read=read, **counted, left_out=0, refused=batch.rejected, waiting=0)
    states = Counter(BatchItem.objects.filter(file__batch=batch).values_list("state", "outcome"))
    outcomes = Counter()
    for (state, outcome), number in states.items():
        outcomes[outcome or state] += number
    refused = batch.files.exclude(refusal="").count()
    return Counts(
        read=sum(states.values()) + refused,
        **{str(outcome): outcomes[outcome] for outcome in Outcome},
        left_out=outcomes[BatchItem.State.LEFT_OUT],
        refused=refused,
        waiting=outcomes[BatchItem.State.WAITING],
    )


def forget_stale(now: datetime.datetime | None = None) -> int:
    """Delete what has waited in uploads for STALE_AFTER_DAYS; reports of accepted articles stay."""
    before = (now or timezone.now()) - datetime.timedelta(days=STALE_AFTER_DAYS)
    stale = Batch.objects.filter(kind=Batch.Kind.UPLOAD, uploaded_at__lt=before)
    forgotten, _ = BatchItem.objects.filter(file__batch__in=stale, state=BatchItem.State.WAITING).delete()
    BatchFile.objects.filter(batch__in=stale).exclude(content=b"").update(content=b"")
    BatchItem.objects.filter(file__batch__in=stale).exclude(content=b"").update(content=b"")
    BatchFile.objects.filter(batch__in=stale, items__isnull=True, refusal="").delete()
    stale.filter(accepted_at__isnull=True).delete()
    return forgotten
