"""Number the words of many texts: each distinct token is analysed once, whatever the number of documents."""

from array import array
from itertools import chain, islice
from typing import Any, Final

import numpy as np

from .analysis import WordAnalyzer, is_mark, split
from .arrays import exclusive_sum, ranges

# Each token takes some 700 bytes with its terms
MAX_TOKENS: Final = 120_000
# Tokens are numbered as they come, so the first are the common ones; the rest is analysed again if it recurs
KEPT_TOKENS: Final = 80_000


class Numbers(dict[Any, int]):
    """Number things in the order they come."""

    def __missing__(self, key: Any) -> int:
        number = self[key] = len(self)
        return number

    def first(self, count: int) -> "Numbers":
        """Return the things numbered below `count`."""
        return Numbers(islice(self.items(), count))


class Tokens:
    """Number the distinct tokens of all texts; what terms they are is asked once, at the end."""

    def __init__(self) -> None:
        self.numbers = Numbers()
        self._last: tuple[str, array] = ("", array("i"))

    def encode(self, text: str) -> array:
        """Return the numbers of a text's tokens. A text and its exact companion come one after the other."""
        if text is not self._last[0]:
            self._last = text, array("i", list(map(self.numbers.__getitem__, split(text))))
        return self._last[1]

    def keep(self, count: int) -> None:
        """Forget all but the first tokens."""
        self.numbers, self._last = self.numbers.first(count), ("", array("i"))


class Vocabulary:
    """Number the terms that one analyser makes of tokens, and keep them in order."""

    def __init__(self, tokens: Tokens, analyzer: WordAnalyzer):
        self._tokens, self._make = tokens, analyzer.make
        self._numbers = Numbers()
        self.terms: list[bytes] = []
        self.is_word = np.zeros(0, bool)
        # all terms, by number, in the order of their bytes
        self.in_order = np.zeros(0, np.int32)
        self._counts, self._flat = np.zeros(0, np.int64), np.zeros(0, np.int32)
        self._index()

    def _index(self) -> None:
        self._firsts = exclusive_sum(self._counts)
        # a token without terms takes any: it is repeated no times
        self._first_terms = np.append(self._flat, 0)[self._firsts[:-1]].astype(np.int32)

    def keep(self, count: int) -> None:
        """Forget what only tokens after the first ones have; terms are numbered as they come, too."""
        self._counts = self._counts[:count].copy()
        self._flat = self._flat[: int(self._counts.sum())].copy()
        term_count = int(self._flat.max(initial=-1)) + 1
        self._numbers, self.terms = self._numbers.first(term_count), self.terms[:term_count]
        self.is_word, self.in_order = self.is_word[:term_count], self.in_order[self.in_order < term_count]
        self._index()

    def update(self) -> None:
        """Take in the tokens that have come since the last time."""
        tokens = list(islice(self._tokens.numbers, len(self._counts), None))
        if not tokens:
            return
        made = [[t.encode("utf-8", "replace") for t in self._make(token)] for token in tokens]
        counts = np.fromiter(map(len, made), np.int64, len(made))
        flat = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(made)), np.int32)
        self._counts, self._flat = np.concatenate((self._counts, counts)), np.concatenate((self._flat, flat))
        self._index()
        self._add_terms(list(islice(self._numbers, len(self.terms), None)))

    def _add_terms(self, terms: list[bytes]) -> None:
        old = len(self.terms)
        self.terms += terms
        is_word = np.fromiter((not is_mark(term.decode()) for term in terms), bool, len(terms))
        self.is_word = np.concatenate((self.is_word, is_word))
        name = self.terms.__getitem__
        added = sorted(range(old, len(self.terms)), key=name)
        # two runs in order: sorting them merges them
        self.in_order = np.array(sorted(self.in_order.tolist() + added, key=name), np.int32)

    def expand(self, tokens: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the term numbers of tokens, and how many each consecutive run of `sizes` tokens has."""
        counts = self._counts[tokens]
        ends = exclusive_sum(counts)
        terms = np.repeat(self._first_terms[tokens], counts)
        several = np.flatnonzero(counts > 1)  # few: words in capitals, ends of paragraphs
        more = counts[several] - 1
        terms[ranges(ends[several] + 1, more)] = self._flat[ranges(self._firsts[tokens[several]] + 1, more)]
        return terms, np.diff(ends[exclusive_sum(sizes)])


class Lexicon:
    """Keep the tokens of all texts and the terms that analysers make of them, from one run to the next."""

    def __init__(self) -> None:
        self.tokens = Tokens()
        self._vocabularies: dict[WordAnalyzer, Vocabulary] = {}

    def make_room(self) -> None:
        """Forget rare tokens if there are too many; not while a builder holds numbers of them."""
        if len(self.tokens.numbers) > MAX_TOKENS:
            self.tokens.keep(KEPT_TOKENS)
            for vocabulary in self._vocabularies.values():
                vocabulary.keep(KEPT_TOKENS)

    def vocabulary(self, analyzer: WordAnalyzer) -> Vocabulary:
        """Return an analyser's vocabulary of the tokens so far."""
        if analyzer not in self._vocabularies:
            self._vocabularies[analyzer] = Vocabulary(self.tokens, analyzer)
        self._vocabularies[analyzer].update()
        return self._vocabularies[analyzer]
