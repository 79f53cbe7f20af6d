"""How well a story is found by the words of its headline, which is left out of every index.

    python -m tests.benchmarks.relevance --corpus FILE [--stories N] [--json FILE] [--markdown FILE]

For each story the words of its headline, in small letters, are asked of a body-only index; the score of an
engine is MRR@10, the mean of 1/rank of the story among the first ten hits (0 where it is not there). Ours is
asked as a reader asks it, through the one box: strict hits first, then the stories with most of the words that
fill up the page. SQLite FTS5 and tantivy get the same words, all of them (AND) and any of them (OR), with their
English stemmers and their own BM25. FILE is the Reuters-21578 collection or a part of it (tar.gz).

Even and odd stories are reported apart, to show what a choice of weights that suits one half does for the other.
--every N asks for the stories of every N-th pair only, with all in the index.
"""

import argparse
import json
import os
import re
import sqlite3
import string
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from .reuters import ReutersCorpus, Story

DEPTH = 10
AHEAD_BY = 0.03
WORD = re.compile(r"[^\W_]")
AROUND_WORDS = string.punctuation
Search = Callable[[list[str]], list[int]]


class Score(NamedTuple):
    """MRR@10 over all, and over either half; the share among the first ten; the time a question took."""

    mrr: float
    even: float
    odd: float
    found: float
    milliseconds: float


def main() -> None:
    options = _arguments()
    stories = ReutersCorpus(options.corpus).stories[: options.stories]
    with tempfile.TemporaryDirectory(prefix="dateline-relevance-") as folder:
        engines = dict(_engines(stories, Path(folder)))
        result = {name: measure(search, stories, options.every) for name, search in engines.items()}
    _report(result, len(stories), options)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--stories", type=int, default=None, help="only the first so many")
    parser.add_argument("--every", type=int, default=1, help="ask for so few of them: every N-th")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    return parser.parse_args()


def words_of(headline: str) -> list[str]:
    """Return the words of a headline as a reader would type them, each once: in small letters, u.s. as one."""
    words = (word.strip(AROUND_WORDS) for word in headline.lower().split())
    return list(dict.fromkeys(word for word in words if WORD.search(word)))


def measure(search: Search, stories: list[Story], every: int = 1) -> Score:
    """Ask for every `every`-th pair of stories; those whose headline has no word are left out."""
    halves: tuple[list[float], list[float]] = ([], [])
    seconds = 0.0
    for number, story in enumerate(stories):
        words = words_of(story.title)
        if (number // 2) % every or not words:
            continue
        began = time.perf_counter()
        found = search(words)[:DEPTH]
        seconds += time.perf_counter() - began
        halves[number % 2].append(1 / (found.index(number) + 1) if number in found else 0.0)
    ranks = halves[0] + halves[1]
    means = [sum(part) / len(part) if part else 0.0 for part in (ranks, *halves)]
    return Score(*means, sum(map(bool, ranks)) / len(ranks), 1000 * seconds / len(ranks))


def _engines(stories: list[Story], folder: Path) -> Iterator[tuple[str, Search]]:
    yield "ours", ours(stories, folder)
    fts5 = _fts5(stories)
    yield "FTS5, all words", lambda words: fts5(words, " AND ")
    yield "FTS5, any word", lambda words: fts5(words, " OR ")
    tantivy = _tantivy(stories, folder / "tantivy")
    yield "tantivy, all words", lambda words: tantivy(words, True)
    yield "tantivy, any word", lambda words: tantivy(words, False)


def ours(stories: list[Story], folder: Path) -> Search:
    """Make an archive of stories without headlines; return the box as a reader uses it."""
    os.environ |= {"ARCHIVE_DATA_DIR": str(folder), "ARCHIVE_LOCAL": "1", "ARCHIVE_LOG_LEVEL": "ERROR"}
    os.environ |= {"ARCHIVE_SEARCH_LOG": "0", "DJANGO_SETTINGS_MODULE": "archive.settings"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from archive.search import indexer

    numbers = _keep(stories)
    indexer.rebuild()
    from archive.search.query import ArchiveQuery
    from archive.search.run import run

    def search(words: list[str]) -> list[int]:
        page = run(ArchiveQuery(text=" ".join(words)))
        hits = [*page.hits, *(page.more.hits if page.more else ())]
        return [numbers[hit.article.pk] for hit in hits]

    return search


def _keep(stories: list[Story]) -> dict[int, int]:
    """Write the stories as published articles; return their numbers by id."""
    import datetime

    from archive.models import Article, Source
    from archive.wire.sanitize import paragraphs_to_html, text_of

    source = Source.objects.create(slug="wire", name="Wire")
    rows = []
    for number, story in enumerate(stories):
        # The collection indents each paragraph.
        paragraphs = (" ".join(text.split()) for text in re.split(r"\n {3,}", story.body))
        body_html = paragraphs_to_html([text for text in paragraphs if text])
        rows.append(
            Article(
                source=source,
                source_key=str(number),
                slug=f"story-{number}",
                headline="",
                published_on=datetime.date(1987, 2, 26),
                body_html=body_html,
                body_text=text_of(body_html),
                status=Article.Status.PUBLISHED,
            )
        )
    Article.objects.bulk_create(rows, batch_size=500)
    keys = Article.objects.values_list("pk", "source_key")
    return {pk: int(key) for pk, key in keys}


def _fts5(stories: list[Story]):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE story USING fts5(body, tokenize='porter unicode61')")
    database.executemany(
        "INSERT INTO story (rowid, body) VALUES (?, ?)", ((n, story.body) for n, story in enumerate(stories))
    )
    sql = "SELECT rowid FROM story WHERE story MATCH ? ORDER BY rank LIMIT ?"

    def search(words: list[str], operator: str) -> list[int]:
        question = operator.join('"{}"'.format(word.replace('"', " ")) for word in words)
        return [row[0] for row in database.execute(sql, (question, DEPTH))]

    return search


def _tantivy(stories: list[Story], folder: Path):
    import tantivy

    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True)
    builder.add_text_field("body", tokenizer_name="en_stem")
    index = tantivy.Index(builder.build(), path=str(folder))
    writer = index.writer()
    for number, story in enumerate(stories):
        writer.add_document(tantivy.Document(number=number, body=story.body))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(words: list[str], every: bool) -> list[int]:
        question = " ".join('"{}"'.format(re.sub(r'["\\]', " ", word)) for word in words)
        query = index.parse_query(question, ["body"], conjunction_by_default=every)
        return [searcher.doc(address)["number"][0] for _, address in searcher.search(query, DEPTH).hits]

    return search


def _report(result: dict[str, Score], stories: int, options: argparse.Namespace) -> None:
    asked = f", every {options.every}th asked for" if options.every > 1 else ""
    ahead = {
        part: getattr(result["ours"], part)
        - max(getattr(score, part) for name, score in result.items() if name != "ours")
        for part in ("mrr", "even", "odd")
    }
    rows = [
        f"{stories:,} stories of {options.corpus.name}, headlines left out of the index{asked}.",
        "",
        "| engine | MRR@10 | even stories | odd stories | among the first ten | ms a question |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {name} | {score.mrr:.3f} | {score.even:.3f} | {score.odd:.3f} | {score.found:.1%} "
            f"| {score.milliseconds:.1f} |"
            for name, score in result.items()
        ),
        "",
        f"Ours is ahead of the best of the others by {ahead['mrr']:.3f} ({ahead['even']:.3f} and "
        f"{ahead['odd']:.3f}); promised are {AHEAD_BY}.",
    ]
    print("\n".join(rows))
    if options.markdown:
        options.markdown.write_text("\n".join(rows) + "\n", "utf-8")
    if options.json:
        about = {"corpus": options.corpus.name, "stories": stories, "ahead": ahead, "python": sys.version}
        engines = {name: score._asdict() for name, score in result.items()}
        options.json.write_text(json.dumps({**about, "engines": engines}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
