"""A field's sorted terms as one run of bytes and offsets into it: no object per term."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from .arrays import exclusive_sum, smallest_uint

# Terms are decoded together with those between them while there are at most so many bytes for each.
_DENSE_BYTES: Final = 64


class Terms:
    """Hold distinct byte strings in ascending order."""

    __slots__ = ("_bytes", "_ends", "blob", "offsets")

    def __init__(self, blob: np.ndarray, offsets: np.ndarray):
        self.blob, self.offsets = blob, offsets
        self._bytes = memoryview(blob).cast("B") if len(blob) else memoryview(b"")
        self._ends = memoryview(offsets)  # gives plain numbers, in a third of NumPy's time

    @classmethod
    def of(cls, terms: Iterable[bytes]) -> "Terms":
        """Pack terms that are sorted and distinct already."""
        terms = list(terms)
        offsets = exclusive_sum(np.fromiter(map(len, terms), np.int64, len(terms)))
        return cls(np.frombuffer(b"".join(terms), np.uint8), offsets.astype(smallest_uint(int(offsets[-1]))))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> bytes:
        return bytes(self._bytes[self._ends[index] : self._ends[index + 1]])

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.between(0, len(self)))

    def between(self, low: int, high: int) -> list[bytes]:
        """Return terms number low..high-1."""
        ends = self.offsets[low : high + 1].tolist()
        if not ends:
            return []
        data = bytes(self._bytes[ends[0] : ends[-1]])
        first = ends[0]
        return [data[a - first : b - first] for a, b in itertools.pairwise(ends)]

    def part(self, low: int, high: int) -> "Terms":
        """Return terms number low..high-1 as terms of their own, without copying them."""
        first, last = int(self.offsets[low]), int(self.offsets[high])
        return Terms(self.blob[first:last], self.offsets[low : high + 1] - first)

    def texts(self, numbers: np.ndarray) -> list[str]:
        """Return the terms of these numbers as text.

        Texts lie in memory in the order asked for, so frequent values that are always read together do too.
        """
        if not len(numbers):
            return []
        starts, ends = (self.offsets[numbers.astype(np.int64) + side].astype(np.int64) for side in (0, 1))
        first, last, data = int(starts.min()), int(ends.max()), self._bytes
        if last - first < _DENSE_BYTES * len(numbers):
            data, starts, ends = bytes(data[first:last]), starts - first, ends - first
            if data.isascii():  # decoded at once, in half the time
                text = data.decode()
                return [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        return [str(data[a:b], "utf-8") for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]

    def lower_bound(self, term: bytes) -> int:
        """Return the number of terms below `term`."""
        data, ends, low, high = self._bytes, self._ends, 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if bytes(data[ends[middle] : ends[middle + 1]]) < term:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, term: bytes) -> int:
        """Return the number of `term`, or -1."""
        index = self.lower_bound(term)
        return index if index < len(self) and self[index] == term else -1

    def prefix_range(self, prefix: bytes) -> tuple[int, int]:
        """Return low, high such that terms low..high-1 begin with `prefix`."""
        stem = prefix.rstrip(b"\xff")
        if not stem:
            return (self.lower_bound(prefix) if prefix else 0), len(self)
        return self.lower_bound(prefix), self.lower_bound(stem[:-1] + bytes([stem[-1] + 1]))

    def lengths(self, low: int, high: int) -> np.ndarray:
        """Return the lengths in bytes of terms low..high-1."""
        return np.diff(self.offsets[low : high + 1].astype(np.int64))
