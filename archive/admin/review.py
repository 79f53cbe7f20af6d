"""What the review page shows of each waiting article: finished labels for its template."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date

from archive.admin.forms import ItemForm
from archive.desk.accept import Outcome
from archive.desk.batches import content_of, preview_item, record_of, seen, why_not_acceptable
from archive.desk.mending import Printed, has_markup, printed
from archive.desk.preview import FoundName, Preview
from archive.models import Article, BatchItem, Entity
from archive.wire.decoding import decode

# Enough to recognise a story and to check where its body begins.
BODY_START_CHARS: Final = 700

OUTCOME_LABELS: Final = {
    Outcome.NEW: "new",
    Outcome.CHANGED: "changes an article",
    Outcome.UNCHANGED: "already here, unchanged",
    Outcome.DUPLICATE: "duplicate",
}


class Piece(NamedTuple):
    """A stretch of text; with `kind`, a name that was found there. `note` says more about it."""

    text: str
    kind: str = ""
    note: str = ""


class NameCount(NamedTuple):
    name: Entity
    count: int


@dataclass(frozen=True)
class Reviewed:
    """A waiting article as the review page shows it."""

    item: BatchItem
    form: ItemForm
    preview: Preview
    label: str
    moment: str
    refusal: str
    names: list[NameCount]
    ambiguous: list[FoundName]
    headline: list[Piece]
    body_start: list[Piece]
    as_received: list[Piece]
    mended: list[str]
    body_is_html: bool

    @property
    def needs_attention(self) -> bool:
        return bool(self.preview.problems or self.preview.record.warnings)

    @property
    def unknown_codes(self) -> list[str]:
        return [found.code for found in self.preview.codes if found.contributor is None]

    @property
    def is_known(self) -> bool:
        """Say whether the archive has this already, so that there is nothing to accept."""
        return self.preview.outcome in (Outcome.DUPLICATE, Outcome.UNCHANGED)

    @property
    def twin(self) -> Article | None:
        return self.preview.existing or self.preview.duplicate_of


def review(item: BatchItem, by, data=None) -> Reviewed:
    """Build what the page shows of a waiting item; `data` is the posted form, to be shown again."""
    preview = preview_item(item)
    record, zone = preview.record, preview.source.zone
    refusal = why_not_acceptable(preview, by)
    initial = printed(record, zone)._asdict()
    initial |= {"edition": item.edition, "was_seen": seen(preview), "accept": not refusal}
    found = preview.names
    return Reviewed(
        item=item,
        form=ItemForm(data, initial=initial, prefix=f"item-{item.pk}"),
        preview=preview,
        label=OUTCOME_LABELS[preview.outcome],
        moment=moment_label(record, zone),
        refusal=refusal,
        names=_count_names(found),
        ambiguous=[name for name in found if name.entity is None],
        headline=pieces(record.headline, [name for name in found if name.part == "headline"]),
        body_start=body_start(record.body_text, [name for name in found if name.part == "body"]),
        as_received=as_received(item),
        mended=[ItemForm.base_fields[name].label or name for name in Printed._fields if name in item.fixes],
        body_is_html=has_markup(record.body_html),
    )


def moment_label(story, zone: str) -> str:
    """Return a story's day and time as read, such as 10 July 2019, 22:07 (Asia/Tehran, +04:30)."""
    if story.published_on is None:
        return ""
    day = format_date(story.published_on, "j F Y")
    if story.published_at is None:
        return f"{day}, no time ({zone})"
    local = story.published_at.astimezone(ZoneInfo(zone))
    return f"{day}, {local:%H:%M} ({zone}, {local.isoformat()[-6:]})"


def body_start(text: str, found: Iterable[FoundName]) -> list[Piece]:
    """Return the first BODY_START_CHARS of a body, to the last whole word, with the names in it."""
    if len(text) <= BODY_START_CHARS:
        return pieces(text, found)
    start = text[:BODY_START_CHARS].rstrip()
    start = (start.rpartition(" ")[0] or start).rstrip()
    return [*pieces(start, (name for name in found if name.end <= len(start))), Piece(" …")]


def pieces(text: str, found: Iterable[FoundName]) -> list[Piece]:
    """Split a text at the names in it."""
    result, at = [], 0
    for name in sorted(found, key=lambda name: name.start):
        if name.start >= at:
            result += [Piece(text[at : name.start]), _name_piece(name)]
            at = name.end
    result.append(Piece(text[at:]))
    return [piece for piece in result if piece.text]


def as_received(item: BatchItem) -> list[Piece]:
    """Return the decoded original with the parts that became headline, time, place, body and sign-off marked.

    A long body is shortened in its middle. Empty for a record whose format has no such spans.
    """
    spans = sorted(record_of(item).spans, key=lambda span: span.start)
    if not spans:
        return []
    text = decode(content_of(item)).text
    result, at = [], spans[0].start
    for span in spans:
        result.append(Piece(_shorten(text[at : span.start])))
        result.append(Piece(_shorten(text[span.start : span.end]), "part", span.part.replace("_", "-")))
        at = span.end
    return [piece for piece in result if piece.text]


def _shorten(text: str) -> str:
    half = BODY_START_CHARS // 2
    return text if len(text) <= BODY_START_CHARS else f"{text[:half]} … {text[-half:]}"


def summary(rows: Iterable[Reviewed]) -> str:
    """Count what a page of the review holds: "10 ready, 1 to look at, 1 here already"."""
    counts = Counter(
        "here already" if row.is_known else "to look at" if row.needs_attention or row.refusal else "ready"
        for row in rows
    )
    return ", ".join(
        f"{counts[word]} {word}" for word in ("ready", "to look at", "here already") if counts[word]
    )


def _name_piece(name: FoundName) -> Piece:
    if name.entity is not None:
        return Piece(name.text, name.entity.kind, f"{name.entity.name}, {name.entity.get_kind_display()}")
    return Piece(
        name.text, "ambiguous", "could be " + " or ".join(str(entity) for entity in name.alternatives)
    )


def _count_names(found: Iterable[FoundName]) -> list[NameCount]:
    counts: dict[int, NameCount] = {}
    for name in found:
        if name.entity is not None:
            before = counts.get(name.entity.pk, NameCount(name.entity, 0))
            counts[name.entity.pk] = NameCount(name.entity, before.count + 1)
    return sorted(counts.values(), key=lambda row: (-row.count, row.name.name))
