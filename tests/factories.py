"""Rows for tests, with as little said as a test needs. They bypass the desk: no index, no tagging."""

import datetime
import hashlib
import itertools
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from archive.models import (
    Alias,
    Article,
    BylineCode,
    Contributor,
    Credit,
    Entity,
    FormerAddress,
    Mention,
    Original,
    Source,
)
from archive.names.folding import fold
from archive.wire.sanitize import paragraphs_to_html, text_of

_numbers = itertools.count(1)


def make_source(slug="wire", *, name="Varra Wire", zone="Indian/Mahe", language="en") -> Source:
    """Return the source with this slug, made if needed."""
    values = {"name": name, "zone": zone, "language": language}
    return Source.objects.get_or_create(slug=slug, defaults=values)[0]


def make_article(
    headline="Ferry sails on time",
    *,
    on="2001-06-14",
    at="10:15",
    status=Article.Status.PUBLISHED,
    source=None,
    body=("The ferry left Port Selim.",),
    sign_off="",
    **fields,
) -> Article:
    """Write an article printed on day `on` at the source's clock time `at` ("" for none).

    `body` is paragraphs of plain text, or HTML as one string. Codes of `sign_off` become credits.
    """
    source = source or make_source()
    day = datetime.date.fromisoformat(on) if on else None
    body_html = body if isinstance(body, str) else paragraphs_to_html(body)
    article = Article(
        source=source,
        source_key=f"key-{next(_numbers)}",
        slug=fields.pop("slug", slugify(headline)[:90]),
        headline=headline,
        published_on=day,
        published_at=_instant(day, at, source.zone),
        status=status,
        body_html=body_html,
        body_text=text_of(body_html),
        word_count=len(text_of(body_html).split()),
        sign_off=sign_off,
        **fields,
    )
    article._change_reason = "made for a test"
    article.save()
    codes = sign_off.split("/") if sign_off else []
    for position, code in enumerate(codes):
        role = "reported" if position == 0 else "edited" if position == len(codes) - 1 else ""
        Credit.objects.create(article=article, position=position, code=code, role=role)
    return article


def make_entity(name="Mirvan Rahim", *, kind="person", spellings=(), slug="", **fields) -> Entity:
    """Write a name with its spellings; the preferred one is always among them."""
    entity = Entity.objects.create(name=name, kind=kind, slug=slug or slugify(name), **fields)
    for text in dict.fromkeys([name, *spellings]):
        Alias.objects.create(entity=entity, text=text, key=fold(text))
    return entity


def make_mention(article: Article, entity: Entity, text="", *, part="body", start=None) -> Mention:
    """Write that `entity` stands in an article; where `text` stands in its body unless `start` is given."""
    text = text or entity.name
    if start is None:
        found = article.body_text.find(text) if part == "body" else article.headline.find(text)
        start = found if found >= 0 else 1000 + next(_numbers) * 100
    return Mention.objects.create(
        article=article,
        entity=entity,
        part=part,
        start=start,
        end=start + len(text),
        text=text,
        how="spelling",
    )


def make_story_about(*entities: Entity, headline="", **fields) -> Article:
    """Write an article whose body names `entities`, with the mentions."""
    body = [f"The talks were led by {entity.name}." for entity in entities]
    article = make_article(headline or f"Story number {next(_numbers)}", body=body, **fields)
    for entity in entities:
        make_mention(article, entity)
    return article


def make_code(code="NA", name="Nasrin Avadi", *, valid_from=None, valid_to=None, source=None) -> BylineCode:
    """Write whose a sign-off code is; the person is made if needed."""
    person = Contributor.objects.get_or_create(name=name)[0]
    return BylineCode.objects.create(
        code=code, contributor=person, valid_from=valid_from, valid_to=valid_to, source=source
    )


def make_original(article: Article, content=b"copy") -> Original:
    """Write the bytes an article came as; the same bytes are one row."""
    sha256 = hashlib.sha256(content).hexdigest()
    original, _ = Original.objects.get_or_create(sha256=sha256, defaults={"content": content})
    original.articles.add(article)
    return original


def make_former(path: str, *, article=None, entity=None) -> FormerAddress:
    return FormerAddress.objects.create(path=path, article=article, entity=entity)


def _instant(day, at: str, zone: str):
    if not (day and at):
        return None
    clock = datetime.time.fromisoformat(at)
    return datetime.datetime.combine(day, clock, tzinfo=ZoneInfo(zone))
