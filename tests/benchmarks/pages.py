"""Time taking copy in, and the reader's pages as ratios to an empty Django view.

    python -m tests.benchmarks.pages [--articles N] [--taken-in N] [--rounds N] [--json FILE] [--markdown FILE]

Everything runs in one process on a throw-away archive of generated copy, of which the first articles are taken in
as copy is, and timed; the others are written as rows. Requests of all pages take turns, so that whatever else the
machine does disturbs all alike. `--keep FOLDER` keeps the archive, and uses the one that is there.
"""

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from .filling import fill

ROUNDS = 60
NAMES = 500
EMPTY = "empty view"
SEARCH = "search for a word"
AGAIN = ", asked again"
SUGGESTIONS = "suggestions"
TEMPLATE = "template of the search page alone"


def main() -> None:
    options = _arguments()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        result = _measure(options, options.keep.resolve())
    else:
        with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
            result = _measure(options, Path(folder))
    _report(result, options)


def _measure(options: argparse.Namespace, folder: Path) -> dict:
    _set_up(str(folder))
    record = folder / "made.json"
    made = json.loads(record.read_text()) if record.exists() else None
    if made is None:
        taken_in = min(options.taken_in, options.articles)
        made = {"articles": options.articles, "taken_in": taken_in, **_measure_ingest(taken_in, folder)}
        fill(options.articles, first=taken_in + 1)
        record.write_text(json.dumps(made))
    return {**made, "pages": _measure_pages(options.rounds)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--taken-in", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    return parser.parse_args()


def _set_up(folder: str) -> None:
    os.environ |= {"ARCHIVE_DATA_DIR": folder, "ARCHIVE_LOCAL": "1", "ARCHIVE_LOG_LEVEL": "ERROR"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "archive.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _measure_ingest(count: int, folder: Path) -> dict:
    """Write generated copy to files, take it in and index it; return articles a second."""
    from archive.desk.authority import register_name
    from archive.desk.ingest import find_files, ingest
    from archive.desk.sources import get_or_register_source
    from archive.search import indexer

    from .corpus import Articles, GeneratedCorpus

    inbox = folder / "inbox"
    inbox.mkdir()
    names: dict[str, None] = {}
    for article in Articles(GeneratedCorpus(), count):
        (inbox / f"{article.number:07}.txt").write_text(_as_copy(article))
        names |= dict.fromkeys(article.names)
    for name in islice(names, NAMES):
        register_name(kind="person", name=name)
    source = get_or_register_source("benchmark")
    started = time.perf_counter()
    with indexer.deferred_drain():
        report = ingest(find_files([inbox]), source, publish=True)
        taken_in = time.perf_counter()
    indexed = time.perf_counter()
    assert report.outcomes["new"] == count, report
    return {
        "names": min(NAMES, len(names)),
        "ingest_articles_per_second": round(count / (taken_in - started)),
        "ingest_and_index_articles_per_second": round(count / (indexed - started)),
    }


def _as_copy(article) -> str:
    """Return a generated article as an agency would file it."""
    headline, _, rest = article.text.partition("\n")
    codes = "/".join(code[:2].upper() for code in article.codes)
    stamp = f"{article.published:%B} {article.published.day}, {article.published:%Y - %H:%M}"
    return f"{headline}\n\n{stamp}\n\nVARRA - {' '.join(rest.split())}\n\n{codes}\n"


def _measure_pages(rounds: int) -> dict:
    from django.conf import settings
    from django.db.models import Count
    from django.http import HttpResponse
    from django.test import Client
    from django.urls import path
    from pytest_benchmark.stats import Stats

    from archive.models import Article, Entity, Mention
    from archive.search.remembered import forget
    from archive.urls import urlpatterns

    urlpatterns.insert(0, path("empty/", lambda request: HttpResponse("")))
    settings.ARCHIVE_RATE_LIMIT = 0
    settings.ARCHIVE_SEARCH_LOG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    article = Article.objects.published().first()
    word = article.headline.split()[0]
    named = Mention.objects.order_by().values_list("entity").annotate(times=Count("pk")).order_by("-times")
    name = Entity.objects.get(pk=named[0][0])
    addresses = {
        EMPTY: "/empty/",
        "home": "/",
        "article": article.get_absolute_url(),
        "month": f"/{article.published_on:%Y/%m}/",
    }
    # What these work out is remembered until something is written.
    remembering = {
        "name, the most frequent one": name.get_absolute_url(),
        SEARCH: f"/search/?q={word}",
        "search for the most frequent name": f"/search/?{urlencode({'q': name.name})}",
        "search for everything": "/search/",
        SUGGESTIONS: f"/search/suggest/?q={word[:4]}",
    }
    client, stats = Client(), defaultdict(Stats)
    template = _template_of(client, remembering[SEARCH])
    for number in range(rounds + 5):
        client.get("/")
        timed = {page: _time(client, address) for page, address in addresses.items()}
        for page, address in remembering.items():
            forget()
            timed[page] = _time(client, address)
            timed[page + AGAIN] = _time(client, address)
        # After the same work as the page that is asked again, which leaves the processor's caches to it.
        forget()
        client.get(remembering[SEARCH])
        timed[TEMPLATE] = _seconds(template)
        if number >= 5:
            for page, seconds in timed.items():
                stats[page].update(seconds)
    empty = stats[EMPTY].median
    return {
        name: {"median_ms": round(1000 * each.median, 2), "ratio": round(each.median / empty, 1)}
        for name, each in stats.items()
    }


def _time(client, address: str) -> float:
    responses = []
    seconds = _seconds(lambda: responses.append(client.get(address)))
    assert responses[0].status_code == 200, (address, responses[0].status_code)
    return seconds


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _template_of(client, address: str) -> Callable[[], object]:
    """Return what renders a finished page: what remains when nothing has to be found."""
    from unittest.mock import patch

    from django.shortcuts import render

    with patch("archive.pages.search.render", wraps=render) as rendered:
        client.get(address)
    return lambda: render(*rendered.call_args.args)


def _report(result: dict, options: argparse.Namespace) -> None:
    text = _markdown(result)
    print(text)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))
    if options.markdown:
        options.markdown.write_text(text)


def _promise(pages: dict) -> str:
    """Say what was promised for the search page, and what it takes."""
    empty, template = pages[EMPTY]["median_ms"], pages[TEMPLATE]["median_ms"]
    most = 3 * empty + template
    return (
        "\nPromised for the search page, with all facets, the histogram and 20 passages: three times an empty view "
        f"and the rendering of its template, {most:.1f} ms. A question that was asked before, with nothing written "
        f"since, {_kept(pages, SEARCH + AGAIN, most)}; one asked for the first time {_kept(pages, SEARCH, most)}. "
        f"Promised for suggestions: half of that, {most / 2:.1f} ms. Asked before, they "
        f"{_kept(pages, SUGGESTIONS + AGAIN, most / 2, 'take')}; asked for the first time, they "
        f"{_kept(pages, SUGGESTIONS, most / 2, 'take')}.\n"
    )


def _kept(pages: dict, page: str, most: float, takes: str = "takes") -> str:
    spent = pages[page]["median_ms"]
    return f"{takes} {spent:.1f} ms ({'kept' if spent <= most else 'not kept'})"


def _markdown(result: dict) -> str:
    from .report import table
    from .result import describe_machine, today

    rows = [
        [name, f"{each['median_ms']:.2f}", f"{each['ratio']:.1f}"] for name, each in result["pages"].items()
    ]
    return (
        "# Taking copy in, and the reader's pages\n\n"
        f"{today()}, {describe_machine()}. {result['articles']:,} generated articles of about 290 words; "
        f"{result['taken_in']:,} of them were taken in and timed, with {result['names']} registered names, the others "
        "written as rows.\n\n"
        f"- taken in with names, credits, revision and original: "
        f"{result['ingest_articles_per_second']} articles a second\n"
        f"- taken in and indexed: {result['ingest_and_index_articles_per_second']} articles a second\n\n"
        + table(["page", "median, ms", "times an empty Django view"], rows)
        + _promise(result["pages"])
        + "\nWritten by `python -m tests.benchmarks.pages`; the whole request through all middleware, in process.\n"
    )


if __name__ == "__main__":
    main()
