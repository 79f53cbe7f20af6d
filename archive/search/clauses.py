"""Words, phrases and closeness of a question -> what the engine is asked, what is marked, what is told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Final, NamedTuple

from django.db.models import Q
from haystack.query import SQ

from archive.models import Article, Mention
from archive.search import inputs
from archive.search.expand import NameFound, Names, Spelling
from archive.search.periods import Period
from archive.search.tree import (
    AtLeast,
    Caps,
    Exactly,
    Fuzzy,
    Leaf,
    Near,
    Node,
    Or,
    Phrase,
    Prefix,
    Together,
    Wildcard,
    Word,
)

_UNITS: Final = {"sentence": inputs.SameSentence, "paragraph": inputs.SameParagraph}


@dataclass(frozen=True)
class Part:
    """One condition: to the engine, roughly the same to the database, and in words.

    `noun` says that the words are things to be found (“storm”) rather than a clause of their own (filed from
    Varra); `many` that they need brackets inside others.
    """

    sq: SQ
    condition: Q
    words: str
    noun: bool = False
    many: bool = False
    period: Period | None = None

    @property
    def clause(self) -> str:
        return f"with {self.words}" if self.noun else self.words


class Place(NamedTuple):
    """Where words are looked for: a field of the index, and columns of the database.

    `without` is a field that is part of `index` and does not count. `own` is what takes the place of `index`
    in articles with paragraphs that do not count.
    """

    index: str
    columns: tuple[str, ...]
    without: str = ""
    own: str = ""

    def asks(self, asked) -> SQ:
        """Return the condition that something stands here, or in `own` of an article that has this field."""
        if not self.own:
            return self._asks(asked)
        elsewhere = self._replace(index=self.own, own="")
        return (self._asks(asked) & ~SQ(flags__exact=RECYCLED)) | elsewhere._asks(asked)

    def _asks(self, asked) -> SQ:
        """Return the condition that something stands here.

        The text below the headline has no field of its own, which would nearly double the index: there, what
        the headline has too must occur once more.
        """
        here = SQ(**{self.index: asked})
        if not self.without:
            return here
        return (here & ~SQ(**{self.without: asked})) | SQ(**{self.index: _once_more(asked)})


# The flag of articles with recycled paragraphs, which alone have the field `own`.
RECYCLED: Final = "recycled"
EVERYWHERE: Final = Place("content", ("body_text", "headline"))
PLACES: Final = {
    "headline": Place("headline", ("headline",)),
    "body": Place("content", ("body_text",), without="headline"),
    "lead": Place("lead", ("body_text",)),
    "from": Place("dateline", ("dateline",)),
}


# The same, but for paragraphs that unrelated stories have too.
OWN_WORDS: Final = EVERYWHERE._replace(own="own")
OWN_PLACES: Final = PLACES | {"body": PLACES["body"]._replace(own="own")}


@dataclass
class Marks:
    """What to mark in shown text, as words and as inputs of the engine; and the names meant."""

    texts: list[str] = field(default_factory=list)
    inputs: list = field(default_factory=list)
    names: list = field(default_factory=list)
    spellings: list[Spelling] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def joined(parts: list[Part], either: bool = False) -> Part:
    """Join conditions by AND, or by OR."""
    if len(parts) == 1:
        return parts[0]
    join = or_ if either else and_
    nouns = all(part.noun for part in parts)
    words = [part.words if nouns else part.clause for part in parts]
    words = [f"({text})" if part.many else text for text, part in zip(words, parts, strict=True)]
    *first, last = words
    return Part(
        reduce(join, (part.sq for part in parts)),
        reduce(join, (part.condition for part in parts)),
        f"{', '.join(first)} {'or' if either else 'and'} {last}",
        noun=nouns,
        many=True,
    )


def without(part: Part) -> Part:
    """Turn a condition around."""
    words = f"({part.words})" if part.many else part.words
    return Part(~part.sq, ~part.condition, f"without {words}" if part.noun else f"not {words}")


class TextClauses:
    """Compile the parts of a question that look for running text."""

    def __init__(self, names: Names):
        self.names = names

    def name(self, nodes: Iterable[Node], found: NameFound, place: Place, marks: Marks) -> Part:
        """Find a registered name under all its spellings that were not dropped, or the very words."""
        spellings = self.names.spellings(found.entities)
        dropped = self.names.any_dropped(found.entities)
        asked = [place.asks(inputs.AnyOf(*map(_spelled, spellings)))] if spellings else []
        condition = reduce(or_, (_contains(s.text, place) for s in spellings), Q(pk__in=[]))
        if not self.names.is_dropped(found.typed):
            words = [self.leaf(node, place, marks) for node in nodes]
            asked.append(reduce(and_, (part.sq for part in words)))
            condition |= reduce(and_, (part.condition for part in words))
        if not dropped and place is EVERYWHERE:
            ids = [str(entity.pk) for entity in found.entities]
            asked += [SQ(names__exact=pk) for pk in ids]
            condition |= Q(pk__in=Mention.objects.filter(entity__in=ids).values("article_id"))
        marks.texts += [s.text for s in spellings]
        marks.inputs += map(_spelled, spellings)
        marks.spellings += spellings
        marks.dropped += dropped
        marks.names += found.entities
        count = f" ({len(spellings)} spellings)" if len(spellings) > 1 else ""
        sq = reduce(or_, asked) if asked else SQ(names__exact="0")
        return Part(sq, condition, f"“{found.typed}”{count}", noun=True)

    def leaf(self, node: Node, place: Place, marks: Marks) -> Part:
        """Compile a word or phrase, or several that stand near each other."""
        asked = self._input(node, marks)
        marks.inputs.append(asked)
        sq = place.asks(asked)
        return Part(sq, self._condition(node, place), described(node), noun=True)

    def quoted(self, nodes: Iterable[Node], said: list, marks: Marks) -> Part:
        """Find all of some words within one quote; `said` are further words that its paragraph must have."""
        nodes = list(nodes)
        parts = [*said, *(self._near_part(node, marks) for node in nodes)]
        marks.inputs += [part for part in parts[len(said) :] if not isinstance(part, tuple)]
        place = Place("quotes", ("quotes__text",))
        found = reduce(and_, (self._condition(node, place) for node in nodes))
        condition = Q(pk__in=Article.objects.filter(found).values("pk"))
        words = " and ".join(map(described, nodes))
        return Part(SQ(quotes=inputs.SameParagraph(*parts)), condition, words, noun=True)

    def _input(self, node: Node, marks: Marks):
        match node:
            case Near():
                parts = [self._near_part(child, marks) for child in node.children]
                return inputs.Near(*parts, distance=node.distance, ordered=node.ordered)
            case Together():
                return _UNITS[node.unit](*(self._near_part(child, marks) for child in node.children))
            case AtLeast():
                return inputs.AtLeast(self._near_part(node.child, marks), times=node.times)
        marks.texts.append(f"{node.text}*" if isinstance(node, Prefix) else node.text)
        return _leaf_input(node)

    def _near_part(self, node: Node, marks: Marks):
        """Return a part of a proximity; alternatives, and the spellings of a name, as a tuple."""
        if isinstance(node, Or):
            return tuple(self._near_part(child, marks) for child in node.children)
        own = self._input(node, marks)
        entities = self.names.of(node.text) if isinstance(node, Word | Phrase) else ()
        spellings = self.names.spellings(entities)
        marks.texts += [spelling.text for spelling in spellings]
        marks.spellings += spellings
        marks.dropped += self.names.any_dropped(entities)
        return (own, *map(_spelled, spellings)) if spellings else own

    def _condition(self, node: Node, place: Place) -> Q:
        """Say roughly the same to the database."""
        match node:
            case Near() | Together():
                return reduce(and_, (self._condition(child, place) for child in node.children))
            case Or():
                return reduce(or_, (self._condition(child, place) for child in node.children))
            case AtLeast():
                return self._condition(node.child, place)
            case Wildcard():
                pieces = node.text.replace("?", "*").split("*")
                return reduce(and_, (_contains(piece, place) for piece in pieces if piece))
            case Fuzzy():
                return _contains(node.text[: max(2, len(node.text) // 2)], place)
        return _contains(node.text, place)


def _once_more(asked) -> inputs.AtLeast:
    if isinstance(asked, inputs.AtLeast):
        return inputs.AtLeast(*asked.parts, times=asked.times + 1)
    return inputs.AtLeast(asked, times=2)


def _contains(text: str, place: Place) -> Q:
    return reduce(or_, (Q(**{f"{column}__icontains": text}) for column in place.columns))


def _spelled(spelling: Spelling) -> inputs.TextInput:
    return (inputs.Caps if spelling.is_acronym else inputs.Phrase)(spelling.text)


def _leaf_input(node: Leaf) -> inputs.TextInput:
    kind = {
        Word: inputs.Words,
        Phrase: inputs.Phrase,
        Exactly: inputs.Exactly,
        Caps: inputs.Caps,
        Prefix: inputs.Prefix,
        Wildcard: inputs.Wildcard,
    }.get(type(node))
    return kind(node.text) if kind else inputs.Fuzzy(node.text, edits=node.edits)


def described(node: Node) -> str:
    """Return words or a phrase as the sentence tells them."""
    match node:
        case Near():
            order = "in this order" if node.ordered else "of each other"
            words = "word" if node.distance == 1 else "words"
            apart = (
                f"within {node.distance} {words} {order}"
                if node.distance > 1 or not node.ordered
                else "side by side"
            )
            return f"{' and '.join(map(described, node.children))} {apart}"
        case Together():
            return f"{' and '.join(map(described, node.children))} in one {node.unit}"
        case Or():
            return f"({' or '.join(map(described, node.children))})"
        case AtLeast():
            return f"{described(node.child)} at least {node.times} times"
        case Exactly():
            return f"exactly “{node.text}”"
        case Caps():
            return f"“{node.text}” in these capitals"
        case Prefix():
            return f"words beginning with “{node.text}”"
        case Wildcard():
            return f"words like “{node.text}”"
        case Fuzzy():
            letters = "one letter" if node.edits == 1 else f"{node.edits} letters"
            return f"words within {letters} of “{node.text}”"
    return f"“{node.text}”"
