"""Looks for tags that are doubtful: without their name in the text, missing, or under an odd spelling."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from archive.desk.tagging import HEADLINE, KnownNames, find_names, get_known_names
from archive.models import Alias, Article, Entity, Mention, Verdict
from archive.names.folding import fold


class Doubt(StrEnum):
    """What can be wrong with a tag."""

    GONE = "gone"
    MISSING = "missing"
    UNDECIDED = "undecided"
    ODD = "odd"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Doubt.GONE: "Tagged, but the name does not stand there",
    Doubt.MISSING: "A registered name without a tag",
    Doubt.UNDECIDED: "A spelling of several names",
    Doubt.ODD: "A spelling unlike any registered one",
}


class Finding(NamedTuple):
    """One doubt; `names` are those that the words are tagged as, should be, or may mean."""

    doubt: Doubt
    article: Article
    part: str
    start: int
    text: str
    names: list[Entity]
    mention: Mention | None


def audit(articles: Iterable[Article]) -> list[Finding]:
    """Return the doubtful tags of some articles, in order; four queries, however many articles."""
    articles = list(articles)
    known = get_known_names()
    mentions = list(Mention.objects.filter(article__in=articles).select_related("entity"))
    meanings = Verdict.objects.filter(kind=Verdict.Kind.MEANS, article__in=articles)
    decided = {(v.article_id, known.root_of(v.entity_id)) for v in meanings}
    keys = _keys({mention.registered_id for mention in mentions} | {m.entity_id for m in mentions})
    found = []
    for article in articles:
        own = [mention for mention in mentions if mention.article_id == article.pk]
        found += _gone_or_odd(article, own, keys)
        found += _untagged(article, own, known, decided)
    entities = Entity.objects.in_bulk({pk for _, _, _, _, _, ids, _ in found for pk in ids})
    return [
        Finding(doubt, article, part, start, text, [entities[pk] for pk in ids if pk in entities], mention)
        for doubt, article, part, start, text, ids, mention in sorted(
            found, key=lambda row: (-row[1].pk, row[2] != HEADLINE, row[3])
        )
    ]


def _gone_or_odd(article: Article, mentions: list[Mention], keys: dict[int, set[str]]):
    for mention in mentions:
        text = article.headline if mention.part == HEADLINE else article.body_text
        place = (article, mention.part, mention.start, mention.text, [mention.entity_id], mention)
        if text[mention.start : mention.end] != mention.text:
            yield (Doubt.GONE, *place)
        elif mention.how != "surname" and not mention.is_confirmed:
            near = keys.get(mention.registered_id, set()) | keys.get(mention.entity_id, set())
            if fold(mention.text) not in near:
                yield (Doubt.ODD, *place)


def _untagged(article: Article, mentions: list[Mention], known: KnownNames, decided):
    taken = [(m.part, m.start, m.end) for m in mentions]
    for part, match in find_names(known.matcher, article.headline, article.body_text):
        if any(p == part and s < match.end and match.start < e for p, s, e in taken):
            continue
        ids = [match.name_id] if match.name_id is not None else list(match.alternatives)
        if any((article.pk, pk) in decided for pk in ids):
            continue
        doubt = Doubt.MISSING if match.name_id is not None else Doubt.UNDECIDED
        yield (doubt, article, part, match.start, match.text, ids, None)


def _keys(entity_ids: set[int]) -> dict[int, set[str]]:
    keys: dict[int, set[str]] = {}
    rows = Alias.objects.filter(entity__in=entity_ids).values_list("entity_id", "key")
    for entity_id, key in rows:
        keys.setdefault(entity_id, set()).add(key)
    return keys
