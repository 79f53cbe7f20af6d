"""Saves articles with what follows from their text: address, credits, names, family, revision, index.

Runs inside the caller's transaction. Nothing else saves an Article.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from simple_history.utils import bulk_create_with_history

from archive.desk import dates, families
from archive.desk.enrich import enrich, enrich_new
from archive.desk.outbox import queue_articles, queue_new
from archive.desk.read_ahead import NOTHING, Ahead
from archive.desk.slugs import free_slug, slugify
from archive.models import Article, Credit, FormerAddress, ReadingTask
from archive.wire.sign_offs import credit_codes, split_codes


def save(article: Article, *, by, why: str) -> None:
    """Save a changed article as one more revision."""
    before = Article.objects.get(pk=article.pk)
    _move(article, before)
    article.word_count = len(article.body_text.split())
    article.version += 1
    article._history_user = by
    article._change_reason = why
    article.save()
    if before.sign_off != article.sign_off:
        article.credits.all().delete()
        Credit.objects.bulk_create(_credits(article))
    if (before.headline, before.body_text) != (article.headline, article.body_text):
        enrich([article])
        families.place([article])
    if before.status != article.status:
        families.choose_leads_of([article.pk])
    if any(getattr(before, name) != getattr(article, name) for name in dates.COMPARED):
        dates.note(article)
    queue_articles([article.pk])


def save_new(
    articles: Sequence[tuple[Article, str]], *, by, defer: bool = False, ahead: Ahead = NOTHING
) -> None:
    """Save new articles, each with the reason of its first revision; as many queries for many as for one.

    With `defer`, reading them for names and quotes is left as a ReadingTask. `ahead` may hold what another
    process has read of their texts already.
    """
    if not articles:
        return
    rows = [article for article, _ in articles]
    _give_slugs(rows)
    for article, why in articles:
        article.word_count = len(article.body_text.split())
        article._change_reason = why
    bulk_create_with_history(rows, Article, default_user=by)
    Credit.objects.bulk_create([credit for article in rows for credit in _credits(article)])
    dates.note_new(rows)
    if defer:
        ids = [article.pk for article in rows]
        ReadingTask.objects.create(why="Taken in without being read.", article_ids=ids, total=len(ids))
    else:
        enrich_new(rows, ahead)
        families.place(rows, ahead)
    queue_new(rows)


def _credits(article: Article) -> Iterable[Credit]:
    for position, credit in enumerate(credit_codes(split_codes(article.sign_off))):
        yield Credit(article=article, position=position, code=credit.code, role=credit.role)


def _give_slugs(articles: Sequence[Article]) -> None:
    """Give each new article a slug that is free on its day, also among the others of this batch."""
    taken = defaultdict(set)
    days = {article.published_on for article in articles}
    for day, slug in Article.objects.filter(published_on__in=days - {None}).values_list(
        "published_on", "slug"
    ):
        taken[day].add(slug)
    for article in articles:
        article.slug = free_slug(slugify(article.headline), taken[article.published_on])
        taken[article.published_on].add(article.slug)


def _move(article: Article, before: Article) -> None:
    """Keep the address of an article that stays on its day; one that moves leaves its old address behind."""
    if before.published_on == article.published_on:
        return
    same_day = Article.objects.filter(published_on=article.published_on).exclude(pk=article.pk)
    article.slug = free_slug(article.slug, set(same_day.values_list("slug", flat=True)))
    old_path = before.get_absolute_url()
    if old_path:
        FormerAddress.objects.update_or_create(
            path=old_path, defaults={"article_id": article.pk, "entity": None}
        )
