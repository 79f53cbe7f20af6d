"""A tree as plain data, so that a saved search means the same when the grammar has moved on.

`{"is": "Field", "name": "from", "child": {"is": "Word", "text": "geneva"}}`; where in the text a part stood
is not kept.
"""

from dataclasses import fields
from typing import Any, Final

from archive.search import tree
from archive.search.grammar import parse
from archive.search.tree import Node, without_places
from archive.search.writing import written

# Raise it when the same text comes to be read otherwise; `text_of_saved` then goes by the stored tree.
GRAMMAR_VERSION: Final = 2
_NODES: Final = {
    kind.__name__: kind
    for kind in vars(tree).values()
    if isinstance(kind, type) and issubclass(kind, Node) and kind is not Node
}
_PLACES: Final = ("start", "end")


def as_data(node: Node) -> dict[str, Any]:
    """Return a tree as what JSON can hold."""
    values = {f.name: getattr(node, f.name) for f in fields(node) if f.name not in _PLACES}
    return {"is": type(node).__name__, **{name: _value(value) for name, value in values.items()}}


def _value(value):
    if isinstance(value, Node):
        return as_data(value)
    return [as_data(each) for each in value] if isinstance(value, tuple) else value


def from_data(data: dict[str, Any]) -> Node:
    """Return the tree again; ValueError for data that is no tree of ours."""
    try:
        kind = _NODES[data["is"]]
        values = {name: _read(value) for name, value in data.items() if name != "is"}
        return kind(start=0, end=0, **values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is no stored question: {error}") from error


def _read(value):
    if isinstance(value, dict):
        return from_data(value)
    return tuple(from_data(each) for each in value) if isinstance(value, list) else value


def text_of_saved(text: str, data: dict[str, Any]) -> str:
    """Return the text that asks today what `text` asked when it was saved."""
    try:
        saved = from_data(data)
    except ValueError:
        return text
    if without_places(parse(text).tree) == without_places(saved):
        return text
    return written(saved)
