"""One row for each story: of several versions among the matches the latest stays, the others are folded away.

A field says what belongs together: its values are `group.order`, such as a family and when its article was
printed, with figures of equal length, so that the values of a group stand together, the latest last.
Documents without a value stand alone. What is counted is not touched: totals and facets are of every match.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from .commits import View
from .labels import LabelTable
from .matches import Matches
from .segments import Segment

SEPARATOR: Final = "."


class Collapsed:
    """The matches that stay, segment by segment, and what was folded under each."""

    def __init__(self, found: Sequence[tuple[View, Matches]], table: LabelTable, field: str):
        self.found = list(found)
        self._docs, numbers = _labelled(found, table, field)
        self._groups = groups_of(table)[numbers]
        is_last = np.append(self._groups[1:] != self._groups[:-1], True)[: len(self._groups)]
        gone = np.sort(self._docs[~is_last])
        self._folds = len(gone) > 0
        for at, (view, matches) in enumerate(found):
            first, last = np.searchsorted(gone, (view.base, view.base + view.segment.doc_count))
            if first < last:
                stays = np.ones(len(matches), bool)
                stays[np.searchsorted(matches.docs, gone[first:last] - view.base)] = False
                self.found[at] = view, matches.keep(stays)

    def __len__(self) -> int:
        return sum(len(matches) for _, matches in self.found)

    def folded(self, docs: np.ndarray) -> dict[int, list[int]]:
        """Return for those of `docs` that stand for others the documents folded under them, latest first."""
        folded: dict[int, list[int]] = {}
        if not self._folds:
            return folded
        for last in np.flatnonzero(np.isin(self._docs, docs)).tolist():
            first = int(np.searchsorted(self._groups, self._groups[last]))
            if first < last:
                folded[int(self._docs[last])] = self._docs[first:last][::-1].tolist()
        return {doc: folded[doc] for doc in docs.tolist() if doc in folded}


def _labelled(
    found: Sequence[tuple[View, Matches]], table: LabelTable, field: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the matches that have a value and its number, in the order of the values."""
    parts = []
    for at, (view, matches) in enumerate(found):
        if len(matches) and view.segment.columns(field) is not None:
            docs, labels = _labels_of(view.segment, field, matches)
            places = table.places[at]
            parts.append((docs.astype(np.int64) + view.base, labels if places is None else places[labels]))
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    docs, numbers = map(np.concatenate, zip(*parts, strict=True))
    order = np.argsort(numbers, kind="stable")
    return docs[order], numbers[order]


def _labels_of(segment: Segment, field: str, matches: Matches) -> tuple[np.ndarray, np.ndarray]:
    """Return the matches in a segment that have a value, and the label of their first, ordered by it."""
    columns, postings = segment.columns(field), segment.field(field)
    starts = postings.starts[: columns.label_count + 1]
    if columns.ordinals.shape[1] == 1 and len(matches) > int(starts[-1]):
        docs = postings.docs[: int(starts[-1])]
        chosen = np.flatnonzero(matches.mask(segment.doc_count).take(docs))
        return docs[chosen], np.searchsorted(starts, chosen, "right") - 1
    ordinals = columns.ordinals[matches.docs, 0]
    inside = np.flatnonzero(ordinals < columns.label_count)
    labels = ordinals[inside]
    order = np.argsort(labels, kind="stable")
    return matches.docs[inside[order]], labels[order].astype(np.int64)


def groups_of(table: LabelTable) -> np.ndarray:
    """Return the number of the group of each value, ascending; kept with the table."""
    if table.groups is None:
        values = table.values(np.arange(len(table)))
        names = [value.partition(SEPARATOR)[0] for value in values]
        starts = [before != name for before, name in zip([None, *names], names, strict=False)]
        table.groups = np.cumsum(np.array(starts, np.int64))
    return table.groups
