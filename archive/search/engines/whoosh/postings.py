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

from .arrays import exclusive_sum, ranges
from .deflate import LEVEL, compress
from .segments import FieldPostings
from .streams import Stream, interleave, pickled_floats, pickled_ints, pickled_positions

# Whoosh writes 128; longer blocks take 30 % less time and 13 % fewer bytes, and stock Whoosh reads any length
BLOCK_POSTINGS: Final = 1024
_COMPRESS_FROM_BYTES: Final = 400
# postings laid out at once: what fits into a processor's cache takes two thirds of the time
_CHUNK_POSTINGS: Final = 1 << 16
_BLOCK_LENGTH: Final = struct.Struct("!i")
_BINFLOAT: Final = struct.Struct(">d")
_OPEN: Final = b"\x80\x04("
_CLOSE: Final = b"\x87."
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
Buffer = bytes | memoryview
# What comes before the ids of a list of one block; the length is below zero for the last block of a list
_HEAD: Final = np.dtype([("magic", "S4"), ("length", ">i4"), ("info", _INFO), ("open", "S3")])
# W3TermInfo._struct: flags, weight, document frequency, shortest, longest, highest weight, first and last id;
# then where the list is
TERM_INFO: Final = np.dtype(
    [
        ("flags", "u1"),
        ("weight", ">f4"),
        ("df", ">u4"),
        ("shortest", "u1"),
        ("longest", "u1"),
        ("max_weight", ">f4"),
        ("min_id", ">u4"),
        ("max_id", ">u4"),
        ("offset", ">i8"),
        ("length", ">i4"),
    ]
)


class FieldEncoder:
    """Turn one field's postings into W3 posting lists, in the order of the terms."""

    def __init__(self, field: FieldPostings):
        self._field = field

    def encode(self, offset: int) -> Iterator[tuple[list[Buffer], np.ndarray]]:
        """Yield the bytes of some terms' lists, and a TERM_INFO of each; `offset`: where the first begins."""
        starts = self._field.starts
        low, term_count = 0, len(starts) - 1
        while low < term_count:
            target = int(starts[low]) + _CHUNK_POSTINGS
            high = min(max(low + 1, int(np.searchsorted(starts, target, "right")) - 1), term_count)
            pieces, infos = _Chunk(self._field, low, high).encode()
            infos["offset"] = offset + exclusive_sum(infos["length"])[:-1]
            yield pieces, infos
            offset += int(infos["length"].sum())
            low = high


class _Chunk:
    """Lay out the postings of terms low..high-1, many of them at once."""

    def __init__(self, field: FieldPostings, low: int, high: int):
        starts = field.starts[low : high + 1].astype(np.int64)
        span = slice(int(starts[0]), int(starts[-1]))
        self.blocks = blocks = _Blocks(starts - span.start, field, span)
        self.ids = pickled_ints(_deltas(field.docs[span].astype(np.int64), blocks.starts))
        self.weights = _block_weights(blocks)
        counts = np.broadcast_to(np.asarray(field.counts_of(span), np.int64), (span.stop - span.start,))
        self.before, self.values, self.after = _block_values(field, low, high, counts, blocks)

    def encode(self) -> tuple[list[Buffer], np.ndarray]:
        blocks = self.blocks
        infos = blocks.term_infos()
        sizes = blocks.sizes_of(self.ids) + blocks.sizes_of(self.values) + self.before.itemsize
        sizes += np.fromiter(map(len, self.weights), np.int64, len(sizes))
        sizes += len(_OPEN) + 1 + len(self.after) + len(_CLOSE)
        is_short = (blocks.per_term == 1) & (sizes[blocks.first_of_term] < _COMPRESS_FROM_BYTES)
        short, starts = self._encode_short(blocks.first_of_term[is_short], sizes)
        infos["length"][is_short] = np.diff(starts)
        pieces: list[Buffer] = []
        long = np.flatnonzero(~is_short)
        places = starts[np.cumsum(is_short)[long]].tolist()
        at = 0
        for term, place, blob in zip(long.tolist(), places, self._encode_long(long), strict=True):
            pieces += (short[at:place], blob)
            infos["length"][term] = len(blob)
            at = place
        pieces.append(short[at:])
        return pieces, infos

    def _encode_short(self, chosen: np.ndarray, sizes: np.ndarray) -> tuple[memoryview, np.ndarray]:
        """Return lists of one uncompressed block each, one after the other, and where each begins."""
        heads = np.zeros(len(chosen), _HEAD)
        heads["magic"], heads["open"] = WHOOSH3_HEADER_MAGIC, _OPEN
        heads["info"] = self.blocks.infos()[chosen]
        heads["length"] = -(_INFO.itemsize + sizes[chosen])
        weights = [self.weights[block] for block in chosen.tolist()]
        joined, starts = interleave(
            _fixed(heads),
            self.blocks.part_of(self.ids, chosen),
            _fixed(np.full(len(chosen), b"t", "S1")),
            (
                np.frombuffer(b"".join(weights), np.uint8),
                np.fromiter(map(len, weights), np.int64, len(weights)),
            ),
            _fixed(self.before[chosen]),
            self.blocks.part_of(self.values, chosen),
            _fixed(np.full(len(chosen), self.after + _CLOSE)),
        )
        return memoryview(joined), starts

    def _encode_long(self, terms: np.ndarray) -> Iterator[bytes]:
        """Yield the lists of terms with several blocks, or with one that is worth compressing."""
        blocks = self.blocks
        ids, values = self.ids.array.tobytes(), self.values.array.tobytes()
        id_places = self.ids.starts[blocks.starts].tolist(), self.ids.starts[blocks.ends].tolist()
        value_places = self.values.starts[blocks.starts].tolist(), self.values.starts[blocks.ends].tolist()
        plain = blocks.infos()
        packed = plain.copy()
        packed["compression"] = LEVEL
        for first, count in zip(
            blocks.first_of_term[terms].tolist(), blocks.per_term[terms].tolist(), strict=True
        ):
            pieces = [WHOOSH3_HEADER_MAGIC]
            for block in range(first, first + count):
                data, infos = (
                    b"".join(
                        (
                            _OPEN,
                            ids[id_places[0][block] : id_places[1][block]],
                            b"t",
                            self.weights[block],
                            self.before[block].tobytes(),
                            values[value_places[0][block] : value_places[1][block]],
                            self.after,
                            _CLOSE,
                        )
                    ),
                    plain,
                )
                if len(data) >= _COMPRESS_FROM_BYTES:
                    data, infos = compress(data), packed
                length = _INFO.itemsize + len(data)
                is_last = block == first + count - 1
                pieces += (_BLOCK_LENGTH.pack(-length if is_last else length), infos[block].tobytes(), data)
            yield b"".join(pieces)


def _fixed(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return table.view(np.uint8).reshape(-1), np.full(len(table), table.itemsize)


class _Blocks:
    """Cut the postings of consecutive terms into blocks that never span two terms, and sum up each block."""

    def __init__(self, starts: np.ndarray, field: FieldPostings, span: slice):
        per_term = -(-np.diff(starts) // BLOCK_POSTINGS)
        first = exclusive_sum(per_term)
        within = np.arange(int(first[-1])) - np.repeat(first[:-1], per_term)
        self.starts = np.repeat(starts[:-1], per_term) + within * BLOCK_POSTINGS
        self.ends = np.minimum(self.starts + BLOCK_POSTINGS, np.repeat(starts[1:], per_term))
        self.per_term, self.first_of_term = per_term, first[:-1]
        self._term_starts = starts
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

    def sizes_of(self, stream: Stream) -> np.ndarray:
        """Return how many bytes of a stream with an item a posting each block has."""
        return stream.starts[self.ends] - stream.starts[self.starts]

    def part_of(self, stream: Stream, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the bytes of the chosen blocks, one after the other, and how many each has."""
        sizes = self.sizes_of(stream)[chosen]
        return stream.array[ranges(stream.starts[self.starts[chosen]], sizes)], sizes

    def infos(self) -> np.ndarray:
        """Return the pickled info of each block, uncompressed."""
        table = np.zeros(len(self.starts), _INFO)
        for name, opcodes in _INFO_OPCODES.items():
            table[name] = opcodes
        table["count"] = self.ends - self.starts
        table["last"] = self._docs[self.ends - 1]
        table["weight"] = self.highest
        table["shortest"], table["longest"] = self.shortest, self.longest
        return table

    def term_infos(self) -> np.ndarray:
        """Return W3TermInfo's fixed part for each term, without the place of its list."""
        first, starts = self.first_of_term, self._term_starts
        table = np.zeros(len(first), TERM_INFO)
        table["weight"] = np.add.reduceat(self.weights, starts[:-1], dtype=np.float64)
        table["df"] = np.diff(starts)
        table["shortest"] = np.minimum.reduceat(self.shortest, first)
        table["longest"] = np.maximum.reduceat(self.longest, first)
        table["max_weight"] = np.maximum.reduceat(self.highest, first)
        table["min_id"], table["max_id"] = self._docs[starts[:-1]], self._docs[starts[1:] - 1]
        return table


def _block_values(
    field: FieldPostings, low: int, high: int, counts: np.ndarray, blocks: _Blocks
) -> tuple[np.ndarray, Stream, bytes]:
    """Return what comes before each block's values, the values, and what comes after them."""
    if field.kind == "existence":
        return np.full(len(blocks.starts), b"N"), Stream(np.zeros(len(counts), np.int64)), b""
    if field.kind == "frequency":
        before = np.zeros(len(blocks.starts), [("opcode", "S1"), ("size", "<u4")])
        before["opcode"], before["size"] = b"B", (blocks.ends - blocks.starts) * 4
        stream = Stream(np.full(len(counts), 4))
        stream.array[:] = counts.astype(">u4").view(np.uint8)
        return before, stream, b""
    positions = field.positions[int(field.position_starts[low]) : int(field.position_starts[high])]
    # a mark that ends sentences has millions of positions: eight bytes for each would be most of the memory
    wide = np.int32 if positions.itemsize < 4 else np.int64
    stream = pickled_positions(positions.astype(wide), counts)
    return np.full(len(blocks.starts), b"("), stream, b"t"


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
