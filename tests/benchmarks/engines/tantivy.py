"""Tantivy, a compiled search library, through its Python binding."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import tantivy
from tantivy import FieldType, Filter, Occur, TextAnalyzerBuilder, Tokenizer
from tantivy import Query as TantivyQuery
from whoosh.analysis import STOP_WORDS

from ..shapes import Answer, Article, Query
from .base import FACETS, PAGE_SIZE, Engine

HEAP_BYTES: Final = 512_000_000
SAVING_HEAP_BYTES: Final = 15_000_000
ANALYZER: Final = "benchmark"
# More than any facet has values, so that all are counted exactly, as every other engine here does.
FACET_VALUES: Final = 10_000


def _seconds(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1)).total_seconds())


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", stored=True, tokenizer_name=ANALYZER)
    builder.add_text_field("text", stored=True, tokenizer_name=ANALYZER, index_option="position")
    builder.add_text_field("section", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("published", "year"):
        builder.add_integer_field(name, stored=True, indexed=True, fast=True)
    for name in ("names", "codes"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()


class TantivyEngine(Engine):
    """Tantivy with fast fields for date and facets; one merged segment."""

    label = "tantivy-py"
    detail = (
        "stop words, Snowball stemmer, fast fields, one writer thread, one segment where merging allows; keys come "
        "from its stored documents, because the binding reads only numbers from fast fields"
    )
    writer: tantivy.IndexWriter | None = None

    def build(self, articles: Sequence[Article]) -> None:
        """Index with one thread, like the other engines, and wait for merges."""
        writer = self._open_index(create=True).writer(HEAP_BYTES, 1)
        for article in articles:
            writer.add_document(_document(article))
        writer.commit()
        writer.wait_merging_threads()

    def _open_index(self, *, create: bool = False) -> tantivy.Index:
        self.schema = _schema()
        self.index = tantivy.Index(self.schema, path=str(self.folder), reuse=not create)
        analyzer = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase())
        analyzer = analyzer.filter(Filter.custom_stopword(sorted(STOP_WORDS))).filter(
            Filter.stemmer("english")
        )
        self.index.register_tokenizer(ANALYZER, analyzer.build())
        return self.index

    def open(self) -> None:
        """Memory-map the index."""
        self.searcher = self._open_index().searcher()

    def close(self) -> None:
        """Drop index and searcher, once merges are through; Tantivy has no explicit close."""
        if self.writer:
            self.writer.wait_merging_threads()
        self.index = self.searcher = self.writer = None

    def search(self, query: Query, *, with_facets: bool) -> Answer:
        """Collect a page and its total, then aggregate over the same query."""
        compiled = self._compile(query)
        order = {"order_by_field": "published"} if query.kind == "everything" else {}
        found = self.searcher.search(compiled, limit=PAGE_SIZE, count=True, **order)
        keys = [self.searcher.doc(address).get_first("key") for _, address in found.hits]
        return Answer(found.count, keys, self._facets(compiled) if with_facets else {})

    def _facets(self, compiled: TantivyQuery) -> dict:
        wanted = {name: {"terms": {"field": name, "size": FACET_VALUES}} for name in FACETS}
        counted = self.searcher.aggregate(compiled, wanted)
        return {name: _pairs(counted[name]["buckets"]) for name in FACETS}

    def _compile(self, query: Query) -> TantivyQuery:
        if query.kind == "everything":
            return TantivyQuery.all_query()
        if query.kind == "prefix":
            return TantivyQuery.regex_query(self.schema, "text", query.words[0] + ".*")
        if query.kind == "phrase":
            return self.index.parse_query(f'"{" ".join(query.words)}"', ["text"])
        joined = (" OR " if query.kind == "or" else " AND ").join(query.words)
        words = self.index.parse_query(joined, ["text"])
        if query.kind != "date":
            return words
        period = TantivyQuery.range_query(
            self.schema,
            "published",
            FieldType.Integer,
            _seconds(query.start),
            _seconds(query.end),
            include_upper=False,
        )
        return TantivyQuery.boolean_query(
            [(Occur.Must, words), (Occur.Must, TantivyQuery.const_score_query(period, 0.0))]
        )

    def save(self, article: Article) -> None:
        """Replace one article, commit and reload; the writer stays open, as a server would keep it."""
        self.writer = self.writer or self.index.writer(SAVING_HEAP_BYTES, 1)
        self.writer.delete_documents_by_term("key", str(article.number))
        self.writer.add_document(_document(article))
        self.writer.commit()
        self.index.reload()
        self.searcher = self.index.searcher()


def _pairs(buckets: list[dict]) -> Iterator[tuple[str | int, int]]:
    return ((bucket["key"], bucket["doc_count"]) for bucket in buckets)


def _document(article: Article) -> tantivy.Document:
    return tantivy.Document(
        key=str(article.number),
        title=article.title,
        text=article.text,
        section=article.section,
        published=_seconds(article.published),
        year=article.year,
        names=list(article.names),
        codes=list(article.codes),
    )
