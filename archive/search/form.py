"""The advanced form: its boxes -> the text that asks the same, and back, without loss."""

from collections import Counter
from typing import Final, NamedTuple

from archive.search.fields import BY_NAME, Kind
from archive.search.grammar import parse
from archive.search.tokens import QUOTES, clean_text
from archive.search.tree import And, Field, Leaf, Node, Not, Or, Phrase, Value, Word
from archive.search.writing import written

MAX_BOX_CHARS: Final = 500


class Box(NamedTuple):
    """One box of the form: `key` in the address, its label and a word of help; a switch is ticked or not."""

    key: str
    label: str
    help: str
    is_switch: bool = False


BOXES: Final = (
    Box("all", "All of these words", "in any order, in any of their endings"),
    Box("phrase", "This phrase", "the words next to each other"),
    Box("any", "Any of these words", "one of them is enough"),
    Box("none", "None of these words", "stories with one of them are left out"),
    Box("in_headline", "In the headline", "all of these words"),
    Box("filed", "Filed from", "the place in the dateline"),
    Box("signed", "Signed by", "a code such as NA, or a person"),
    Box("named", "Names", "a person, body or place, in any spelling"),
    Box("of_source", "Source", "the agency or desk"),
    Box("day", "Date", "2019, 2019-07, 2019-07-10, 2019-07-01..2019-07-15, last week"),
    Box(
        "own_words",
        "Leave out recycled paragraphs",
        "words in background that unrelated stories repeat do not count",
        is_switch=True,
    ),
)
_OWN_WORDS: Final = "-is:boilerplate"
_FIELD_OF_BOX: Final = {
    "in_headline": "headline",
    "filed": "from",
    "signed": "by",
    "named": "name",
    "of_source": "source",
    "day": "date",
}
_BOX_OF_FIELD: Final = {field: box for box, field in _FIELD_OF_BOX.items()}


def text_of(params) -> str:
    """Return the question that the boxes of a form ask, as text; empty if all are."""
    nodes: list[Node] = []
    for box in BOXES:
        raw = clean_text(params.get(box.key, "")[:MAX_BOX_CHARS])
        if raw and (node := _node_of(box.key, raw)):
            nodes += node.children if isinstance(node, And) else (node,)
    return written(And(0, 0, tuple(nodes)))


def _node_of(key: str, raw: str) -> Node | None:
    """Return what a box asks; whatever stands in it is read as words, but a quoted phrase stays one."""
    if key == "own_words":
        return _first(parse(_OWN_WORDS).tree)
    if key in _FIELD_OF_BOX:
        return _field(_FIELD_OF_BOX[key], raw)
    if key == "phrase":
        return _first(parse(f'"{raw.translate(_NO_QUOTES)}"').tree)
    children = parse(raw).tree.children
    if not children:
        return None
    if key == "any":
        return Or(0, 0, _flat(children)) if len(_flat(children)) > 1 else children[0]
    if key == "none":
        return Not(0, 0, Or(0, 0, children)) if len(children) > 1 else _negated(children[0])
    return And(0, 0, children) if len(children) > 1 else children[0]


def _flat(children: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(c for child in children for c in (child.children if isinstance(child, Or) else (child,)))


def _negated(node: Node) -> Node:
    return node.child if isinstance(node, Not) else Not(0, 0, node)


def _field(name: str, raw: str) -> Node | None:
    if BY_NAME[name].kind is Kind.TEXT and " " not in raw:
        return _first(parse(f"{name}:{raw}").tree)
    if BY_NAME[name].kind is Kind.TEXT:
        return _first(parse(f"{name}:({raw.replace('(', ' ').replace(')', ' ')})").tree)
    return _first(parse(f'{name}:"{raw.translate(_NO_QUOTES)}"').tree)


def _first(tree: And) -> Node | None:
    return tree.children[0] if tree.children else None


_NO_QUOTES: Final = {ord(char): " " for char in QUOTES}


def boxes_of(text: str) -> dict[str, str]:
    """Return what to put into the boxes so that they ask what the text asks; what fits no box goes into q.

    Keys are those of BOXES and "q"; empty ones are left out.
    """
    boxes: dict[str, str] = {}
    rest: list[Node] = []
    children = parse(text).tree.children
    fields = Counter(node.name for node in children if isinstance(node, Field))
    for node in children:
        key, value = _box_for(node)
        # The same field twice means either; what was asked with AND between stays together.
        twice = isinstance(node, Field) and fields[node.name] > 1
        if not key or twice or (key in boxes and key != "all"):
            rest.append(node)
        else:
            boxes[key] = f"{boxes[key]} {value}" if key in boxes else value
    if rest:
        boxes["q"] = written(And(0, 0, tuple(rest)))
    return boxes


def _box_for(node: Node) -> tuple[str, str]:
    """Return the box a part fits and what to write there; ("", "") for none."""
    match node:
        case Not(child=Field(name="is", child=Value(text="boilerplate"))):
            return "own_words", "1"
        case Word():
            return "all", node.text
        case Phrase():
            return "phrase", node.text
        case Or() if all(isinstance(child, Word | Phrase) for child in node.children):
            return "any", " ".join(map(written, node.children))
        case Not(child=Or()) if all(isinstance(child, Word | Phrase) for child in node.child.children):
            return "none", " ".join(map(written, node.child.children))
        case Not(child=Word() | Phrase()):
            return "none", written(node.child)
        case Field(child=Value(op="")) if node.name in _BOX_OF_FIELD:
            return _BOX_OF_FIELD[node.name], node.child.text
        case Field(child=Leaf()) if node.name in _BOX_OF_FIELD and not isinstance(node.child, Value):
            return _BOX_OF_FIELD[node.name], written(node.child)
    return "", ""
