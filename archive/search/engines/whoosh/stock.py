"""Whoosh's own matchers, for the queries that are not evaluated over arrays."""

import threading
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.searching import SearchContext, Searcher

from .limits import Meter
from .matches import Matches

_CHECK_ROWS: Final = 256


class StockSearcher:
    """Ask Whoosh about one commit; one thread at a time, its file handles are shared."""

    def __init__(self, folder: Path, toc: TOC):
        self._folder, self._toc = folder, toc
        self._searcher: Searcher | None = None
        self._lock = threading.Lock()

    def matches(self, query: Any, place: int, meter: Meter) -> Matches:
        """Return what a query matches in the segment number `place`, deleted documents among it or not."""
        with self._lock:
            searcher = self.searcher()
            leaf = searcher.leaf_searchers()[place][0]
            matcher = query.matcher(leaf, SearchContext(weighting=searcher.weighting))
            docs, scores = [], []
            while matcher.is_active():
                if not len(docs) % _CHECK_ROWS:
                    meter.check_time()
                docs.append(matcher.id())
                scores.append(matcher.score())
                matcher.next()
        values = np.array(scores, np.float64)
        return Matches(np.array(docs, np.int32), lambda where: values[where])

    def searcher(self) -> Searcher:
        """Return Whoosh's searcher, opened at its first use: that may copy whole segments."""
        if self._searcher is None:
            storage, toc = FileStorage(str(self._folder)), self._toc
            self._searcher = Searcher(FileIndex._reader(storage, toc.schema, toc.segments, toc.generation))
        return self._searcher

    def close(self) -> None:
        with self._lock:
            if self._searcher is not None:
                self._searcher.close()
                self._searcher = None
