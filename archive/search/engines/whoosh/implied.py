"""Alternatives that find nothing of their own: a phrase, beside all of its words wherever they stand.

A name is asked for as the phrases of its spellings, as the words that were typed and as the articles that
were found to name it. To look for a phrase costs more than all the rest.
"""

from whoosh import query as wq

from .ranking import Ranked


def without_implied(query: wq.Query) -> wq.Query:
    """Return a query that finds and ranks the same, without what is implied where only words rank."""
    if not isinstance(query, Ranked):
        return query
    return Ranked(_without_implied(query.query), query.fieldname, query.words, query.others)


def _without_implied(query: wq.Query) -> wq.Query:
    """Return a query that matches the same documents; what is left out may have added to their scores."""
    if type(query) not in (wq.And, wq.Or):
        return query
    parts = [_without_implied(part) for part in query.subqueries]
    if type(query) is wq.And:
        return wq.And(parts, boost=query.boost)
    if query.minmatch > 1 or query.scale:
        return query
    wider = [words for part in parts if (words := _words_required(part))]
    kept = [part for part in parts if not _is_implied(part, wider)]
    return kept[0] if len(kept) == 1 else wq.Or(kept, boost=query.boost)


def _words_required(query: wq.Query) -> frozenset[tuple[str, str]]:
    """Return the (field, word) pairs that are all a query asks for; nothing if it asks for more."""
    parts = query.subqueries if type(query) is wq.And else [query]
    plain = all(type(part) is wq.Term for part in parts)
    return frozenset((part.fieldname, part.text) for part in parts) if plain else frozenset()


def _is_implied(query: wq.Query, wider: list[frozenset[tuple[str, str]]]) -> bool:
    if type(query) is not wq.Phrase:
        return False
    words = {(query.fieldname, word) for word in query.words}
    return any(required <= words for required in wider)
