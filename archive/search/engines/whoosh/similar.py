"""Other documents that share the telling words of one."""

import math
from collections import Counter
from typing import Final

from haystack.constants import ID
from whoosh import query as wq
from whoosh.analysis import STOP_WORDS

from .analysis import BREAK_TERMS
from .schema import Layout
from .snapshot import Snapshot
from .values import clean_text

TELLING_TERMS: Final = 25
# Words in more than a fifth of a larger archive tell nothing about one document.
MOST_DOCUMENTS_SHARE: Final = 0.2
SMALL_ARCHIVE_DOCUMENTS: Final = 50


def similar_query(snapshot: Snapshot, layout: Layout, identifier: str) -> wq.Query:
    """Return a query for the documents most like one, without itself; for nothing if it is not indexed."""
    found = snapshot.search(wq.Term(ID, identifier), limit=1)
    if not found.total:
        return wq.NullQuery
    text = snapshot.stored(int(found.docs[0])).get(layout.document) or ""
    terms = telling_terms(snapshot, layout.document, text)
    if not terms:
        return wq.NullQuery
    shared = wq.Or([wq.Term(layout.document, term, boost=weight) for term, weight in terms])
    return wq.And([shared, wq.Not(wq.Term(ID, identifier))])


def telling_terms(snapshot: Snapshot, field: str, text: str) -> list[tuple[str, float]]:
    """Return the terms that occur often in the text and rarely elsewhere, with a weight of at most 1."""
    analyzer = snapshot.schema[field].analyzer
    total = snapshot.doc_count
    most = total * MOST_DOCUMENTS_SHARE if total > SMALL_ARCHIVE_DOCUMENTS else total
    weighed = []
    for term, count in Counter(token.text for token in analyzer(clean_text(text), mode="index")).items():
        documents = snapshot.doc_frequency(field, term)
        if 2 <= documents <= most and term not in STOP_WORDS and term not in BREAK_TERMS:
            weighed.append((count * (math.log(total / (documents + 1)) + 1), term))
    best = sorted(weighed, key=lambda pair: (-pair[0], pair[1]))[:TELLING_TERMS]
    return [(term, weight / best[0][0]) for weight, term in best]
