"""Parts of a question that stand side by side -> the part of the tree that they are together."""

from dataclasses import replace

from archive.search.tree import And, AtLeast, Field, Node, Not, Or, Value


def one_value(run: list[Node]) -> list[Node]:
    """Join neighbouring values: name:(Takhti Rahim) is one name, date:(>2001 <2003) two conditions."""
    values: list[Node] = []
    for node in run:
        if isinstance(node, Value) and not node.op and values and isinstance(values[-1], Value):
            before = values.pop()
            node = replace(before, end=node.end, text=f"{before.text} {node.text}")
        values.append(node)
    return values


def either_of_same_field(run: list[Node]) -> list[Node]:
    """Make alternatives of the same field asked twice; both ends of a range stay conditions of their own."""
    places: dict[str, int] = {}
    merged: list[Node] = []
    for node in run:
        if not isinstance(node, Field) or _is_bound(node):
            merged.append(node)
        elif node.name in places:
            at = places[node.name]
            before = merged[at].children if isinstance(merged[at], Or) else (merged[at],)
            merged[at] = Or(before[0].start, node.end, (*before, node))
        else:
            places[node.name] = len(merged)
            merged.append(node)
    return merged


def _is_bound(node: Field) -> bool:
    op = getattr(node.child, "op", "")
    return bool(op) or node.name in ("after", "before", "sort")


def joined(kind: type, nodes: list[Node]) -> Node | None:
    """Return several nodes under one, what is nested in the same way brought up; the only one as it is."""
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    children = tuple(
        child for node in nodes for child in (node.children if isinstance(node, kind) else (node,))
    )
    return kind(nodes[0].start, nodes[-1].end, children)


def can_be_near(node: Node) -> bool:
    """Say whether a part can stand beside an operator of nearness."""
    if isinstance(node, Or):
        return all(map(can_be_near, node.children))
    return not isinstance(node, And | Not | Field | AtLeast | Value)
