"""Measure how fast and how well names are found.

python -m tests.benchmarks.names --matcher            build and search 100,000 spellings
python -m tests.benchmarks.names --conll FILE         precision and recall of proposed names
python -m tests.benchmarks.names ... --json FILE      the same numbers for a program
"""

import argparse
import json
import random
import time
from pathlib import Path
from typing import Final

from archive.names.candidates import CasingStatistics, propose
from archive.names.matcher import Matcher, Spelling
from tests.benchmarks.conll import KINDS, Span, read_stories

SPELLING_COUNT: Final = 100_000
TEXT_CHARS: Final = 2_000_000


def main() -> None:
    """Run the measurements asked for and print them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--matcher", action="store_true")
    parser.add_argument("--conll", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results = {}
    if arguments.matcher:
        results["matcher"] = measure_matcher()
    if arguments.conll:
        results["conll"] = measure_proposals(arguments.conll)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1))


def measure_matcher() -> dict[str, float]:
    """Build a matcher of 100,000 made-up names and search ordinary and hostile texts."""
    chance = random.Random(7)
    spellings = made_up_spellings(chance)
    started = time.process_time()
    matcher = Matcher(spellings)
    results = {"spellings": len(spellings), "build_seconds": round(time.process_time() - started, 2)}
    print(f"{len(spellings)} spellings built in {results['build_seconds']} s")
    for name, text in texts(chance, spellings).items():
        started = time.process_time()
        matches = matcher.find(text)
        seconds = time.process_time() - started
        results[f"{name}_mb_per_cpu_second"] = round(len(text) / 1e6 / seconds, 2)
        print(f"{name}: {len(text) / 1e6 / seconds:.2f} MB a CPU second, {len(matches)} matches")
    return results


def measure_proposals(path: Path) -> dict[str, dict[str, float]]:
    """Propose names in the articles of a CoNLL-2003 file and count exact spans, with and without kinds."""
    stories = read_stories(path)
    statistics = CasingStatistics()
    for story in stories:
        statistics.update(story.text)
    found = [proposals_of(story.text, statistics) for story in stories]
    results = {}
    for name, keep in (("untyped", 2), ("typed", 3)):
        right = sum(
            len(spans(f, keep) & spans(story.names, keep)) for f, story in zip(found, stories, strict=True)
        )
        precision = right / sum(len(spans(f, keep)) for f in found)
        recall = right / sum(len(spans(story.names, keep)) for story in stories)
        f1 = 2 * precision * recall / (precision + recall)
        results[name] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
        print(f"{name}: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    print(f"{len(stories)} articles, {sum(len(story.names) for story in stories)} names")
    return results


def proposals_of(text: str, statistics: CasingStatistics) -> list[Span]:
    """Return the proposed persons, organisations and places of a text."""
    proposals = propose(text, statistics=statistics)
    return [(found.start, found.end, found.kind) for found in proposals if found.kind in KINDS.values()]


def spans(names: list[Span], keep: int) -> set[tuple]:
    """Return the first fields of names: 2 for places alone, 3 with their kinds."""
    return {name[:keep] for name in names}


def made_up_spellings(chance: random.Random) -> list[Spelling]:
    """Return persons, organisations, places and acronyms of made-up syllables."""
    syllables = [a + b for a in "bdfghjklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "or")]

    def word() -> str:
        return "".join(chance.choices(syllables, k=chance.randint(2, 4))).title()

    def acronym() -> str:
        return "".join(chance.choices("ABCDEFGHIKLMNOPRSTUW", k=chance.randint(3, 5)))

    makers = (
        lambda: (f"{word()} {word()}", "person"),
        lambda: (f"{word()} {word()} {word()}", "organisation"),
        lambda: (word(), "place"),
        lambda: (acronym(), "organisation"),
    )
    made = (chance.choice(makers)() for _ in range(SPELLING_COUNT))
    return [Spelling(text, number, kind, text.isupper()) for number, (text, kind) in enumerate(made)]


def texts(chance: random.Random, spellings: list[Spelling]) -> dict[str, str]:
    """Return texts of two million characters: copy with a name in every tenth word, and hostile ones."""
    plain = [
        "the",
        "minister",
        "said",
        "talks",
        "on",
        "trade",
        "would",
        "begin",
        "in",
        "spring",
        "and",
        "oil",
        "prices",
    ]
    words = [
        chance.choice(spellings).text if chance.random() < 0.1 else chance.choice(plain)
        for _ in range(TEXT_CHARS // 7)
    ]
    names = " ".join(chance.choice(spellings).text for _ in range(TEXT_CHARS // 12))
    return {
        "copy": " ".join(words)[:TEXT_CHARS],
        "only_names": names[:TEXT_CHARS],
        "one_letter": "a" * TEXT_CHARS,
        "apostrophes": "a'" * (TEXT_CHARS // 2),
        "addresses": "a@" * (TEXT_CHARS // 2),
        "domains": "a.com" * (TEXT_CHARS // 5),
        "backticks": "`a" * (TEXT_CHARS // 2),
        "fences": "```a" * (TEXT_CHARS // 4),
        "accents": "a\u0301" * (TEXT_CHARS // 2),
        "spaces": " " * TEXT_CHARS,
    }


if __name__ == "__main__":
    main()
