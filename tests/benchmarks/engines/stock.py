"""Haystack's own Whoosh backend, untouched, as a site would use it."""

from collections.abc import Iterator, Sequence

from haystack import connections
from haystack.inputs import Exact
from haystack.query import SQ, SearchQuerySet

from ..models import Article as Model
from ..search_indexes import ArticleIndex
from ..shapes import Answer, Article, Query
from .base import FACETS, PAGE_SIZE, Engine


class Wrapped(Sequence[Model]):
    """Articles as model instances, made one at a time."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = articles

    def __len__(self) -> int:
        return len(self.articles)

    def __getitem__(self, place: int) -> Model:
        return Model.from_corpus(self.articles[place])

    def __iter__(self) -> Iterator[Model]:
        return map(Model.from_corpus, self.articles)


class HaystackEngine(Engine):
    """Any Haystack connection, driven through SearchQuerySet."""

    using: str

    def build(self, articles: Sequence[Article]) -> None:
        """Index everything in one batch: one writer, one segment, the fastest that update() can be."""
        self.open()
        self._update(articles)

    def _update(self, articles: Sequence[Article]) -> None:
        connections[self.using].get_backend().update(ArticleIndex(), Wrapped(articles))

    def open(self) -> None:
        """Set the backend up anew, over this engine's folder; it opens what it needs itself."""
        self._reload()
        connections[self.using].get_unified_index().build()

    def _reload(self) -> None:
        connections.connections_info[self.using]["PATH"] = str(self.folder)
        connections.reload(self.using)

    def close(self) -> None:
        """Forget the backend."""
        self._reload()

    def search(self, query: Query, *, with_facets: bool) -> Answer:
        """Ask for a page with SearchQuerySet."""
        results = self._results(query)
        for name in FACETS if with_facets else ():
            results = results.facet(name)
        keys = [f"{hit.pk}" for hit in results[:PAGE_SIZE]]
        counts = results.facet_counts().get("fields", {}) if with_facets else {}
        return Answer(results.count(), keys, counts)

    def _results(self, query: Query) -> SearchQuerySet:
        results, words = SearchQuerySet(using=self.using), query.words
        if query.kind == "everything":
            return results.all().order_by("-published")
        if query.kind == "or":
            first, *others = (SQ(content=word) for word in words)
            for other in others:
                first |= other
            return results.filter(first)
        if query.kind == "phrase":
            return results.filter(content=Exact(" ".join(words)))
        if query.kind == "prefix":
            return results.filter(content__startswith=words[0])
        results = results.filter(content=" ".join(words))
        if query.kind == "date":
            results = results.filter(published__gte=query.start, published__lt=query.end)
        return results

    def save(self, article: Article) -> None:
        """Update one article; the backend commits before it returns."""
        self._update([article])


class StockEngine(HaystackEngine):
    """The pair that sites run today."""

    using = "stock"
    label = "stock Haystack + Whoosh"
    detail = "haystack.backends.whoosh_backend through SearchQuerySet; one segment, built in one batch"
