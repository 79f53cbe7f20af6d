"""What a reader may have meant otherwise: notes with a text to ask instead."""

from typing import Final

from archive.search.tree import And, Choice, Field, Leaf, Near, Node, Note, Or, Together, Word, walk
from archive.search.writing import written

# A question with a hundred mistakes gets no hundred remarks.
MOST_NOTES: Final = 8
_OPERATORS: Final = {"or": "OR", "not": "NOT"}


def hints(text: str, tree: And) -> list[Note]:
    """Return notes on lower-case operators, and on an OR that reaches further than it looks."""
    return _lower_case_operators(text, tree) + _far_reaching_or(text, tree)


def _lower_case_operators(text: str, tree: And) -> list[Note]:
    for before, word, after in zip(tree.children, tree.children[1:], tree.children[2:], strict=False):
        if (
            isinstance(word, Word)
            and word.text in _OPERATORS
            and not (_is_filter(before) and _is_filter(after))
        ):
            return [_meant_operator(text, word)]
    return []


def _is_filter(node: Node) -> bool:
    return isinstance(node, Field)


def _meant_operator(text: str, word: Word) -> Note:
    operator = _OPERATORS[word.text]
    meant = f"{text[: word.start]}{operator}{text[word.end :]}"
    return Note(
        f"“{word.text}” was read as a word. Did you mean {operator}?",
        word.start,
        word.end,
        (Choice(meant, meant),),
    )


def _far_reaching_or(text: str, tree: And) -> list[Note]:
    """Say how a b OR c d was read, and offer a (b OR c) d."""
    if len(tree.children) != 1 or not isinstance(tree.children[0], Or) or "(" in text:
        return []
    branches = tree.children[0].children
    if not any(isinstance(branch, And) for branch in branches):
        return []
    meant = written(_tight(branches))
    return [
        Note(
            "OR separates everything on its left from everything on its right. "
            "Did you mean one of these words?",
            tree.start,
            tree.end,
            (Choice(meant, meant),),
        )
    ]


def _tight(branches: tuple[Node, ...]) -> And:
    """Return the question with each OR between its two neighbours only."""
    children: list[Node] = []
    for number, branch in enumerate(branches):
        first, *rest = branch.children if isinstance(branch, And) else (branch,)
        if number:
            before = children.pop()
            alternatives = before.children if isinstance(before, Or) else (before,)
            first = Or(before.start, first.end, (*alternatives, first))
        children += [first, *rest]
    return And(0, 0, tuple(children))


def told_once(notes: list[Note]) -> list[Note]:
    """Return each sentence once, where it was first said, and no more than a reader would read."""
    told = list(dict.fromkeys(notes))
    more = len(told) - MOST_NOTES
    if more <= 0:
        return told
    return [*told[:MOST_NOTES], Note(f"{more} more parts were read otherwise than they look.")]


def plain_words(tree: And) -> list[Leaf]:
    """Return the words and phrases that a story must have, as they stand beside each other."""
    return [
        leaf
        for child in tree.children
        if not isinstance(child, Field) and isinstance(child, Leaf | Near | Together)
        for leaf in walk(child)
        if isinstance(leaf, Leaf)
    ]
