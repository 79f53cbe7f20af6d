"""How large a question may be, checked before anything is walked recursively."""

from dataclasses import dataclass
from typing import Any

from haystack.backends import SearchNode
from haystack.inputs import BaseInput

from archive.search import inputs
from archive.search.errors import QueryTooCostly, QueryTooLong


@dataclass(frozen=True)
class Limits:
    """How large a question may be; larger ones are refused with a sentence for the reader."""

    max_chars: int = 10_000
    max_words: int = 300
    max_depth: int = 30


def check_size(tree: SearchNode, limits: Limits) -> None:
    """Refuse a tree that is too deep, or has too many words or characters; walks it level by level."""
    level, depth, chars, words = [tree], 0, 0, 0
    while level:
        if depth > limits.max_depth:
            raise QueryTooCostly(f"This search nests brackets more than {limits.max_depth} levels deep.")
        children = [child for node in level for child in parts_of(node)]
        for text in (child for child in children if isinstance(child, str)):
            chars += len(text)
            words += 1 + text.count(" ") if chars <= limits.max_chars else 0
        if chars > limits.max_chars:
            raise QueryTooLong(f"This search has more than {limits.max_chars:,} characters.")
        if words > limits.max_words:
            raise QueryTooLong(f"This search has more than {limits.max_words:,} words.")
        level, depth = [child for child in children if not isinstance(child, str)], depth + 1


def parts_of(node: Any) -> list:
    """Return what is directly inside a node, an input or a list; plain values as text or not at all."""
    if isinstance(node, SearchNode):
        return [child if isinstance(child, SearchNode) else child[1] for child in node.children]
    if isinstance(node, inputs.PartsInput):
        return list(node.parts)
    if isinstance(node, BaseInput):
        return [node.query_string]
    if isinstance(node, list | tuple | set | frozenset):
        return list(node)
    return []
