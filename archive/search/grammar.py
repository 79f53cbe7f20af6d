"""The reader's text -> a tree. Never fails: what cannot be read as an operator is read as words.

    nuclear talks          both words
    "close cooperation"    next to each other; straight, curly and « » quotes
    storm OR cyclone       either
    -ferry, NOT ferry      without
    by:NA  from:Varra  name:"Takhti Rahim"  headline:budget  source:  date:2004-07

One linear pass of one regular expression without nested repetition.
"""

import re
from typing import Final, NamedTuple

from archive.search.tree import And, Field, Node, Not, Note, Or, Phrase, Word

MAX_QUERY_CHARS: Final = 2_000
MAX_QUERY_WORDS: Final = 64

# Field names as typed -> the field they mean.
FIELDS: Final = {
    "by": "by",
    "byline": "by",
    "reporter": "by",
    "from": "from",
    "dateline": "from",
    "name": "name",
    "entity": "name",
    "tag": "name",
    "headline": "headline",
    "title": "headline",
    "hd": "headline",
    "source": "source",
    "date": "date",
}
_QUOTED: Final = r'"[^"]*"?|“[^”“"]*[”"]?|„[^“”"]*[“”"]?|«[^»]*»?'
_TOKEN: Final = re.compile(
    rf"\s*(?P<minus>-(?=\S))?(?:(?P<field>{'|'.join(FIELDS)}):(?=\S))?(?:(?P<quoted>{_QUOTED})|(?P<word>[^\s\"“„«]+))",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(r"\w")


class Reading(NamedTuple):
    """How a text was read: a tree, and notes on what was left out or may surprise."""

    tree: And
    notes: list[Note]


def parse(text: str) -> Reading:
    """Read what a reader typed; any text gives a tree."""
    notes = []
    if len(text) > MAX_QUERY_CHARS:
        text = text[:MAX_QUERY_CHARS]
        notes.append(Note(f"Only the first {MAX_QUERY_CHARS:,} characters were searched for."))
    children: list[Node] = []
    either = negate = False
    for token in _tokens(text):
        word = token["word"]
        if word == "OR" and not token["field"]:
            either = bool(children)
            continue
        if word in ("AND", "NOT") and not token["field"]:
            negate = negate or word == "NOT"
            continue
        node = _node(token)
        if node is None:
            continue
        if negate or token["minus"]:
            node = Not(token.start(), token.end(), node)
        _append(children, node, either)
        either = negate = False
        if len(children) >= MAX_QUERY_WORDS:
            notes.append(Note(f"Only the first {MAX_QUERY_WORDS} words and phrases were searched for."))
            break
    return Reading(And(0, len(text), tuple(children)), notes)


def _tokens(text: str):
    at = 0
    while (match := _TOKEN.match(text, at)) and match.end() > at:
        yield match
        at = match.end()


def _node(token: re.Match) -> Node | None:
    """Return the word, phrase or field of a token; None if it has no letter or digit to look for."""
    quoted, word = token["quoted"], token["word"]
    value = quoted.strip('"“”„«» ') if quoted is not None else word.strip("()|")
    if not _LETTER.search(value):
        return None
    start, end = token.start(), token.end()
    if token["field"]:
        return Field(start, end, FIELDS[token["field"].lower()], value)
    return Phrase(start, end, value) if quoted is not None else Word(start, end, value)


def _append(children: list[Node], node: Node, either: bool) -> None:
    """Add a node; after OR it joins the one before it."""
    if not either:
        children.append(node)
        return
    before = children.pop()
    alternatives = before.children if isinstance(before, Or) else (before,)
    children.append(Or(alternatives[0].start, node.end, (*alternatives, node)))
