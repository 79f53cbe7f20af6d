"""Fill an archive with ready-made rows: what taking copy in costs is measured elsewhere.

Articles, names, mentions, sign-offs, passages and families stand in the tables as the desk would have written
them, several thousand a second, so that pages can be measured over 100,000 articles.
"""

import datetime
from collections.abc import Iterable
from typing import Final

from .corpus import BYLINE_CODES, NAME_COUNT, Articles, GeneratedCorpus, name_of

ROWS_AT_ONCE: Final = 1_000
SOURCES: Final = ("varra-wire", "port-selim-press", "sennet-news")
KINDS: Final = ("person", "person", "organisation", "place", "person", "event")
# Every so many articles, the next one is a rewrite of it and both are one family.
FAMILY_EVERY: Final = 25


def fill(count: int, *, first: int = 1) -> None:
    """Write articles `first` up to, and with, `count`, and all that goes with them; then make the index."""
    from archive.search import indexer

    ids = _write_register()
    sources = _write_sources()
    for start in range(first, count + 1, ROWS_AT_ONCE):
        size = min(ROWS_AT_ONCE, count + 1 - start)
        _write(Articles(GeneratedCorpus(), size, first=start), ids, sources)
    indexer.rebuild()


def _write_register() -> dict[str, int]:
    """Write names, and people with sign-off codes; return the ids of the names by name."""
    from archive.models import Alias, BylineCode, Contributor, Entity
    from archive.names.folding import fold

    known = dict(Entity.objects.values_list("name", "pk"))
    names = [name for n in range(NAME_COUNT) if (name := name_of(n)) not in known]
    names = list(dict.fromkeys(names))
    entities = Entity.objects.bulk_create(
        [Entity(kind=KINDS[n % len(KINDS)], name=name, slug=f"name-{n}") for n, name in enumerate(names)]
    )
    Alias.objects.bulk_create(
        [
            Alias(entity=entity, text=text, key=fold(text))
            for entity in entities
            for text in dict.fromkeys((entity.name, entity.name.rpartition(" ")[2]))
        ]
    )
    people = Contributor.objects.bulk_create([Contributor(name=name_of(n)) for n in range(30)])
    BylineCode.objects.bulk_create(
        [
            BylineCode(code=code.upper(), contributor=person)
            for code, person in zip(BYLINE_CODES, people, strict=False)
        ]
    )
    return known | {entity.name: entity.pk for entity in entities}


def _write_sources() -> list:
    from archive.desk.sources import get_or_register_source

    return [get_or_register_source(slug) for slug in SOURCES]


def _write(batch: Iterable, ids: dict[str, int], sources: list) -> None:
    from django.db import transaction

    from archive.models import Article, Credit, Family, FamilyMember, Mention, Passage

    with transaction.atomic():
        made = [(article, _row(article, sources)) for article in batch]
        Article.objects.bulk_create([row for _, row in made])
        Credit.objects.bulk_create([each for article, row in made for each in _credits(Credit, article, row)])
        Mention.objects.bulk_create(
            [each for article, row in made for each in _mentions(Mention, article, row, ids)]
        )
        Passage.objects.bulk_create([each for _, row in made for each in _passages(Passage, row)])
        pairs = [(made[at][1], made[at + 1][1]) for at in range(0, len(made) - 1, FAMILY_EVERY)]
        families = Family.objects.bulk_create([Family(lead=_later(*pair)) for pair in pairs])
        FamilyMember.objects.bulk_create(
            [
                FamilyMember(article=row, family=family, how="near")
                for family, pair in zip(families, pairs, strict=True)
                for row in pair
            ]
        )


def _row(article, sources: list):
    from archive.models import Article
    from archive.wire.sanitize import paragraphs_to_html

    headline, _, rest = article.text.partition("\n")
    place, _, text = rest.partition(" - ")
    paragraphs = text.split("\n")
    return Article(
        source=sources[article.number % len(sources)],
        source_key=f"row-{article.number}",
        slug=f"story-{article.number}",
        headline=headline,
        published_on=article.published.date(),
        published_at=article.published.replace(tzinfo=datetime.UTC),
        dateline=place,
        place=place.capitalize(),
        body_html=paragraphs_to_html(paragraphs),
        body_text="\n\n".join(paragraphs),
        section=article.section,
        sign_off="/".join(article.codes).upper(),
        status=Article.Status.PUBLISHED,
        word_count=len(text.split()),
    )


def _credits(credit, article, row) -> list:
    roles = ("reported", "edited")
    return [
        credit(article=row, position=at, code=code.upper(), role=roles[at])
        for at, code in enumerate(article.codes)
    ]


def _mentions(mention, article, row, ids: dict[str, int]) -> list:
    found = ((name, row.body_text.find(name)) for name in article.names)
    return [
        mention(
            article=row,
            entity_id=ids[name],
            registered_id=ids[name],
            part="body",
            start=at,
            end=at + len(name),
            text=name,
            how="spelling",
        )
        for name, at in found
        if at >= 0
    ]


def _passages(passage, row) -> list:
    from archive.desk.signatures import passages_of

    return [passage(article=row, position=at, key=key) for at, key in passages_of(row.body_text)]


def _later(first, second):
    return max(first, second, key=lambda row: (row.published_at, row.pk))
