"""Lay out many small byte strings at once, such as the pickles of a whole field's postings."""

from typing import Final

import numpy as np

from .arrays import exclusive_sum, ranges

# By how many bytes above the first an integer needs: none, one, more
_WIDTHS: Final = np.array([2, 3, 5], np.uint8)
# Postings brought to their places at once: each of their bytes takes eight meanwhile
_PLACED_AT_ONCE: Final = 1 << 14
_OPCODES: Final = np.frombuffer(b"KMJ", np.uint8)


class Stream:
    """Hold bytes laid out by NumPy and where each item of them starts (one entry more than items)."""

    def __init__(self, widths: np.ndarray):
        self.starts = exclusive_sum(widths)
        self.array = np.zeros(int(self.starts[-1]), np.uint8)

    def cut(self, starts: np.ndarray, ends: np.ndarray) -> list[bytes]:
        """Return the bytes of items starts[i]..ends[i]-1, for each i."""
        data = self.array.tobytes()
        pairs = zip(self.starts[starts].tolist(), self.starts[ends].tolist(), strict=True)
        return [data[a:b] for a, b in pairs]


def pickled_ints(values: np.ndarray) -> Stream:
    """Lay out non-negative integers as pickle opcodes: K (1 byte), M (2 bytes), J (4 bytes)."""
    middle, long = values > 0xFF, values > 0xFFFF
    kinds = middle.view(np.uint8) + long
    stream = Stream(_WIDTHS[kinds])
    at, array = stream.starts[:-1], stream.array
    array[at] = _OPCODES[kinds]
    array[at + 1] = values.astype(np.uint8)
    for mask, low, high in ((middle, 2, 3), (long, 3, 5)):
        places, numbers = at[mask], values[mask]
        for byte in range(low, high):
            array[places + byte] = (numbers >> (8 * (byte - 1))) & 0xFF
    return stream


def pickled_floats(values: np.ndarray) -> Stream:
    """Lay out floats as pickle opcode G with a big-endian double."""
    stream = Stream(np.full(len(values), 9))
    table = stream.array.reshape(-1, 9)
    table[:, 0] = ord("G")
    table[:, 1:] = values.astype(">f8").view(np.uint8).reshape(-1, 8)
    return stream


def pickled_positions(positions: np.ndarray, counts: np.ndarray) -> Stream:
    """Lay out Whoosh's position values, pickled as bytes: a count, then a pickled list of deltas."""
    first = exclusive_sum(counts)[:-1]
    deltas = positions.copy()
    deltas[1:] -= positions[:-1]
    deltas[first] = positions[first]
    items = pickled_ints(deltas)
    last = first + counts
    widths = items.starts[last] - items.starts[first]
    inner = widths + 7
    long = inner > 0xFF
    header = np.where(long, 5, 2)
    stream = Stream(header + inner)
    at, array = stream.starts[:-1], stream.array
    array[at] = np.where(long, ord("B"), ord("C"))
    array[at + 1] = inner.astype(np.uint8)
    for byte in range(1, 4):
        array[at[long] + 1 + byte] = (inner[long] >> (8 * byte)) & 0xFF
    body = at + header
    array[body + 3] = counts.astype(np.uint8)  # the bytes above are zero already, nearly always
    many = np.flatnonzero(counts > 0xFF)
    for byte in range(3):
        array[body[many] + byte] = (counts[many] >> (8 * (3 - byte))) & 0xFF
    array[body + 4] = ord("(")
    for low in range(0, len(widths), _PLACED_AT_ONCE):
        some = slice(low, low + _PLACED_AT_ONCE)
        begin, end = items.starts[first[low]], items.starts[last[some][-1]]
        array[ranges(body[some] + 5, widths[some])] = items.array[begin:end]
    array[body + inner - 2] = ord("l")
    array[body + inner - 1] = ord(".")
    return stream


def interleave(*parts: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Join item 0 of each part, then item 1 of each, and so on; return the bytes and where each begins.

    A part is its bytes and the widths of its items, which lie one after the other.
    """
    starts = exclusive_sum(sum(widths.astype(np.int64) for _, widths in parts))
    joined, at = np.empty(int(starts[-1]), np.uint8), starts[:-1].copy()
    for data, widths in parts:
        if len(widths) and len(data) == len(widths) * int(widths[0]) and (widths == widths[0]).all():
            joined[at[:, None] + np.arange(int(widths[0]))] = data.reshape(len(widths), -1)
        else:
            joined[ranges(at, widths)] = data
        at += widths
    return joined, starts
