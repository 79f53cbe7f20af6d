"""Choose the rows of a page: the best by score, or the first by several fields in their own directions.

Within a segment rows are compared by ranks, so only the chosen rows' real values are compared between
segments. Ties always end at the document's place in the index, so pages neither repeat nor lose a row. A
document without a value comes last in both directions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from .commits import View
from .matches import EVERYWHERE, Matches, mask_of
from .segments import NO_DOCS, Segment

Found = Sequence[tuple[View, Matches]]

# walk the stored order of a field instead of selecting, when at least this share of the documents matches
_WALK_SHARE: Final = 1 / 50
# as many scores are sorted as quickly as their highest are selected
_SORTED_WHOLE: Final = 256


@dataclass(frozen=True)
class OrderKey:
    """Name a field to sort by; ascending unless `descending`."""

    field: str
    descending: bool = False


def best_scores(scores: np.ndarray | float, doc_count: int, count: int) -> np.ndarray:
    """Return the indices of the `count` highest scores, highest first, equal scores by document."""
    if isinstance(scores, float):
        return np.arange(min(doc_count, count))
    if len(scores) <= _SORTED_WHOLE:
        return (-scores).argsort(kind="stable")[:count]
    if len(scores) > count:
        threshold = np.partition(scores, len(scores) - count)[len(scores) - count]
        above = np.flatnonzero(scores > threshold)
        level = np.flatnonzero(scores == threshold)[: count - len(above)]
        chosen = np.sort(np.concatenate((above, level)))
    else:
        chosen = np.arange(len(scores))
    return chosen[np.argsort(-scores[chosen], kind="stable")]


def _ranks(segment: Segment, key: OrderKey, docs: np.ndarray) -> np.ndarray:
    """Return int64 ranks of `docs` by one key, lower is earlier."""
    columns, rank = segment.columns(key.field), segment.rank(key.field)
    if columns is not None:
        # of several values the first that would be sorted by, as Whoosh does not define it
        ranks, missing = columns.ordinals[docs, 0].astype(np.int64), columns.label_count
    elif rank is not None:
        ranks, missing = rank[docs].astype(np.int64), segment.doc_count
    else:
        return np.zeros(len(docs), np.int64)
    if key.descending:
        return np.where(ranks >= missing, np.int64(1), -ranks)
    return ranks


def first_by_score(found: Found, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the snapshot's numbers of the `count` best documents, best first, and their scores."""
    docs, scores = [], []
    for view, matches in found:
        if not len(matches) or not count:
            continue
        values = matches.score(EVERYWHERE)
        best = best_scores(values, len(matches), count)
        docs.append(matches.docs[best].astype(np.int64) + view.base)
        scores.append(np.full(len(best), values) if isinstance(values, float) else values[best])
    if not docs:
        return NO_DOCS.astype(np.int64), np.zeros(0)
    if len(docs) == 1:
        return docs[0], scores[0]
    all_docs, all_scores = np.concatenate(docs), np.concatenate(scores)
    best = np.lexsort((all_docs, -all_scores))[:count]
    return all_docs[best], all_scores[best]


def first_by_keys(found: Found, order: Sequence[OrderKey], count: int) -> np.ndarray:
    """Return the snapshot's numbers of the first `count` documents in the given order."""
    parts = [(v, first_in_segment(v.segment, m.docs, order, count)) for v, m in found if len(m) and count]
    if len(parts) == 1:
        view, docs = parts[0]
        return docs.astype(np.int64) + view.base
    rows = []
    for view, docs in parts:
        values = [sort_values(view.segment, docs, key) for key in order]
        rows += zip((docs.astype(np.int64) + view.base).tolist(), zip(*values, strict=True), strict=True)
    return np.array(merge_rows(rows, order, count), np.int64)


def first_in_segment(segment: Segment, docs: np.ndarray, order: Sequence[OrderKey], count: int) -> np.ndarray:
    """Return the first `count` of `docs` in the given order."""
    if len(docs) > count and len(docs) > segment.doc_count * _WALK_SHARE:
        docs = _walk(segment, docs, order[0], count)
    elif len(docs) > count:
        leading = _ranks(segment, order[0], docs)
        docs = docs[leading <= np.partition(leading, count - 1)[count - 1]]
    keys = [docs, *(_ranks(segment, key, docs) for key in reversed(order))]
    return docs[np.lexsort(keys)[:count]]


def _walk(segment: Segment, docs: np.ndarray, key: OrderKey, count: int) -> np.ndarray:
    """Return a few documents that contain the first `count`, found by walking the field's stored order."""
    order = segment.order(key.field)
    columns = segment.columns(key.field)
    if order is None or (columns is not None and columns.ordinals.shape[1] > 1):
        leading = _ranks(segment, key, docs)
        return docs[leading <= np.partition(leading, count - 1)[count - 1]]
    if key.descending:
        has_value = len(order) - _missing_count(segment, key.field)
        order = (
            np.concatenate((order[:has_value][::-1], order[has_value:]))
            if has_value < len(order)
            else order[::-1]
        )
    mask = None if len(docs) == segment.doc_count else mask_of(docs, segment.doc_count)
    step = int(count * segment.doc_count / len(docs)) + 64
    end, found = 0, np.zeros(0, order.dtype)
    while len(found) < count and end < len(order):
        end, step = end + step, step * 2
        part = order[:end]
        found = part if mask is None else part[mask[part]]
    # everything that ties with the last one found must be compared by the other keys too
    last = _ranks(segment, key, found[count - 1 : count])[0]
    while end < len(order) and _ranks(segment, key, order[end - 1 : end])[0] <= last:
        end, step = end + step, step * 2
    part = order[:end]
    part = part if mask is None else part[mask[part]]
    part = part[_ranks(segment, key, part) <= last]
    return np.sort(part)


def _missing_count(segment: Segment, field: str) -> int:
    cache_key = ("missing", field)
    if cache_key not in segment.cache:
        columns, rank = segment.columns(field), segment.rank(field)
        if columns is not None:
            missing = np.count_nonzero(columns.ordinals[:, 0] == columns.label_count)
        else:
            missing = 0 if rank is None else np.count_nonzero(rank == segment.doc_count)
        segment.cache[cache_key] = int(missing)
    return segment.cache[cache_key]


def sort_values(segment: Segment, docs: np.ndarray, key: OrderKey) -> list[bytes | None]:
    """Return comparable values of `docs` by one key, None for missing ones."""
    columns = segment.columns(key.field)
    if columns is not None:
        terms = segment.field(key.field).terms
        numbers = columns.ordinals[docs, 0].tolist()
        return [None if number >= columns.label_count else terms[number] for number in numbers]
    values = segment.byte_columns.get(key.field)
    return [(values[doc] or None) if values else None for doc in docs.tolist()]


def merge_rows(rows: list[tuple[int, list[Any]]], order: Sequence[OrderKey], count: int) -> list[int]:
    """Return the first `count` global document numbers of (number, values of each key) rows."""
    rows = sorted(rows)
    for place in range(len(order) - 1, -1, -1):
        present = [row for row in rows if row[1][place] is not None]
        missing = [row for row in rows if row[1][place] is None]
        present.sort(key=lambda row: row[1][place], reverse=order[place].descending)
        rows = present + missing
    return [number for number, _ in rows[:count]]
