"""Registers names, spellings and sign-off codes, and lets the articles follow."""

import datetime
from collections.abc import Iterable
from typing import Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from archive.desk import spellings as spelling_rules
from archive.desk.outbox import queue_articles
from archive.desk.retagging import articles_with, queue_in_pieces, read_again
from archive.desk.slugs import free_slug, slugify
from archive.desk.spellings import make_alias, tidy
from archive.models import Alias, Article, BylineCode, Candidate, Contributor, Entity, NameEvent, Source

__all__ = [
    *("add_spelling", "code_changed", "describe", "is_acronym", "register_code", "register_name"),
    *("remember", "remove_spelling", "rename", "tidy"),
]

# How often a name's address is looked for while others register the same name
MOST_TRIES: Final = 5
DESCRIBED: Final = ("kind", "description", "wikidata", "viaf")


@transaction.atomic
def register_name(
    *,
    kind: str,
    name: str,
    spellings: Iterable[str] = (),
    description: str = "",
    wikidata: str = "",
    viaf: str = "",
    by=None,
    confirm: bool = False,
) -> Entity:
    """Register a name with its spellings, and find it in the articles that are already here.

    Two names may share a spelling, even the preferred one: they are told apart by their addresses. Raise
    ValidationError on an empty or over-long name, on an unknown kind, and, unless `confirm`, on a spelling
    of one letter or one common word.
    """
    name = spelling_rules.check(name, confirm)
    texts = list(dict.fromkeys([name, *(spelling_rules.check(text, confirm) for text in spellings)]))
    entity = Entity(kind=kind, name=name, description=description, wikidata=wikidata, viaf=viaf)
    entity.full_clean(exclude={"slug"})
    _save_under_free_address(entity)
    _register(entity, texts)
    remember(entity, "Registered.", by)
    read_again(articles_with(texts), f"{entity} was registered")
    return entity


def _save_under_free_address(entity: Entity) -> None:
    """Save a new name; take the next address if somebody else takes this one at the same moment."""
    wanted = slugify(entity.name)
    for tries_left in reversed(range(MOST_TRIES)):
        taken = Entity.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)
        entity.slug = free_slug(wanted, set(taken))
        try:
            with transaction.atomic():
                entity.save()
            return
        except IntegrityError:
            if not tries_left:
                raise


@transaction.atomic
def add_spelling(entity: Entity, text: str, *, by=None, confirm: bool = False) -> Alias:
    """Register one more spelling of a name; one it has already is returned as it is."""
    return add_spellings(entity, [text], by=by, confirm=confirm)[0]


@transaction.atomic
def add_spellings(entity: Entity, texts: Iterable[str], *, by=None, confirm: bool = False) -> list[Alias]:
    """Register more spellings of a name, in any number, and read the articles once for all of them.

    Raise ValidationError, and register none, if one of them cannot be.
    """
    texts = list(dict.fromkeys(spelling_rules.check(text, confirm) for text in texts))
    known = {alias.text: alias for alias in entity.aliases.all()}
    fresh = [text for text in texts if text not in known]
    known |= {alias.text: alias for alias in _register(entity, fresh)}
    if fresh:
        what = f"Spelling added: {fresh[0]}" if len(fresh) == 1 else f"{len(fresh):,} spellings added."
        remember(entity, what, by)
        read_again(articles_with(fresh), f"{entity} has a new spelling")
    return [known[text] for text in texts]


def _register(entity: Entity, texts: list[str]) -> list[Alias]:
    """Write spellings; whoever was proposed under one of them is registered now and waits no longer."""
    aliases = Alias.objects.bulk_create([make_alias(entity, text) for text in texts])
    Candidate.objects.filter(key__in={alias.key for alias in aliases}).delete()
    return aliases


@transaction.atomic
def remove_spelling(alias: Alias, *, by=None) -> None:
    """Forget a spelling; mentions that rested on it go. Raise ValidationError for the preferred one."""
    entity = alias.entity
    if alias.text == entity.name:
        raise ValidationError(f"“{alias.text}” is the preferred spelling: choose another one first.")
    alias.delete()
    remember(entity, f"Spelling removed: {alias.text}", by)
    read_again(_articles_of(entity) | set(articles_with([alias.text])), f"{entity} has lost a spelling")


@transaction.atomic
def rename(entity: Entity, name: str, *, by=None, confirm: bool = False) -> Entity:
    """Make `name` the preferred spelling. The address stays, so that no link breaks."""
    before, entity.name = entity.name, spelling_rules.check(name, confirm)
    entity.full_clean()
    entity.save()
    remember(entity, f"Preferred spelling changed from {before} to {entity.name}"[:500], by)
    add_spelling(entity, entity.name, by=by, confirm=confirm)
    queue_in_pieces(_articles_of(entity))
    return entity


@transaction.atomic
def describe(
    entity: Entity, *, kind: str, description: str, wikidata: str = "", viaf: str = "", by=None
) -> Entity:
    """Change what kind of name this is, its one line of description, and its numbers elsewhere."""
    before = tuple(getattr(entity, field) for field in DESCRIBED)
    entity.kind, entity.description, entity.wikidata, entity.viaf = kind, description, wikidata, viaf
    entity.full_clean()
    entity.save()
    changed = [f for f, old in zip(DESCRIBED, before, strict=True) if getattr(entity, f) != old]
    if changed:
        remember(entity, f"Changed: {', '.join(changed)}.", by)
    if "kind" in changed:
        articles = _articles_of(entity)
        read_again(articles, f"{entity} is of another kind now")
        queue_in_pieces(articles)
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


def remember(entity: Entity, what: str, by=None, why: str = "") -> None:
    """Add a line to the history of a name."""
    NameEvent.objects.create(entity=entity, what=what[:500], by=by, why=why)


def _articles_of(entity: Entity) -> set[int]:
    return set(entity.own_mentions.values_list("article_id", flat=True)) | set(
        entity.mentions.values_list("article_id", flat=True)
    )
