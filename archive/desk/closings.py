"""Closes single versions and originals of an article to readers, and opens them again.

For what was corrected away and must not be looked up, such as a telephone number that stood above the copy or
what a court has forbidden. Nothing is deleted, and the desk goes on seeing everything.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from archive.desk.versions import public_revisions
from archive.models import Article, Closing, Original
from archive.models.prepared import Prepared


class CannotClose(Exception):
    """The text says what cannot be closed, and what to do first."""


@transaction.atomic
def close(
    article: Article, *, versions: Iterable[int] = (), originals: Iterable[int] = (), reason: str, by
) -> int:
    """Close versions (their numbers) and originals (their ids) of an article; return how many were open.

    `reason` is shown to readers in their place. Raise CannotClose for the version that readers see now, and
    for what is no version or original of this article.
    """
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    versions, originals = set(versions), set(originals)
    if not reason.strip():
        raise CannotClose("Readers are told why something is closed: give a reason.")
    if article.version in versions:
        raise CannotClose(
            f"Version {article.version} is how the story stands now. Correct the story, then close the "
            "versions before, or withdraw it as a whole."
        )
    if versions - {revision.version for revision in public_revisions(article)}:
        raise CannotClose("Readers never saw one of these versions, so there is nothing to close.")
    if Original.objects.filter(pk__in=originals, articles=article).count() != len(originals):
        raise CannotClose("One of these originals is not of this story.")
    versions -= closed_versions(article).keys()
    originals -= closed_originals(originals).keys()
    rows = [Closing(article=article, version=number, reason=reason, closed_by=by) for number in versions]
    rows += [Closing(article=article, original_id=pk, reason=reason, closed_by=by) for pk in originals]
    Closing.objects.bulk_create(rows)
    return len(rows)


def open_again(closing: Closing, *, by, why: str) -> bool:
    """Let readers see a version or an original again; False if somebody did that already."""
    rows = Closing.objects.in_force().filter(pk=closing.pk)
    return bool(rows.update(opened_at=timezone.now(), opened_by=by, why_opened=why))


def closed_versions(article: Article) -> dict[int, Closing]:
    """Return what closes versions of an article, by their numbers."""
    rows = Closing.objects.in_force().filter(article=article, version__isnull=False)
    return {row.version: row for row in rows}


def closed_originals(originals: Iterable[int]) -> dict[int, Closing]:
    """Return what closes some originals, by their ids; whichever article that was decided for."""
    rows = Closing.objects.in_force().filter(original__in=originals)
    return {row.original_id: row for row in rows}


class OriginalHash(NamedTuple):
    """The hash of an original, and whether it is closed to readers."""

    sha256: str
    is_closed: bool


_hashes: Final = Prepared(
    lambda pks: (
        Original.objects.filter(articles__in=pks)
        .annotate(is_closed=Exists(Closing.objects.in_force().filter(original=OuterRef("pk"))))
        .order_by("pk")
        .values_list("sha256", "is_closed")
    )
)


def hashes_of(article: Article) -> list[OriginalHash]:
    """Return the hashes of an article's originals, in the order they came in."""
    return [OriginalHash(*row) for row in _hashes.among([article.pk])]


def history(article: Article) -> QuerySet[Closing]:
    """Return what was ever closed of an article, with what was opened again, the newest first."""
    rows = Closing.objects.filter(Q(article=article) | Q(original__articles=article)).distinct()
    return rows.select_related("closed_by", "opened_by", "article").order_by("-closed_at", "-pk")
