"""Small indexes for the tests, and Whoosh's own matcher to compare with."""

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from whoosh import fields
from whoosh import query as wq
from whoosh.analysis import RegexTokenizer, SimpleAnalyzer
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.searching import SearchContext

from archive.search.engines.whoosh.analysis import exact_analyzer, text_analyzer
from archive.search.engines.whoosh.snapshot import Snapshot
from archive.search.engines.whoosh.writer import FastWriter

# Whoosh switches to another union in small indexes, which ignores scores; compare with its default one
wq.Or.matcher_type = wq.Or.DEFAULT_MATCHER

WORDS = ["alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"]
NAMES = ["Smith, John", "O'Neill", "北京", 'the "Fox"', "a b", "a", "élan"]


def plain_schema() -> fields.Schema:
    """Return one field of each kind, with an analyser of Whoosh's for the text."""
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        text=fields.TEXT(stored=True, analyzer=SimpleAnalyzer()),
        title=fields.TEXT(sortable=True, analyzer=SimpleAnalyzer(), field_boost=2.0),
        names=names_field(),
        tags=fields.KEYWORD(scorable=True),
        number=fields.NUMERIC(stored=True),
        ratio=fields.NUMERIC(float),
        date=fields.DATETIME(stored=True),
        flag=fields.BOOLEAN(),
    )


def names_field() -> fields.KEYWORD:
    field = fields.KEYWORD(stored=True)
    field.analyzer = RegexTokenizer(r"[^\x1f]+")
    return field


def text_schema() -> fields.Schema:
    """Return fields with our analysers."""
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        text=fields.TEXT(stored=True, analyzer=text_analyzer()),
        text_exact=fields.TEXT(analyzer=exact_analyzer()),
    )


def create(folder: Path, schema: fields.Schema) -> FileIndex:
    folder.mkdir(parents=True, exist_ok=True)
    return FileStorage(str(folder)).create_index(schema)


def write(index: FileIndex, documents: Iterable[dict[str, Any]], **options: Any) -> None:
    with FastWriter(index, **options) as writer:
        for document in documents:
            writer.update_document(**document)


def write_stock(index: FileIndex, documents: Iterable[dict[str, Any]], compound: bool = True) -> None:
    writer = index.writer(compound=compound)
    for document in documents:
        writer.add_document(**document)
    writer.commit(merge=False)


def documents(choose: Any, count: int, prefix: str = "") -> list[dict[str, Any]]:
    """Return random documents; `choose` is a random.Random."""
    made = []
    for number in range(count):
        document = {
            "id": f"{prefix}{number}",
            "text": " ".join(choose.choices(WORDS, k=choose.randint(0, 30))),
            "title": " ".join(choose.choices(WORDS, k=choose.randint(1, 3))),
            "names": "\x1f".join(choose.sample(NAMES, choose.randint(0, 4))),
            "tags": " ".join(choose.choices(WORDS, k=choose.randint(0, 12))),
            "number": choose.randint(-3, 3),
            "ratio": choose.choice([0.5, -1.25, 3e9]),
            "date": datetime.datetime(2018, 12, 30) + datetime.timedelta(hours=choose.randrange(9000)),
            "flag": choose.random() < 0.5,
        }
        made.append(
            {name: value for name, value in document.items() if choose.random() < 0.9 or name == "id"}
        )
    return made


def ask_whoosh(index: FileIndex, query: wq.Query) -> dict[int, float]:
    """Return {document number: score} by walking Whoosh's matcher, segment by segment."""
    answer = {}
    with index.searcher() as searcher:
        for leaf, base in searcher.leaf_searchers():
            matcher = query.matcher(leaf, SearchContext(weighting=searcher.weighting))
            while matcher.is_active():
                if not leaf.reader().is_deleted(matcher.id()):
                    answer[matcher.id() + base] = matcher.score()
                matcher.next()
    return answer


def ids(snapshot: Snapshot, docs: Sequence[int]) -> list[str]:
    return [snapshot.stored(doc)["id"] for doc in docs]


def matching(snapshot: Snapshot, query: Any, **options: Any) -> list[str]:
    """Return the ids of all documents a query matches, in the order of the index."""
    return ids(snapshot, sorted(snapshot.search(query, limit=None, **options).docs.tolist()))
