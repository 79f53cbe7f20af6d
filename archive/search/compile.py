"""A question -> what the engine is asked, what readers are told, and what is marked in the answer."""

import datetime
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import and_
from typing import Final

from django.db.models import Q
from django.utils import timezone
from haystack.query import SQ

from archive.models import Article, Entity
from archive.search import inputs, speakers
from archive.search.clauses import (
    EVERYWHERE,
    OWN_PLACES,
    OWN_WORDS,
    PLACES,
    RECYCLED,
    Marks,
    Part,
    Place,
    TextClauses,
    joined,
    without,
)
from archive.search.expand import Names, Registered
from archive.search.facets import FACETS_BY_KEY, FacetSpec, slugs_to_ids
from archive.search.fields import BY_NAME, FLAGS_BY_TYPED, IN_QUOTES, Kind
from archive.search.hints import told_once
from archive.search.neighbours import can_be_near
from archive.search.periods import ALWAYS, Period
from archive.search.query import ArchiveQuery
from archive.search.tree import And, Field, Leaf, Node, Not, Note, Or, Value, walk
from archive.search.values import Context, entities_meant, nothing, period_part, said_by, value_part
from archive.search.writing import written

# In small letters these were hardly meant to be found.
_SMALL_OPERATORS: Final = frozenset({"and", "or", "not"})
_NUMBERS: Final = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
_NO_QUOTES: Final = str.maketrans("", "", "“”")


@dataclass(frozen=True)
class Clause:
    """One part of the question that can be taken away: its words, and the question without it."""

    label: str
    rest: ArchiveQuery
    kind: str
    sq: SQ | None = None


@dataclass
class Compiled:
    """A question, understood.

    `sq` is None for "everything"; `some` asks for most of the words where `sq` asks for all, None if that is
    no other question. `marks` are the words, phrases and spellings to mark in shown text, `mark_sq` says the
    same to the engine. `conditions` say the same as `sq`, roughly, to the database, for when the index does
    not answer. `clauses` can be taken away one by one, `spellings` too.
    """

    sq: SQ | None = None
    some: SQ | None = None
    reading: str = ""
    clauses: list[Clause] = field(default_factory=list)
    spellings: list[Clause] = field(default_factory=list)
    names: list[Entity] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    mark_sq: SQ | None = None
    period: Period = ALWAYS
    conditions: Q = field(default_factory=Q)
    some_words: str = ""
    some_heading: str = ""

    @property
    def chips(self) -> list[tuple[str, ArchiveQuery]]:
        return [(clause.label, clause.rest) for clause in (*self.clauses, *self.spellings)]


def compile_query(
    query: ArchiveQuery, today: datetime.date | None = None, registered: Registered | None = None
) -> Compiled:
    """Understand a question. A few look-ups of names, people and sources, whatever was typed.

    `registered` are the names in it, where they have been looked up with those of other questions.
    """
    return _Compiler(query, today or timezone.localdate(), registered).compile()


class _Compiler:
    def __init__(self, query: ArchiveQuery, today: datetime.date, registered: Registered | None):
        self.query, self.tree = query, query.reading.tree
        self.names = Names(self.tree, query.drop, registered)
        self.text = TextClauses(self.names)
        self.marks = Marks()
        leaves_out = any(map(_leaves_out_recycled, walk(self.tree)))
        self.place, self.places = (OWN_WORDS, OWN_PLACES) if leaves_out else (EVERYWHERE, PLACES)
        self.context = Context(query.text, today, self.text, [], self.place)

    def compile(self) -> Compiled:
        compiled = Compiled()
        typed = self._typed_parts(compiled)
        words = [part for part in typed if part.noun]
        filters = [part for part in typed if not part.noun] + self._facet_parts(compiled)
        if self.query.since or self.query.until:
            filters.append(period_part(self.query.period))
            label = str(self.query.period)
            rest = self.query.but(since=None, until=None)
            compiled.clauses.append(Clause(label, rest, "period", filters[-1].sq))
        every = [*filters, *words]
        compiled.sq = reduce(and_, (part.sq for part in every)) if every else None
        compiled.conditions = reduce(and_, (part.condition for part in every), Q())
        compiled.period = self._period(every)
        compiled.reading = _sentence(filters, words)
        compiled.notes = told_once([*self.query.reading.notes, *self.context.notes])
        self._add_marks(compiled)
        self._add_some(compiled, filters)
        return compiled

    def _period(self, parts: list[Part]) -> Period:
        return reduce(Period.within, (part.period for part in parts if part.period), ALWAYS)

    # --- what was typed -------------------------------------------------------------------------------------

    def _typed_parts(self, compiled: Compiled) -> list[Part]:
        children, parts = self.tree.children, []
        for nodes, part in self._all(children, self.place, self.marks):
            parts.append(part)
            for label, rest in self._ways_to_remove(nodes, part):
                clause = Clause(label, self.query.but(text=rest), "clause", part.sq)
                compiled.clauses.append(clause)
        return parts

    def _ways_to_remove(self, nodes: tuple[Node, ...], part: Part) -> list[tuple[str, str]]:
        """Return labels and the text that is left; alternatives of one field go one by one."""
        before, after = self._around(nodes)
        node = nodes[0]
        if isinstance(node, Or) and all(isinstance(child, Field) for child in node.children):
            return [
                (written(child), self._text([*before, _except(node, child), *after]))
                for child in node.children
            ]
        return [(part.words, self._text([*before, *after]))]

    def _around(self, nodes: tuple[Node, ...]) -> tuple[list[Node], list[Node]]:
        children = list(self.tree.children)
        first = next(at for at, child in enumerate(children) if child is nodes[0])
        return children[:first], children[first + len(nodes) :]

    def _text(self, children: list[Node]) -> str:
        return written(And(0, 0, tuple(children)))

    def _all(
        self, children: tuple[Node, ...], place: Place, marks: Marks
    ) -> list[tuple[tuple[Node, ...], Part]]:
        """Return the parts of what must all be there; neighbouring words that are a name are one."""
        found, parts, at = self.names.among(children), [], 0
        while at < len(children):
            name = found.get(at)
            nodes = children[at : name.last] if name else children[at : at + 1]
            part = self.text.name(nodes, name, place, marks) if name else self._part(nodes[0], place, marks)
            parts += [(nodes, part)] if part else []
            at += len(nodes)
        return parts

    def _part(self, node: Node, place: Place, marks: Marks, spec=None) -> Part | None:
        match node:
            case And() if spec is None:
                parts = [part for _, part in self._all(node.children, place, marks)]
                return joined(parts) if parts else None
            case And() | Or():
                each = (self._part(child, place, marks, spec) for child in node.children)
                parts = [part for part in each if part]
                return joined(parts, either=isinstance(node, Or)) if parts else None
            case Not() if _leaves_out_recycled(node):
                # It narrows nothing: it says which words count, see self.place.
                return Part(SQ(year__exists=True), Q(), "not counting recycled paragraphs")
            case Not():
                part = self._part(node.child, place, Marks(), spec)
                return part and without(part)
            case Field():
                return self._field(node, marks)
            case Value():
                return value_part(spec, node, self.context, marks)
        if name := self.names.among((node,)).get(0):
            return self.text.name((node,), name, place, marks)
        return self.text.leaf(node, place, marks)

    def _field(self, node: Field, marks: Marks) -> Part | None:
        spec = BY_NAME[node.name]
        if spec.kind is not Kind.TEXT:
            return self._part(node.child, self.place, marks, spec)
        if spec.name in IN_QUOTES:
            return self._quoted(node, marks)
        part = self._part(node.child, self.places[node.name], marks)
        if part and part.noun and spec.joins:
            part = replace(part, words=part.words.translate(_NO_QUOTES))
        if part is None:
            return None
        words = spec.phrase.format(part.words)
        words = words.replace("with with", "with", 1).replace("from with ", "from ", 1)
        return Part(part.sq, part.condition, words)

    def _quoted(self, node: Field, marks: Marks) -> Part | None:
        """Ask for words within one quote; within one by whom `said:` names, if it stands beside it."""
        children = node.child.children if isinstance(node.child, And) else (node.child,)
        if not all(map(can_be_near, children)):
            sentence = f"“{node.name}:” takes words, phrases and alternatives; it was left out."
            self.context.notes.append(Note(sentence, node.start, node.end))
            return None
        required = [inputs.Words(speakers.VERBATIM)] if node.name == "quote" else []
        part = self.text.quoted(children, [*required, *self._speakers], marks)
        return replace(part, words=BY_NAME[node.name].phrase.format(part.words), noun=False)

    @cached_property
    def _speakers(self) -> list[tuple]:
        """Return whom the question's `said:` names, as alternatives within a quote."""
        said = [n for n in self.tree.children if isinstance(n, Field) and n.name == "said"]
        values = [node.child for node in said if isinstance(node.child, Value)]
        quiet = self.context._replace(notes=[])
        return [said_by(v.text, entities_meant(BY_NAME["said"], v, quiet)) for v in values]

    # --- what was chosen ------------------------------------------------------------------------------------

    def _facet_parts(self, compiled: Compiled) -> list[Part]:
        """Return the conditions chosen from the facets, and a clause for each chosen value."""
        parts = []
        every = (*self.query.filters, *self.query.excluded)
        slugs = [value for key, value in every if FACETS_BY_KEY[key].names]
        ids = slugs_to_ids(slugs) if slugs else {}
        names = (
            {str(entity.pk): entity.name for entity in Entity.objects.filter(pk__in=ids.values())}
            if ids
            else {}
        )
        for key in dict.fromkeys(key for key, _ in self.query.filters):
            spec = FACETS_BY_KEY[key]
            chosen = []
            for value in (value for other, value in self.query.filters if other == key):
                part = _value_chosen(spec, value, ids, names)
                chosen.append(part)
                rest = self.query.without_filter(key, value)
                compiled.clauses.append(Clause(spec.phrase.format(part.words), rest, "filter", part.sq))
            both = joined(chosen, either=spec.either)
            parts.append(Part(both.sq, both.condition, spec.phrase.format(both.words)))
        for key, value in self.query.excluded:
            spec = FACETS_BY_KEY[key]
            part = _value_chosen(spec, value, ids, names)
            label = f"not {spec.phrase.format(part.words)}"
            rest = self.query.not_excluding(key, value)
            compiled.clauses.append(Clause(label, rest, "filter", ~part.sq))
            parts.append(Part(~part.sq, ~part.condition, label))
        return parts

    # --- what goes with it ----------------------------------------------------------------------------------

    def _add_marks(self, compiled: Compiled) -> None:
        compiled.names = list(dict.fromkeys(self.marks.names))
        compiled.marks = list(dict.fromkeys(self.marks.texts))
        if self.marks.inputs:
            compiled.mark_sq = SQ(content=inputs.AnyOf(*self.marks.inputs))
        for text in dict.fromkeys(spelling.text for spelling in self.marks.spellings):
            rest = self.query.but(drop=(*self.query.drop, text))
            compiled.spellings.append(Clause(text, rest, "spelling"))
        for text in dict.fromkeys(self.marks.dropped):
            rest = self.query.but(drop=tuple(d for d in self.query.drop if d.casefold() != text.casefold()))
            compiled.clauses.append(Clause(f"without the spelling “{text}”", rest, "dropped"))

    def _add_some(self, compiled: Compiled, filters: list[Part]) -> None:
        """Ask for most of the words as well, where several must all be there."""
        texts = [n.text for n in self.tree.children if isinstance(n, Leaf) and n.text not in _SMALL_OPERATORS]
        words = list(dict.fromkeys(word for text in texts for word in text.split()))
        if len(words) < 2:
            return
        least = most_of(len(words))
        some = self.place.asks(inputs.AnyWords(" ".join(words), at_least=least))
        at_least = f"at least {_NUMBERS.get(least, least)}" if least > 1 else "some"
        compiled.some_heading = f"Stories with {at_least} of these words"
        compiled.some = reduce(and_, (part.sq for part in filters), some)
        compiled.some_words = " OR ".join(
            dict.fromkeys(written(n) for n in self.tree.children if isinstance(n, Leaf) and n.text in texts)
        )


def _leaves_out_recycled(node: Node) -> bool:
    """Say whether a part is -is:boilerplate."""
    if not (isinstance(node, Not) and isinstance(node.child, Field) and node.child.name == "is"):
        return False
    value = node.child.child
    flag = FLAGS_BY_TYPED.get(("is", value.text.lower())) if isinstance(value, Value) else None
    return flag is not None and flag.index == RECYCLED


def most_of(words: int) -> int:
    """Return how many of so many words a story must have to be offered after those that have all.

    Ranking puts those with most of them first, so a quarter loses little against any (MRR@10 of .757 and
    .759, and of .718 for half, when it was chosen) and keeps the number of such stories telling.
    """
    return max(1, words // 4)


def _except(node: Or, child: Node) -> Node:
    rest = tuple(other for other in node.children if other is not child)
    return rest[0] if len(rest) == 1 else Or(node.start, node.end, rest)


def _sentence(filters: list[Part], words: list[Part]) -> str:
    """Tell the reading: Articles filed from Varra, in July 2004, with “treaty” and “ocean”."""
    told = sorted(filters, key=lambda part: part.period is not None)
    phrases = [part.words for part in told if part.words]
    phrases += [joined(words).clause] if words else []
    return f"Articles {', '.join(phrases)}." if phrases else "All articles."


def _value_chosen(spec: FacetSpec, value: str, ids: dict[str, str], names: dict[str, str]) -> Part:
    """Compile one value of a facet; `ids` and `names` know the names by slug and by id."""
    engine_value = ids.get(value, "0") if spec.names else value
    label = names.get(engine_value, value) if spec.names else value
    return Part(_value_sq(spec, engine_value), _value_condition(spec, engine_value), label, noun=True)


def _value_sq(spec: FacetSpec, value: str) -> SQ:
    if spec.key != "year":
        return SQ(**{f"{spec.field}__exact": value})
    return SQ(year__exact=int(value[:9])) if value.isascii() and value.isdigit() else nothing().sq


def _value_condition(spec: FacetSpec, value: str) -> Q:
    match spec.key:
        case "from":
            return Q(place=value)
        case "by":
            return Q(pk__in=Article.objects.filter(credits__code=value).values("pk"))
        case "editor":
            edited = Article.objects.filter(credits__code=value, credits__role="edited")
            return Q(pk__in=edited.values("pk"))
        case "source":
            return Q(source__slug=value)
        case "year":
            # The calendar has no other years, and the database refuses to look for them.
            known = value.isascii() and value.isdigit() and 1 <= int(value[:5]) <= 9999
            return Q(published_on__year=int(value)) if known else Q(pk__in=[])
        case _:
            return Q(pk__in=Article.objects.filter(mentions__entity=int(value)).values("pk"))
