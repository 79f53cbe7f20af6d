"""Words for generated articles: some English, and a coined tail that never ends.

A coined word is spelled from its rank, so no list has to be kept. It ends in letters that no English stemmer takes
for a suffix and gets only -s, -ed or -ing: Whoosh's Porter, SQLite's Porter and Tantivy's Snowball stemmer then
merge the same forms, and totals of different engines can be compared to the last article.
"""

from functools import lru_cache
from typing import Final

import numpy as np

FUNCTION_WORDS: Final = [
    "the",
    "of",
    "to",
    "and",
    "in",
    "a",
    "for",
    "on",
    "that",
    "with",
    "by",
    "at",
    "as",
    "it",
    "from",
    "was",
    "be",
    "has",
    "have",
    "an",
    "will",
    "not",
    "are",
    "were",
    "which",
    "or",
    "its",
    "had",
    "but",
    "this",
    "been",
    "after",
    "who",
    "their",
    "would",
    "also",
    "than",
    "more",
    "about",
    "into",
    "over",
    "between",
    "while",
    "under",
    "before",
    "out",
    "they",
    "could",
    "only",
    "when",
    "some",
    "other",
    "up",
    "two",
    "last",
    "first",
    "he",
    "she",
    "his",
    "her",
    "since",
    "because",
    "during",
    "against",
    "there",
    "most",
    "no",
]

ENGLISH_WORDS: Final = [
    "report",
    "market",
    "price",
    "percent",
    "month",
    "bank",
    "week",
    "trade",
    "minister",
    "plan",
    "group",
    "budget",
    "output",
    "harvest",
    "sector",
    "product",
    "growth",
    "demand",
    "contract",
    "project",
    "worker",
    "strike",
    "talk",
    "vote",
    "campaign",
    "council",
    "court",
    "law",
    "border",
    "port",
    "road",
    "bridge",
    "airport",
    "school",
    "hospital",
    "doctor",
    "patient",
    "test",
    "storm",
    "flood",
    "drought",
    "forest",
    "river",
    "island",
    "village",
    "region",
    "district",
    "coast",
    "mountain",
    "team",
    "match",
    "record",
    "season",
    "coach",
    "goal",
    "crowd",
    "film",
    "book",
    "museum",
    "concert",
    "award",
    "poet",
    "song",
    "farm",
    "wheat",
    "corn",
    "cotton",
    "timber",
    "metal",
    "silver",
    "oil",
    "coal",
    "power",
    "plant",
    "grid",
    "truck",
    "tractor",
    "ship",
    "train",
    "flight",
    "fund",
    "bond",
    "profit",
    "debt",
    "loan",
    "credit",
    "tariff",
    "quota",
    "grant",
    "pension",
    "wage",
]

ONSETS: Final = ("b", "br", "d", "f", "g", "gl", "h", "k", "l", "m", "p", "pl", "r", "t", "tr", "v")
VOWELS: Final = ("a", "e", "i", "o", "u")
# No stemmer sees a suffix here; compare -al, -er, -ic, -ent, -ion, -ize.
CODAS: Final = ("rk", "nd", "mp", "lk", "rb", "g", "k", "b", "p", "rn", "sk", "ft")
SYLLABLE_COUNT: Final = len(ONSETS) * len(VOWELS)
SHORT_WORD_COUNT: Final = SYLLABLE_COUNT * SYLLABLE_COUNT * len(CODAS)
COINED_WORD_COUNT: Final = SHORT_WORD_COUNT * SYLLABLE_COUNT
# Coprime with both counts: neighbours in rank share no prefix, so a prefix meets frequent and rare words alike.
SCATTER: Final = 48_271
ENDINGS: Final = ("", "s", "ed", "ing")

# Zipf-Mandelbrot, frequency ~ 1 / (rank + SHIFT) ** EXPONENT. The shift gives the most frequent content word a
# third of all articles; the exponent lets 100,000 articles hold about 200,000 different words.
ZIPF_EXPONENT: Final = 1.8
ZIPF_SHIFT: Final = 300


def _syllable(number: int) -> str:
    return ONSETS[number % len(ONSETS)] + VOWELS[number // len(ONSETS)]


def _coined(rank: int) -> str:
    if rank < SHORT_WORD_COUNT:
        number, first = rank * SCATTER % SHORT_WORD_COUNT, ""
    else:
        number, lead = divmod(rank * SCATTER % COINED_WORD_COUNT, SYLLABLE_COUNT)
        first = _syllable(lead)
    number, coda = divmod(number, len(CODAS))
    last, middle = divmod(number, SYLLABLE_COUNT)
    return first + _syllable(middle) + _syllable(last) + CODAS[coda]


@lru_cache(maxsize=400_000)
def spell(rank: int, ending: int) -> str:
    """Return the content word of a frequency rank (0 is the most frequent) with one of ENDINGS."""
    if rank < len(ENGLISH_WORDS):
        return ENGLISH_WORDS[rank] + ("s" if ending else "")
    return _coined(rank - len(ENGLISH_WORDS)) + ENDINGS[ending]


def draw_ranks(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw frequency ranks of content words, Zipf-Mandelbrot distributed, by inverting the distribution."""
    tail = 1.0 - rng.random(size)
    ranks = ZIPF_SHIFT * (tail ** (-1.0 / (ZIPF_EXPONENT - 1.0)) - 1.0)
    return np.minimum(ranks, COINED_WORD_COUNT - 1).astype(np.int64)


def draw_zipf(rng: np.random.Generator, choices: int, size: int, exponent: float = 1.0) -> np.ndarray:
    """Draw numbers below `choices`, the first the most frequent, with a Zipf distribution cut off there."""
    return np.searchsorted(_zipf_cumulated(choices, exponent), rng.random(size))


@lru_cache
def _zipf_cumulated(choices: int, exponent: float) -> np.ndarray:
    weights = np.arange(1, choices + 1) ** -exponent
    return np.cumsum(weights / weights.sum())


def coin_name(number: int) -> str:
    """Return a person's or body's name of two or three words; different numbers give different names."""
    first, last = divmod(number * 3571 % 6_250_000, 2500)
    words = [_name_word(first), _name_word(last)]
    if number % 5 == 0:
        words.append(("Bank", "Group", "Union", "Party", "Council")[number // 5 % 5])
    return " ".join(words)


def _name_word(number: int) -> str:
    starts = ("Bar", "Den", "Kor", "Lin", "Mar", "Nov", "Ost", "Pet", "Ral", "Sen", "Tak", "Ulb", "Ver", "Wil", "Xan",
              "Yor", "Zel", "Gar", "Hof", "Jin", "Cal", "Fer", "Ivo", "Ebb", "Ash")  # fmt: skip
    middles = ("a", "o", "u", "in", "or", "al", "ev", "im", "ak", "en")
    ends = ("do", "ka", "ni", "vo", "ra", "lo", "mi", "ta", "bo", "zu")
    return starts[number % 25] + middles[number // 25 % 10] + ends[number // 250 % 10]
