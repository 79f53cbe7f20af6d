"""Did you mean: the nearest words of the archive itself, asked only when nothing was found."""

from collections import Counter
from collections.abc import Iterable, Iterator
from string import ascii_lowercase
from typing import Final

from haystack.backends import SearchNode
from haystack.inputs import AutoQuery, Clean, Exact
from rapidfuzz.distance import OSA
from whoosh import query as wq

from archive.search import inputs

from .analysis import CAPS_MARK
from .compile import Question
from .evaluate_terms import iter_near
from .lookups import split_expression
from .schema import WRITTEN_SUFFIX, Layout
from .snapshot import Snapshot
from .values import Kind, clean_text

MOST_WORDS: Final = 20
SHORT_WORD_LETTERS: Final = 4
LONGEST_WORD_LETTERS: Final = 40
# In how many documents to look for the capitals and accents of a word.
DOCUMENTS_READ: Final = 5


def suggest(snapshot: Snapshot, layout: Layout, words: Iterable[str]) -> str | None:
    """Return the words with those that the archive does not have replaced by the nearest it has.

    None when there is nothing better to offer.
    """
    words = list(words)[:MOST_WORDS]
    better = [nearest_word(snapshot, layout.document, word) or word for word in words]
    return " ".join(better) if better != words else None


def nearest_word(snapshot: Snapshot, field: str, word: str) -> str | None:
    """Return the nearest word of the archive to one it does not have; None if it has it or has none near."""
    terms = [term for term in written_terms(snapshot, field, word) if not term.startswith(CAPS_MARK)]
    written = field + WRITTEN_SUFFIX
    if len(terms) != 1 or len(terms[0]) > LONGEST_WORD_LETTERS or snapshot.doc_frequency(written, terms[0]):
        return None
    edits = 1 if len(terms[0]) <= SHORT_WORD_LETTERS else 2
    near = near_words(snapshot, written, terms[0], edits)
    if not near:
        return None
    best = min(near, key=lambda word: (near[word], -snapshot.doc_frequency(written, word), word))
    return as_printed(snapshot, field, best)


def near_words(snapshot: Snapshot, field: str, word: str, edits: int) -> dict[str, int]:
    """Return words of a field that differ in at most `edits` letters, with how many.

    Read from the mapped terms, so that no process holds the vocabulary. Of words that begin otherwise only
    those with one wrong letter are looked for: all of them would take thirty times as long.
    """
    near: dict[str, int] = {}
    for segment in snapshot.segments:
        postings = segment.field(field)
        if postings is None:
            continue
        low, high = postings.terms.prefix_range(word[:1].encode())
        for numbers, distances in iter_near(postings.terms, low, high, word, edits, scorer=OSA.distance):
            texts = (postings.terms[number].decode() for number in numbers.tolist())
            near |= zip(texts, distances.tolist(), strict=True)
    others = [other for other in begun_otherwise(word) if snapshot.doc_frequency(field, other)]
    return near | dict.fromkeys(others, 1)


def begun_otherwise(word: str) -> Iterator[str]:
    """Yield what a word may have been before its beginning was mistyped."""
    yield word[1:]
    yield word[1:2] + word[:1] + word[2:]
    for letter in sorted({*ascii_lowercase, *word}):
        yield letter + word[1:]
        yield letter + word


def written_terms(snapshot: Snapshot, field: str, text: str) -> list[str]:
    analyzer = snapshot.schema[field + WRITTEN_SUFFIX].analyzer
    return [token.text for token in analyzer(clean_text(text), mode="query")]


def as_printed(snapshot: Snapshot, field: str, term: str) -> str:
    """Return a word of the index as documents most often write it: with its capitals and accents."""
    found: Counter[str] = Counter()
    analyzer = snapshot.schema[field + WRITTEN_SUFFIX].analyzer
    for doc in snapshot.search(wq.Term(field + WRITTEN_SUFFIX, term), limit=DOCUMENTS_READ).docs:
        text = clean_text(snapshot.stored(int(doc)).get(field) or "")
        for token in analyzer(text, mode="index", chars=True):
            if token.text == term:
                found[text[token.startchar : token.endchar]] += 1
    return found.most_common(1)[0][0] if found else term


def words_asked(question: Question, layout: Layout) -> list[str]:
    """Return the words of a question that look for running text, in order, negated ones left out."""
    words: list[str] = []
    _collect(question.tree, layout, words)
    return words


def _collect(node: SearchNode, layout: Layout, words: list[str]) -> None:
    if node.negated:
        return
    for child in node.children:
        if isinstance(child, SearchNode):
            _collect(child, layout, words)
            continue
        field, lookup = split_expression(child[0])
        spec = layout.fields.get(layout.document if field == "content" else field)
        if spec is not None and spec.kind is Kind.TEXT and lookup in ("content", "exact"):
            words += _words_of(child[1])


def _words_of(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split()
    if isinstance(value, AutoQuery):
        return [word.strip('"') for word in value.query_string.split() if not word.startswith("-")]
    if isinstance(value, inputs.Words | inputs.AnyWords | inputs.Phrase | Clean | Exact):
        return str(value.query_string).split()
    if isinstance(value, inputs.PartsInput | tuple):
        parts = value.parts if isinstance(value, inputs.PartsInput) else value
        return [word for part in parts for word in _words_of(part)]
    return []
