"""Queries about the places of words, which Whoosh has no fast or no own form for.

They nest in Whoosh's boolean queries. Inside them stand words (Term, or an Or of spellings), phrases,
prefixes and other patterns, and each other. They are evaluated over arrays only (`evaluate_positions`), never
by Whoosh.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from whoosh.query import Query


class PositionQuery(Query):
    """Stand above the queries about places; `parts` are the queries whose places are compared."""

    def __init__(self, parts: Sequence[Query], boost: float = 1.0):
        self.parts, self.boost = tuple(parts), boost

    def is_leaf(self) -> bool:
        return False

    def children(self) -> Iterator[Query]:
        return iter(self.parts)

    def field(self) -> str | None:
        fields = {part.field() for part in self.parts}
        return fields.pop() if len(fields) == 1 else None

    def _key(self) -> tuple[Any, ...]:
        return type(self), self.parts, self.boost

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PositionQuery) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts))})"

    def normalize(self) -> Query:
        return self

    def estimate_size(self, ixreader: Any) -> int:
        return min(part.estimate_size(ixreader) for part in self.parts)

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        raise NotImplementedError(f"{type(self).__name__} is evaluated over arrays, not by Whoosh")


class Near(PositionQuery):
    """Match where `a` and `b` are at most `distance` words apart; 1 is next to each other.

    `ordered`: b must come after a. Words at the same place (readings of one word) are not near each other.
    """

    def __init__(self, a: Query, b: Query, distance: int = 1, ordered: bool = False, boost: float = 1.0):
        super().__init__((a, b), boost)
        self.distance, self.ordered = distance, ordered

    def _key(self) -> tuple[Any, ...]:
        return *super()._key(), self.distance, self.ordered


class SameSentence(PositionQuery):
    """Match where all parts stand in one sentence."""


class SameParagraph(PositionQuery):
    """Match where all parts stand in one paragraph."""


class AtLeast(PositionQuery):
    """Match documents with at least `minimum` occurrences of `query`."""

    def __init__(self, query: Query, minimum: int, boost: float = 1.0):
        super().__init__((query,), boost)
        self.minimum = minimum

    def _key(self) -> tuple[Any, ...]:
        return *super()._key(), self.minimum


class WrittenAs(Query):
    """Match a word as written, in an exact companion field: capitals and accents, or none, matter."""

    def __init__(self, fieldname: str, text: str, boost: float = 1.0):
        self.fieldname, self.text, self.boost = fieldname, text, boost

    def field(self) -> str:
        return self.fieldname

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WrittenAs) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), self.fieldname, self.text, self.boost))

    def __repr__(self) -> str:
        return f"WrittenAs({self.fieldname!r}, {self.text!r})"

    def estimate_size(self, ixreader: Any) -> int:
        return ixreader.doc_count()

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        raise NotImplementedError("WrittenAs is evaluated over arrays, not by Whoosh")
