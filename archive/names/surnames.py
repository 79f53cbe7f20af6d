"""Find surnames that stand alone after the full name of a person in the same story."""

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

import ahocorasick_rs

from archive.names.context import (
    CALENDAR_WORDS,
    FUNCTION_WORDS,
    in_capitals,
    starts_sentence,
    word_after,
    word_before,
)
from archive.names.gazetteer import is_given_name, is_place
from archive.names.spelling import Spelling, agrees, squeezed_forms
from archive.names.squeeze import Squeezed
from archive.names.titles import bare, is_organisation_word, is_title_word, split_title
from archive.names.vocabulary import load_words

_FAMILY_NAME_FIRST: Final = load_words("east_asian_surnames")
_FEWEST_LETTERS: Final = 2
# More bearers of one surname in one story are not told apart anyway; the bound keeps hostile text linear.
_MOST_BEARERS: Final = 20
_MOST_REMEMBERED: Final = 10_000
# For more forms, an automaton is worth building.
_MOST_SOUGHT_SINGLY: Final = 40


class Person(NamedTuple):
    """A person met in a story: where the first full mention ends, and the full spellings."""

    name_id: Hashable
    met_at: int
    spellings: tuple[str, ...]


class Bearers(NamedTuple):
    """A surname that stands alone, and the persons whom it may mean."""

    start: int
    end: int
    names: tuple[Hashable, ...]
    is_doubtful: bool


class _Surname(NamedTuple):
    spelling: Spelling
    person: Person


@lru_cache(maxsize=_MOST_REMEMBERED)
def _surname_forms(name_id: Hashable, spellings: tuple[str, ...]) -> tuple[tuple[str, Spelling], ...]:
    """Return (letters, surname) for what may stand alone for a person; stories share their persons."""
    parts = dict.fromkeys(part for full in spellings for part in surnames_of(full))
    surnames = [Spelling(part, name_id, "person") for part in parts]
    return tuple((letters, surnames[number]) for number, letters in squeezed_forms(surnames))


@lru_cache(maxsize=_MOST_REMEMBERED)
def _words_of(spellings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for full in spellings for word in full.split())


def find_surnames(
    squeezed: Squeezed,
    starts: bytes,
    ends: bytes,
    text: str,
    persons: list[Person],
    taken: list[tuple[int, int]],
) -> list[Bearers]:
    """Return each surname that stands alone, with the persons already met who bear it.

    It is in doubt if there are several of them, or if somebody unknown with the same surname came before.
    Inside the spans that are `taken` by names, none is looked for.
    """
    known: dict[str, list[_Surname]] = defaultdict(list)
    for person in persons:
        for letters, spelling in _surname_forms(person.name_id, person.spellings):
            known[letters].append(_Surname(spelling, person))
    owners = [
        sorted(bearers, key=lambda one: one.person.met_at)[:_MOST_BEARERS] for bearers in known.values()
    ]
    places = [
        (int(squeezed.offsets[first]), int(squeezed.offsets[last - 1]) + 1, number)
        for number, first, last in _places_of(list(known), squeezed.letters)
        if starts[first] and ends[last]
    ]
    strangers: dict[int, int] = {}
    for start, _, number in places:
        if number not in strangers and _has_other_given_name(text, start, owners[number]):
            strangers[number] = start
    hits = (
        _bearers(text, start, end, owners[number], start > strangers.get(number, len(text)))
        for start, end, number in places
        if not _is_within(start, end, taken)
    )
    return list(_leftmost_longest(hits))


def _is_within(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    position = bisect_right(spans, (start, sys.maxsize))
    return position > 0 and end <= spans[position - 1][1]


def _places_of(forms: list[str], letters: str) -> Iterable[tuple[int, int, int]]:
    """Return (number of the form, first letter, letter after the last) wherever one stands, by its end."""
    if len(forms) > _MOST_SOUGHT_SINGLY:
        automaton = ahocorasick_rs.AhoCorasick(forms, store_patterns=False)
        return automaton.find_matches_as_indexes(letters, overlapping=True)
    return sorted(
        (
            (number, place, place + len(form))
            for number, form in enumerate(forms)
            for place in _all(letters, form)
        ),
        key=lambda found: found[2],
    )


def _all(letters: str, form: str) -> Iterator[int]:
    place = letters.find(form)
    while place >= 0:
        yield place
        place = letters.find(form, place + 1)


def surnames_of(full_name: str) -> Iterator[str]:
    """Yield what may stand alone for a person: each ending of the name, or a family name in front."""
    words = split_title(full_name).name.split()
    if len(words) < 2:
        return
    if words[0].lower() in _FAMILY_NAME_FIRST and len(words) < 4 and _is_east_asian(words):
        yield words[0]
        return
    for position in range(1, len(words)):
        if len(words[-1].strip(".")) >= _FEWEST_LETTERS:
            yield " ".join(words[position:])


def _is_east_asian(words: list[str]) -> bool:
    # Bruce Lee, Jackie Chan and Lee Harvey Oswald show why the family name alone does not decide.
    return "-" in words[1] or len(words) == 3 or words[1].lower() not in _FAMILY_NAME_FIRST


def _bearers(text: str, start: int, end: int, owners: list[_Surname], met_stranger: bool) -> Bearers:
    seen = text[start:end]
    met = [one.person for one in owners if one.person.met_at <= start and agrees(seen, one.spelling)]
    met = [person for person in met if _stands_alone(text, start, end, person)]
    names = tuple(dict.fromkeys(person.name_id for person in met))
    return Bearers(start, end, names, met_stranger or len(names) > 1)


def _has_other_given_name(text: str, start: int, owners: list[_Surname]) -> bool:
    """Tell whether a surname follows the given name of somebody else (Ismail Darvand, not the poet)."""
    before = word_before(text, start)
    if not (before.isalpha() and before.istitle()) or text[start - 1] == "-":
        return False
    if any(before in _words_of(one.person.spellings) for one in owners):
        return False
    if is_title_word(before) or is_organisation_word(before) or is_place(before):
        return False
    if starts_sentence(text, start - 1 - len(before)) and not is_given_name(before):
        return False
    place = start - 1 - len(before)
    return not any(_is_harmless(text, place, before, one.person) for one in owners)


def _stands_alone(text: str, start: int, end: int, person: Person) -> bool:
    """Tell whether the words around a surname make no other name of it (not Barbara Bush)."""
    if in_capitals(text, start, end) and bare(text[start:end]) in FUNCTION_WORDS:
        return False
    before, after = word_before(text, start), word_after(text, end)
    if after[:1].isupper() and bare(after) not in CALENDAR_WORDS and not in_capitals(text, start, end):
        return False
    if not before[:1].isupper() or in_capitals(text, start, end) or is_title_word(before):
        return True
    if before.endswith((".", ",")) and len(bare(before)) > 1:
        return True
    return _is_harmless(text, start - 1 - len(before), before, person)


def _is_harmless(text: str, place: int, before: str, person: Person) -> bool:
    """Tell whether a capitalised word before a surname is no other given name."""
    if bare(before) in CALENDAR_WORDS or before in _words_of(person.spellings):
        return True
    if before.endswith(("ian", "ish", "ese", "can")) or before in ("U.S.", "US", "French", "German"):
        return True
    return starts_sentence(text, place) and bare(before) in FUNCTION_WORDS


def _leftmost_longest(found: Iterable[Bearers]) -> Iterator[Bearers]:
    last_end = -1
    for hit in sorted((hit for hit in found if hit.names), key=lambda hit: (hit.start, -hit.end)):
        if hit.start >= last_end:
            yield hit
            last_end = hit.end
