"""A tree -> the text that asks it. `parse(written(tree))` gives the same tree again."""

import re
from collections import Counter
from typing import Final

from archive.search.fields import BY_NAME, Kind
from archive.search.tokens import is_operator
from archive.search.tree import (
    And,
    AtLeast,
    Caps,
    Exactly,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Together,
    Value,
    Word,
)
from archive.search.words import inner_word

_SAFE_VALUE: Final = re.compile(r"\w(?:[\w./-]*\w)?")
_UNITS: Final = {"sentence": "/s", "paragraph": "/p"}


def written(node: Node) -> str:
    """Return a question, or a part of one, as a reader would type it."""
    match node:
        case And():
            if len(node.children) == 1:
                return written(node.children[0])
            return (" AND " if _needs_and(node) else " ").join(_operand(child, Or) for child in node.children)
        case Or():
            return " OR ".join(_operand(child, And) for child in node.children)
        case Not():
            return "-" + _operand(node.child, And, Or, Near, Together)
        case Near():
            return _near(node)
        case Together():
            return _chain(f" {_UNITS[node.unit]} ", node.children)
        case AtLeast():
            return f"ATLEAST{node.times}({written(node.child)})"
        case Field():
            return f"{node.name}:{_value(node)}"
    return _leaf(node)


def _operand(node: Node, *wrapped: type) -> str:
    return f"({written(node)})" if isinstance(node, wrapped) else written(node)


def _needs_and(node: And) -> bool:
    """Say whether without AND some children would be read as alternatives, or as one value."""
    names = Counter(child.name for child in node.children if isinstance(child, Field))
    return any(count > 1 for count in names.values()) or any(_is_value(child) for child in node.children)


def _is_value(node: Node) -> bool:
    return isinstance(node, Value) or (isinstance(node, Not | And | Or) and _holds_value(node))


def _holds_value(node: Node) -> bool:
    children = (node.child,) if isinstance(node, Not) else node.children
    return any(map(_is_value, children))


def _near(node: Near) -> str:
    if not node.ordered and all(isinstance(c, Word) and inner_word(c.text) == c.text for c in node.children):
        return f'"{" ".join(child.text for child in node.children)}"~{node.distance}'
    operator = f" {'PRE' if node.ordered else 'NEAR'}/{node.distance} "
    return _chain(operator, node.children)


def _chain(operator: str, children: tuple[Node, ...]) -> str:
    """Join what is near each other. Read from the left, the first needs no brackets, which nest little."""
    first, *rest = children
    return operator.join([_operand(first, And, Or), *(_operand(c, And, Or, Near, Together) for c in rest)])


def _value(node: Field) -> str:
    if BY_NAME[node.name].kind is Kind.SORT:
        return node.child.text
    return _operand(node.child, And, Or, Not, Near, Together)


def _leaf(node: Node) -> str:
    match node:
        case Phrase():
            return f'"{node.text}"'
        case Exactly():
            return f'="{node.text}"'
        case Caps():
            return f"CAPS({node.text})"
        case Prefix():
            return f"{node.text}*"
        case Fuzzy():
            return f"{node.text}~{node.edits}"
        case Value():
            safe = _SAFE_VALUE.fullmatch(node.text) and not is_operator(node.text)
            return node.op + (node.text if safe else f'"{node.text}"')
    return node.text
