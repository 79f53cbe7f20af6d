"""Publishing, withdrawing and correcting articles by hand."""

import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from archive.desk import corrections
from archive.desk.accept import COPY_FIELDS, copy_fields, problems_before_publishing
from archive.desk.shelve import save
from archive.desk.slugs import free_slug, slugify
from archive.models import Article, FormerAddress, Revision
from archive.wire import sanitize

EDITABLE_FIELDS: Final = frozenset(COPY_FIELDS) - {"body_text", "timestamp"}
RESTORED_FIELDS: Final = frozenset(COPY_FIELDS) - {"body_text"}


class CannotPublish(Exception):
    """The article lacks what readers need; `problems` holds readable sentences."""

    def __init__(self, problems: list[str]):
        super().__init__(" ".join(problems))
        self.problems = problems


@transaction.atomic
def publish(article: Article, *, by, why: str = "Published.") -> None:
    """Let readers see an article. Raise CannotPublish if it has no headline or no day."""
    article = _locked(article)
    problems = problems_before_publishing(article.headline, article.published_on)
    if problems:
        raise CannotPublish(problems)
    _set_status(article, Article.Status.PUBLISHED, by, why)
    corrections.carry_out_of(article, by=by)


@transaction.atomic
def withdraw(article: Article, *, by, why: str) -> None:
    """Take an article away from readers and from the index; it stays here, with its history."""
    _set_status(_locked(article), Article.Status.WITHDRAWN, by, why)


@transaction.atomic
def edit(article: Article, changes: dict, *, by, why: str) -> Article:
    """Change fields of an article by hand, and remember which, so that copy never overwrites them.

    `changes` maps names of EDITABLE_FIELDS to values; `body_html` is cleaned and its text follows from it.
    Return the article as saved; nothing is saved when nothing differs. Raise ValueError on other fields and
    CannotPublish when a published article would lose its headline or day.
    """
    unknown = set(changes) - EDITABLE_FIELDS
    if unknown:
        raise ValueError(f"Not editable: {', '.join(sorted(unknown))}.")
    return _change(_locked(article), changes, by, why)


def move_to_day(article: Article, day: datetime.date, *, by, why: str) -> Article:
    """Give an article another day of publication, at the same clock time; see `edit`."""
    changes = {"published_on": day}
    if article.published_at is not None:
        zone = ZoneInfo(article.source.zone)
        clock = article.published_at.astimezone(zone).time()
        changes["published_at"] = datetime.datetime.combine(day, clock, zone).astimezone(datetime.UTC)
    return edit(article, changes, by=by, why=why)


@transaction.atomic
def readdress(article: Article, *, by, why: str) -> Article:
    """Give an article an address made of its headline as it is now; the one before leads there."""
    article = _locked(article)
    same_day = Article.objects.filter(published_on=article.published_on).exclude(pk=article.pk)
    slug = free_slug(slugify(article.headline), set(same_day.values_list("slug", flat=True)))
    if slug == article.slug:
        return article
    if old_path := article.get_absolute_url():
        where = {"article_id": article.pk, "entity": None}
        FormerAddress.objects.update_or_create(path=old_path, defaults=where)
    article.slug = slug
    article.former_addresses.filter(path=article.get_absolute_url()).delete()
    save(article, by=by, why=why)
    return article


@transaction.atomic
def restore(article: Article, version: int, *, by, why: str) -> Article:
    """Make an article say again what it said in `version`, as one more version by hand.

    Whether readers see it does not change. Raise Revision.DoesNotExist if there is no such version, and
    CannotPublish when a published article would lose its headline or day.
    """
    article = _locked(article)
    revision = article.revisions.filter(version=version).order_by("history_date", "history_id").last()
    if revision is None:
        raise Revision.DoesNotExist(f"This article has no version {version}.")
    return _change(article, {name: getattr(revision, name) for name in RESTORED_FIELDS}, by, why)


def _change(article: Article, changes: dict, by, why: str) -> Article:
    changes = dict(changes)
    if "body_html" in changes:
        changes["body_html"] = sanitize.clean(changes["body_html"])
    changed = {name: value for name, value in changes.items() if getattr(article, name) != value}
    if not changed:
        return article
    copy_fields(article, changed)
    if "body_html" in changed:
        article.body_text = sanitize.text_of(article.body_html)
    problems = problems_before_publishing(article.headline, article.published_on)
    if problems and article.is_public:
        raise CannotPublish(problems)
    article.curated = sorted({*article.curated, *changed, *({"body_text"} if "body_html" in changed else ())})
    save(article, by=by, why=why)
    return article


def _locked(article: Article) -> Article:
    """Read the article again and hold it, so that two archivists' changes follow one another."""
    return Article.objects.select_for_update(of=("self",)).get(pk=article.pk)


def _set_status(article: Article, status: str, by, why: str) -> None:
    if article.status != status:
        article.status = status
        save(article, by=by, why=why)
