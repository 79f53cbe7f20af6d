"""The search benchmark, run small: every engine answers, and all give the same totals and facet counts."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.benchmarks.corpus import GeneratedCorpus
from tests.benchmarks.queries import make_queries
from tests.benchmarks.report import milliseconds, table
from tests.benchmarks.shapes import LABELS

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def test_article_depends_on_its_number_alone():
    first, again = GeneratedCorpus(), GeneratedCorpus()
    first.article(1)
    assert first.article(7) == again.article(7)
    assert first.article(7) != again.article(8)


def test_article_has_the_shape_of_news():
    articles = [GeneratedCorpus().article(number) for number in range(1, 201)]
    words = [len(article.text.split()) for article in articles]
    assert 270 < sum(words) / len(words) < 310
    assert {len(article.codes) for article in articles} == {1, 2}
    assert {len(article.names) for article in articles} <= set(range(9))
    assert {article.year for article in articles} == set(range(2014, 2024))
    assert len({name for article in articles for name in article.names}) > 200


def test_queries_are_the_same_each_time():
    assert make_queries(GeneratedCorpus(), 5, sample=200) == make_queries(GeneratedCorpus(), 5, sample=200)


def test_queries_of_every_class_hold_only_words_that_all_engines_find():
    queries = make_queries(GeneratedCorpus(), 20, sample=300)
    assert list(queries) == list(LABELS)
    assert all(query.words for kind in queries if kind != "everything" for query in queries[kind])
    assert not {"the", "its", "of"} & {
        word for asked in queries.values() for query in asked for word in query.words
    }
    assert all(query.start < query.end for query in queries["date"])


@pytest.mark.parametrize(
    ("number", "expected"), [(0.0213, "0.02"), (9.994, "9.99"), (12.34, "12.3"), (1462.2, "1,462")]
)
def test_milliseconds_are_written_to_what_matters(number, expected):
    assert milliseconds(number) == expected


def test_table_is_markdown():
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --: |\n| 1 | 2 |\n"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Run the benchmark over 300 articles in a process of its own, as its user does."""
    folder = tmp_path_factory.mktemp("benchmark")
    (folder / "search.md").write_text("old table\n## Notes\n\nWritten by hand.\n")
    options = [
        "--articles",
        "300",
        "--queries",
        "3",
        "--budget",
        "0.5",
        "--json",
        str(folder / "search.json"),
    ]
    options += ["--markdown", str(folder / "search.md"), "--svg", str(folder / "search.svg")]
    command = [sys.executable, "-m", "tests.benchmarks.search", *options]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    return folder


@pytest.mark.slow
def test_all_engines_find_the_same(report):
    result = json.loads((report / "search.json").read_text())
    assert set(result["engines"]) == {"ours", "ours-haystack", "stock", "fts5", "tantivy"}
    agreement = result["queries"]["agreement"]
    assert {kind: of["differing"] for kind, of in agreement.items()} == {kind: [] for kind in LABELS}
    assert all(of["compared"] == 6 for of in agreement.values())


@pytest.mark.slow
def test_every_engine_is_measured_in_every_class(report):
    result = json.loads((report / "search.json").read_text())
    for by_style in result["queries"]["timings"].values():
        for timings in by_style.values():
            assert all(
                timings[name]["rounds"] == 3 and timings[name]["median"] > 0 for name in result["engines"]
            )
    assert all(engine["saving"]["median"] > 0 for engine in result["engines"].values())
    assert all(engine["serving"]["megabytes"]["resident"] > 20 for engine in result["engines"].values())


@pytest.mark.slow
def test_report_has_tables_and_keeps_the_notes(report):
    text = (report / "search.md").read_text()
    assert "old table" not in text
    assert text.endswith("## Notes\n\nWritten by hand.\n")
    assert "| everything, newest first |" in text
    assert "at least 300 times faster than stock" in text


@pytest.mark.slow
def test_chart_names_itself_for_screen_readers(report):
    root = ElementTree.parse(report / "search.svg").getroot()
    assert root.get("aria-labelledby") == "title desc"
    assert root.find(f"{SVG}title").text == "Time per query over 300 articles"
    assert "common term, with total and three facets: ours" in root.find(f"{SVG}desc").text
