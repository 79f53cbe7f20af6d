"""Find all registered names in a text in one pass, with their places, and say which are in doubt.

The text is squeezed to its letters (see squeeze.py), an automaton finds every spelling in it, and what it
finds is checked against the text itself: word boundaries, capitals, gaps. A doubt is never guessed away; it
is settled by other mentions in the same story or handed back with its alternatives.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import ahocorasick_rs
import numpy as np

from archive.names.containers import is_inside_other_name
from archive.names.context import address_spans, in_capitals, starts_sentence
from archive.names.spelling import Spelling, agrees, squeezed_forms
from archive.names.squeeze import APOSTROPHES, WORD, squeeze, word_classes
from archive.names.surnames import Bearers, Person, find_surnames
from archive.names.vocabulary import load_words

__all__ = ["Match", "Matcher", "Spelling"]

EXACT: Final = "exact"
FOLDED: Final = "folded"
SURNAME: Final = "surname"

_COMMON_WORDS: Final = load_words("common_words")
_MOST_REMEMBERED: Final = 20_000
_ELIDED: Final = frozenset("dlDL")


@dataclass(frozen=True, slots=True)
class Match:
    """One mention: text[start:end] means name_id, or, if that is None, one of the alternatives.

    Kind is that of the name (person, organisation, place ...), empty if the alternatives differ in it.
    """

    start: int
    end: int
    text: str
    name_id: Hashable | None
    how: str
    alternatives: tuple[Hashable, ...] = ()
    kind: str = ""


@dataclass(slots=True)
class _Hit:
    """A place where registered spellings agree with the text; they may belong to several names."""

    start: int
    end: int
    spellings: list[Spelling]
    how: str
    is_doubtful: bool = False

    @property
    def names(self) -> dict[Hashable, None]:
        return dict.fromkeys(spelling.name_id for spelling in self.spellings)


class Matcher:
    """Know all registered spellings and find them in texts.

    Building takes seconds for 100,000 spellings; keep the matcher and build a new one when names change.
    Searching does not change it, so threads may share it.
    """

    def __init__(self, spellings: Iterable[Spelling], common_words: Container[str] = _COMMON_WORDS):
        """Register spellings. Words in common_words (lower case) need proof that they are used as a name."""
        self._spellings = [spelling for spelling in spellings if spelling.text.strip()]
        self._common_words = common_words
        owners: dict[str, list[int]] = defaultdict(list)
        for number, form in squeezed_forms(self._spellings):
            owners[form].append(number)
        self._owners = list(owners.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(owners), store_patterns=False)
        self._full_names = _full_names(self._spellings)
        # Copy repeats its words, and so do stories of the same days.
        self._agreeing = lru_cache(maxsize=_MOST_REMEMBERED)(self._find_agreeing)

    @property
    def spellings(self) -> list[Spelling]:
        """The registered spellings, from which another process can build the same matcher."""
        return self._spellings

    def find(self, text: str) -> list[Match]:
        """Return the mentions of registered names in a text, in order and without overlap.

        Offsets are indexes into the text as given; a possessive ending is not part of a mention. A match with
        name_id None is in doubt between its alternatives. Time is linear in the length of the text.
        """
        if not text or not self._owners:
            return []
        page = _Page(text)
        hits = _proven(_leftmost_longest(self._hits(page)))
        met = _met(hits)
        matches = [_settled(hit, text, met) for hit in hits]
        matches += _outside(self._surnames(page, matches), matches)
        return sorted(matches, key=lambda match: match.start)

    def _hits(self, page: "_Page") -> list[_Hit]:
        starts, ends = page.starts, page.ends
        found = self._automaton.find_matches_as_indexes(page.squeezed.letters, overlapping=True)
        whole_words = [(number, first, last) for number, first, last in found if starts[first] and ends[last]]
        hits = [self._check(page, *place) for place in whole_words]
        return [hit for hit in hits if hit and not page.in_address(hit.start)]

    def _check(self, page: "_Page", number: int, first: int, last: int) -> _Hit | None:
        start, end = page.span(first, last)
        agreeing, how = self._agreeing(number, page.text[start:end])
        if agreeing and all(spelling.kind == "place" for spelling in agreeing):
            agreeing = [] if is_inside_other_name(page.text, start, end) else agreeing
        return _Hit(start, end, agreeing, how, self._is_doubtful(page.text, start, end)) if agreeing else None

    def _find_agreeing(self, number: int, seen: str) -> tuple[list[Spelling], str]:
        """Return the spellings that a piece of text agrees with; those written just so come alone."""
        spellings = [self._spellings[owner] for owner in self._owners[number]]
        exact = [spelling for spelling in spellings if spelling.text == seen]
        if exact:
            return exact, EXACT
        # Hundreds may share a surname: what is written the same way agrees or not together.
        forms = {(spelling.text, spelling.is_acronym): spelling for spelling in spellings}
        agreeing = {form for form, spelling in forms.items() if agrees(seen, spelling)}
        return [each for each in spellings if (each.text, each.is_acronym) in agreeing], FOLDED

    def _is_doubtful(self, text: str, start: int, end: int) -> bool:
        """Tell whether a capital may be there for another reason than a name."""
        seen = text[start:end]
        if seen.lower() not in self._common_words or seen.islower():
            return False
        if seen.isupper() and len(seen) > 1:
            return in_capitals(text, start, end)
        return starts_sentence(text, start) or in_capitals(text, start, end)

    def _surnames(self, page: "_Page", matches: list[Match]) -> list[Match]:
        taken = [(match.start, match.end) for match in matches]
        persons = self._persons(matches)
        found = find_surnames(page.squeezed, page.starts, page.ends, page.text, persons, taken)
        return [_surname_match(page.text, hit) for hit in found if not page.in_address(hit.start)]

    def _persons(self, matches: list[Match]) -> list[Person]:
        """Return the persons whose full name was met, with the end of its first mention."""
        first_end: dict[Hashable, int] = {}
        for match in matches:
            if match.name_id in self._full_names and any(map(str.isspace, match.text)):
                first_end.setdefault(match.name_id, match.end)
        return [Person(name_id, end, self._full_names[name_id]) for name_id, end in first_end.items()]


class _Page:
    """A text with what the search needs to know about each of its letters."""

    def __init__(self, text: str):
        self.text = text
        self.squeezed = squeeze(text)
        self.addresses = address_spans(text)
        self._classes = word_classes(text)
        self.starts, self.ends = _boundaries(text, self._classes, self.squeezed.offsets)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the span in the text of the squeezed letters first to last (exclusive)."""
        start, end = int(self.squeezed.offsets[first]), int(self.squeezed.offsets[last - 1]) + 1
        while end < len(self.text) and not self.text[end].isalnum() and self._classes[end]:
            end += 1  # accents written as characters of their own
        return start, end

    def in_address(self, place: int) -> bool:
        return _inside(place, self.addresses)


def _boundaries(text: str, classes: np.ndarray, offsets: np.ndarray) -> tuple[bytes, bytes]:
    """Return whether a word starts at each squeezed letter, and whether one ends before it.

    The second has one byte more than there are letters, for the end of the text.
    """
    is_word = np.concatenate(([0], classes, [0])) == WORD
    glued = is_word[:-1] & is_word[1:]  # glued[i]: characters i-1 and i belong to one word
    for mark in APOSTROPHES:
        for place in _places(text, mark):
            _glue_apostrophe(text, place, glued)
    if not len(offsets):
        return b"", b"\0"
    return (~glued[offsets]).tobytes(), b"\0" + _ends(glued, offsets).tobytes()


def _ends(glued: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Tell for each letter whether a word may end after it and its accents."""
    after = offsets.astype(np.int64) + 1
    is_last_of_run = np.append(offsets[1:] != offsets[:-1], True)
    following = np.append(offsets[1:], len(glued) - 1).astype(np.int64)
    return is_last_of_run & ~(glued[after] & glued[following])


def _places(text: str, mark: str) -> list[int]:
    places, place = [], text.find(mark)
    while place >= 0:
        places.append(place)
        place = text.find(mark, place + 1)
    return places


def _glue_apostrophe(text: str, place: int, glued: np.ndarray) -> None:
    """Make an apostrophe between letters part of the word, unless it begins 's or follows d or l."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if not (before.isalpha() and after.isalpha()):
        return
    is_possessive = after in "sS" and not text[place + 2 : place + 3].isalpha()
    is_elision = before in _ELIDED and not text[max(0, place - 2) : place - 1].isalpha()
    if not is_possessive:
        glued[place] = True
    if not is_elision:
        glued[place + 1] = True


def _full_names(spellings: list[Spelling]) -> dict[Hashable, tuple[str, ...]]:
    """Return for each person the spellings of two words or more."""
    names: dict[Hashable, list[str]] = defaultdict(list)
    for spelling in spellings:
        if spelling.kind == "person" and len(spelling.text.split()) > 1:
            names[spelling.name_id].append(spelling.text)
    return {name_id: tuple(texts) for name_id, texts in names.items()}


def _leftmost_longest(hits: list[_Hit]) -> list[_Hit]:
    """Keep the leftmost hit, of several there the longest, and so on; spellings at one place are united."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.how)):
        last = kept[-1] if kept else None
        if last and (hit.start, hit.end, hit.how) == (last.start, last.end, last.how):
            last.spellings = last.spellings + hit.spellings
        elif not last or hit.start >= last.end:
            kept.append(hit)
    return kept


def _proven(hits: list[_Hit]) -> list[_Hit]:
    """Drop doubtful hits of names that the story does not mention beyond doubt."""
    certain = {name for hit in hits if not hit.is_doubtful for name in hit.names}
    return [hit for hit in hits if not hit.is_doubtful or not certain.isdisjoint(hit.names)]


def _met(hits: list[_Hit]) -> set[Hashable]:
    """Return the names that some spelling in the story means and no other name shares."""
    return {next(iter(hit.names)) for hit in hits if len(hit.names) == 1}


def _settled(hit: _Hit, text: str, met: set[Hashable]) -> Match:
    """Decide for one of several names only if exactly one of them is met elsewhere without doubt."""
    names = tuple(hit.names)
    likely = [name for name in names if name in met]
    choice = _only(tuple(likely)) if len(names) > 1 else names[0]
    rest = () if choice is not None else names
    kinds = {spelling.kind for spelling in hit.spellings if choice is None or spelling.name_id == choice}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return Match(hit.start, hit.end, text[hit.start : hit.end], choice, hit.how, rest, kind)


def _surname_match(text: str, hit: Bearers) -> Match:
    name_id, rest = (None, hit.names) if hit.is_doubtful else (hit.names[0], ())
    return Match(hit.start, hit.end, text[hit.start : hit.end], name_id, SURNAME, rest, "person")


def _only(names: tuple[Hashable, ...]) -> Hashable | None:
    return names[0] if len(names) == 1 else None


def _outside(found: list[Match], taken: list[Match]) -> list[Match]:
    """Return the mentions that do not overlap those already taken."""
    spans = [(match.start, match.end) for match in taken]
    return [m for m in found if not (_inside(m.start, spans) or _inside(m.end - 1, spans))]


def _inside(place: int, spans: list[tuple[int, int]]) -> bool:
    position = bisect_right(spans, (place, float("inf")))
    return position > 0 and place < spans[position - 1][1]
