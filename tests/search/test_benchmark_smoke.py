"""The search benchmark, run small: every engine answers, and all give the same totals and facet counts."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.benchmarks.builds import Build
from tests.benchmarks.corpus import GeneratedCorpus
from tests.benchmarks.measure import Agreement, Measurement, Timing
from tests.benchmarks.queries import make_queries
from tests.benchmarks.report import milliseconds, table
from tests.benchmarks.result import EngineResult, Result, measuring_options
from tests.benchmarks.shapes import LABELS
from tests.benchmarks.targets import judge

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


def test_command_in_the_report_names_no_folders():
    assert (
        measuring_options(["--queries", "9", "--keep", "/x", "--build-only", "--svg", "y"])
        == "--queries 9 --build-only"
    )


def test_table_is_markdown():
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --: |\n| 1 | 2 |\n"


# Milliseconds with facets and without, seconds to build, bytes.
FIGURES = {
    "ours": (1.0, 0.8, 40, 900),
    "ours-haystack": (2.0, 1.5, 50, 1000),
    "stock": (1000.0, 700.0, 600, 800),
    "fts5": (20.0, 0.4, 45, 500),
    "tantivy": (0.9, 0.3, 10, 200),
}


def _invent_result():
    def timing(median):
        return Timing(10, median, median, median, median)

    def engine(name, seconds, size):
        opening = {"common": {"opening": 1.0, "first": 5.0, "second": 2.0}}
        serving = {"megabytes": {"resident": 299.0, "private": 90.0}, "opening": opening}
        build = Build(1000, "invented", seconds, 2 * seconds, size, "2020-01-01")
        return EngineResult(name, "", build, serving, timing(301.0))

    styles = {"facets": 0, "plain": 1}
    by_style = {
        style: {name: timing(of[place]) for name, of in FIGURES.items()} for style, place in styles.items()
    }
    return Result(
        machine="", measured_on="", versions={}, corpus="", clock="cpu", articles=1000, command="",
        engines={name: engine(name, of[2], of[3]) for name, of in FIGURES.items()},
        queries=Measurement({"common": by_style}, {"common": Agreement()}),
    )  # fmt: skip


def test_targets_are_judged_by_the_numbers():
    verdicts = [(verdict.measured, verdict.is_kept) for verdict in judge(_invent_result())]
    assert verdicts == [
        ("500 times (common)", True),  # stock, both through Haystack
        ("1,000 times (common)", True),  # stock, the engine alone
        ("slower: common, no facets 0.50", False),  # FTS5
        ("10.2", True),  # mean of 20 and 0.5
        ("over: common 1.11", False),  # Tantivy with facets
        ("2.67 times (common)", True),  # and without
        ("2.5 times (common)", True),  # first query after opening
        ("299 MB", True),
        ("301 ms", False),
        ("12.00 times by the clock, 12.00 by processor time", True),  # indexing against stock
        ("1.25 times", True),  # size
        ("0.90 times by the clock, 0.90 by processor time", False),  # indexing against FTS5
    ]


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
    options += [
        "--clock",
        "cpu",
        "--markdown",
        str(folder / "search.md"),
        "--svg",
        str(folder / "search.svg"),
    ]
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


@pytest.mark.slow
def test_larger_size_is_compared_with_the_smaller(tmp_path):
    options = [
        "--articles",
        "600",
        "--against",
        "300",
        "--queries",
        "2",
        "--markdown",
        str(tmp_path / "large.md"),
    ]
    command = [sys.executable, "-m", "tests.benchmarks.large", *options]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    text = (tmp_path / "large.md").read_text()
    assert "| query | 300 | 600 | times |" in text
    assert all(f"| {label} | " in text for label in LABELS.values())
