"""Finds in shown text what a question asked for."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.utils.safestring import SafeString

from archive.search import highlight
from archive.search.highlight import Span

_WORD: Final = re.compile(r"\w+(?:['’.]\w+)*")
Terms = tuple[str, ...]


def marked(text: str, compiled) -> SafeString:
    """Return a short text, such as a headline, with its hits marked."""
    return highlight.mark(text, find(text, _wanted(tuple(compiled.marks))))


def passage(text: str, compiled) -> SafeString:
    """Return the best passage of a long text with its hits marked."""
    return highlight.snippet(text, find(text, _wanted(tuple(compiled.marks))))


def find(text: str, wanted: dict[str, list[tuple[int, Terms]]]) -> list[Span]:
    """Return where the wanted words and phrases stand, in order; a phrase is one span."""
    tokens = [(match.start(), match.end(), _term(match.group())) for match in _WORD.finditer(text)]
    spans = []
    for at, (start, _, term) in enumerate(tokens):
        for number, terms in wanted.get(term, ()):
            last = at + len(terms)
            if tuple(token[2] for token in tokens[at:last]) == terms:
                spans.append(Span(start, tokens[last - 1][1], number))
    return spans


@lru_cache(maxsize=64)
def _wanted(marks: Iterable[str]) -> dict[str, list[tuple[int, Terms]]]:
    """Return first term -> (number, all terms) of each word or phrase to mark."""
    wanted = defaultdict(list)
    for number, text in enumerate(marks):
        terms = tuple(_term(word) for word in _WORD.findall(text))
        if terms:
            wanted[terms[0]].append((number, terms))
    return wanted


@lru_cache(maxsize=100_000)
def _term(word: str) -> str:
    return word.casefold()
