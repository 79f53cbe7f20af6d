"""Values of fields that are no running text -> conditions: sign-offs, names, sources, dates, flags."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Final, NamedTuple

from django.db.models import Count, Q
from haystack.query import SQ

from archive.desk.passages import LEAST_OTHERS
from archive.models import Alias, Article, Contributor, Credit, Entity, Passage, Quote, Source
from archive.search import inputs, speakers
from archive.search.clauses import EVERYWHERE, Marks, Part, Place, TextClauses
from archive.search.dates import read_date
from archive.search.expand import NameFound
from archive.search.fields import BY_NAME, FLAGS, FLAGS_BY_TYPED, NAME_KINDS, SORT_VALUES, FieldSpec, Kind
from archive.search.languages import code_of
from archive.search.merges import load_names, roots_of, spellings_of
from archive.search.periods import Period
from archive.search.tree import Choice, Note, Phrase, Value

_NUMBERS: Final = re.compile(r"(\d{0,9})\.\.(\d{0,9})|(\d{1,9})", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z]{1,8}(?:/[A-Za-z]{1,8})*", re.ASCII)
MOST_CHOICES: Final = 8
# Names that are compared with a word of theirs.
_MOST_COMPARED: Final = 50
_LOOKUPS: Final = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


class Context(NamedTuple):
    """What values are read with; `notes` are added to."""

    text: str
    today: date
    clauses: TextClauses
    notes: list[Note]
    place: Place = EVERYWHERE

    def note(self, sentence: str, value: Value, *choices: tuple[str, str]) -> None:
        """Say something about a value; choices are (label, what to write in its place)."""
        texts = (
            Choice(label, f"{self.text[: value.start]}{instead}{self.text[value.end :]}")
            for label, instead in choices
        )
        self.notes.append(Note(sentence, value.start, value.end, tuple(texts)))


def nothing() -> Part:
    """Return a condition that no article fulfils."""
    return Part(SQ(names__exact="0"), Q(pk__in=[]), "")


def value_part(spec: FieldSpec, value: Value, context: Context, marks: Marks) -> Part | None:
    """Compile one value of a field; None, with a note, if it cannot be read."""
    if spec.name in NAME_KINDS:
        return _name(spec, value, context, marks)
    if spec.kind is Kind.SORT:
        return _sort(value, context)
    if spec.kind is Kind.DATE:
        return _date(spec, value, context)
    if spec.kind is Kind.NUMBER:
        return _number(spec, value, context)
    if spec.kind is Kind.FLAG:
        return _flag(spec, value, context)
    return _VALUES[spec.name](spec, value, context)


def _name(spec: FieldSpec, value: Value, context: Context, marks: Marks) -> Part:
    """Ask for a registered name by its number; words that are none are looked for as a phrase."""
    entities = entities_meant(spec, value, context)
    if spec.name == "said":
        return _said(value, entities, marks)
    phrase = Phrase(value.start, value.end, value.text)
    if not entities:
        kind = NAME_KINDS[spec.name] or "name"
        context.note(f"No {kind} is registered as “{value.text}”; it was looked for as a phrase.", value)
        return context.clauses.leaf(phrase, context.place, marks)
    part = context.clauses.name([phrase], NameFound(0, 1, value.text, entities), EVERYWHERE, marks)
    if context.clauses.names.any_dropped(entities):
        return part
    ids = [str(entity.pk) for entity in entities]
    sq = reduce(or_, (SQ(names__exact=pk) for pk in ids))
    condition = Q(pk__in=Article.objects.filter(mentions__entity__in=ids).values("pk"))
    count = len(context.clauses.names.spellings(entities))
    spellings = f" ({count} spellings)" if count > 1 else ""
    names = " or ".join(entity.name for entity in entities)
    return Part(sq, condition, f"naming {names}{spellings}")


def entities_meant(spec: FieldSpec, value: Value, context: Context) -> tuple[Entity, ...]:
    """Return the registered names that a value means, with a note if there are several.

    A spelling means its names; what is no spelling means the names that have it among their words.
    """
    kind = NAME_KINDS[spec.name]
    entities = context.clauses.names.of(value.text, kind) or _names_with(value.text, kind)
    if len(entities) > 1:
        choices = [(_label(entity), f'"{entity.name}"') for entity in entities]
        different = [choice for choice in choices if choice[1].strip('"') != value.text]
        sentence = f"“{value.text}” can be {len(entities)} names; all were looked for."
        context.note(sentence, value, *different[:MOST_CHOICES])
    return entities


def _names_with(text: str, kind: str) -> tuple[Entity, ...]:
    owners = Alias.objects.filter(text__icontains=text, **({"entity__kind": kind} if kind else {}))
    owners = owners.order_by("entity__name", "entity").values_list("entity", "entity__merged_into")
    roots = roots_of(dict(owners.distinct()[:_MOST_COMPARED]))
    entities = load_names(set(roots.values())).values() if roots else ()
    whole = re.compile(rf"\b{re.escape(text)}\b", re.IGNORECASE)
    named = [entity for entity in entities if whole.search(entity.name)]
    found = named or [e for e in entities if any(whole.search(alias.text) for alias in spellings_of(e))]
    return tuple(sorted(found, key=lambda entity: (entity.name, entity.pk)))


def _said(value: Value, entities: tuple[Entity, ...], marks: Marks) -> Part:
    """Ask for a quote of somebody, registered or not."""
    marks.names += entities
    ids = [entity.pk for entity in entities]
    called = Q(speaker_text__iexact=value.text) | Q(speaker_text__iendswith=f" {value.text}")
    quotes = Quote.objects.filter(Q(speaker__in=ids) | (Q(speaker__isnull=True) & called))
    condition = Q(pk__in=quotes.filter(is_hidden=False).values("article_id"))
    told = " or ".join(entity.name for entity in entities) or f"“{value.text}”"
    sq = SQ(quotes=inputs.AnyOf(*said_by(value.text, entities)))
    return Part(sq, condition, BY_NAME["said"].phrase.format(told))


def said_by(text: str, entities: Iterable[Entity]) -> tuple[inputs.Words, ...]:
    """Return what the paragraph of a quote has: by one of these, or by somebody unregistered so called."""
    words = [speakers.registered_word(entity.pk) for entity in entities]
    words.append(speakers.unregistered_word(text))
    return tuple(inputs.Words(word) for word in words if word)


def _label(entity: Entity) -> str:
    return f"{entity.name} ({entity.description or entity.kind})"


def _signed(spec: FieldSpec, value: Value, context: Context) -> Part:
    """Ask for a sign-off code (several with strokes between them: all), or for the person behind one."""
    edited = spec.name == "editor"
    found = []
    codes = value.text.upper().split("/")
    if _CODE.fullmatch(value.text) and Credit.objects.filter(code__in=codes).exists():
        found.append(reduce(and_, (_code(code, edited) for code in codes)))
    found += [_person(name, edited) for name in _contributors(value.text)]
    if not found:
        context.note(f"“{value.text}” is neither a sign-off code nor anybody who has one.", value)
        return _told(nothing(), spec, value.text)
    sq = reduce(or_, (sq for sq, _ in found))
    condition = reduce(or_, (condition for _, condition in found))
    return Part(sq, condition, spec.phrase.format(value.text))


class _Asked(tuple):
    """(engine condition, database condition), which combine together."""

    def __and__(self, other):
        return _Asked((self[0] & other[0], self[1] & other[1]))


def _code(code: str, edited: bool) -> _Asked:
    credits = Credit.objects.filter(code=code, **({"role": "edited"} if edited else {}))
    sq = SQ(edited_codes__exact=code) if edited else SQ(codes__exact=code)
    return _Asked((sq, Q(pk__in=credits.values("article_id"))))


def _person(name: str, edited: bool) -> _Asked:
    credits = Credit.objects.filter(code__in=Contributor.objects.filter(name=name).values("codes__code"))
    sq = SQ(editors__exact=name) if edited else SQ(contributors__exact=name)
    return _Asked((sq, Q(pk__in=credits.values("article_id"))))


def _contributors(text: str) -> list[str]:
    """Return the names of the people who have all of these words in theirs."""
    words = text.split()
    if not words or len(text) < 3:
        return []
    people = Contributor.objects.all()
    for word in words:
        people = people.filter(name__icontains=word)
    return [name for name in people.values_list("name", flat=True)[:20] if _whole_words(words, name)]


def _whole_words(words: list[str], name: str) -> bool:
    return {word.casefold() for word in words} <= set(re.split(r"[\s,]+", name.casefold()))


def _source(spec: FieldSpec, value: Value, context: Context) -> Part:
    wanted = Q(slug__iexact=value.text) | Q(name__iexact=value.text)
    slugs = list(Source.objects.filter(wanted).values_list("slug", flat=True))
    if not slugs:
        names = Source.objects.values_list("name", flat=True)[:8]
        context.note(f"No source is called “{value.text}”.", value, *((name, f'"{name}"') for name in names))
        return _told(nothing(), spec, value.text)
    sq = reduce(or_, (SQ(source__exact=slug) for slug in slugs))
    return Part(sq, Q(source__slug__in=slugs), spec.phrase.format(value.text))


def _language(spec: FieldSpec, value: Value, context: Context) -> Part:
    """Ask for a language by its code, or by its name in English or in itself."""
    code = code_of(value.text)
    if not code:
        context.note(f"“{value.text}” is no language that is known here; write en, fr or fa.", value)
        return _told(nothing(), spec, value.text)
    variants = dict.fromkeys((value.text, code, code.upper()))
    sq = reduce(or_, (SQ(language__exact=variant) for variant in variants))
    condition = Q(language__iexact=code) | Q(language="", source__language__iexact=code)
    return Part(sq, condition, spec.phrase.format(value.text))


def _section(spec: FieldSpec, value: Value, context: Context) -> Part:
    """Ask for a whole value in the usual ways of writing it."""
    text = value.text
    variants = list(dict.fromkeys((text, text.lower(), text.upper(), text.capitalize(), text.title())))
    sq = reduce(or_, (SQ(section__exact=variant) for variant in variants))
    return Part(sq, Q(section__iexact=text), spec.phrase.format(text))


def _address(spec: FieldSpec, value: Value, context: Context) -> Part:
    """Ask for an article by its number, or by its address or the last part of it."""
    slug = value.text.rstrip("/").rpartition("/")[2]
    found = Article.objects.published().filter(slug__iexact=slug)
    ids = list(found.values_list("pk", flat=True)[:100])
    if slug.isascii() and slug.isdigit() and len(slug) < 10:
        ids.append(int(slug))
    if not ids:
        context.note(f"No story has the number or address “{value.text}”.", value)
        return _told(nothing(), spec, value.text)
    sq = SQ(pk__in=[str(pk) for pk in ids])
    return Part(sq, Q(pk__in=ids), spec.phrase.format(value.text))


def _date(spec: FieldSpec, value: Value, context: Context) -> Part | None:
    """Ask for days; `after:` and `before:` include the day they name."""
    op = value.op or {"after": ">=", "before": "<="}.get(spec.name, "")
    answer = read_date(value.text, context.today, op)
    if answer.period is None:
        choices = [(label, text.removeprefix(op) if not value.op else text) for label, text in answer.choices]
        context.note(f"{answer.problem} It was left out.", value, *choices)
        return None
    return period_part(answer.period)


def period_part(period: Period) -> Part:
    """The one place where an inclusive last day meets the engine; both ends are days, so `lte` is exact."""
    conditions = {"published_on__gte": period.since, "published_on__lte": period.until}
    asked = {lookup: day for lookup, day in conditions.items() if day}
    return Part(SQ(**asked), Q(**asked), str(period), period=period)


def _sort(value: Value, context: Context) -> None:
    """Say so where an order is not known; those that are, `ArchiveQuery` takes from the text."""
    if value.text.lower() not in SORT_VALUES:
        choices = [(f"sort:{known}", known) for known in ("relevance", "-date", "date")]
        context.note(f"“sort:” knows no “{value.text}”; it was left out.", value, *choices)


def _number(spec: FieldSpec, value: Value, context: Context) -> Part | None:
    match = _NUMBERS.fullmatch(value.text.replace(",", ""))
    if match is None or not any(match.groups()):
        context.note(f"“{value.text}” is no number; write 500, >500 or 300..600. It was left out.", value)
        return None
    low, high, single = match.groups()
    if low and high and int(low) > int(high):
        turned = f"{high}..{low}"
        context.note(f"“{value.text}” ends before it begins. It was left out.", value, (turned, turned))
        return None
    if single:
        asked = {f"{spec.index}__{_LOOKUPS.get(value.op, 'exact')}": int(single)}
        told = {">": "more than ", ">=": "at least ", "<": "fewer than ", "<=": "at most "}.get(
            value.op, ""
        ) + single
    else:
        asked = {f"{spec.index}__gte": int(low)} if low else {}
        asked |= {f"{spec.index}__lte": int(high)} if high else {}
        told = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
    return Part(SQ(**asked), Q(**asked), spec.phrase.format(told))


def _flag(spec: FieldSpec, value: Value, context: Context) -> Part | None:
    flag = FLAGS_BY_TYPED.get((spec.name, value.text.lower()))
    if flag is None:
        known = [flag.value for flag in FLAGS if flag.field == spec.name]
        choices = [(f"{spec.name}:{name}", name) for name in known]
        context.note(f"“{spec.name}:” knows no “{value.text}”; it was left out.", value, *choices)
        return None
    if not flag.index:
        context.note("Withdrawn stories are not public; archivists find them in the admin.", value)
        return _told(nothing(), spec, flag.words)
    return Part(SQ(flags__exact=flag.index), _FLAG_CONDITIONS[flag.index], flag.words)


def _told(part: Part, spec: FieldSpec, text: str) -> Part:
    return Part(part.sq, part.condition, spec.phrase.format(text))


_RETOLD: Final = Passage.objects.filter(
    key__in=Passage.objects.order_by()
    .values("key")
    .annotate(stories=Count("article", distinct=True))
    .filter(stories__gt=LEAST_OTHERS)
    .values("key")
)
_FLAG_CONDITIONS: Final = {
    "corrected": Q(mark__in=("corrected", "correction")),
    "update": Q(mark="update") | Q(update_number__isnull=False),
    "refiled": Q(mark="refile"),
    "recycled": Q(pk__in=_RETOLD.values("article_id")),
    "quote": Q(pk__in=Quote.objects.filter(is_hidden=False).exclude(kind="indirect").values("article_id")),
}
_VALUES: Final[dict[str, Callable]] = {
    "by": _signed,
    "editor": _signed,
    "source": _source,
    "section": _section,
    "lang": _language,
    "id": _address,
}
