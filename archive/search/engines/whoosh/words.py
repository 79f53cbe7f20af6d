"""Words, phrases and closeness in one text field -> Whoosh queries, through the analysis of that field."""

import re
from collections.abc import Iterable
from functools import reduce
from typing import Any, Final

from haystack.inputs import AutoQuery
from whoosh import query as wq
from whoosh.fields import Schema

from archive.search import inputs
from archive.search.errors import QueryTooCostly, UnsupportedLookup

from . import analysis, queries
from .analysis import CAPS_MARK
from .schema import WRITTEN_SUFFIX
from .values import clean_text

# A star needs so many letters beside it: `*` and `a*` would stand for much of the vocabulary.
LEAST_LETTERS: Final = 2
MOST_EDITS: Final = 2
MOST_DISTANCE: Final = 100
# Letters at the beginning of a word that its near spellings share.
FUZZY_PREFIX_CHARS: Final = 1
_STOPLESS: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
AUTO_QUERY_TOKEN: Final = re.compile(r'(?P<minus>-(?=\S))?(?:"(?P<quoted>[^"]*)"?|(?P<word>[^\s"]+))')


def every_of(parts: Iterable[wq.Query]) -> wq.Query:
    """Ask for all of several queries; impossible if one is, or if there are none."""
    parts = list(parts)
    if not parts or any(part == wq.NullQuery for part in parts):
        return wq.NullQuery
    # AndNot, because a Not inside an And adds 1.0 to the score in Whoosh 2.7.5.
    unwanted = [part.query for part in parts if isinstance(part, wq.Not)]
    wanted = [part for part in parts if not isinstance(part, wq.Not)] or [wq.Every()]
    query = wanted[0] if len(wanted) == 1 else wq.And(wanted)
    return wq.AndNot(query, any_of(unwanted)) if unwanted else query


def any_of(parts: Iterable[wq.Query]) -> wq.Query:
    """Ask for any of several queries."""
    parts = [part for part in parts if part != wq.NullQuery]
    if len(parts) < 2:
        return parts[0] if parts else wq.NullQuery
    return wq.Or(parts)


class WordCompiler:
    """Compile inputs for one text field."""

    def __init__(self, schema: Schema, field: str):
        self.field = field
        # Where the words stand unstemmed; a field without such a companion is asked itself.
        written = field + WRITTEN_SUFFIX
        self.written = written if written in schema else field
        self._analyzer = schema[field].analyzer

    def compile(self, part: Any) -> wq.Query:
        """Return the query of an input, of a string (its words are a phrase), or of a tuple (either)."""
        if isinstance(part, str):
            return self._phrase(part)
        if isinstance(part, tuple):
            return any_of(self.compile(each) for each in part)
        try:
            handler = getattr(self, HANDLERS[type(part)])
        except KeyError:
            raise UnsupportedLookup(f"{type(part).__name__} cannot be asked of running text.") from None
        return handler(part)

    # --- words ----------------------------------------------------------------------------------------------

    def terms(self, text: str) -> list[str]:
        """Return the index terms of a text in order, stop words left out."""
        return [token.text for token in self._analyzer(clean_text(text), mode="query")]

    def _word(self, text: str) -> wq.Query | None:
        """Return the query of what stands between two spaces: a term, or a phrase (co-operate), or None."""
        terms = self.terms(spelled_out(text))
        if not terms:
            return None
        return self._term(terms[0]) if len(terms) == 1 else wq.Phrase(self.field, terms)

    def _term(self, term: str) -> wq.Query:
        """Ask for a term; a single character of a script without spaces begins a pair of characters."""
        if len(term) == 1 and analysis._SPACELESS.match(term):
            return wq.Prefix(self.field, term)
        return wq.Term(self.field, term)

    def _words(self, part: inputs.Words) -> wq.Query:
        found = [self._word(chunk) for chunk in part.text.split()]
        return every_of(distinct(query for query in found if query is not None))

    def _any_words(self, part: inputs.AnyWords) -> wq.Query:
        # Each part of a compound counts: a story that has year and end has most of year-end.
        words = map(spelled_out, part.text.split())
        found = distinct(self._term(term) for word in words for term in self.terms(word))
        if part.at_least <= 1:
            return any_of(found)
        return wq.Or(found, minmatch=part.at_least) if len(found) >= part.at_least else wq.NullQuery

    def _phrase_input(self, part: inputs.Phrase) -> wq.Query:
        return self._phrase(part.text)

    def _phrase(self, text: str) -> wq.Query:
        terms = self.terms(text)
        if len(terms) < 2:
            return self._term(terms[0]) if terms else wq.NullQuery
        return wq.Phrase(self.field, terms)

    def _auto_query(self, part: AutoQuery) -> wq.Query:
        """Read Haystack's AutoQuery as documented: words, "phrases", and -words to leave out."""
        wanted, unwanted = [], []
        for token in AUTO_QUERY_TOKEN.finditer(part.query_string):
            query = self._phrase(token["quoted"]) if token["quoted"] else self._word(token["word"] or "")
            if query is not None:
                (unwanted if token["minus"] else wanted).append(query)
        if unwanted and not wanted:
            wanted = [wq.Every()]
        return every_of([*distinct(wanted), *(wq.Not(query) for query in unwanted if query != wq.NullQuery)])

    # --- forms of a word ------------------------------------------------------------------------------------

    def _exactly(self, part: inputs.Exactly) -> wq.Query:
        return self._in_place([wq.Term(self.written, term) for term in self._written_terms(part.text)])

    def _caps(self, part: inputs.Caps) -> wq.Query:
        words = [queries.WrittenAs(self.written, word) for word in self._spelled(part.text)]
        return reduce(lambda a, b: queries.Near(a, b, 1, ordered=True), words) if words else wq.NullQuery

    def _spelled(self, text: str) -> list[str]:
        """Return each word with its capitals and accents, cleaned as the analysis does."""
        tokens = analysis.exact_analyzer()(clean_text(text), mode="query", positions=True)
        forms: dict[int, str] = {}
        for token in tokens:
            if token.text.startswith(CAPS_MARK) or token.pos not in forms:
                forms[token.pos] = token.text.removeprefix(CAPS_MARK)
        return list(forms.values())

    def _in_place(self, terms: list[wq.Term]) -> wq.Query:
        if len(terms) < 2:
            return terms[0] if terms else wq.NullQuery
        return wq.Phrase(terms[0].fieldname, [term.text for term in terms])

    def _written_terms(self, text: str) -> list[str]:
        """Return the words of a text as the field of written forms has them: folded, not stemmed."""
        return [
            token.text
            for token in analysis.exact_analyzer()(clean_text(text), mode="query")
            if not token.text.startswith(CAPS_MARK)
        ]

    def _prefix(self, part: inputs.Prefix) -> wq.Query:
        return every_of(
            wq.Prefix(self.written, self._letters(word, word)) for word in clean_text(part.text).split()
        )

    def _wildcard(self, part: inputs.Wildcard) -> wq.Query:
        return every_of(self._pattern(word) for word in clean_text(part.text).split())

    def _pattern(self, word: str) -> wq.Query:
        folded = self._letters(word, word.replace("*", "").replace("?", ""))
        if not set(folded) & {"*", "?"}:
            return wq.Term(self.written, folded)
        return wq.Wildcard(self.written, folded.replace("[", "[[]"))

    def _fuzzy(self, part: inputs.Fuzzy) -> wq.Query:
        if not 0 <= part.edits <= MOST_EDITS:
            raise QueryTooCostly(f"At most {MOST_EDITS} letters of a word may differ.")
        return every_of(
            wq.FuzzyTerm(self.written, word, maxdist=part.edits, prefixlength=FUZZY_PREFIX_CHARS)
            for word in self._written_terms(part.text)
        )

    def _letters(self, pattern: str, letters: str) -> str:
        """Fold a pattern; refuse one with so few letters that it stands for much of the vocabulary."""
        if len(letters) < LEAST_LETTERS:
            raise QueryTooCostly(f"“{pattern[:40]}” needs at least {LEAST_LETTERS} letters beside the star.")
        return analysis.fold(pattern)

    # --- places ---------------------------------------------------------------------------------------------

    def _near(self, part: inputs.Near) -> wq.Query:
        found = [self.compile(each) for each in part.parts]
        if not 1 <= part.distance <= MOST_DISTANCE:
            raise QueryTooCostly(f"Words can be at most {MOST_DISTANCE} words apart.")
        if not found or wq.NullQuery in found:
            return wq.NullQuery
        return reduce(lambda a, b: queries.Near(a, b, part.distance, part.ordered), found)

    def _same_sentence(self, part: inputs.SameSentence) -> wq.Query:
        return self._same(queries.SameSentence, part)

    def _same_paragraph(self, part: inputs.SameParagraph) -> wq.Query:
        return self._same(queries.SameParagraph, part)

    def _same(self, kind: type[queries.PositionQuery], part: inputs.PartsInput) -> wq.Query:
        found = [self.compile(each) for each in part.parts]
        return wq.NullQuery if not found or wq.NullQuery in found else kind(found)

    def _at_least(self, part: inputs.AtLeast) -> wq.Query:
        query = self.compile(part.parts[0])
        return query if query == wq.NullQuery else queries.AtLeast(query, part.times)

    def _any_part(self, part: inputs.AnyOf) -> wq.Query:
        return any_of(self.compile(each) for each in part.parts)


def spelled_out(word: str) -> str:
    """Return u.s as u.s., which is how an initialism is written: its last stop tells it from a list."""
    return f"{word}." if _STOPLESS.fullmatch(word) else word


def distinct(queries: Iterable[wq.Query]) -> list[wq.Query]:
    """Return queries without repetitions: saying a word twice does not make it count twice."""
    kept: list[wq.Query] = []
    for query in queries:
        if query not in kept:
            kept.append(query)
    return kept


HANDLERS: Final = {
    inputs.Exactly: "_exactly",
    inputs.Caps: "_caps",
    inputs.Prefix: "_prefix",
    inputs.Wildcard: "_wildcard",
    inputs.Fuzzy: "_fuzzy",
    inputs.Near: "_near",
    inputs.SameSentence: "_same_sentence",
    inputs.SameParagraph: "_same_paragraph",
    inputs.AtLeast: "_at_least",
    inputs.AnyOf: "_any_part",
    inputs.Words: "_words",
    inputs.AnyWords: "_any_words",
    inputs.Phrase: "_phrase_input",
    AutoQuery: "_auto_query",
}
