"""The values of a field in all segments of a snapshot: their numbers, and what the field makes of them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from whoosh.fields import FieldType

from .segments import Segment
from .terms import Terms


class LabelTable:
    """Number the values of a field in all segments of a snapshot, in the order of their terms.

    `places`: for each segment, where its labels are among them; None: they are the same.
    """

    def __init__(self, segments: Sequence[Segment], name: str, field: FieldType):
        """Number the values; what one segment contributes is kept with it for the next snapshot."""
        self.groups: np.ndarray | None = None  # see collapsing.py
        self.places: list[np.ndarray | None] = [None] * len(segments)
        sizes = [_label_count(segment, name) for segment in segments]
        largest = segments[sizes.index(max(sizes))] if any(sizes) else None
        self._values = _decoded_labels(largest, name, field) if largest else DecodedLabels([], 0, field)
        others = [one for one, size in zip(segments, sizes, strict=True) if size and one is not largest]
        if not others:
            return
        known = _numbers_of(largest, name)
        if any(term not in known for one in others for term in _labels(one, name)):
            terms = sorted({*known, *(term for one in others for term in _labels(one, name))})
            known = dict(zip(terms, range(len(terms)), strict=True))
            self._values = DecodedLabels(terms, len(terms), field)
            others.append(largest)
        for place, segment in enumerate(segments):
            if segment in others:
                numbers = [known[term] for term in _labels(segment, name)]
                self.places[place] = np.array(numbers, np.int64)

    def __len__(self) -> int:
        return len(self._values)

    def values(self, numbers: np.ndarray) -> list[Any]:
        """Return values as the field gives them back."""
        return self._values.take(numbers)


class DecodedLabels:
    """Decode the first `size` of some terms, each at its first use, and remember them."""

    def __init__(self, terms: Terms | list[bytes], size: int, field: FieldType):
        self._terms = terms
        self._decode = decoder(field)
        self._values, self._is_known = np.empty(size, object), np.zeros(size, bool)

    def __len__(self) -> int:
        return len(self._values)

    def take(self, numbers: np.ndarray) -> list[Any]:
        missing = numbers[~self._is_known[numbers]]
        if len(missing):
            self._decode_terms(missing)
        return self._values[numbers].tolist()

    def _decode_terms(self, numbers: np.ndarray) -> None:
        terms = self._terms
        if self._decode is bytes.decode and isinstance(terms, Terms):
            self._values[numbers] = terms.texts(numbers)
        else:
            self._values[numbers] = [self._decode(terms[number]) for number in numbers.tolist()]
        self._is_known[numbers] = True


def decoder(field: FieldType) -> Callable[[bytes], Any]:
    """Return what makes values of a field's terms; Whoosh's own decoding of text takes six times as long."""
    return bytes.decode if type(field).from_bytes is FieldType.from_bytes else field.from_bytes


def _label_count(segment: Segment, name: str) -> int:
    columns = segment.columns(name)
    return columns.label_count if columns else 0


def _decoded_labels(segment: Segment, name: str, field: FieldType) -> DecodedLabels:
    key = ("decoded labels", name)
    if key not in segment.cache:
        size = _label_count(segment, name)
        segment.cache[key] = DecodedLabels(segment.field(name).terms, size, field)
    return segment.cache[key]


def _labels(segment: Segment, name: str) -> list[bytes]:
    key = ("labels", name)
    if key not in segment.cache:
        segment.cache[key] = segment.field(name).terms.between(0, _label_count(segment, name))
    return segment.cache[key]


def _numbers_of(segment: Segment, name: str) -> dict[bytes, int]:
    key = ("label numbers", name)
    if key not in segment.cache:
        terms = _labels(segment, name)
        segment.cache[key] = dict(zip(terms, range(len(terms)), strict=True))
    return segment.cache[key]
