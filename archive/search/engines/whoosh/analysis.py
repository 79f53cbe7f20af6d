"""How text becomes terms: for reading (folded, stemmed) and exactly as written.

Both analysers cut a text at the same places, so a word has the same position in a field and in its exact
companion. Every word counts, stop words too: an archive is asked for phrases such as "to be or not to be".

Between sentences and paragraphs stand marks, terms that no text can produce because they are control
characters. A mark has the position of the word after it, so it shifts nothing and phrases run across it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from typing import Any, Final

from whoosh.analysis import Analyzer, Token
from whoosh.lang.porter import stem

from .folding import fold

# Counts changes that make terms of older indexes differ
VERSION: Final = 1
SENTENCE_BREAK: Final = "\x1e"
PARAGRAPH_BREAK: Final = "\x1d"
BREAK_TERMS: Final = frozenset({SENTENCE_BREAK, PARAGRAPH_BREAK})
CAPS_MARK: Final = "\x01"
MAX_TERM_CHARS: Final = 100
_MAX_MEMO_TOKENS: Final = 500_000


def _marks_class() -> str:
    """Return the combining marks and joiners inside words as ranges of a regular expression's class."""
    points = [0x200C, 0x200D, 0xAD]
    points += [p for p in range(0x300, 0x1F000) if unicodedata.category(chr(p)) in ("Mn", "Mc")]
    ranges, points = [], sorted(points)
    for _, run in groupby(enumerate(points), lambda pair: pair[1] - pair[0]):
        run = [point for _, point in run]
        ranges.append(f"{chr(run[0])}-{chr(run[-1])}")
    return "".join(ranges)


_WORD: Final = rf"[\w{_marks_class()}]+"
_TITLES: Final = (
    "Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Sgt|Capt|Sen|Rep|Gov|Pres|St|Jr|Sr|No|vs|Inc|Corp|Ltd|Co|"
    "Jan|Feb|Aug|Sept|Sep|Oct|Nov|Dec|Mme|Mlle|Hr|Fr"
)
# A run of stops is looked at from its beginning, or from behind U.S., and never piece by piece: 20,000 dots
# took 25 s otherwise.
_STOPS: Final = r"(?:(?<![.!?…؟۔।॥])|(?<=[^\W\d_]\.))[.!?…؟۔।॥]++"
_TOKEN: Final = re.compile(
    # most words of English copy, found without trying anything else; the space after a token is eaten outside
    # the group, because each character that begins no token would be tried with every alternative
    r"([a-zA-Z]++(?=[ ,])|[a-z]{3,}+(?=[.\n])"
    # U.S., e.g.; a title or an initial before a name: their full stops end no sentence
    rf"|(?:[^\W\d_]\.){{2,}}|(?:{_TITLES}|[A-Z])\.(?=\s)"
    # a word with its apostrophes, a number with its points and commas
    rf"|{_WORD}(?:['’ʼ]{_WORD}|(?<=\d)[.,](?=\d){_WORD})*"
    # the end of a paragraph, the end of a sentence
    rf"|\n[ \t\r]*+\n|[。！？｡]|{_STOPS}(?=[^\w\s]{{0,4}}\s{{1,8}}[^\w\s]{{0,4}}[^\W_a-z])) ?"
)
_APOSTROPHES: Final = re.compile("[’ʼ]")
_POSSESSIVE: Final = re.compile("'s$|(s)'$", re.IGNORECASE)
_ELISION: Final = re.compile("^(?:[cdjlmnst]|qu)'(?=[aeiouyhàâäéèêëîïôöùûüæœ])", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d)")
# Scripts written without spaces between words, and Korean with its endings: indexed by pairs of characters
_SPACELESS: Final = re.compile(
    "[\u0e00-\u0edf\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]+"
)


def split(text: str) -> list[str]:
    """Return the words of a text and, as tokens of their own, what ends its sentences and paragraphs."""
    return _TOKEN.findall(text)


def _break_of(token: str) -> tuple[str, ...]:
    """Return the marks for a token that is no word; empty for a word."""
    if token[0] == "\n":
        return PARAGRAPH_BREAK, SENTENCE_BREAK
    return (SENTENCE_BREAK,) if token[0] in ".!?…؟۔।॥。！？｡" else ()


def _pairs(run: str) -> list[str]:
    """Return the pairs of characters of a run, and its last one, so that prefixes of one find all."""
    return [a + b for a, b in pairwise(run)] + [run[-1]]


def _cut(word: str, last: Callable[[str], str]) -> tuple[str, ...]:
    """Cut runs of spaceless scripts into pairs; pass everything else through `last`."""
    if word.isascii() or not _SPACELESS.search(word):
        return (last(word)[:MAX_TERM_CHARS],) if word else ()
    terms: list[str] = []
    end = 0
    for run in _SPACELESS.finditer(word):
        if run.start() > end:
            terms.append(last(word[end : run.start()]))
        terms += _pairs(run.group())
        end = run.end()
    if end < len(word):
        terms.append(last(word[end:]))
    return tuple(term[:MAX_TERM_CHARS] for term in terms)


def _stem(word: str) -> str:
    return stem(word) if len(word) > 2 and word.isascii() and word.isalpha() else word


def _clean(token: str) -> str:
    """Return a token without elided articles, possessives, apostrophes, idle stops and commas."""
    if token.isalpha():
        return token
    word = _POSSESSIVE.sub(r"\1", _ELISION.sub("", _APOSTROPHES.sub("'", token)))
    word = _THOUSANDS.sub("", word.replace("'", "").rstrip("."))
    return word if any(map(str.isdigit, word)) else word.replace(".", "")


def _words(word: str, last: Callable[[str], str]) -> tuple[str, ...]:
    if "_" in word:
        return tuple(term for part in word.split("_") for term in _cut(part, last))
    return _cut(word, last)


def reading_terms(token: str) -> tuple[str, ...]:
    """Return the terms of a token of `split` for the reading field: folded and stemmed."""
    return _break_of(token) or _words(fold(_clean(token)), _stem)


def exact_terms(token: str) -> tuple[str, ...]:
    """Return the folded, unstemmed terms of a token, as many as `reading_terms` gives.

    Where the token was written otherwise, with capitals or accents, it comes first as it was, behind
    CAPS_MARK.
    """
    breaks = _break_of(token)
    if breaks:
        return breaks
    written = _clean(unicodedata.normalize("NFC", token))[:MAX_TERM_CHARS]
    folded = fold(written)
    terms = _words(fold(_clean(token)), str)
    return (CAPS_MARK + written, *terms) if written != folded and terms else terms


def is_mark(term: str) -> bool:
    """Say whether a term stands for no word of its own: ends of sentences, words as written."""
    return term[:1] < " "


_memos: dict[Callable[[str], tuple], dict[str, tuple]] = {}


def terms_of(token: str, make: Callable[[str], tuple]) -> tuple:
    """Return `make(token)`, remembered: a token of news text has nearly always been seen before."""
    memo = _memos.setdefault(make, {})
    terms = memo.get(token)
    if terms is None:
        terms = make(token)
        if len(memo) >= _MAX_MEMO_TOKENS:
            memo.clear()
        if len(token) <= MAX_TERM_CHARS:
            memo[token] = terms
    return terms


class WordAnalyzer(Analyzer):
    """Yield Whoosh tokens; `split` and `make` are also used directly by the fast writer."""

    def __init__(self, exact: bool = False):
        self.exact = exact

    @property
    def make(self) -> Callable[[str], tuple[str, ...]]:
        return exact_terms if self.exact else reading_terms

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.exact == other.exact

    def __hash__(self) -> int:
        return hash((type(self), self.exact))

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[Token]:
        """Yield one token a term, as Whoosh's analysers do (the same object, changed each time).

        In mode "query" there are no marks, and a run of a spaceless script gives its pairs only.
        """
        token = Token(positions, chars, removestops=removestops, mode=mode, **kwargs)
        position = start_pos
        for match in _TOKEN.finditer(value):
            terms = terms_of(match.group(1), self.make)
            if mode == "query":
                terms = _query_terms(terms)
            for term in terms:
                token.text, token.boost, token.stopped = term, 1.0, False
                if keeporiginal:
                    token.original = match.group(1)
                if positions:
                    token.pos = position
                if chars:
                    token.startchar, token.endchar = start_char + match.start(1), start_char + match.end(1)
                yield token
                position += not is_mark(term)


def _query_terms(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out marks and the single last characters of runs, which only make prefixes complete."""
    chosen = [
        term
        for number, term in enumerate(terms)
        if term not in BREAK_TERMS and not (number and len(term) == 1 and _SPACELESS.match(term))
    ]
    return tuple(chosen)


def text_analyzer() -> WordAnalyzer:
    """Return the analyser of text fields: folded, stemmed, with marks between sentences and paragraphs."""
    return WordAnalyzer()


def exact_analyzer() -> WordAnalyzer:
    """Return the analyser of a text field's exact companion: folded but not stemmed, and words as written."""
    return WordAnalyzer(exact=True)


def stem_words(text: str) -> list[tuple[int, int, str, str]]:
    """Return (start, end, stemmed term, folded term) of every word of a raw text, for marking hits in it."""
    return list(iter_stems(text))


def iter_stems(text: str, start: int = 0) -> Iterator[tuple[int, int, str, str]]:
    """Yield what `stem_words` returns, from a place on where a word can begin, such as behind a space."""
    for match in _TOKEN.finditer(text, start):
        for stemmed, folded in terms_of(match.group(1), _both_terms):
            yield match.start(1), match.end(1), stemmed, folded


def _both_terms(token: str) -> tuple[tuple[str, str], ...]:
    """Return a token's (stemmed, folded) terms; none for what is no word."""
    stems = terms_of(token, reading_terms)
    if not stems or is_mark(stems[0]):
        return ()
    folded = [term for term in terms_of(token, exact_terms) if not is_mark(term)]
    return tuple(zip(stems, folded, strict=True))
