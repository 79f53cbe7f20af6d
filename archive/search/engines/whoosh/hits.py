"""Where the words of a question stand in a text that is shown: stems, beginnings, spellings, phrases."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import translate
from typing import Final

from rapidfuzz.distance import Levenshtein
from whoosh import query as wq

from archive.search.highlight import Span

from . import analysis, queries
from .analysis import stem_words
from .schema import WRITTEN_SUFFIX

MOST_PHRASE_WORDS: Final = 50
# Longer beginnings tell little more.
_MOST_HEAD_CHARS: Final = 8
# Typographic marks that stand beside words, character for character.
_PLAIN: Final = str.maketrans("‘’“”«»–—…\u00a0·•", '\'\'""""--. ..')


class HitFinder:
    """Find the hits of one compiled query; make it once for all the texts of a page.

    `fields` are the text fields whose words are looked for; what a query excludes is not a hit.
    """

    def __init__(self, query: wq.Query, fields: Iterable[str]):
        self._fields = set(fields) | {field + WRITTEN_SUFFIX for field in fields}
        self._numbers: dict[tuple, int] = {}
        self._stems: dict[str, int] = {}
        self._forms: dict[str, int] = {}
        self._spelled: dict[str, int] = {}
        self._patterns: list[tuple[Callable[[str], object], int]] = []
        self._phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        self._seen: dict[str, int | None] = {}
        self._begins: Beginnings | None = None
        for leaf in wanted_leaves(query):
            if leaf.field() in self._fields:
                self._add(leaf)

    def hits_in(self, text: str) -> list[Span]:
        """Return the hits in a raw text; a phrase is one span, `what` numbers what was looked for.

        Paragraphs that cannot hold one are passed over, which spares most words of most texts.
        """
        self._begins = self._begins or Beginnings(self._stems, self._forms, self._spelled, self._phrases)
        found = []
        for start, end in self._begins.pieces(text) if not self._patterns else ((0, len(text)),):
            piece = text[start:end] if end - start < len(text) else text
            hits = self._hits_in(piece)
            found += [Span(a + start, b + start, what) for a, b, what in hits] if start else hits
        return found

    def _hits_in(self, text: str) -> list[Span]:
        words = stem_words(text) if text.isascii() else list(iter_words(text))
        found = []
        for at in self._candidates(words):
            start, end, stem, form = words[at]
            what = self._what(stem, form, text[start:end])
            if what is not None:
                found.append(Span(start, end, what))
            for phrase, number in (*self._phrases.get(stem, ()), *self._phrases.get("\0" + form, ())):
                if self._follows(words, at, phrase):
                    found.append(Span(start, words[at + len(phrase) - 1][1], number))
        return found

    def _candidates(self, words: list[tuple[int, int, str, str]]) -> Iterable[int]:
        """Return the places that need a closer look: few, unless forms or patterns are looked for."""
        if self._forms or self._spelled or self._patterns or any(key[0] == "\0" for key in self._phrases):
            return range(len(words))
        wanted = self._stems.keys() | self._phrases.keys()
        return [at for at, word in enumerate(words) if word[2] in wanted]

    def _what(self, stem: str, form: str, raw: str) -> int | None:
        what = self._stems.get(stem)
        if what is None and self._forms:
            what = self._forms.get(form)
        if what is None and self._spelled:
            what = self._spelled.get(raw.rstrip("."))
        if what is None and self._patterns:
            if form not in self._seen:
                self._seen[form] = next((number for test, number in self._patterns if test(form)), None)
            what = self._seen[form]
        return what

    def _follows(self, words: list, at: int, phrase: tuple[str, ...]) -> bool:
        part = words[at : at + len(phrase)]
        return len(part) == len(phrase) and all(
            wanted in (stem, "\0" + form) for wanted, (_, _, stem, form) in zip(phrase, part, strict=True)
        )

    def _number(self, *key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _add(self, leaf: wq.Query) -> None:
        written = leaf.field().endswith(WRITTEN_SUFFIX)
        if isinstance(leaf, wq.Phrase):
            mark = "\0" if written else ""
            words = tuple(mark + word for word in leaf.words[:MOST_PHRASE_WORDS])
            entry = (words, self._number(*words))
            if entry not in self._phrases.setdefault(words[0], []):
                self._phrases[words[0]].append(entry)
        elif isinstance(leaf, queries.WrittenAs):
            self._spelled[leaf.text] = self._number(repr(leaf))
        elif isinstance(leaf, wq.Term):
            forms = self._forms if written else self._stems
            forms[leaf.text] = self._number(leaf.text)
        else:
            test = tester(leaf)
            if test is not None:
                self._patterns.append((test, self._number(repr(leaf))))


class Beginnings:
    """Finds the paragraphs of a text in which one of some words can stand, by how the words begin.

    A stem is, but for its last letters (happi, hope), how its words begin, with nothing between the letters
    but the stops and apostrophes that indexing drops (U.N., O'Brien). Of what is not plain ASCII nothing is
    known: such a paragraph is always looked at.
    """

    def __init__(self, stems: Iterable[str], forms: Iterable[str], spelled: Iterable[str], phrases: Mapping):
        words = {word.lstrip("\0") for known in phrases.values() for phrase, _ in known for word in phrase}
        words |= {*stems, *forms, *(text.lower() for text in spelled)}
        heads = {_head(word) for word in words if word}
        self._can_tell = all(head.isascii() and head.isalnum() for head in heads)
        alternatives = "|".join("['.,]*".join(head) for head in sorted(heads))
        self._find = re.compile(f"(?<![a-z0-9])(?:{alternatives})", re.IGNORECASE) if heads else None

    def pieces(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of runs of paragraphs that have to be looked at."""
        if self._find is None:
            return
        if not self._can_tell:
            yield 0, len(text)
            return
        first, start = -1, 0
        while start < len(text):
            end = text.find("\n\n", start)
            end = len(text) if end < 0 else end + 2
            wanted = self._can_hold(text[start:end])
            if wanted and first < 0:
                first = start
            elif first >= 0 and not wanted:
                yield first, start
                first = -1
            start = end
        if first >= 0:
            yield first, len(text)

    def _can_hold(self, paragraph: str) -> bool:
        plain = paragraph if paragraph.isascii() else paragraph.translate(_PLAIN)
        return not plain.isascii() or self._find.search(plain) is not None


def _head(stem: str) -> str:
    """Return how every word with a stem begins: possibility has possibl, noble and nobility have nobl(e)."""
    kept = len(stem) - (2 if stem.endswith("le") else 1)
    return stem[: max(1, min(kept, _MOST_HEAD_CHARS))]


def tester(leaf: wq.Query) -> Callable[[str], object] | None:
    """Return what tells whether a folded word fits a pattern; None for leaves that are no words (dates)."""
    if isinstance(leaf, wq.Prefix):
        return lambda form: form.startswith(leaf.text)
    if isinstance(leaf, wq.Wildcard):
        return re.compile(translate(leaf.text)).match
    if isinstance(leaf, wq.FuzzyTerm):
        start = leaf.text[: leaf.prefixlength]
        return lambda form: form.startswith(start) and Levenshtein.distance(form, leaf.text) <= leaf.maxdist
    return None


def wanted_leaves(query: wq.Query) -> Iterator[wq.Query]:
    """Yield the leaves that a document can have been found by."""
    waiting = [query]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, wq.Not):
            continue
        if isinstance(node, wq.AndMaybe | wq.AndNot):
            waiting.insert(0, node.a)
        elif isinstance(node, queries.PositionQuery) or not node.is_leaf():
            waiting[:0] = list(node.children())
        elif node.field() is not None:
            yield node


def iter_words(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield (start, end, stem, folded form) of each word, or pair of characters in scripts without spaces."""
    run_start, number = -1, 0
    for start, end, stem, form in stem_words(text):
        number = number + 1 if start == run_start else 0
        run_start = start
        if end - start > len(stem) and analysis._SPACELESS.match(stem):
            yield start + number, min(start + number + len(stem), end), stem, form
        else:
            yield start, end, stem, form
