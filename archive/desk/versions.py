"""How an article stood before: its versions, and what parted each from the one before it."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count

from archive.desk.differences import Paragraph, compare
from archive.models import Article, Closing, Revision
from archive.wire import sanitize

FIELD_LABELS: Final = {
    "headline": "Headline",
    "moment": "Day and time",
    "place": "Place",
    "section": "Section",
    "sign_off": "Sign-off",
    "body": "Text",
}


class FieldDifference(NamedTuple):
    """What changed in one field, word by word."""

    label: str
    paragraphs: list[Paragraph]


class Version(NamedTuple):
    """A revision, and what it changed in the latest before it that is open to readers.

    `why` is the reason that was given; `changes` are empty where nothing changed that readers see.
    `compared_with` is the number of that other version, None if there is none. `closed` says why readers may
    not see this one; nothing else is told of it then.
    """

    revision: Revision
    number: int
    why: str
    changes: list[FieldDifference]
    is_first: bool
    compared_with: int | None = None
    closed: Closing | None = None


def public_revisions(article: Article) -> list[Revision]:
    """Return how the article stood each time readers could see it, oldest first, once a version."""
    rows = article.revisions.filter(status=Article.Status.PUBLISHED).select_related("history_user")
    by_number = {row.version: row for row in rows.order_by("history_date", "history_id")}
    return [by_number[number] for number in sorted(by_number)]


def find_public_revision(article: Article, number: int) -> Revision | None:
    """Find version `number` if readers could ever see it."""
    rows = article.revisions.filter(status=Article.Status.PUBLISHED, version=number)
    return rows.order_by("history_date", "history_id").last()


def public_versions(article: Article, closed: Mapping[int, Closing] = {}) -> list[Version]:
    """Return the versions that readers could ever see, newest first; `closed` are not theirs any more.

    Each comes with what it changed in the one before. Where that is closed, the difference would show what it
    said, so the latest open one before it is compared instead.
    """
    versions: list[Version] = []
    before, number_before = None, None
    for revision in public_revisions(article):
        number, is_first = revision.version, not versions
        if number in closed:
            versions.append(Version(revision, number, "", [], is_first, closed=closed[number]))
            continue
        fields = text_fields(revision, article.source.zone)
        changes = compare_fields(before, fields) if before else []
        why = revision.history_change_reason or ""
        versions.append(Version(revision, number, why, changes, is_first, number_before))
        before, number_before = fields, number
    return versions[::-1]


def text_fields(story, zone: str) -> dict[str, str]:
    """Return what readers see of a story (an Article, a Revision or a record), by keys of FIELD_LABELS."""
    return {
        "headline": story.headline,
        "moment": _moment(story, zone),
        "place": story.place,
        "section": story.section,
        "sign_off": story.sign_off,
        "body": body_text(story),
    }


def body_text(story) -> str:
    """Return the plain text of a body; revisions keep the HTML alone."""
    text = getattr(story, "body_text", None)
    return sanitize.text_of(story.body_html) if text is None else text


def compare_fields(before: dict[str, str], after: dict[str, str]) -> list[FieldDifference]:
    """Return what differs between two results of `text_fields`."""
    differences = (
        FieldDifference(label, compare(before[field], after[field])) for field, label in FIELD_LABELS.items()
    )
    return [difference for difference in differences if difference.paragraphs]


def compare_stories(before, after, zone: str, other_zone: str = "") -> list[FieldDifference]:
    """Return what differs between two stories; `other_zone` is that of `after` if it has another."""
    return compare_fields(text_fields(before, zone), text_fields(after, other_zone or zone))


def count_public(articles: Iterable[Article]) -> dict[int, int]:
    """Return how many versions readers may see of each article, in one query."""
    rows = Revision.objects.filter(
        id__in=[article.pk for article in articles], status=Article.Status.PUBLISHED
    )
    counts = rows.order_by().values_list("id").annotate(Count("version", distinct=True))
    return dict(counts)


def _moment(story, zone: str) -> str:
    if story.published_at is None:
        return story.published_on.isoformat() if story.published_on else ""
    local = story.published_at.astimezone(ZoneInfo(zone))
    return f"{story.published_on} {local:%H:%M}"
