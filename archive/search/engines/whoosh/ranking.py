"""Which story comes first: the query that ranks, and how it is made of a question.

What is found is what the inner query finds; only the order is made here, by scoring.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
from whoosh import query as wq

from archive.search import inputs

from .analysis import stem_words
from .evaluate import Run, evaluate, handles
from .matches import Matches, contained
from .queries import PositionQuery
from .scoring import Scorer, Word

# A question with more, such as a name with very many spellings, is ranked by the first.
MOST_WORDS: Final = 64


class Ranked(wq.Query):
    """Match what `query` matches, ranked by `words` of a text field and by the own scores of `others`.

    `others` are parts that are no words, such as beginnings. Where Whoosh itself is asked, it ranks as the
    plain query does.
    """

    def __init__(
        self, query: wq.Query, fieldname: str, words: Iterable[Word], others: Iterable[wq.Query] = ()
    ):
        self.query, self.fieldname = query, fieldname
        self.words, self.others = tuple(words)[:MOST_WORDS], tuple(others)
        self.boost = 1.0

    def is_leaf(self) -> bool:
        return False

    def children(self) -> Iterator[wq.Query]:
        return iter((self.query,))

    def field(self) -> str | None:
        return self.query.field()

    def _key(self) -> tuple[Any, ...]:
        return self.query, self.fieldname, self.words, self.others

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranked) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Ranked({self.query!r}, {' '.join(word.term for word in self.words)!r})"

    def normalize(self) -> wq.Query:
        return self

    def estimate_size(self, ixreader: Any) -> int:
        return self.query.estimate_size(ixreader)

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return self.query.matcher(searcher, context)


# From a question --------------------------------------------------------------------------------------------


def ranked(query: wq.Query, document: str, texts: Iterable[str], forms: Mapping[str, str]) -> wq.Query:
    """Return a query with its words ranked by place; itself where it has no words of the field `document`.

    `texts` are the fields of running text: what a query asks of others only filters. `forms` know how a term
    was typed.
    """
    terms: dict[str, None] = {}
    others: list[wq.Query] = []
    _gather(query, document, set(texts), terms, others)
    words = [Word(term, forms.get(term, "")) for term in terms]
    return Ranked(query, document, words, others) if words else query


def _gather(query: wq.Query, document: str, texts: set[str], terms: dict[str, None], others: list) -> None:
    kind = type(query)
    if kind in (wq.Term, wq.Phrase) and query.fieldname == document:
        terms.update(dict.fromkeys([query.text] if kind is wq.Term else query.words))
    elif kind in (wq.And, wq.Or) or isinstance(query, PositionQuery):
        for child in query.children():
            _gather(child, document, texts, terms, others)
    elif kind is wq.AndNot:
        _gather(query.a, document, texts, terms, others)
    elif kind is wq.AndMaybe or (kind is not wq.Not and query.is_leaf() and query.field() in texts):
        others.append(query)


def is_words(query: wq.Query, document: str) -> bool:
    """Tell whether a query asks for words of one field alone, so that `ranked` takes all of it."""
    others: list[wq.Query] = []
    waiting = [query]
    while waiting:
        node = waiting.pop()
        if type(node) in (wq.And, wq.Or) or isinstance(node, PositionQuery):
            waiting += node.children()
        elif not (type(node) in (wq.Term, wq.Phrase) and node.fieldname == document):
            others.append(node)
    return not others


def forms_of(part: Any) -> Iterator[tuple[str, str]]:
    """Yield (term, folded form) of the words of an input, or of a text."""
    if isinstance(part, inputs.PartsInput | tuple):
        for one in part.parts if isinstance(part, inputs.PartsInput) else part:
            yield from forms_of(one)
    else:
        text = part if isinstance(part, str) else getattr(part, "query_string", "")
        for _, _, term, form in stem_words(text):
            yield term, form


# Evaluation -------------------------------------------------------------------------------------------------


@handles(Ranked)
def evaluate_ranked(query: Ranked, run: Run) -> Matches:
    matches = evaluate(query.query, run)
    if not len(matches) or run.segment.field(query.fieldname) is None:
        return matches
    scorer = Scorer(query.fieldname, query.words, run)
    others = [evaluate(other, run) for other in query.others]

    def score(where: Any) -> np.ndarray:
        docs = matches.docs[where] if isinstance(where, slice) else matches.docs.take(where)
        total = scorer.scores(docs)
        for other in others:
            also = contained(other.docs, docs, run.doc_count)
            total[also] += other.score_of(docs[also], run.doc_count)
        return total

    return Matches(matches.docs, score)
