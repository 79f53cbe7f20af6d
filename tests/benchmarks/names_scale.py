"""Time what names cost in a large archive: taking copy in, the page of a name, merging.

    python -m tests.benchmarks.names_scale [--articles N] [--taken-in N] [--names N] [--spellings N]
        [--mentions N] [--json FILE] [--markdown FILE]

Everything runs on a throw-away archive of generated copy, of which most stands there as rows. The rest is taken
in by turns with and without reading it for names and quotes, so that whatever else the machine does disturbs
both: ON_ONE of it by one process, timed in processor time, the rest on the clock, where another process reads.
That process needs seconds to start, once for each command; they are timed apart.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

from .filling import fill
from .pages import _as_copy as as_copy
from .pages import _set_up as set_up

TURN_FILES: Final = 250
# Of the copy that is taken in, the share that one process takes in alone.
ON_ONE: Final = 0.25
# Each turn on the clock is a run of its own, with a reading process of its own.
CLOCK_TURNS: Final = 4
# At the end of a run so many transactions were prepared before; they are left out, or reading would look cheap.
LAST_TRANSACTIONS: Final = 3
# With less, nothing would be left of a turn on the clock.
LEAST_TAKEN_IN: Final = 8_000
ROUNDS: Final = 40
DOCS: Final = Path(__file__).parents[2] / "docs" / "benchmarks" / "names-scale.md"
NOTES: Final = "## Notes"


def main() -> None:
    options = _arguments()
    with tempfile.TemporaryDirectory(prefix="dateline-names-") as folder:
        set_up(folder)
        result = {"articles": options.articles, "names": options.names, "spellings": options.spellings}
        result["taken_in"] = options.taken_in
        inbox = Path(folder) / "inbox"
        _make_copy(inbox, options.articles - options.taken_in + 1, options.taken_in)
        fill(options.articles - options.taken_in)
        result |= _register(options.names, options.spellings)
        result |= _measure_matcher(inbox)
        result["ingest"] = _measure_ingest(inbox)
        result["pages"] = _measure_pages()
        result["merge"] = _measure_merge(options.mentions)
    text = _markdown(result)
    print(text)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))
    if options.markdown:
        kept = (
            options.markdown.read_text().partition(NOTES)[2]
            if options.markdown.exists()
            else "\n\nNone yet.\n"
        )
        options.markdown.parent.mkdir(parents=True, exist_ok=True)
        options.markdown.write_text(f"{text}\n{NOTES}{kept}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--taken-in", type=int, default=20_000, help="of these, as copy; the others as rows")
    parser.add_argument("--names", type=int, default=50_000)
    parser.add_argument("--spellings", type=int, default=200_000)
    parser.add_argument("--mentions", type=int, default=20_000, help="mentions of the name that is merged")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path, nargs="?", const=DOCS)
    options = parser.parse_args()
    if not LEAST_TAKEN_IN <= options.taken_in <= options.articles:
        parser.error(f"--taken-in has to be at least {LEAST_TAKEN_IN:,}, and no more than --articles.")
    return options


def _make_copy(inbox: Path, first: int, count: int) -> None:
    """Write generated copy to files, with a sentence for each name and a quotation in every second story."""
    from .corpus import Articles, GeneratedCorpus

    inbox.mkdir()
    for article in Articles(GeneratedCorpus(), count, first=first):
        text = as_copy(article)
        own = list(article.names)
        sentences = "".join(f" Talks with {name} would go on, officials said." for name in own)
        if own and article.number % 2:
            sentences += f' "We will count again before the winter comes," {own[0]} said.'
        head, _, codes = text.rstrip("\n").rpartition("\n\n")
        (inbox / f"{article.number:07}.txt").write_text(f"{head}{sentences}\n\n{codes}\n")


def _register(names: int, spellings: int) -> dict:
    """Write names with their spellings straight to the database, beside those of the copy."""
    from archive.desk.spellings import make_alias
    from archive.models import Alias, Entity

    from .names import made_up_spellings

    chance = random.Random(7)
    made = iter(dict.fromkeys(spelling.text for _ in range(4) for spelling in made_up_spellings(chance)))
    texts = [next(made) for _ in range(max(0, names - Entity.objects.count()))]
    kinds = ("person", "organisation", "place")
    known = Alias.objects.count()
    entities = Entity.objects.bulk_create(
        [
            Entity(name=text, slug=f"made-up-{number}", kind=kinds[number % 3] if " " in text else "place")
            for number, text in enumerate(texts)
        ],
        batch_size=5_000,
    )
    aliases = [make_alias(entity, entity.name) for entity in entities]
    owners = entities or list(Entity.objects.all())
    while known + len(aliases) < spellings:
        entity = chance.choice(owners)
        aliases.append(make_alias(entity, f"{next(made)} {len(aliases)}x"))
    Alias.objects.bulk_create(aliases, batch_size=5_000)
    return {"names": Entity.objects.count(), "spellings": Alias.objects.count()}


def _measure_matcher(inbox: Path) -> dict:
    """Build the matcher and let it read the copy; return seconds, megabytes and megabytes a second."""
    from archive.desk.tagging import get_matcher

    before, started = _resident_megabytes(), time.process_time()
    matcher = get_matcher()
    built, megabytes = time.process_time() - started, _resident_megabytes() - before
    texts = [path.read_text() for path in sorted(inbox.iterdir())[:1_000]]
    started = time.process_time()
    for text in texts:
        matcher.find(text)
    rate = sum(map(len, texts)) / 1e6 / (time.process_time() - started)
    return {
        "matcher_seconds": round(built, 1),
        "matcher_megabytes": round(megabytes),
        "matching_megabytes_a_second": round(rate, 2),
    }


def _resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _measure_ingest(inbox: Path) -> dict:
    """Take copy in with and without reading it; return processor time for each, indexing apart, and rates."""
    from archive.desk.ingest import find_files, ingest
    from archive.desk.sources import get_or_register_source
    from archive.search import indexer

    # A merge in the background would hold the lock that is wanted here, and its time would be counted.
    indexer.merge_when_due = lambda: None
    source, files = get_or_register_source("benchmark"), find_files([inbox])
    # Not counted: what is made once for each process.
    ingest(files[:TURN_FILES], source, publish=True)
    alone = max(2, round(ON_ONE * len(files) / TURN_FILES / 2) * 2) * TURN_FILES
    result = _measure_turns(files[TURN_FILES : TURN_FILES + alone], source)
    indexer._deferred.depth = 1
    result |= _measure_clock(files[TURN_FILES + alone :], source)
    indexer._deferred.depth = 0
    indexer.drain()
    indexer.merge_segments()
    return result


def _measure_clock(files: list[Path], source) -> dict:
    """Take copy in by turns, unread and read by a process beside; return rates and the seconds to start."""
    each = len(files) // CLOCK_TURNS
    stories, seconds = {True: 0, False: 0}, {True: 0.0, False: 0.0}
    starts = []
    for turn in range(CLOCK_TURNS):
        is_read = bool(turn % 2)
        came, took, start = _time_run(files[turn * each : (turn + 1) * each], source, is_read=is_read)
        stories[is_read] += came
        seconds[is_read] += took
        if is_read:
            starts.append(start)
    return {
        "clock_articles": stories[True],
        "unread_a_second": round(stories[False] / seconds[False]),
        "read_a_second": round(stories[True] / seconds[True]),
        "start_seconds": round(median(starts), 1),
    }


def _time_run(files: list[Path], source, *, is_read: bool) -> tuple[int, float, float]:
    """Return articles and seconds after the first transaction, and the seconds until that was done.

    The first transaction waits for the first answer of the process that reads, and so until it has started.
    """
    from archive.desk import shelve
    from archive.desk.ingest import ingest

    enrich_new, at = shelve.enrich_new, []
    if not is_read:
        shelve.enrich_new = _leave_unread
    began = time.perf_counter()
    ingest(
        files,
        source,
        publish=True,
        workers=int(is_read),
        progress=lambda _, stories: at.append((time.perf_counter(), stories)),
    )
    shelve.enrich_new = enrich_new
    transactions = [each for each in at if each[1]]
    (first, _), *counted = transactions[:-LAST_TRANSACTIONS]
    return sum(stories for _, stories in counted), counted[-1][0] - first, first - began


def _leave_unread(articles, ahead=None) -> None:
    """Stand in for `shelve.enrich_new`."""


def _measure_turns(files: list[Path], source) -> dict:
    from archive.desk import shelve
    from archive.desk.ingest import ingest
    from archive.search import indexer

    enrich_new = shelve.enrich_new
    seconds = {"read": [0.0, 0.0], "unread": [0.0, 0.0]}
    taken = {"read": 0, "unread": 0}
    for number, start in enumerate(range(0, len(files), TURN_FILES)):
        how = ("read", "unread")[number % 2]
        shelve.enrich_new = enrich_new if how == "read" else _leave_unread
        some = files[start : start + TURN_FILES]
        indexer._deferred.depth = 1
        started = time.process_time()
        ingest(some, source, publish=True)
        between = time.process_time()
        indexer._deferred.depth = 0
        indexer.drain()
        seconds[how][0] += between - started
        seconds[how][1] += time.process_time() - between
        taken[how] += len(some)
    shelve.enrich_new = enrich_new
    each = {how: [1000 * part / taken[how] for part in parts] for how, parts in seconds.items()}
    return {
        "unread_ms": round(each["unread"][0], 2),
        "read_ms": round(each["read"][0], 2),
        "index_unread_ms": round(each["unread"][1], 2),
        "index_read_ms": round(each["read"][1], 2),
        "slower_percent": round(100 * (each["read"][0] / each["unread"][0] - 1)),
        "slower_with_index_percent": round(100 * (sum(each["read"]) / sum(each["unread"]) - 1)),
    }


def _measure_pages() -> dict:
    """Time the page of the most named, of a middling name, and of an article.

    Each is asked for twice: with nothing remembered of it, and again while nothing was written.
    """
    from django.conf import settings
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from archive.models import Article, Mention
    from archive.models import Entity as Names
    from archive.search.remembered import forget

    settings.ALLOWED_HOSTS = ["testserver"]
    counted = Mention.objects.order_by().values_list("entity").annotate(n=Count("article", distinct=True))
    ranked = sorted(counted, key=lambda row: -row[1])
    article = Article.objects.published().filter(mentions__isnull=False).order_by("-pk").first()
    addresses = {
        "article": article.get_absolute_url(),
        f"name in {ranked[0][1]:,} articles": Names.objects.get(pk=ranked[0][0]).get_absolute_url(),
        f"name in {ranked[len(ranked) // 2][1]:,} articles": Names.objects.get(
            pk=ranked[len(ranked) // 2][0]
        ).get_absolute_url(),
    }
    client, seconds, queries = Client(), {}, {}
    for number in range(ROUNDS + 3):
        for label, address in addresses.items():
            forget()
            for when in ("first", "again"):
                started = time.process_time()
                answer = client.get(address)
                if number >= 3:
                    seconds.setdefault((label, when), []).append(time.process_time() - started)
                assert answer.status_code == 200, address
    for label, address in addresses.items():
        forget()
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        queries[label] = len(caught)
    middle = {key: median(each) for key, each in seconds.items()}
    return {
        label: {
            f"{when}_{unit}": round(factor * middle[label, when] / base, 1)
            for when in ("first", "again")
            for unit, factor, base in (("ms", 1000, 1), ("ratio", 1, middle["article", when]))
        }
        | {"queries": queries[label]}
        for label in addresses
    }


def _measure_merge(mentions: int) -> dict:
    """Merge a name with so many mentions into another, and undo it; the index follows afterwards."""
    from archive.desk.merging import merge, undo_merge
    from archive.models import Article, Entity, Mention
    from archive.search import indexer

    names = list(Entity.objects.order_by("-pk")[:2])
    ids = list(Article.objects.values_list("pk", flat=True))
    rows = [
        Mention(
            article_id=ids[number % len(ids)],
            entity=names[0],
            registered=names[0],
            part="body",
            start=1_000_000 + number,
            end=1_000_010 + number,
            text=names[0].name,
            how="exact",
        )
        for number in range(mentions)
    ]
    Mention.objects.bulk_create(rows, batch_size=5_000)
    indexer._deferred.depth = 1
    started = time.perf_counter()
    made = merge(names[0], names[1], by=None)
    merged = time.perf_counter()
    moved = Mention.objects.filter(entity=names[1]).count()
    undo_merge(made, by=None)
    undone = time.perf_counter()
    assert Mention.objects.filter(entity=names[0]).count() == mentions == moved
    return {
        "mentions": mentions,
        "articles": min(mentions, len(ids)),
        "merge_seconds": round(merged - started, 2),
        "undo_seconds": round(undone - merged, 2),
    }


def _markdown(result: dict) -> str:
    from .report import table
    from .result import describe_machine, today

    ingest, merged = result["ingest"], result["merge"]
    rows = [
        [
            f"taken in unread, a second on the clock (over {ingest['clock_articles']:,} articles)",
            f"{ingest['unread_a_second']:,}",
        ],
        ["taken in, read by one process beside it", f"{ingest['read_a_second']:,}"],
        [
            "slower by (target: at most 33 %)",
            f"{100 * (ingest['unread_a_second'] / ingest['read_a_second'] - 1):.0f} %",
        ],
        ["until that process has answered, once for each command, s", f"{ingest['start_seconds']}"],
        ["in one process: taken in unread, ms of processor time an article", f"{ingest['unread_ms']:.2f}"],
        ["taken in and read for names and quotes", f"{ingest['read_ms']:.2f}"],
        ["slower by", f"{ingest['slower_percent']} %"],
        ["indexing, unread / read", f"{ingest['index_unread_ms']:.2f} / {ingest['index_read_ms']:.2f}"],
        ["slower by, indexing included", f"{ingest['slower_with_index_percent']} %"],
        ["matcher built in, s of processor time", f"{result['matcher_seconds']}"],
        ["memory of the matcher, MB", f"{result['matcher_megabytes']}"],
        ["matching, MB a second (target: at least 1)", f"{result['matching_megabytes_a_second']}"],
    ]
    pages = [
        [
            label,
            *(str(each[key]) for key in ("first_ms", "first_ratio", "again_ms", "again_ratio", "queries")),
        ]
        for label, each in result["pages"].items()
    ]
    return "\n".join(
        [
            f"# Names at scale: {result['articles']:,} articles, {result['names']:,} names, "
            f"{result['spellings']:,} spellings\n",
            f"{result['taken_in']:,} of the articles are taken in as copy, the others are written as rows.\n",
            f"Measured on {today()}: {describe_machine()}.  ",
            f"Command: `{' '.join(['python -m tests.benchmarks.names_scale', *sys.argv[1:]])}`\n",
            "## Taking copy in\n",
            table(("", ""), rows),
            "## Pages (targets: a name within 3 times an article, under 10 queries)\n",
            table(
                (
                    "page",
                    "asked for first, ms of processor time (median)",
                    "times an article",
                    "again, ms",
                    "times an article",
                    "queries at first",
                ),
                pages,
            ),
            f"## Merging a name with {merged['mentions']:,} mentions in {merged['articles']:,} articles\n",
            table(
                ("", "s"), [["merge", str(merged["merge_seconds"])], ["undo", str(merged["undo_seconds"])]]
            ),
        ]
    )


if __name__ == "__main__":
    main()
