"""What the backend does to the index: update, remove, clear, rebuild, merge; and what it says about it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from haystack import connections
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from haystack.utils import get_identifier, get_model_ct
from whoosh import query as wq

from archive.search.errors import IndexMissing, SearchError, SearchUnavailable, UnsupportedLookup

from .documents import Prepared, iter_batches, prepare
from .reports import UpdateReport
from .values import NUMBER_KINDS, VALUE_KINDS
from .workers import default_processes
from .writing import Rebuild

log = logging.getLogger(__name__)

# An index that is missing is made on the first update if there are at most so many objects; with more, an
# update would keep its caller waiting, so it raises IndexMissing and a rebuild is left to a command or the
# background.
MADE_ON_FIRST_UPDATE_OBJECTS: Final = 1_000
BATCH_DOCUMENTS: Final = 500


class IndexingMixin:
    """The writing half of the backend; the other half has `store`, `layout` and `unified_index`.

    Everything is on disk when a method returns. Besides the errors named, all raise IndexLocked,
    IndexDamaged, SchemaChanged or WriteFailed, and then nothing was written.
    """

    @contextmanager
    def writing(self, timeout_seconds: float | None = None):
        """Keep other writers out while a block reads what it is going to write; raises IndexLocked."""
        with self.store.locked(timeout_seconds):
            yield

    def update(
        self, index, iterable: Iterable, commit: bool = True, removed: Iterable[str] = ()
    ) -> UpdateReport:
        """Index objects, and take out the documents named in `removed`.

        `commit` is Haystack's and changes nothing. Documents that cannot be prepared or written are named in
        the report, keep their older version, and do not keep others out.
        """
        report = UpdateReport()
        removed = list(removed)
        for objects in iter_batches(iterable, BATCH_DOCUMENTS):
            report += self._write(prepare(index, self.layout, objects), removed)
            removed = []
        if removed:
            report += self._write(Prepared(), removed)
        return logged(report)

    def remove(self, obj_or_string, commit: bool = True) -> None:
        """Take a document out, by object or by identifier."""
        self._write(Prepared(), [get_identifier(obj_or_string)])

    def clear(self, models: Iterable[type] | None = None, commit: bool = True) -> None:
        """Take out all documents, or those of some models."""
        if models is None:
            self.store.create_empty(self.layout.whoosh_schema(), self.layout.fingerprint)
            return
        with self.store.writing(self.layout.fingerprint) as writer:
            for model in models:
                writer.delete_by_term(DJANGO_CT, get_model_ct(model))

    def needs_merge(self) -> bool:
        """Tell whether there are small segments to join; cheap, and False where there is no index."""
        with suppress(SearchUnavailable):
            return self.store.snapshot().needs_merge()
        return False

    def merge(self) -> bool:
        """Join small segments, one step of bounded size; say whether there may be more to do."""
        with self.store.writing(self.layout.fingerprint) as writer:
            return writer.merge_small_segments()

    def _write(self, prepared: Prepared, removed: list[str]) -> UpdateReport:
        gone = [*removed, *prepared.skipped]
        if not prepared.documents and not gone:
            return UpdateReport(failed=prepared.failed)
        try:
            failed = self._write_once(prepared.documents, gone)
        except IndexMissing:
            self._make_if_small()
            failed = self._write_once(prepared.documents, gone)
        return UpdateReport(len(prepared.documents) - len(failed), len(gone), prepared.failed + failed)

    def _write_once(self, documents: Mapping[str, dict], gone: list[str]) -> list[tuple[str, str]]:
        with self.store.writing(self.layout.fingerprint, touching=[*documents, *gone]) as writer:
            for identifier in gone:
                writer.delete_by_term(ID, identifier)
            return add_documents(writer.update_document, documents)

    def _make_if_small(self) -> None:
        count = sum(index.index_queryset(using=self.connection_alias).count() for index in self._indexes())
        if count > MADE_ON_FIRST_UPDATE_OBJECTS:
            raise IndexMissing(f"There is no index at {self.store.root} for {count:,} objects; rebuild it.")
        self.rebuild()

    # --- rebuilding -----------------------------------------------------------------------------------------

    def rebuild(self, index=None, objects: Iterable | None = None) -> UpdateReport:
        """Fill a new index beside the serving one and switch over; readers only notice the new content.

        Reads each declared index's own queryset, and `objects` for `index` if they are given. What others
        write meanwhile is written again before the switch. Raises IndexLocked if a rebuild already runs.
        """
        report = UpdateReport()
        schema, fingerprint, processes = self.layout.whoosh_schema(), self.layout.fingerprint, self._processes
        with self.store.rebuilding(schema, fingerprint, self._catch_up, processes=processes) as rebuild:
            for each in self._indexes():
                given = each is index and objects is not None
                report += self._fill(rebuild, each, objects if given else self._objects(each))
            failed = rebuild.finish()
            report += UpdateReport(-len(failed), 0, failed)
        return logged(report)

    @property
    def _processes(self) -> int:
        """Return how many processes may index a rebuild: `PROCESSES` of the connection, or by processors."""
        options = connections[self.connection_alias].options
        return int(options.get("PROCESSES") or default_processes())

    def needs_rebuild(self) -> str:
        """Return "" or why the index must be rebuilt: missing, damaged, made for other fields."""
        return self.store.reason_to_rebuild(self.layout.fingerprint)

    def _indexes(self) -> list:
        return list(self.unified_index.get_indexes().values())

    def _objects(self, index) -> Iterable:
        queryset = index.build_queryset(using=self.connection_alias)
        return queryset.iterator(chunk_size=BATCH_DOCUMENTS)

    def _fill(self, rebuild: Rebuild, index, objects: Iterable) -> UpdateReport:
        report = UpdateReport()
        for batch in iter_batches(objects, BATCH_DOCUMENTS):
            prepared = prepare(index, self.layout, batch)
            for identifier, values in prepared.documents.items():
                rebuild.writer.queue_document(identifier, values)
            report += UpdateReport(len(prepared.documents), 0, prepared.failed)
        return report

    def _catch_up(self, rebuild: Rebuild, identifiers: list[str]) -> None:
        """Write again, from the database, what others changed while the new generation was filled."""
        for identifier in identifiers:
            rebuild.writer.delete_by_term(ID, identifier)
        for index in self._indexes():
            prefix = get_model_ct(index.get_model()) + "."
            keys = [name.removeprefix(prefix) for name in identifiers if name.startswith(prefix)]
            found = index.index_queryset(using=self.connection_alias).filter(pk__in=keys)
            prepared = prepare(index, self.layout, found)
            add_documents(rebuild.writer.update_document, prepared.documents)

    # --- looking inside -------------------------------------------------------------------------------------

    def document_count(self) -> int:
        return int(self.store.snapshot().doc_count)

    def deleted_share(self) -> float:
        """Return which part of the index older copies take up, which cost each search a little.

        Merging takes them out of small segments; out of those that it leaves alone, a rebuild does.
        """
        snapshot = self.store.snapshot()
        held = sum(segment.doc_count for segment in snapshot.segments)
        return 1 - snapshot.doc_count / held if held else 0.0

    def versions(self, model: type, field: str) -> dict[Any, Any]:
        """Return the value of a field for each indexed object of a model, by primary key."""
        snapshot = self.store.snapshot()
        hits = snapshot.search(wq.Term(DJANGO_CT, get_model_ct(model)), limit=None)
        spec, key = self.layout.fields[field], model._meta.pk.to_python
        if spec.kind not in VALUE_KINDS | NUMBER_KINDS:
            raise UnsupportedLookup(f"“{field}” is not a field of single values.")
        keys, values = snapshot.values(hits.docs, DJANGO_ID), snapshot.values(hits.docs, field)
        return {key(pk): spec.from_term(value) for pk, value in zip(keys, values, strict=True)}


def add_documents(add: Callable, documents: Mapping[str, dict]) -> list[tuple[str, str]]:
    """Give documents to a writer; return those it cannot take, with the reason, which do not change it."""
    failed = []
    for identifier, values in documents.items():
        try:
            add(**values)
        except (OSError, MemoryError, SearchError):
            raise  # not about this document
        except Exception as error:
            failed.append((identifier, f"{type(error).__name__}: {error}"))
    return failed


def logged(report: UpdateReport) -> UpdateReport:
    for identifier, reason in report.failed:
        log.error("%s could not be indexed: %s", identifier, reason)
    return report
