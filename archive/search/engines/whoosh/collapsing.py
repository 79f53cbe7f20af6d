"""One row for each story: of several versions among the matches the latest stays, the others are folded away.

A field says what belongs together: its values are `group.order`, such as a family and when its article was
printed, with figures of equal length, so that the values of a group stand together, the latest last.
Documents without a value stand alone. What is counted is not touched: totals and facets are of every match.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from .commits import View
from .counting import LabelTable
from .matches import Matches

SEPARATOR: Final = "."


class Collapsed:
    """The matches that stay, segment by segment, and what was folded under each."""

    def __init__(self, found: Sequence[tuple[View, Matches]], table: LabelTable, field: str):
        self.found = list(found)
        self._docs, self._numbers, where = _labelled(found, table, field)
        order = np.argsort(self._numbers, kind="stable")
        self._docs, self._numbers, where = self._docs[order], self._numbers[order], where[order]
        self._groups = groups_of(table)[self._numbers]
        is_last = np.append(self._groups[1:] != self._groups[:-1], True)[: len(self._groups)]
        for at, (view, matches) in enumerate(found):
            gone = where[~is_last & (where[:, 0] == at), 1]
            if len(gone):
                stays = np.ones(len(matches), bool)
                stays[gone] = False
                self.found[at] = view, matches.keep(stays)

    def __len__(self) -> int:
        return sum(len(matches) for _, matches in self.found)

    def folded(self, docs: np.ndarray) -> dict[int, list[int]]:
        """Return for those of `docs` that stand for others the documents folded under them, latest first."""
        places = {doc: at for at, doc in enumerate(self._docs.tolist())}
        folded = {}
        for doc in docs.tolist():
            if doc in places:
                last = places[doc]
                first = int(np.searchsorted(self._groups, self._groups[last]))
                if first < last:
                    folded[doc] = self._docs[first:last][::-1].tolist()
        return folded


def _labelled(found: Sequence[tuple[View, Matches]], table: LabelTable, field: str):
    """Return the matches that have a value: document, number of the value, and (segment, place among its)."""
    docs, numbers, where = [], [], []
    for at, (view, matches) in enumerate(found):
        columns = view.segment.columns(field)
        if columns is None or not len(matches):
            continue
        ordinals = columns.ordinals[matches.docs, 0]
        inside = np.flatnonzero(ordinals < columns.label_count)
        labels = ordinals[inside].astype(np.int64)
        places = table.places[at]
        docs.append(matches.docs[inside].astype(np.int64) + view.base)
        numbers.append(labels if places is None else places[labels])
        where.append(np.column_stack((np.full(len(inside), at), inside)))
    if not docs:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 2), np.int64)
    return np.concatenate(docs), np.concatenate(numbers), np.concatenate(where)


def groups_of(table: LabelTable) -> np.ndarray:
    """Return the number of the group of each value, ascending; kept with the table."""
    if table.groups is None:
        values = table.values(np.arange(len(table)))
        names = [value.partition(SEPARATOR)[0] for value in values]
        starts = [before != name for before, name in zip([None, *names], names, strict=False)]
        table.groups = np.cumsum(np.array(starts, np.int64))
    return table.groups
