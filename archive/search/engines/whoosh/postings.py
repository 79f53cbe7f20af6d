"""Write and read Whoosh's W3 posting lists a field at a time.

A W3 list is a row of blocks of postings, each a (compressed) pickle of (document deltas, weights,
values). Stock Whoosh builds these from one Python object per posting. Here the pickle opcodes of a whole
field are laid out by NumPy, so that a block is three slices of three streams; any `pickle.loads` reads the
result.
"""

import io
import pickle
import struct
import zlib
from collections.abc import Iterator
from typing import Final

import numpy as np
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC
from whoosh.util.numeric import length_to_byte

from .arrays import exclusive_sum
from .segments import FieldPostings

# Whoosh writes 128; longer blocks take 30 % less time and 13 % fewer bytes, and stock Whoosh reads any length
BLOCK_POSTINGS: Final = 1024
_COMPRESS_FROM_BYTES: Final = 400
_COMPRESSION_LEVEL: Final = 1
# postings laid out at once: what fits into a processor's cache takes two thirds of the time
_CHUNK_POSTINGS: Final = 1 << 16
_BLOCK_LENGTH: Final = struct.Struct("!i")
_EXTENT: Final = struct.Struct("!qi")
_BINFLOAT: Final = struct.Struct(">d")
# A block's info is the pickle of (count, last id, highest weight, compression, shortest, longest length byte)
_INFO: Final = np.dtype(
    [
        ("open", "S4"),
        ("count", "<u2"),
        ("j", "S1"),
        ("last", "<i4"),
        ("g", "S1"),
        ("weight", ">f8"),
        ("k1", "S1"),
        ("compression", "u1"),
        ("k2", "S1"),
        ("shortest", "u1"),
        ("k3", "S1"),
        ("longest", "u1"),
        ("close", "S2"),
    ]
)
_INFO_OPCODES: Final = {"open": b"\x80\x02(M", "j": b"J", "g": b"G", "close": b"t."} | dict.fromkeys(
    ("k1", "k2", "k3"), b"K"
)
_INFO_BYTES: Final = _INFO.itemsize
# W3TermInfo._struct: flags, weight, document frequency, shortest, longest, highest weight, first and last id
_TERM_INFO: Final = np.dtype(
    [
        ("flags", "u1"),
        ("weight", ">f4"),
        ("df", ">u4"),
        ("shortest", "u1"),
        ("longest", "u1"),
        ("max_weight", ">f4"),
        ("min_id", ">u4"),
        ("max_id", ">u4"),
    ]
)
_TERM_INFO_BYTES: Final = _TERM_INFO.itemsize


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
    stream = Stream(np.where(long, 5, np.where(middle, 3, 2)))
    at, array = stream.starts[:-1], stream.array
    array[at] = np.where(long, ord("J"), np.where(middle, ord("M"), ord("K")))
    array[at + 1] = values & 0xFF
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
    deltas = positions.astype(np.int64)
    deltas[1:] -= positions[:-1]
    deltas[first] = positions[first]
    items = pickled_ints(deltas)
    inner = 4 + 1 + (items.starts[first + counts] - items.starts[first]) + 2
    long = inner > 0xFF
    header = np.where(long, 5, 2)
    stream = Stream(header + inner)
    at, array = stream.starts[:-1], stream.array
    array[at] = np.where(long, ord("B"), ord("C"))
    array[at + 1] = inner & 0xFF
    for byte in range(1, 4):
        array[at[long] + 1 + byte] = (inner[long] >> (8 * byte)) & 0xFF
    body = at + header
    array[body[:, None] + np.arange(4)] = counts.astype(">u4").view(np.uint8).reshape(-1, 4)
    array[body + 4] = ord("(")
    shift = np.repeat(body + 5 - items.starts[first], items.starts[first + counts] - items.starts[first])
    array[np.arange(len(items.array)) + shift] = items.array
    array[body + inner - 2] = ord("l")
    array[body + inner - 1] = ord(".")
    return stream


class FieldEncoder:
    """Turn one field's postings into W3 blocks, term by term, in the order of the terms."""

    def __init__(self, field: FieldPostings):
        self._field = field

    def encode(self, offset: int) -> Iterator[tuple[bytes, bytes]]:
        """Yield each term's posting list and its term info; `offset`: where the first list will begin."""
        starts = self._field.starts
        low, term_count = 0, len(starts) - 1
        while low < term_count:
            target = int(starts[low]) + _CHUNK_POSTINGS
            high = max(low + 1, int(np.searchsorted(starts, target, "right")) - 1)
            for blob, info in self._encode_terms(low, min(high, term_count), offset):
                offset += len(blob)
                yield blob, info
            low = high

    def _encode_terms(self, low: int, high: int, offset: int) -> Iterator[tuple[bytes, bytes]]:
        starts = self._field.starts[low : high + 1].astype(np.int64)
        span = slice(int(starts[0]), int(starts[-1]))
        blocks = _Blocks(starts - span.start, self._field, span)
        ids = self._block_ids(span, blocks)
        weights = _block_weights(blocks)
        values = self._block_values(low, high, span, blocks)
        plain, packed = blocks.infos()
        term_infos = blocks.term_infos()
        block = 0
        for term, last_block in enumerate(blocks.last_of_term):
            pieces = [WHOOSH3_HEADER_MAGIC]
            while block <= last_block:
                data = b"".join((b"\x80\x04(", ids[block], b"t", weights[block], values[block], b"\x87."))
                info = plain
                if len(data) >= _COMPRESS_FROM_BYTES:
                    data, info = zlib.compress(data, _COMPRESSION_LEVEL), packed
                length = _INFO_BYTES + len(data)
                start = block * _INFO_BYTES
                pieces += (
                    _BLOCK_LENGTH.pack(-length if block == last_block else length),
                    info[start : start + _INFO_BYTES],
                    data,
                )
                block += 1
            blob = b"".join(pieces)
            start = term * _TERM_INFO_BYTES
            yield blob, term_infos[start : start + _TERM_INFO_BYTES] + _EXTENT.pack(offset, len(blob))
            offset += len(blob)

    def _block_ids(self, span: slice, blocks: "_Blocks") -> list[bytes]:
        docs = self._field.docs[span].astype(np.int64)
        return pickled_ints(_deltas(docs, blocks.starts)).cut(blocks.starts, blocks.ends)

    def _block_values(self, low: int, high: int, span: slice, blocks: "_Blocks") -> list[bytes]:
        field = self._field
        if field.kind == "existence":
            return [b"N"] * len(blocks.starts)
        counts = np.broadcast_to(np.asarray(field.counts_of(span), np.int64), (span.stop - span.start,))
        if field.kind == "frequency":
            raw, sizes = counts.astype(">u4").tobytes(), ((blocks.ends - blocks.starts) * 4).tolist()
            at = (blocks.starts * 4).tolist()
            return [b"B" + n.to_bytes(4, "little") + raw[a : a + n] for a, n in zip(at, sizes, strict=True)]
        positions = field.positions[int(field.position_starts[low]) : int(field.position_starts[high])]
        stream = pickled_positions(positions.astype(np.int64), counts)
        return [b"(" + values + b"t" for values in stream.cut(blocks.starts, blocks.ends)]


class _Blocks:
    """Cut the postings of consecutive terms into blocks that never span two terms, and sum up each block."""

    def __init__(self, starts: np.ndarray, field: FieldPostings, span: slice):
        per_term = -(-np.diff(starts) // BLOCK_POSTINGS)
        first = exclusive_sum(per_term)
        within = np.arange(int(first[-1])) - np.repeat(first[:-1], per_term)
        self.starts = np.repeat(starts[:-1], per_term) + within * BLOCK_POSTINGS
        self.ends = np.minimum(self.starts + BLOCK_POSTINGS, np.repeat(starts[1:], per_term))
        self.last_of_term = (first[1:] - 1).tolist()
        self._first_of_term, self._term_starts = first[:-1], starts
        self._docs = field.docs[span]
        self.weights = np.broadcast_to(np.asarray(field.weights_of(span), np.float32), self._docs.shape)
        self.highest = np.maximum.reduceat(self.weights, self.starts)
        self.lowest = np.minimum.reduceat(self.weights, self.starts)
        if field.lengths is None:
            self.shortest = self.longest = np.zeros(len(self.starts), np.uint8)
        else:
            lengths = field.lengths[self._docs]
            self.shortest = np.minimum.reduceat(lengths, self.starts)
            self.longest = np.maximum.reduceat(lengths, self.starts)

    def infos(self) -> tuple[bytes, bytes]:
        """Return the pickled block infos, all of one size, for uncompressed and for compressed blocks."""
        table = np.zeros(len(self.starts), _INFO)
        for name, opcodes in _INFO_OPCODES.items():
            table[name] = opcodes
        table["count"] = self.ends - self.starts
        table["last"] = self._docs[self.ends - 1]
        table["weight"] = self.highest
        table["shortest"], table["longest"] = self.shortest, self.longest
        plain = table.tobytes()
        table["compression"] = _COMPRESSION_LEVEL
        return plain, table.tobytes()

    def term_infos(self) -> bytes:
        """Return W3TermInfo's fixed part for each term."""
        first, starts = self._first_of_term, self._term_starts
        table = np.zeros(len(first), _TERM_INFO)
        table["weight"] = np.add.reduceat(self.weights, starts[:-1], dtype=np.float64)
        table["df"] = np.diff(starts)
        table["shortest"] = np.minimum.reduceat(self.shortest, first)
        table["longest"] = np.maximum.reduceat(self.longest, first)
        table["max_weight"] = np.maximum.reduceat(self.highest, first)
        table["min_id"], table["max_id"] = self._docs[starts[:-1]], self._docs[starts[1:] - 1]
        return table.tobytes()


def _deltas(docs: np.ndarray, block_starts: np.ndarray) -> np.ndarray:
    deltas = docs.copy()
    deltas[1:] -= docs[:-1]
    deltas[block_starts] = docs[block_starts]
    return deltas


def _block_weights(blocks: _Blocks) -> list[bytes]:
    """Return each block's pickled weights: None for ones, one float when all are equal, or a tuple."""
    equal = blocks.lowest == blocks.highest
    pickled = [b"N"] * len(equal)
    for block in np.flatnonzero(equal & (blocks.lowest != 1.0)).tolist():
        pickled[block] = b"G" + _BINFLOAT.pack(blocks.lowest[block])
    mixed = np.flatnonzero(~equal)
    if len(mixed):
        in_range = blocks.lowest.min() >= 0 and blocks.highest.max() < 1 << 31
        whole = in_range and np.array_equal(blocks.weights, np.trunc(blocks.weights))
        # whole numbers as integers: two bytes instead of nine, and the same to Whoosh
        stream = pickled_ints(blocks.weights.astype(np.int64)) if whole else pickled_floats(blocks.weights)
        for block, weights in zip(mixed, stream.cut(blocks.starts[mixed], blocks.ends[mixed]), strict=True):
            pickled[block] = b"(" + weights + b"t"
    return pickled


def decode_list(data: bytes, with_values: bool) -> tuple[list[int], list[float], list]:
    """Return document numbers, weights and (when asked) raw values of one W3 posting list."""
    if data[:4] != WHOOSH3_HEADER_MAGIC:
        raise ValueError("not a W3 posting list")
    docs: list[int] = []
    weights: list[float] = []
    values: list = []
    at, last = 4, False
    while not last:
        (length,) = _BLOCK_LENGTH.unpack_from(data, at)
        last, length = length < 0, abs(length)
        block = io.BytesIO(data[at + 4 : at + 4 + length])
        count, _, _, compression, _, _ = pickle.load(block)  # noqa: S301 - a trusted folder
        body = zlib.decompress(block.read()) if compression else block.read()
        deltas, block_weights, block_values = pickle.loads(body)  # noqa: S301
        number = 0
        for delta in deltas:
            number += delta
            docs.append(number)
        weights.extend(_expand_weights(block_weights, count))
        if with_values:
            values.append(block_values)
        at += 4 + length
    return docs, weights, values


def _expand_weights(weights: float | tuple | None, count: int) -> list[float]:
    if weights is None:
        return [1.0] * count
    return [weights] * count if isinstance(weights, float) else list(weights)


def length_bytes(lengths: np.ndarray) -> np.ndarray:
    """Return Whoosh's one-byte form of exact field lengths (0 for none)."""
    distinct, inverse = np.unique(lengths, return_inverse=True)
    codes = np.array([length_to_byte(int(length)) for length in distinct], np.uint8)
    return codes[inverse.reshape(-1)] if len(codes) else np.zeros(0, np.uint8)
