"""Cuts long work into pieces."""

from collections.abc import Iterable, Iterator
from itertools import islice


def in_pieces(items: Iterable, size: int) -> Iterator[list]:
    """Yield lists of `size` items, the last perhaps shorter."""
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece
