"""Articles as objects of ninjs 3, the IPTC's news in JSON, for other programs and for our own reader.

The names are the standard's. Sign-off codes stand in `infoSources` with the code as `literal` and its role in
words; `archive.wire.ninjs` reads them back. Names carry what this archive calls them as `literal`, and their
Wikidata or VIAF number as `uri` where they have one.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from archive.desk.credits import people_behind
from archive.models import Article, Entity
from archive.wire.ninjs import KEY_PREFIX, TOOK_PART
from archive.wire.sign_offs import roles_of, split_codes

STANDARD: Final = {
    "name": "ninjs",
    "version": "3.0",
    "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json",
}
# Where ninjs has a list for a kind of name.
LISTS: Final = {
    Entity.Kind.PERSON: "people",
    Entity.Kind.ORGANISATION: "organisations",
    Entity.Kind.PLACE: "places",
    Entity.Kind.EVENT: "events",
    Entity.Kind.OTHER: "objects",
}


def items(articles: Sequence[Article]) -> Iterator[dict]:
    """Yield each article as an object of ninjs; a few queries for all of them."""
    named, signed = _names_in(articles), people_behind(articles)
    for article in articles:
        yield as_ninjs(article, named[article.pk], signed[article.pk])


def as_ninjs(article: Article, names: Iterable[Entity] = (), signed: Iterable = ()) -> dict:
    """Return an article as an object of ninjs. What it does not have is left out, never guessed.

    An article whose time is unknown has its day alone as `contentCreated`.
    """
    created = _created(article)
    people = {sign.code: sign.contributor.name for sign in signed if sign.contributor}
    item = {
        "uri": uri_of(article),
        "standard": STANDARD,
        "type": "text",
        "representationType": "full",
        "version": str(article.version),
        "firstCreated": created,
        "contentCreated": created,
        "versionCreated": article.changed_at.isoformat(timespec="seconds"),
        "pubStatus": "usable",
        "language": article.language or article.source.language,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": article.headline}],
        "bodies": _bodies(article),
        "by": ", ".join(dict.fromkeys(people.values())),
        "located": article.place,
        "genres": [{"name": article.section}] if article.section else [],
        "infoSources": [*_credits(article, people), _supplier(article)],
        "altIds": [
            {"role": "address", "value": article.get_absolute_url()},
            {"role": "source key", "value": article.source_key},
        ],
        **_lists(names),
    }
    return {name: value for name, value in item.items() if value not in ("", [], None)}


def uri_of(article: Article) -> str:
    """Return what an article is called everywhere: its agency's URI, or one made of its source and key."""
    if article.source_key.startswith(KEY_PREFIX):
        return article.source_key.removeprefix(KEY_PREFIX)
    return uuid.uuid5(uuid.NAMESPACE_URL, f"dateline:{article.source.slug}/{article.source_key}").urn


def _created(article: Article) -> str | None:
    """Return the moment as printed, in the source's zone, if that is the printed day; else the day alone."""
    if article.published_at is not None:
        local = article.published_at.astimezone(ZoneInfo(article.source.zone))
        if local.date() == article.published_on:
            return local.isoformat()
    return article.published_on.isoformat() if article.published_on else None


def _bodies(article: Article) -> list[dict]:
    if not article.body_html:
        return []
    counts = {"charCount": len(article.body_text), "wordCount": article.word_count}
    return [{"role": "main", "contentType": "text/html", **counts, "value": article.body_html}]


def _credits(article: Article, people: dict[str, str]) -> Iterator[dict]:
    codes = split_codes(article.sign_off)
    for code, role in zip(codes, roles_of(codes), strict=True):
        yield {"name": people.get(code, code), "literal": code, "role": role or TOOK_PART}


def _supplier(article: Article) -> dict:
    return {"name": article.source.name, "literal": article.source.slug, "role": "supplied"}


def _lists(names: Iterable[Entity]) -> dict[str, list[dict]]:
    lists = defaultdict(list)
    for name in names:
        lists[LISTS[name.kind]].append(_name(name))
    return lists


def _name(name: Entity) -> dict:
    known = {"name": name.name, "rel": "mentioned", "literal": name.slug}
    if name.wikidata:
        known["uri"] = f"http://www.wikidata.org/entity/{name.wikidata}"
    elif name.viaf:
        known["uri"] = f"http://viaf.org/viaf/{name.viaf}"
    return known


def _names_in(articles: Sequence[Article]) -> dict[int, list[Entity]]:
    named = Entity.objects.filter(mentions__article__in=articles)
    pairs = named.order_by("name", "pk").values_list("mentions__article", "pk").distinct()
    entities = named.distinct().in_bulk()
    wanted, found = {article.pk for article in articles}, defaultdict(list)
    for article_id, entity_id in pairs:
        if article_id in wanted:
            found[article_id].append(entities[entity_id])
    return found
