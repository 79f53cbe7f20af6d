"""A news corpus of any length that is the same on every machine: article number n depends on n alone."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol

import numpy as np

from .shapes import Article
from .vocabulary import FUNCTION_WORDS, coin_name, draw_ranks, draw_zipf, spell

SEED: Final = 20_240_229
FIRST_DAY: Final = datetime(2014, 1, 1)
DAY_COUNT: Final = 3652
NAME_COUNT: Final = 5000
BYLINE_CODES: Final = tuple(f"{chr(97 + i % 26)}{chr(97 + i * 7 % 26)}{i:02d}" for i in range(60))
SECTIONS: Final = (
    "politics", "economy", "markets", "world", "sport", "culture",
    "science", "health", "local", "weather", "energy", "technology",
)  # fmt: skip
PLACES: Final = tuple(coin_name(i * 7 + 1).split()[0].upper() for i in range(25))
BODY_WORDS: Final = (240, 320)
TOPIC_COUNT: Final = 10
TOPICAL_RANKS: Final = 1000
# Cumulated: 62 % plain, 24 % -s, 8 % -ed, 6 % -ing.
ENDING_SHARES: Final = (0.62, 0.86, 0.94)


class Corpus(Protocol):
    """What builds articles: the generator below, or a file of real ones."""

    label: str

    def article(self, number: int) -> Article:
        """Return article `number`, counted from 1; always the same one."""


class Articles(Sequence[Article]):
    """Articles first..last of a corpus, built when they are asked for."""

    def __init__(self, corpus: Corpus, count: int, *, first: int = 1) -> None:
        self.corpus, self.numbers = corpus, range(first, first + count)

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, place: int) -> Article:
        return self.corpus.article(self.numbers[place])

    def __iter__(self) -> Iterator[Article]:
        return map(self.corpus.article, self.numbers)


@lru_cache(maxsize=NAME_COUNT)
def name_of(number: int) -> str:
    return coin_name(number)


def draw_metadata(rng: np.random.Generator) -> dict:
    """Draw what is not text: date over ten years, section, up to eight names and one or two byline codes."""
    names = draw_zipf(rng, NAME_COUNT, int(rng.integers(0, 9)))
    codes = draw_zipf(rng, len(BYLINE_CODES), 2 if rng.random() < 0.25 else 1, 0.7)
    seconds = int(rng.integers(0, DAY_COUNT * 86_400))
    return {
        "published": FIRST_DAY + timedelta(seconds=seconds),
        "section": SECTIONS[int(draw_zipf(rng, len(SECTIONS), 1, 0.5)[0])],
        "names": tuple(sorted({name_of(int(i)) for i in names})),
        "codes": tuple(sorted({BYLINE_CODES[int(i)] for i in codes})),
    }


class GeneratedCorpus:
    """Articles of about 290 words: Zipf vocabulary, ten topics, collocations, sentences and paragraphs."""

    label = "generated, version 1"

    def article(self, number: int) -> Article:
        """Return article `number`, counted from 1."""
        rng = np.random.default_rng((SEED, number))
        metadata = draw_metadata(rng)
        words = _draw_words(rng, int(rng.integers(*BODY_WORDS)))
        title = " ".join(_draw_words(rng, 7, functions=0.2)).capitalize()
        body = _write_sentences(rng, words, metadata["names"])
        place = PLACES[int(rng.integers(len(PLACES)))]
        return Article(number=number, title=title, text=f"{title}\n{place} - {body}", **metadata)


def _draw_words(rng: np.random.Generator, count: int, functions: float = 0.47) -> list[str]:
    ranks = draw_ranks(rng, count)
    topical = (ranks < TOPICAL_RANKS) & (rng.random(count) < 0.3)
    ranks[topical] = TOPICAL_RANKS + ranks[topical] * TOPIC_COUNT + rng.integers(TOPIC_COUNT)
    # A quarter of the words bring their usual companion, so that phrases repeat as they do in print.
    follows = np.flatnonzero(rng.random(count - 1) < 0.25)
    ranks[follows + 1] = (ranks[follows] * 31 + 17) % (2 * ranks[follows] + 50)
    endings = np.searchsorted(ENDING_SHARES, rng.random(count))
    words = list(map(spell, ranks.tolist(), endings.tolist()))
    places = np.flatnonzero(rng.random(count) < functions)
    choices = draw_zipf(rng, len(FUNCTION_WORDS), len(places), 0.9)
    for place, choice in zip(places.tolist(), choices.tolist(), strict=True):
        words[place] = FUNCTION_WORDS[choice]
    return words


def _write_sentences(rng: np.random.Generator, words: list[str], names: tuple[str, ...]) -> str:
    ends = np.cumsum(rng.integers(9, 28, len(words) // 9 + 1)).tolist()
    sentences, start = [], 0
    for i, end in enumerate(ends):
        if start >= len(words):
            break
        sentence = " ".join(words[start:end])
        if i < len(names):
            sentence += f", {names[i]} said"
        sentences.append(sentence[0].upper() + sentence[1:] + (".\n" if i % 3 == 2 else ". "))
        start = end
    return "".join(sentences).rstrip()
