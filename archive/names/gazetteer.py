"""Look words up: places of the time-zone data and of our own list, given names, peoples."""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from archive.names.vocabulary import load_words

DEMONYMS: Final = load_words("demonyms")
PLACE_WORDS: Final = load_words("place_words")
EVENT_WORDS: Final = load_words("event_words")
SPEECH_VERBS: Final = load_words("speech_verbs")

_MOST_REMEMBERED: Final = 20_000
_GIVEN_NAMES: Final = load_words("given_names")
_OTHER_PLACES: Final = frozenset(name.replace("_", " ") for name in load_words("places"))


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_place(name: str) -> bool:
    """Tell whether a name is a country, state, region or large city."""
    return name.lower().strip(".").replace("’", "'") in _places()


def is_given_name(word: str) -> bool:
    """Tell whether a word is a common given name."""
    return word.lower() in _GIVEN_NAMES


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_demonym(word: str) -> bool:
    """Tell whether a word is a nationality, faith or party (Iranian, Catholic), alone or in a compound."""
    parts = word.lower().split("-")
    return any(part in DEMONYMS or part.removesuffix("s") in DEMONYMS for part in parts)


@cache
def _places() -> frozenset[str]:
    return _OTHER_PLACES | frozenset(name.lower().replace("’", "'") for name in _time_zone_places())


def _time_zone_places() -> Iterator[str]:
    """Yield countries from iso3166.tab and cities from zone.tab, as tzdata ships them."""
    zones = resources.files("tzdata") / "zoneinfo"
    for line in _rows((zones / "iso3166.tab").read_text(encoding="utf-8")):
        yield line[1].partition(" (")[0].replace(" & ", " and ")
    for line in _rows((zones / "zone.tab").read_text(encoding="utf-8")):
        yield line[2].rpartition("/")[2].replace("_", " ")


def _rows(table: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
