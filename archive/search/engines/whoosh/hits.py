"""Where the words of a question stand in a text that is shown: stems, beginnings, spellings, phrases."""

import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import translate
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from rapidfuzz.distance import Levenshtein
from whoosh import query as wq

from archive.search.highlight import Span

from . import analysis, queries
from .analysis import iter_stems
from .schema import WRITTEN_SUFFIX

MOST_PHRASE_WORDS: Final = 50
# Longer beginnings tell little more.
_MOST_HEAD_CHARS: Final = 8
_NO_SPACES: Final = re.compile(r"\S*")
# (start, end, stem, folded form, as written)
Word = tuple[int, int, str, str, str]
# Small letters for capitals, and plain marks for those that stand beside words, character for character.
_PLAIN: Final = str.maketrans(ascii_uppercase + "‘’“”«»–—…\u00a0·•", ascii_lowercase + '\'\'""""--. ..')


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
        self._longest = 1
        for leaf in wanted_leaves(query):
            if leaf.field() in self._fields:
                self._add(leaf)
        self._begins = Beginnings((*self._stems, *self._forms, *self._spelled, *self._phrases))
        # The stems of all that is looked for; None where more than the stem has to be looked at.
        more = self._forms or self._spelled or self._patterns or any(key[0] == "\0" for key in self._phrases)
        self._wanted = None if more else self._stems.keys() | self._phrases.keys()

    def hits_in(self, text: str) -> list[Span]:
        """Return the hits in a raw text; a phrase is one span, `what` numbers what was looked for.

        Words that begin otherwise than all that is looked for are passed over: nearly all of most texts.
        """
        if self._patterns:
            return self._hits_among(list(iter_words(text)), len(text))
        found = []
        for start, end in self._begins.pieces(text):
            found += self._hits_among(self._words_of(text, start, end), end)
        return found

    def _words_of(self, text: str, start: int, end: int) -> list[Word]:
        """Return the words of a piece of text, and those behind it that a phrase may need."""
        words, behind = [], 0
        for word in iter_words(text, start):
            if word[0] >= end:
                behind += 1
                if behind >= self._longest:
                    break
            words.append(word)
        return words

    def _hits_among(self, words: list[Word], end: int) -> list[Span]:
        """Return the hits that begin before `end`."""
        found, wanted = [], self._wanted
        for at, (start, stop, stem, form, raw) in enumerate(words):
            if start >= end:
                break
            if wanted is not None and stem not in wanted:
                continue
            what = self._what(stem, form, raw)
            if what is not None:
                found.append(Span(start, stop, what))
            for phrase, number in (*self._phrases.get(stem, ()), *self._phrases.get("\0" + form, ())):
                if self._follows(words, at, phrase):
                    found.append(Span(start, words[at + len(phrase) - 1][1], number))
        return found

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
            wanted in (stem, "\0" + form) for wanted, (_, _, stem, form, _) in zip(phrase, part, strict=True)
        )

    def _number(self, *key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _add(self, leaf: wq.Query) -> None:
        written = leaf.field().endswith(WRITTEN_SUFFIX)
        if isinstance(leaf, wq.Phrase):
            mark = "\0" if written else ""
            words = tuple(mark + word for word in leaf.words[:MOST_PHRASE_WORDS])
            self._longest = max(self._longest, len(words))
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
    """Finds the places of a text where one of some words can stand, by how the words begin.

    A stem is, but for its last letters (happi, hope), how its words begin, with nothing between the letters
    but the stops and apostrophes that indexing drops (U.N., O'Brien). Of what is not plain ASCII nothing is
    known: a paragraph that holds such letters is always looked at whole.
    """

    def __init__(self, words: Iterable[str]):
        heads = {_head(word.removeprefix("\0").lower()) for word in words}
        self._can_tell = all(head.isascii() and head.isalnum() for head in heads)
        self._find = re.compile("|".join(map(_beginning, heads))) if self._can_tell and heads else None

    def pieces(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of what has to be looked at, in order; each begins where a word can begin."""
        if not self._can_tell:
            yield 0, len(text)
            return
        if self._find is None:
            return
        plain = text.lower() if text.isascii() else text.translate(_PLAIN)
        if plain.isascii():
            yield from self._runs(text, plain, 0, len(text))
            return
        start = 0
        while start < len(text):
            end = plain.find("\n\n", start)
            end = len(text) if end < 0 else end + 2
            if plain[start:end].isascii():
                yield from self._runs(text, plain, start, end)
            else:
                yield start, end
            start = end

    def _runs(self, text: str, plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield what stands between spaces around each beginning: no word of a text runs across a space."""
        while found := self._find.search(plain, start, end):
            first, last = found.start(), _NO_SPACES.match(text, found.end(), end).end()
            while first > start and not text[first - 1].isspace():
                first -= 1
            yield first, last
            start = last


def _beginning(head: str) -> str:
    """Return the pattern of how words begin; looking back behind the first letter is six times as fast."""
    first, rest = head[0], "['.,]*".join(["", *head[1:]])
    return f"{first}(?<![a-z0-9]{first}){rest}"


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


def iter_words(text: str, start: int = 0) -> Iterator[Word]:
    """Yield (start, end, stem, folded form, as written) of each word of a text from a place on.

    Of scripts without spaces each pair of characters is one.
    """
    run_start, number = -1, 0
    for begin, end, stem, form in iter_stems(text, start):
        number = number + 1 if begin == run_start else 0
        run_start = begin
        if end - begin > len(stem) and analysis._SPACELESS.match(stem):
            at, end = begin + number, min(begin + number + len(stem), end)
            yield at, end, stem, form, text[at:end]
        else:
            yield begin, end, stem, form, text[begin:end]
