"""What a reader's question is made of. Every part knows where in the typed text it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a question; `start` and `end` are offsets into the typed text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word(Node):
    text: str


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Words that follow one another."""

    text: str


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A field of `grammar.FIELDS` and the value typed after its colon."""

    name: str
    value: str


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


class Note(str):
    """A readable sentence about what was not understood, or was left out."""
