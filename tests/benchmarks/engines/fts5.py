"""SQLite's own full-text index, with narrow tables for dates and facets."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from ..shapes import Answer, Article, FacetCounts, Query
from .base import PAGE_SIZE, Engine

BATCH_ARTICLES: Final = 1000
# The stored text stays out of the tables that dates and facets are counted in, so that their rows are a few bytes.
# FTS5 reads it from `body` (external content), and keeps the prefixes the queries use.
SCHEMA: Final = """
create table body(id integer primary key, title text, text text, section text);
create table article(id integer primary key, published integer, year integer);
create index article_published on article(published);
create index article_year on article(year);
create table name(id integer primary key, value text unique);
create table article_name(article integer, name integer, primary key(article, name)) without rowid;
create index name_article on article_name(name);
create table code(id integer primary key, value text unique);
create table article_code(article integer, code integer, primary key(article, code)) without rowid;
create index code_article on article_code(code);
create virtual table words using fts5(
    text, content='body', content_rowid='id', tokenize='porter unicode61', prefix='3 4 5');
"""
OPENING: Final = """
pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory;
pragma cache_size = -65536; pragma mmap_size = 2147418112;
"""
TEXT_MATCH: Final = "from words where words match :text"
PERIOD_MATCH: Final = (
    "from words join article on article.id = words.rowid "
    "where words match :text and article.published >= :start and article.published < :end"
)
MULTI_VALUED: Final = {"names": "name", "codes": "code"}


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int((moment - datetime(1970, 1, 1)).total_seconds())


class FTS5Engine(Engine):
    """FTS5 over one connection; bm25 ranking, facets by SQL over the matching rows."""

    label = "SQLite FTS5"
    detail = (
        "porter unicode61, prefix index, external content, narrow facet tables, optimized after the build; "
        "WAL, and on disk (fsync) at every commit, like the others"
    )

    def build(self, articles: Sequence[Article]) -> None:
        """Insert in one transaction a thousand articles, merge the full-text index and gather statistics."""
        self.open()
        self.connection.executescript(SCHEMA)
        remaining = iter(articles)
        while batch := list(islice(remaining, BATCH_ARTICLES)):
            with self.connection:
                self._insert(batch)
        with self.connection:
            self.connection.execute("insert into words(words) values('optimize')")
            self.connection.execute("analyze")
        self.connection.execute("pragma wal_checkpoint(truncate)")

    def _insert(self, batch: list[Article]) -> None:
        many = self.connection.executemany
        many("insert into body values(?, ?, ?, ?)", ((a.number, a.title, a.text, a.section) for a in batch))
        many(
            "insert into article values(?, ?, ?)", ((a.number, _seconds(a.published), a.year) for a in batch)
        )
        many("insert into words(rowid, text) values(?, ?)", ((a.number, a.text) for a in batch))
        for field, table in MULTI_VALUED.items():
            pairs = [(article.number, value) for article in batch for value in getattr(article, field)]
            many(f"insert or ignore into {table}(value) values(?)", {(value,) for _, value in pairs})
            many(f"insert into article_{table} select ?, id from {table} where value = ?", pairs)

    def open(self) -> None:
        """Open a connection with a memory-mapped file and a table in memory for the rows of a faceted search."""
        self.close()
        self.connection = sqlite3.connect(self.folder / "archive.db")
        self.connection.executescript(OPENING)
        self.connection.execute("create temp table found(id integer primary key, score real)")

    def close(self) -> None:
        """Close the connection."""
        if hasattr(self, "connection"):
            self.connection.close()

    def search(self, query: Query, *, with_facets: bool) -> Answer:
        """Put all matches with their rank into a table in memory; page, total and facets are read from there.

        One pass over the matches: measured faster than a page and a count apart, and than count(*) over ().
        """
        if query.kind == "everything":
            return self._newest(with_facets=with_facets)
        parameters = {"text": _match(query), "start": _seconds(query.start), "end": _seconds(query.end)}
        source = PERIOD_MATCH if query.kind == "date" else TEXT_MATCH
        self.connection.execute("delete from found")
        found = self.connection.execute(f"insert into found select words.rowid, rank {source}", parameters)
        keys = self._keys(f"select id from found order by score limit {PAGE_SIZE}")
        return Answer(found.rowcount, keys, self._facets() if with_facets else {})

    # "cross join" keeps SQLite from walking a whole facet table to look for a handful of articles.
    def _facets(self) -> FacetCounts:
        counts = {
            field: self._count(table, f"found cross join article_{table} on article = found.id")
            for field, table in MULTI_VALUED.items()
        }
        years = "select year, count(*) from found cross join article using (id) group by 1"
        return counts | {"year": self.connection.execute(years).fetchall()}

    def _count(self, table: str, source: str) -> list[tuple]:
        counted = f"select {table} as id, count(*) as n from {source} group by 1"
        return self.connection.execute(f"select value, n from ({counted}) join {table} using (id)").fetchall()

    def _newest(self, *, with_facets: bool) -> Answer:
        total = self.connection.execute("select count(*) from article").fetchone()[0]
        keys = self._keys(f"select id from article order by published desc limit {PAGE_SIZE}")
        return Answer(total, keys, self._all_facets() if with_facets else {})

    def _all_facets(self) -> FacetCounts:
        counts = {field: self._count(table, f"article_{table}") for field, table in MULTI_VALUED.items()}
        return counts | {
            "year": self.connection.execute("select year, count(*) from article group by 1").fetchall()
        }

    def _keys(self, page: str) -> list[str]:
        return [f"{number}" for (number,) in self.connection.execute(page)]

    def save(self, article: Article) -> None:
        """Replace one article in one transaction."""
        with self.connection:
            self._delete(article.number)
            self._insert([article])

    def _delete(self, number: int) -> None:
        execute = self.connection.execute
        old = "insert into words(words, rowid, text) select 'delete', id, text from body where id = ?"
        execute(old, (number,))
        for table, key in (
            ("body", "id"),
            ("article", "id"),
            ("article_name", "article"),
            ("article_code", "article"),
        ):
            execute(f"delete from {table} where {key} = ?", (number,))


def _match(query: Query) -> str:
    quoted = [f'"{word}"' for word in query.words]
    if query.kind == "phrase":
        return f'"{" ".join(query.words)}"'
    if query.kind == "prefix":
        return quoted[0] + "*"
    return (" OR " if query.kind == "or" else " AND ").join(quoted)
