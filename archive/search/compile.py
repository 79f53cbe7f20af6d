"""A question -> what the engine is asked, what readers are told, and what is marked in the answer."""

from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

from django.db.models import Q
from haystack.query import SQ

from archive.models import Article, Entity, Source
from archive.search.expand import NameFound, find_names, names_for, words_of
from archive.search.facets import FACETS_BY_KEY, slugs_to_ids
from archive.search.grammar import parse
from archive.search.inputs import Phrase as PhraseInput
from archive.search.inputs import Words
from archive.search.periods import ALWAYS, Period, parse_period
from archive.search.query import ArchiveQuery
from archive.search.tree import Field, Node, Not, Or, Phrase, Word

# No article has this number: a filter that nothing can pass.
_NOTHING = SQ(names__exact="0")


@dataclass
class Compiled:
    """A question, understood.

    `sq` is None for "everything". `marks` are the words and phrases to mark in shown text. `conditions` say
    the same as `sq`, roughly, to the database, for when the index does not answer.
    """

    sq: SQ | None = None
    reading: str = ""
    chips: list[tuple[str, ArchiveQuery]] = field(default_factory=list)
    names: list[Entity] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    period: Period = ALWAYS
    conditions: Q = field(default_factory=Q)

    def require(self, sq: SQ, condition: Q) -> None:
        self.sq = sq if self.sq is None else self.sq & sq
        self.conditions &= condition


class _Part:
    """One thing the question asks for: to the engine, to the database, in words."""

    def __init__(self, sq: SQ, condition: Q, words: str):
        self.sq, self.condition, self.words = sq, condition, words


def compile_query(query: ArchiveQuery) -> Compiled:
    """Understand a question. Reads the tables of names and sources; a few queries, whatever was typed."""
    reading = parse(query.text)
    compiled = Compiled(notes=[str(note) for note in reading.notes])
    parts = _parts(reading.tree.children, compiled)
    for part in parts:
        compiled.require(part.sq, part.condition)
    phrases = [_phrase(parts)] if parts else []
    if query.text:
        compiled.chips.append((query.text, query.but(text="")))
    phrases += _add_filters(query, compiled)
    if query.since or query.until:
        compiled.period = query.period
        compiled.require(_period_sq(query.period), _period_condition(query.period))
        compiled.chips.append((str(query.period), query.but(since=None, until=None)))
        phrases.append(str(query.period))
    compiled.reading = f"Articles {', '.join(phrases)}." if phrases else "All articles."
    return compiled


def _phrase(parts: list[_Part]) -> str:
    return " and ".join(part.words for part in parts)


def _parts(children: tuple[Node, ...], compiled: Compiled) -> list[_Part]:
    """Return a part for each node; neighbouring words that are a registered name make one part."""
    parts, at = [], 0
    names = {found.first: found for found in find_names(children)}
    while at < len(children):
        if at in names:
            parts.append(_name_part(children, names[at], compiled))
            at = names[at].last
        else:
            part = _part(children[at], compiled)
            parts += [part] if part else []
            at += 1
    return parts


def _name_part(children: tuple[Node, ...], found: NameFound, compiled: Compiled) -> _Part:
    """Find a name under all its spellings, or the very words."""
    nodes = children[found.first : found.last]
    words = reduce(and_, (_node_sq(node) for node in nodes))
    typed = " ".join(node.text for node in nodes)
    sq, condition = words, reduce(and_, (_contains(node.text) for node in nodes))
    spellings = 0
    for entity in found.entities:
        sq |= SQ(names__exact=str(entity.pk))
        condition |= Q(pk__in=entity.mentions.values("article_id"))
        texts = [alias.text for alias in entity.aliases.all()]
        spellings = max(spellings, len(texts))
        compiled.marks += texts
        compiled.names.append(entity)
    compiled.marks.append(typed)
    also = f" ({spellings} spellings)" if spellings > 1 else ""
    return _Part(sq, condition, f"with {words_of_all(nodes)}{also}")


def words_of_all(nodes) -> str:
    return " ".join(words_of(node) if isinstance(node, Phrase) else f"“{words_of(node)}”" for node in nodes)


def _part(node: Node, compiled: Compiled) -> _Part | None:
    match node:
        case Word() | Phrase():
            compiled.marks.append(node.text)
            return _Part(_node_sq(node), _contains(node.text), f"with {words_of_all([node])}")
        case Field():
            return _field_part(node, compiled)
        case Not():
            part = _part(node.child, Compiled())
            return part and _Part(~part.sq, ~part.condition, f"not {part.words}")
        case Or():
            parts = [part for child in node.children if (part := _part(child, compiled))]
            if not parts:
                return None
            words = " or ".join(part.words for part in parts)
            return _Part(
                reduce(or_, (part.sq for part in parts)),
                reduce(or_, (part.condition for part in parts)),
                words,
            )
    return None


def _node_sq(node: Node) -> SQ:
    return SQ(content=PhraseInput(node.text) if isinstance(node, Phrase) else Words(node.text))


def _contains(text: str) -> Q:
    return Q(body_text__icontains=text) | Q(headline__icontains=text)


def _field_part(node: Field, compiled: Compiled) -> _Part | None:
    value = node.value
    match node.name:
        case "headline":
            compiled.marks.append(value)
            sq, condition = SQ(headline=PhraseInput(value)), Q(headline__icontains=value)
            return _Part(sq, condition, f"with “{value}” in the headline")
        case "from":
            sq, condition = SQ(dateline=PhraseInput(value)), Q(dateline__icontains=value)
            return _Part(sq, condition, f"filed from {value}")
        case "by":
            return _by_part(value)
        case "name":
            return _registered_part(value, compiled)
        case "source":
            return _source_part(value, compiled)
        case _:
            return _date_part(value, compiled)


def _by_part(value: str) -> _Part:
    """A sign-off code, or the name of the person behind one."""
    code = value.upper()
    sq = SQ(codes__exact=code) | SQ(reporters__exact=value) | SQ(editors__exact=value)
    condition = Q(pk__in=Article.objects.filter(credits__code=code).values("pk"))
    return _Part(sq, condition, f"by {value}")


def _registered_part(value: str, compiled: Compiled) -> _Part:
    entities = names_for(value)
    if not entities:
        compiled.notes.append(f"No name is registered as “{value}”; it was searched for as a phrase.")
        compiled.marks.append(value)
        return _Part(SQ(content=PhraseInput(value)), _contains(value), f"with “{value}”")
    compiled.names += entities
    for entity in entities:
        compiled.marks += [alias.text for alias in entity.aliases.all()]
    sq = reduce(or_, (SQ(names__exact=str(entity.pk)) for entity in entities))
    condition = Q(pk__in=Article.objects.filter(mentions__entity__in=entities).values("pk"))
    return _Part(sq, condition, f"naming {' or '.join(entity.name for entity in entities)}")


def _source_part(value: str, compiled: Compiled) -> _Part:
    slugs = list(
        Source.objects.filter(Q(slug__iexact=value) | Q(name__iexact=value)).values_list("slug", flat=True)
    )
    if not slugs:
        compiled.notes.append(f"No source is called “{value}”.")
    sq = reduce(or_, (SQ(source__exact=slug) for slug in slugs), _NOTHING)
    return _Part(sq, Q(source__slug__in=slugs), f"from {value}")


def _date_part(value: str, compiled: Compiled) -> _Part | None:
    period = parse_period(value)
    if period is None:
        compiled.notes.append(f"“{value}” is not a day; write 2019, 2019-07 or 2019-07-10. It was left out.")
        return None
    return _Part(_period_sq(period), _period_condition(period), str(period))


def _add_filters(query: ArchiveQuery, compiled: Compiled) -> list[str]:
    """Add what was chosen from the facets, and return it in words."""
    phrases = []
    name_slugs = [value for key, value in query.filters if FACETS_BY_KEY[key].names]
    ids = slugs_to_ids(name_slugs) if name_slugs else {}
    names = {str(e.pk): e for e in Entity.objects.filter(pk__in=ids.values())} if ids else {}
    for key in dict.fromkeys(key for key, _ in query.filters):
        spec = FACETS_BY_KEY[key]
        sqs, conditions, labels = [], [], []
        for value in (value for other, value in query.filters if other == key):
            engine_value = ids.get(value, "0") if spec.names else value
            label = names[engine_value].name if engine_value in names else value
            sqs.append(
                _NOTHING if spec.key == "year" and not value.isdigit() else _value_sq(spec, engine_value)
            )
            conditions.append(_value_condition(spec, engine_value))
            labels.append(label)
            compiled.chips.append((spec.phrase.format(label), query.without_filter(key, value)))
        join = or_ if spec.either else and_
        compiled.require(reduce(join, sqs), reduce(join, conditions))
        phrases.append(spec.phrase.format((" or " if spec.either else " and ").join(labels)))
    return phrases


def _value_sq(spec, value: str) -> SQ:
    return SQ(**{f"{spec.field}__exact": int(value[:9]) if spec.key == "year" else value})


def _value_condition(spec, value: str) -> Q:
    match spec.key:
        case "from":
            return Q(place=value)
        case "by":
            return Q(pk__in=Article.objects.filter(credits__code=value).values("pk"))
        case "source":
            return Q(source__slug=value)
        case "year":
            return Q(published_on__year=int(value[:4])) if value.isdigit() else Q(pk__in=[])
        case _:
            return Q(pk__in=Article.objects.filter(mentions__entity=int(value)).values("pk"))


def _period_sq(period: Period) -> SQ:
    """The one place where an inclusive last day meets the engine; both ends are days, so `lte` is exact."""
    sqs = [SQ(published_on__gte=period.since)] if period.since else []
    sqs += [SQ(published_on__lte=period.until)] if period.until else []
    return reduce(and_, sqs)


def _period_condition(period: Period) -> Q:
    since = Q(published_on__gte=period.since) if period.since else Q()
    return since & (Q(published_on__lte=period.until) if period.until else Q())
