"""Bring the spellings of one name to one key, and rank names that a spelling may mean.

`fold` merges only what is a difference of spelling. What merely looks alike is left to `similar`, which
proposes and gives its reason; a person decides.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from archive.names.titles import COURTESIES, REGNAL, bare, split_title
from archive.names.transliteration import (
    ascii_letters,
    from_wade_giles,
    latin_words,
    loosened,
    skeleton,
    unify,
)
from archive.names.vocabulary import load_words

__all__ = ["Candidate", "NameTable", "fold", "plain_key", "similar", "split_title"]

_INVERTED: Final = re.compile(r"^([^,]+),\s+((?!Inc|Ltd|Jr|Sr|LLC|PLC|Co\b)[^,]+)$")
_SMALL_WORDS: Final = load_words("small_words")
_CONSONANTS_NEEDED: Final = 4
_LETTERS_NEEDED: Final = 5
_LEAST_RATIO: Final = 80
_LEAST_WORD_SIMILARITY: Final = 0.74
# No name is longer; what is, is hostile or a mistake.
_LONGEST_NAME_CHARS: Final = 300
_NEAREST_LIMIT: Final = 50


def plain_key(name: str) -> str:
    """Return a key that ignores case, accents, apostrophes, hyphens and spaces, and nothing else."""
    return re.sub(r"[^a-z0-9&+]", "", ascii_letters(name))


@lru_cache(maxsize=100_000)
def fold(name: str) -> str:
    """Return the key that all spellings of one name share; empty if the name has no letter or digit.

    Titles fall away, foreign names are brought to one transliteration, words are joined and doubled letters
    become one. Different names keep different keys: Iran and Iraq, Mohammad Khatami and Mehdi Khatami.
    """
    return _join(_words(name))


class Candidate(NamedTuple):
    """A registered name that a spelling may mean; score runs from 0 to 1."""

    name_id: Hashable
    score: float
    reason: str


class NameTable:
    """Hold (spelling, name_id) pairs so that many names can be compared with them quickly."""

    def __init__(self, spellings: Iterable[tuple[str, Hashable]]):
        self.entries: list[tuple[str, Hashable]] = []
        self._by_key: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._folded: dict[str, list[int]] = defaultdict(list)
        for spelling, name_id in spellings:
            self._add(spelling, name_id)
        self._keys = list(self._folded)

    def _add(self, spelling: str, name_id: Hashable) -> None:
        position = len(self.entries)
        self.entries.append((spelling, name_id))
        words = _words(spelling)
        self._folded[_join(words)].append(position)
        for kind, key in _lookup_keys(spelling, words):
            self._by_key[kind, key].append(position)

    def near(self, name: str) -> Iterator[str]:
        """Yield registered spellings worth comparing with a name, without repetition."""
        words = _words(name)
        key = _join(words)
        found = set(self._folded.get(key, ()))
        for kind_and_key in _lookup_keys(name, words):
            found.update(self._by_key.get(kind_and_key, ()))
        if len(key) >= _LETTERS_NEEDED:
            nearest = process.extract(
                key, self._keys, scorer=fuzz.ratio, score_cutoff=_LEAST_RATIO, limit=_NEAREST_LIMIT
            )
            for near_key, _, _ in nearest:
                found.update(self._folded[near_key])
        return (self.entries[position] for position in sorted(found))


def similar(name: str, table: "NameTable | Iterable[tuple[str, Hashable]]") -> list[Candidate]:
    """Rank registered names that a spelling may mean, the most likely first, each once with its reason.

    Give a NameTable when many names are compared with the same spellings; any (spelling, name_id) pairs do.
    """
    table = table if isinstance(table, NameTable) else NameTable(table)
    best: dict[Hashable, Candidate] = {}
    for spelling, name_id in table.near(name):
        judged = _compare(name, spelling)
        if judged and (name_id not in best or judged[0] > best[name_id].score):
            best[name_id] = Candidate(name_id, *judged)
    return sorted(best.values(), key=lambda candidate: -candidate.score)


def _words(name: str) -> list[str]:
    """Return the words of a name in one transliteration and natural order, without its title."""
    name = name[:_LONGEST_NAME_CHARS]
    if inverted := _INVERTED.match(name):
        name = f"{inverted[2]} {inverted[1]}"
    return unify(latin_words(from_wade_giles(_without_title(name))))


def _without_title(name: str) -> str:
    title, rest = split_title(name)
    if " " not in rest and not all(bare(word) in COURTESIES for word in title.split()):
        regnal = any(bare(word) in REGNAL for word in title.split())
        return name if regnal else rest
    return rest


def _join(words: list[str]) -> str:
    return re.sub(r"([a-z])\1+", r"\1", "".join(words))


def _lookup_keys(name: str, words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the keys under which a name is found without comparing it with every other."""
    if words:
        yield "last", words[-1]
        yield "last", "".join(words[-2:])
        yield "bones", skeleton(words)
        yield "letters", acronym_of(name) or "".join(words)


def acronym_of(name: str) -> str | None:
    """Return the lower-case initials of a name of three words or more, small words left out."""
    words = [word for word in re.findall(r"\w+", name) if word.lower() not in _SMALL_WORDS]
    return "".join(word[0] for word in words).lower() if len(words) > 2 else None


def _compare(name: str, other: str) -> tuple[float, str] | None:
    """Return the first judgement that holds, strongest first; None if the names are not alike."""
    a, b = _words(name), _words(other)
    if not a or not b:
        return None
    return next((found for judge in _JUDGES if (found := judge(name, other, a, b))), None)


_Judge = Callable[[str, str, list[str], list[str]], tuple[float, str] | None]


def _same_spelling(name: str, other: str, a: list[str], b: list[str]) -> tuple[float, str] | None:
    if plain_key(name) == plain_key(other):
        return 1.0, f"“{other}” differs at most in capitals, accents, hyphens or spaces."
    return None


def _same_key(name: str, other: str, a: list[str], b: list[str]) -> tuple[float, str] | None:
    if _join(a) != _join(b):
        return None
    if plain_key(split_title(name).name) == plain_key(split_title(other).name):
        return 0.97, f"“{other}” is the same name with another title."
    return 0.95, f"“{other}” is the same name in another transliteration or order."


def _other_script(name: str, other: str, a: list[str], b: list[str]) -> tuple[float, str] | None:
    bones = skeleton(a)
    if _is_latin(name) != _is_latin(other) and bones == skeleton(b) and len(bones) >= _CONSONANTS_NEEDED:
        return 0.88, f"“{other}” has the same consonants in another script."
    return None


def _same_consonants(name: str, other: str, a: list[str], b: list[str]) -> tuple[float, str] | None:
    """Judge transliterations that write the vowels of one name otherwise: Hosni and Husni Mubarak."""
    bones = skeleton(a)
    if bones != skeleton(b) or len(bones) < _CONSONANTS_NEEDED:
        return None
    # A vowel more, as in Zawahiri and Zawahri, tells single words apart: Jordan and Jordana.
    most = 1 if min(len(a), len(b)) > 1 else 0
    if Levenshtein.distance(loosened(a), loosened(b)) > most:
        return None
    return 0.72, f"“{other}” has the same consonants; its vowels may be another transliteration."


def _acronym(name: str, other: str, a: list[str], b: list[str]) -> tuple[float, str] | None:
    for short, long in ((name, other), (other, name)):
        letters = re.sub(r"\W", "", short)
        if letters.isupper() and letters.lower() == acronym_of(long):
            return 0.8, f"{letters} may stand for the initials of “{long if long != name else name}”."
    return None


def _initials(name: str, other: str, a: list[str], b: list[str]) -> tuple[float, str] | None:
    if len(a) < 2 or len(a) != len(b) or a[-1] != b[-1]:
        return None
    pairs = [(x, y) for x, y in zip(a[:-1], b[:-1], strict=True) if x != y]
    if pairs and all(min(len(x), len(y)) == 1 and x[0] == y[0] for x, y in pairs):
        return 0.85, f"“{other}” has the same surname, and the initials agree."
    return None


def _part(name: str, other: str, a: list[str], b: list[str]) -> tuple[float, str] | None:
    """Judge a name whose words are some of the other's, with the same surname at the end."""
    short, long = sorted((a, b), key=len)
    if "".join(short) in {"".join(long[i:]) for i in range(1, len(long))}:
        return 0.7, f"“{other}” ends in the same name; one of the two lacks what stands before it."
    if len(short) > 1 and short[-1] == long[-1] and short[0] == long[0] and set(short) < set(long):
        return 0.85, f"“{other}” has the same first and last name; one of the two lacks a middle name."
    return None


def _near(name: str, other: str, a: list[str], b: list[str]) -> tuple[float, str] | None:
    """Judge misspellings: every word must be near its partner and begin with the same letter."""
    pairs = list(zip(a, b, strict=True)) if len(a) == len(b) else [("".join(a), "".join(b))]
    if min(len("".join(a)), len("".join(b))) < _LETTERS_NEEDED:
        return None
    closeness = [Levenshtein.normalized_similarity(x, y) for x, y in pairs]
    if min(closeness) < _LEAST_WORD_SIMILARITY or any(x[0] != y[0] for x, y in pairs):
        return None
    whole = Levenshtein.normalized_similarity("".join(a), "".join(b))
    if whole * 100 < _LEAST_RATIO:
        return None
    changes = Levenshtein.distance("".join(a), "".join(b))
    letters = "one letter" if changes == 1 else f"{changes} letters"
    return round(0.8 * whole, 3), f"“{other}” differs in {letters}; it may be a misspelling."


def _is_latin(name: str) -> bool:
    return any("a" <= letter <= "z" for letter in name.lower())


_JUDGES: Final[tuple[_Judge, ...]] = (
    _same_spelling,
    _same_key,
    _other_script,
    _acronym,
    _initials,
    _part,
    _same_consonants,
    _near,
)
