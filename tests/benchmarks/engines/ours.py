"""The archive's engine: as a library, and through the whole of Haystack."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from haystack import connections
from haystack.utils.loading import UnifiedIndex
from whoosh.query import And, DateRange, Every, Or, Prefix
from whoosh.query import Query as WhooshQuery

from archive.search import inputs
from archive.search.engines.whoosh.ordering import OrderKey
from archive.search.engines.whoosh.schema import layout_of
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.engines.whoosh.state import STATE_FILE, State
from archive.search.engines.whoosh.store import IndexStore, store_at
from archive.search.engines.whoosh.words import WordCompiler
from archive.search.engines.whoosh.workers import default_processes

from ..shapes import Answer, Article, Query
from .base import FACETS, PAGE_SIZE, Engine
from .stock import HaystackEngine, Wrapped

# One reads, prepares and commits; the others analyse and encode
PROCESSES: Final = 1 + default_processes() if default_processes() > 1 else 1
NEWEST_FIRST: Final = (OrderKey("published", descending=True),)


class OursEngine(Engine):
    """Writer and snapshot of the engine, without Haystack around them."""

    label = "ours"
    detail = "writer and snapshot called directly, queries as Whoosh trees"
    processes = PROCESSES

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.layout = layout_of(UnifiedIndex())

    def build(self, articles: Sequence[Article]) -> None:
        """Fill a generation as a rebuild does, in as many processes as a site's rebuild takes."""
        schema, store = self.layout.whoosh_schema(), IndexStore(self.folder)
        with store.rebuilding(
            schema, self.layout.fingerprint, lambda rebuild, identifiers: None, processes=default_processes()
        ) as rebuild:
            for article in articles:
                rebuild.writer.queue_document(str(article.number), self._values(article))

    def _values(self, article: Article) -> dict:
        return self.layout.document_values(
            {
                "id": f"benchmarks.article.{article.number}",
                "django_ct": "benchmarks.article",
                "django_id": str(article.number),
                "text": article.text,
                "title": article.title,
                "published": article.published,
                "year": article.year,
                "section": article.section,
                "names": list(article.names),
                "codes": list(article.codes),
            }
        )

    def open(self) -> None:
        """Map the current generation into memory."""
        self.snapshot = Snapshot.open(self.folder / State.read(self.folder).folder)
        self.words = WordCompiler(self.snapshot.schema, "text")

    def close(self) -> None:
        """Let go of the arrays."""
        self.snapshot = None

    def search(self, query: Query, *, with_facets: bool) -> Answer:
        """Evaluate a tree in one pass, and read the keys of its page from a column."""
        hits = self.snapshot.search(
            self._compile(query),
            limit=PAGE_SIZE,
            order=NEWEST_FIRST if query.kind == "everything" else (),
            facets=FACETS if with_facets else (),
        )
        keys = self.snapshot.values(hits.docs, "django_id")
        return Answer(hits.total, keys, dict(hits.facets) if with_facets else {})

    def _compile(self, query: Query) -> WhooshQuery:
        if query.kind == "everything":
            return Every()
        if query.kind == "phrase":
            return self.words.compile(inputs.Phrase(" ".join(query.words)))
        if query.kind == "prefix":
            return Prefix("text", query.words[0])
        words = [self.words.compile(inputs.Words(word)) for word in query.words]
        if query.kind == "date":
            words.append(DateRange("published", query.start, query.end, endexcl=True))
        return words[0] if len(words) == 1 else (Or if query.kind == "or" else And)(words)

    def save(self, article: Article) -> None:
        """Replace one article, and open what has changed."""
        with IndexStore(self.folder).writing(self.layout.fingerprint) as writer:
            writer.update_document(**self._values(article))
        folder = self.folder / State.read(self.folder).folder
        self.snapshot = Snapshot.open(folder, previous=self.snapshot)


class OursHaystackEngine(HaystackEngine):
    """The engine as the archive uses it."""

    using = "ours"
    label = "ours through Haystack"
    detail = "archive.search.engines.whoosh through SearchQuerySet, as built by rebuild_index"
    processes = PROCESSES

    def build(self, articles: Sequence[Article]) -> None:
        """Rebuild from all articles."""
        self.open()
        (index,) = connections[self.using].get_unified_index().get_indexes().values()
        connections[self.using].get_backend().rebuild(index, Wrapped(articles))

    def open(self) -> None:
        """Open the index too, as `open` does for the other engines."""
        super().open()
        if (self.folder / STATE_FILE).exists():
            store_at(self.folder).snapshot()

    def close(self) -> None:
        """Forget the backend, and the snapshot that all threads of a process share."""
        store_at(self.folder)._opened = None
        super().close()
