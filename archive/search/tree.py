"""What a reader's question is made of. Every part knows where in the typed text it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a question; `start` and `end` are offsets into the typed text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Leaf(Node):
    """A part that is looked for as it stands."""

    text: str


class Word(Leaf):
    """One word, in any of its endings."""

    __slots__ = ()


class Phrase(Leaf):
    """Words that follow one another."""

    __slots__ = ()


class Exactly(Leaf):
    """Words as they are written: no other endings, no other spellings."""

    __slots__ = ()


class Caps(Leaf):
    """Words as they are written, capitals included."""

    __slots__ = ()


class Prefix(Leaf):
    """Words that begin so."""

    __slots__ = ()


class Wildcard(Leaf):
    """Words of this shape: `*` stands for any letters, `?` for one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Fuzzy(Leaf):
    """A word and its near spellings, `edits` letters away at most."""

    edits: int


@dataclass(frozen=True, slots=True)
class Value(Leaf):
    """What a field that holds values is compared with; `op` is "", ">", ">=", "<" or "<="."""

    op: str = ""


@dataclass(frozen=True, slots=True)
class Near(Node):
    """Parts at most `distance` words from each other; `ordered`: in this order."""

    children: tuple[Node, ...]
    distance: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Together(Node):
    """Parts in one sentence, or in one paragraph."""

    children: tuple[Node, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    """A part that occurs so many times."""

    child: Node
    times: int


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A field of `fields.FIELDS` and what is asked of it."""

    name: str
    child: Node


@dataclass(frozen=True, slots=True)
class Not(Node):
    child: Node


@dataclass(frozen=True, slots=True)
class Or(Node):
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class And(Node):
    """All of its children; without children, everything."""

    children: tuple[Node, ...] = ()


class Choice(NamedTuple):
    """Another text that a reader may have meant, and what a link to it says."""

    label: str
    text: str


class Note(str):
    """A readable sentence about what was not understood, left out, or may be meant otherwise.

    `start` and `end` say where in the typed text; `choices` are texts to ask instead.
    """

    def __new__(cls, sentence: str, start: int = 0, end: int = 0, choices: tuple[Choice, ...] = ()):
        note = super().__new__(cls, sentence)
        note.start, note.end, note.choices = start, end, tuple(choices)
        return note


def children_of(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly inside a node."""
    if isinstance(node, Not | AtLeast | Field):
        return (node.child,)
    return getattr(node, "children", ())


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything inside it, in the order it was typed."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children_of(current)))


def without_places(node: Node) -> Node:
    """Return the node as if every part stood at 0, so that two questions can be compared."""
    changes = {"start": 0, "end": 0}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            changes[field.name] = without_places(value)
        elif isinstance(value, tuple):
            changes[field.name] = tuple(map(without_places, value))
    return replace(node, **changes)
