"""Registers names, spellings and sign-off codes, and lets the articles follow."""

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from archive.desk.outbox import queue_articles
from archive.desk.slugs import free_slug, slugify
from archive.desk.tagging import articles_that_may_name, retag
from archive.models import Alias, Article, BylineCode, Contributor, Entity, Source
from archive.models.names import NAME_CHARS
from archive.names.folding import fold


@transaction.atomic
def register_name(
    *, kind: str, name: str, spellings: Iterable[str] = (), description: str = "", by=None
) -> Entity:
    """Register a name with its spellings, and find it in the articles that are already here.

    Two names may share a spelling, even the preferred one: they are told apart by their addresses. Raise
    ValidationError on an empty or over-long name and on an unknown kind.
    """
    name = tidy(name)
    entity = Entity(kind=kind, name=name, description=description)
    wanted = slugify(name)
    taken = Entity.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)
    entity.slug = free_slug(wanted, set(taken))
    entity.full_clean()
    entity.save()
    texts = list(dict.fromkeys([name, *map(tidy, spellings)]))
    Alias.objects.bulk_create([_alias(entity, text) for text in texts])
    retag(articles_that_may_name(texts))
    return entity


@transaction.atomic
def add_spelling(entity: Entity, text: str, *, by=None) -> Alias:
    """Register one more spelling of a name; one it has already is returned as it is."""
    text = tidy(text)
    existing = entity.aliases.filter(text=text).first()
    if existing is not None:
        return existing
    alias = _alias(entity, text)
    alias.full_clean(exclude=["key"])
    alias.save()
    retag(articles_that_may_name([text]))
    return alias


@transaction.atomic
def remove_spelling(alias: Alias, *, by=None) -> None:
    """Forget a spelling; mentions that rested on it go. Raise ValidationError for the preferred one."""
    entity = alias.entity
    if alias.text == entity.name:
        raise ValidationError(f"“{alias.text}” is the preferred spelling: choose another one first.")
    alias.delete()
    retag(Article.objects.filter(mentions__entity=entity).distinct())


@transaction.atomic
def rename(entity: Entity, name: str, *, by=None) -> Entity:
    """Make `name` the preferred spelling. The address stays, so that no link breaks."""
    entity.name = tidy(name)
    entity.full_clean()
    entity.save()
    add_spelling(entity, entity.name, by=by)
    queue_articles(_articles_naming(entity))
    return entity


@transaction.atomic
def describe(entity: Entity, *, kind: str, description: str, by=None) -> Entity:
    """Change what kind of name this is and its one line of description."""
    entity.kind, entity.description = kind, description
    entity.full_clean()
    entity.save()
    articles = Article.objects.filter(pk__in=_articles_naming(entity))
    retag(articles)
    queue_articles(articles.values_list("pk", flat=True))
    return entity


@transaction.atomic
def register_code(
    code: str,
    contributor_name: str,
    *,
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
    source: Source | None = None,
    by=None,
) -> BylineCode:
    """Say whose a sign-off code is, or was between two days (both inclusive).

    The same registration twice is one. Raise ValidationError if the first day is after the last.
    """
    contributor, _ = Contributor.objects.get_or_create(name=tidy(contributor_name))
    byline = BylineCode(
        code=code.strip().upper(),
        contributor=contributor,
        source=source,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    byline.full_clean()
    values = {
        name: getattr(byline, name) for name in ("code", "contributor", "source", "valid_from", "valid_to")
    }
    byline, created = BylineCode.objects.get_or_create(**values)
    if created:
        code_changed(byline.code)
    return byline


def code_changed(code: str) -> None:
    """Let the index learn whose articles are signed with `code` now."""
    queue_articles(Article.objects.filter(credits__code=code).distinct().values_list("pk", flat=True))


def tidy(text: str) -> str:
    """Fold white space. Raise ValidationError if nothing is left or it is longer than a name can be."""
    text = " ".join(text.split())
    if not text:
        raise ValidationError("A name needs at least one letter.")
    if len(text) > NAME_CHARS:
        raise ValidationError(f"A name has at most {NAME_CHARS} letters.")
    return text


def _alias(entity: Entity, text: str) -> Alias:
    return Alias(entity=entity, text=text, key=fold(text)[:NAME_CHARS], is_acronym=is_acronym(text))


def is_acronym(text: str) -> bool:
    """Say whether a spelling is found in capitals only: AFMC, but not Varra."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 2 and " " not in text and all(letter.isupper() for letter in letters)


def _articles_naming(entity: Entity) -> list[int]:
    return list(entity.mentions.values_list("article_id", flat=True).distinct())
