"""Fields merged a range of terms at a time: together the same as merged at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.engines.whoosh.arrays import exclusive_sum
from archive.search.engines.whoosh.joining import iter_pieces, merge_field
from archive.search.engines.whoosh.segments import FieldPostings
from archive.search.engines.whoosh.terms import Terms

DOCUMENTS = 4
# for each of a source's documents, how often it has each term
TABLES = st.dictionaries(
    st.binary(min_size=1, max_size=2), st.lists(st.integers(0, 3), min_size=DOCUMENTS, max_size=DOCUMENTS)
)
SOURCES = st.lists(st.tuples(TABLES, st.sets(st.integers(0, DOCUMENTS - 1))), min_size=1, max_size=4)


def positions_field(table):
    """Return a field with positions; `table`: the counts of each term in each document."""
    rows = [(term, np.array(counts)) for term, counts in sorted(table.items()) if any(counts)]
    docs = [np.flatnonzero(counts) for _, counts in rows]
    counts = np.concatenate([counts[counts > 0] for _, counts in rows]).astype(np.uint8) if rows else []
    if not rows:
        return None
    starts = exclusive_sum(np.array([len(each) for each in docs]))
    positions = np.arange(int(counts.sum()), dtype=np.uint16)
    return FieldPostings(
        "positions",
        Terms.of(term for term, _ in rows),
        starts,
        np.concatenate(docs).astype(np.int32),
        counts,
        None,
        exclusive_sum(counts)[starts],
        positions,
        np.array([sum(row[1][doc] for row in rows) for doc in range(DOCUMENTS)], np.uint8),
    )


def merging_arguments(sources):
    numbers, base = [], 0
    for _, deleted in sources:
        live = np.array([doc not in deleted for doc in range(DOCUMENTS)])
        numbers.append(np.where(live, base + np.cumsum(live) - 1, -1).astype(np.int32))
        base += int(live.sum())
    return [positions_field(table) for table, _ in sources], numbers, base


def postings_by_term(field):
    found = {}
    for number, term in enumerate(field.terms):
        docs, positions = field.term_positions(number)
        found[term] = (docs.tolist(), positions.tolist())
    return found


@pytest.mark.parametrize("size", [1, 3, 1000])
@given(sources=SOURCES)
def test_pieces_together_are_the_merged_field(size, sources):
    fields, numbers, doc_count = merging_arguments(sources)
    whole = merge_field(fields, numbers, doc_count)
    pieces = list(iter_pieces(fields, numbers, doc_count, size))
    if whole is None:
        assert pieces == []
        return
    assert [term for piece in pieces for term in piece.terms] == list(whole.terms)
    merged = {term: found for piece in pieces for term, found in postings_by_term(piece).items()}
    assert merged == postings_by_term(whole)
    assert sum(piece.total_length for piece in pieces) == whole.total_length
    assert all(np.array_equal(piece.lengths, whole.lengths) for piece in pieces)


def test_piece_has_no_more_than_one_term_beyond_its_size():
    sources = [({bytes([letter]): [1, 1, 1, 1] for letter in range(97, 123)}, set())] * 3
    fields, numbers, doc_count = merging_arguments(sources)
    pieces = list(iter_pieces(fields, numbers, doc_count, 60))
    assert len(pieces) > 3
    assert max(len(piece.docs) for piece in pieces) <= 60 + 12
