"""Write to an index: many documents in bulk, or one in milliseconds, whatever the size of the index.

The files are Whoosh's own (W3), so stock Whoosh opens and searches the index. A commit is the rename of a
table of contents, after everything it names has been flushed to the disk; until then nothing that was there
is touched.
"""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.index import TOC, FileIndex, clean_files
from whoosh.util.filelock import try_for
from whoosh.writing import IndexingError, IndexWriter

from archive.search.errors import IndexLocked

from .builder import Prepared, SegmentBuilder
from .bulk import Bulk
from .commits import write_toc
from .files import SegmentData, write_segment
from .merging import MAX_STORED_BYTES, MERGE_MAX_DOCUMENTS, Source, choose, groups, merge
from .opening import open_segment
from .runs import RUN_SUFFIX, Run, write_run
from .segments import FieldPostings, Segment
from .snapshot import Snapshot
from .state import sync

# Documents are sorted into a run when they have so many terms (some 60 bytes each while they are sorted)
RUN_TERMS: Final = 4_000_000
RUN_STORED_BYTES: Final = 64 << 20
# What is kept of each document while its segment is written, and the terms of a field, bound this
SEGMENT_MAX_DOCUMENTS: Final = 250_000


class FastWriter(IndexWriter):
    """Hold the index's lock and gather changes until `commit` or `cancel`; usable as a context manager."""

    def __init__(
        self,
        index: FileIndex,
        *,
        timeout: float = 0.0,
        delay: float = 0.1,
        run_terms: int = RUN_TERMS,
        segment_documents: int = SEGMENT_MAX_DOCUMENTS,
        processes: int = 1,
        snapshot: Snapshot | None = None,
    ):
        """Wait up to `timeout` seconds for the lock, then raise IndexLocked.

        `processes`: how many may work on queued documents; `snapshot`: one of the same folder, whose opened
        segments are used again.
        """
        self._lock = index.lock("WRITELOCK")
        if not try_for(self._lock.acquire, timeout=timeout, delay=delay):
            raise IndexLocked(f"{index.storage.folder}: another writer is at work")
        self.is_closed = False
        self.storage, self.indexname = index.storage, index.indexname
        self.folder = Path(index.storage.folder)
        self._run_terms, self._segment_documents = run_terms, segment_documents
        try:
            toc = index._read_toc()
        except BaseException:
            self._lock.release()
            raise
        self.schema, self.generation = toc.schema, toc.generation + 1
        self.segments: list[W3Segment] = list(toc.segments)
        self._opened: dict[str, Segment] = {s.segment_id: s for s in snapshot.segments} if snapshot else {}
        self._written: list[Path] = []
        self._changed = False
        self._builder: SegmentBuilder | None = None
        self._pending: dict[tuple[str, bytes], int] = {}
        self._dropped: set[int] = set()
        self._runs: list[Run] = []
        self._run_prefix, self._run_count = secrets.token_hex(8), 0
        self._bulk = Bulk(self.schema, processes, self._run_path)

    # Adding

    def add_document(self, **fields: Any) -> None:
        """Add a document; takes Whoosh's `_stored_<name>`, `_boost`, `_<name>_boost`. All or nothing."""
        self._check_open()
        self._add(self._building.prepare(fields), self._unique_terms(fields))

    def update_document(self, **fields: Any) -> None:
        """Add a document in the place of those with the same unique values, in this batch too.

        If the document cannot be prepared, its older version stays.
        """
        self._check_open()
        prepared, unique = self._building.prepare(fields), self._unique_terms(fields)
        for name, term in unique:
            self._delete_term(name, term)
        self._add(prepared, unique)

    def _add(self, prepared: Prepared, unique: list[tuple[str, bytes]]) -> None:
        doc = self._building.add(prepared)
        self._pending.update(dict.fromkeys(unique, doc))
        self._changed = True
        builder = self._building
        if builder.term_count >= self._run_terms or builder.stored_bytes >= RUN_STORED_BYTES:
            self._finish_run()

    def queue_document(self, key: str, fields: dict[str, Any]) -> None:
        """Add a document, perhaps in another process; if it fails, `failed` says so after the next flush."""
        self._check_open()
        if self._builder is not None:
            self._finish_run()
        self._bulk.add(key, fields)
        self._changed = True
        for run in self._bulk.take_runs():
            self._keep_run(run)

    @property
    def failed(self) -> list[tuple[str, str]]:
        """Return key and reason of each queued document that could not be indexed."""
        return self._bulk.failed

    @property
    def _building(self) -> SegmentBuilder:
        if self._builder is None:
            self._builder = SegmentBuilder(self.schema)
        return self._builder

    def _unique_terms(self, fields: dict[str, Any]) -> list[tuple[str, bytes]]:
        return [
            (name, field.to_bytes(fields[name]))
            for name, field in self.schema.items()
            if field.unique and fields.get(name) is not None
        ]

    # Deleting

    def delete_by_term(self, fieldname: str, text: Any, searcher: Any = None) -> int:
        """Delete the documents that have a term, those of this batch too, and return how many there were."""
        self._check_open()
        return self._delete_term(fieldname, self.schema[fieldname].to_bytes(text))

    def _delete_term(self, name: str, term: bytes) -> int:
        deleted = self._delete_in_batch(name, term)
        for entry in self.segments:
            for doc in _docs_with(self._open(entry).field(name), term):
                if not entry.is_deleted(doc):
                    entry.delete_document(doc)
                    deleted += 1
        self._changed |= bool(deleted)
        return deleted

    def _delete_in_batch(self, name: str, term: bytes) -> int:
        deleted = 0
        if self._builder is not None and not self.schema[name].unique:
            self._finish_run()
        self._settle()
        doc = self._pending.pop((name, term), None)
        if doc is not None and doc not in self._dropped:
            self._dropped.add(doc)
            deleted += 1
        for run in self._runs:
            found = set(_docs_with(run.segment.field(name), term)) - run.dropped
            run.dropped |= found
            deleted += len(found)
        return deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a committed document by its number."""
        self._check_open()
        for entry in self.segments:
            if docnum < entry.doc_count_all():
                entry.delete_document(docnum, delete=delete)
                self._changed = True
                return
            docnum -= entry.doc_count_all()
        raise IndexingError(f"No document {docnum} in this index")

    def _open(self, entry: W3Segment) -> Segment:
        name = entry.segment_id()
        if name not in self._opened:
            self._opened[name] = open_segment(self.folder, entry, self.schema)
        return self._opened[name]

    # Segments

    def _finish_run(self) -> None:
        """Sort what has been gathered into a file of its own."""
        self._settle()
        builder, self._builder = self._builder, None
        dropped, self._dropped, self._pending = self._dropped, set(), {}
        if builder is not None and len(builder):
            path = self._run_path()
            write_run(path, builder.finish())
            self._keep_run(Run(path, dropped))

    def _run_path(self) -> Path:
        self._run_count += 1
        return self.folder / f"{self._run_prefix}-{self._run_count}{RUN_SUFFIX}"

    def _keep_run(self, run: Run) -> None:
        """Keep a run for the next segment, and begin another segment where it does not fit into the last."""
        documents = sum(one.doc_count for one in [*self._runs, run])
        size = sum(one.stored_bytes for one in [*self._runs, run])
        if self._runs and (documents > self._segment_documents or size > MAX_STORED_BYTES):
            self._write_runs()
        self._runs.append(run)

    def _settle(self) -> None:
        """Wait until what was queued is in runs."""
        for run in self._bulk.finish_runs():
            self._keep_run(run)

    def flush(self) -> None:
        """Write what is in memory and in runs as a segment, which a later commit will name."""
        self._settle()
        builder = self._builder
        if builder is not None and not self._runs and not self._dropped:
            self._builder, self._pending = None, {}
            if len(builder):
                self.segments.append(self._write(builder.finish()))
            return
        self._finish_run()
        self._write_runs()

    def _write_runs(self) -> None:
        runs, self._runs = self._runs, []
        if not runs:
            return
        data = merge(self.schema, [run.source() for run in runs])
        if data.doc_count:
            with self._bulk.merging(runs, data):
                self.segments.append(self._write(data))
        for run in runs:
            run.path.unlink()

    def _forget(self, paths: list[Path]) -> None:
        """Remove files that nothing needs any more."""
        for path in paths:
            with suppress(OSError):
                path.unlink()
        self._written = [path for path in self._written if path not in paths]

    def _write(self, data: SegmentData) -> W3Segment:
        # not Whoosh's random_name: it draws from the global generator, which a test may have seeded
        entry = W3Segment(W3Codec(), self.indexname, segid=secrets.token_hex(8))
        try:
            self._written += write_segment(self.folder, entry, self.schema, data)
        except BaseException:
            self._remove(entry)
            raise
        return entry

    def merge_small_segments(self, max_documents: int = MERGE_MAX_DOCUMENTS) -> bool:
        """Merge segments of a similar small size, one step; say whether there was something to do.

        Reads and writes at most `max_documents`, so its time is bounded whatever the size of the index.
        """
        self._check_open()
        self.flush()
        chosen = choose(self.segments, max_documents)
        if chosen:
            self._merge(chosen)
        return bool(chosen)

    def merge_all(self, max_documents: int = SEGMENT_MAX_DOCUMENTS) -> None:
        """Merge everything, as a rebuild does at its end: neighbours, as far as they fit into a segment."""
        self._check_open()
        self.flush()
        for group in groups(self.segments, max_documents, self._stored_bytes):
            if len(group) > 1 or group[0].has_deletions():
                self._merge(group)

    def _stored_bytes(self, entry: W3Segment) -> int:
        return self._open(entry).byte_columns["_stored"].nbytes

    def _merge(self, chosen: list[W3Segment]) -> None:
        sources = [Source.of_segment(self._open(entry), entry, self.folder, self.schema) for entry in chosen]
        data = merge(self.schema, sources)
        place = self.segments.index(chosen[0])
        merged = [self._write(data)] if data.doc_count else []
        rest = [entry for entry in self.segments if entry not in chosen]
        self.segments = [*rest[:place], *merged, *rest[place:]]
        for entry in chosen:  # those of this batch were never committed
            if any(path.name.startswith(entry.segment_id() + ".") for path in self._written):
                self._remove(entry)
        self._changed = True

    # The end

    def commit(self, *, clean: bool = False) -> None:
        """Make all changes durable and visible at once, and release the lock.

        `clean`: also remove files that no commit names any more; readers of older commits may still need
        them.
        """
        self._check_open()
        try:
            self.flush()
            if self._changed:
                for path in self._written:
                    sync(path)
                write_toc(self.folder, self.indexname, TOC(self.schema, self.segments, self.generation))
                self._written = []
                if clean:
                    for path in self.folder.glob("*.tmp"):  # of a writer that died
                        path.unlink()
                    clean_files(self.storage, self.indexname, self.generation, self.segments)
        except BaseException:
            self.cancel()
            raise
        self._release()

    def cancel(self) -> None:
        """Forget all changes, remove what was written for them, and release the lock."""
        if self.is_closed:
            return
        self._bulk.close()  # it must not go on writing
        self._forget([*self._written, *self.folder.glob(f"{self._run_prefix}-*")])
        self._release()

    def _remove(self, entry: W3Segment) -> None:
        self._forget(list(self.folder.glob(entry.segment_id() + ".*")))

    def _release(self) -> None:
        self._bulk.close()
        self._lock.release()
        self.is_closed, self._builder, self._runs = True, None, []

    @property
    def has_changes(self) -> bool:
        """Tell whether a commit has, or had, anything to write."""
        return self._changed

    def _check_open(self) -> None:
        if self.is_closed:
            raise IndexingError("This writer is closed")

    def reader(self, reuse: Any = None) -> Any:
        """Return a stock reader of the committed documents."""
        return FileIndex._reader(self.storage, self.schema, self.segments, self.generation)

    def doc_count(self) -> int:
        """Return how many documents this batch holds that are in no segment yet."""
        self._settle()
        waiting = len(self._builder) if self._builder is not None else 0
        return waiting + sum(run.doc_count for run in self._runs)


def _docs_with(postings: FieldPostings | None, term: bytes) -> list[int]:
    index = postings.terms.find(term) if postings is not None else -1
    return postings.docs[postings.span(index)].tolist() if index >= 0 else []
