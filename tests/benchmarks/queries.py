"""Query sets drawn from the corpus itself, the same for every engine."""

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from whoosh.analysis import STOP_WORDS
from whoosh.lang.porter import stem

from .corpus import FIRST_DAY, Articles, Corpus
from .shapes import Query

SEED: Final = 7
SAMPLE_ARTICLES: Final = 3000
RANGE_DAYS: Final = (7, 30, 90, 365, 730)
WORD: Final = re.compile(r"[^\W\d_]+|[^\w\s]+|\d+")


@dataclass(frozen=True)
class _Words:
    """Words of a sample by the share of its articles that hold them."""

    common: list[str]
    medium: list[str]
    rare: list[str]
    pairs: list[tuple[str, ...]]
    triples: list[tuple[str, ...]]


def _is_searchable(word: str) -> bool:
    """Tell whether all engines can find a word: FTS5 keeps stop words, and stems "its" to one of them."""
    return len(word) > 2 and word.isalpha() and word.islower() and not {word, stem(word)} & STOP_WORDS


def _read_sample(corpus: Corpus, count: int) -> _Words:
    texts = [WORD.findall(article.text) for article in Articles(corpus, count)]
    frequency = Counter(word for words in texts for word in {word.lower() for word in words})

    def between(low: float, high: float) -> list[str]:
        floor, ceiling = max(low * count, 2), max(high * count, 2)
        return sorted(w for w, n in frequency.items() if _is_searchable(w) and floor <= n <= ceiling)

    return _Words(
        common=between(0.05, 0.6),
        medium=between(0.01, 0.05),
        rare=between(0.0004, 0.003),
        pairs=_repeated(texts, 2),
        triples=_repeated(texts, 3),
    )


def _repeated(texts: list[list[str]], length: int) -> list[tuple[str, ...]]:
    """Return runs of words that occur in several texts.

    Whoosh closes the gap that a stop word leaves, so that "oil price" finds "oil and price", where FTS5 and Tantivy
    find neighbours only. Runs that the sample has with stop words in between are left out.
    """
    runs = _count_runs(texts, length)
    closed_up = _count_runs(
        [[word for word in words if word.lower() not in STOP_WORDS] for words in texts], length
    )
    return sorted(
        run for run, n in runs.items() if n > 1 and closed_up[run] == n and all(map(_is_searchable, run))
    )


def _count_runs(texts: list[list[str]], length: int) -> Counter[tuple[str, ...]]:
    lowered = ([word.lower() for word in words if word[0].isalnum()] for words in texts)
    return Counter(
        run for words in lowered for run in set(zip(*(words[i:] for i in range(length)), strict=False))
    )


def make_queries(corpus: Corpus, per_class: int, *, sample: int = SAMPLE_ARTICLES) -> dict[str, list[Query]]:
    """Draw `per_class` queries of every class from the first articles; the same ones each time."""
    words, rng = _read_sample(corpus, sample), random.Random(SEED)
    frequent = words.common + words.medium
    prefixes = [word for word in words.medium + words.rare if _has_stable_prefix(word)]

    def in_period() -> Query:
        start = FIRST_DAY + timedelta(days=rng.randrange(3000))
        end = start + timedelta(days=rng.choice(RANGE_DAYS))
        return Query("date", (rng.choice(frequent),), start, end)

    draw: dict[str, Callable[[], Query]] = {
        "common": lambda: Query("common", (rng.choice(words.common),)),
        "rare": lambda: Query("rare", (rng.choice(words.rare),)),
        "and": lambda: Query("and", tuple(rng.sample(frequent, rng.choice((2, 3))))),
        "or": lambda: Query("or", tuple(rng.sample(frequent, 3))),
        "phrase": lambda: Query("phrase", rng.choice(rng.choice((words.pairs, words.pairs, words.triples)))),
        "prefix": lambda: Query("prefix", (rng.choice(prefixes)[: rng.choice((3, 4, 4, 5))],)),
        "date": in_period,
        "everything": lambda: Query("everything"),
    }
    return {kind: [make() for _ in range(per_class)] for kind, make in draw.items()}


def _has_stable_prefix(word: str) -> bool:
    """Tell whether stemming leaves the beginnings of a word alone: FTS5 stems a prefix before it looks it up."""
    return len(word) > 5 and all(stem(word[:length]) == word[:length] for length in (3, 4, 5))
