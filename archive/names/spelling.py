"""Say which letters a registered spelling is found by, and whether what stands in a text agrees with it."""

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Final

from archive.names.squeeze import APOSTROPHES, HYPHENS, SPACES, squeeze

_SEPARATORS: Final = re.compile(f"[{re.escape(HYPHENS + SPACES)}]+")
_WIDEST_GAP_CHARS: Final = 3
_FEWEST_JOINED_LETTERS: Final = 6
_SHORT_NAME_LETTERS: Final = 3
_INITIAL: Final = re.compile(r"\b([A-Z]) ")
_RECORD_END: Final = "\x00"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a registered name. Kind is person, organisation, place, event or other."""

    text: str
    name_id: Hashable
    kind: str
    is_acronym: bool = False

    @property
    def is_case_sensitive(self) -> bool:
        """Tell whether the letters must stand exactly so: acronyms and spellings all in capitals."""
        return self.is_acronym or (len(self.text) > 1 and self.text.isupper())


def squeezed_forms(spellings: list[Spelling]) -> Iterator[tuple[int, str]]:
    """Yield (position, letters) for each way a spelling can stand in a squeezed text, without repetition."""
    written = [
        (number, form)
        for number, spelling in enumerate(spellings)
        for form in _with_and_without_dots(spelling)
    ]
    if not written:
        return
    # All at once: the array work costs as much for one spelling as for ten thousand.
    squeezed = squeeze(_RECORD_END.join(form.replace(_RECORD_END, " ") for _, form in written)).letters
    seen = set()
    for (number, _), letters in zip(written, squeezed.split(_RECORD_END), strict=True):
        if letters and (number, letters) not in seen:
            seen.add((number, letters))
            yield number, letters


def _with_and_without_dots(spelling: Spelling) -> Iterator[str]:
    text = spelling.text.strip()
    yield text
    if "." in text:
        yield text.replace(".", "")
    elif spelling.is_case_sensitive and text.isalpha() and len(text) <= 5:
        yield ".".join(text)
        yield ".".join(text) + "."
    elif " " in text and (dotted := _INITIAL.sub(r"\1. ", text)) != text:
        yield dotted


def agrees(seen: str, spelling: Spelling) -> bool:
    """Tell whether a piece of text with the letters of a spelling is really that spelling."""
    if not _gaps_are_small(seen) or _is_other_possessive(seen, spelling.text):
        return False
    if spelling.is_case_sensitive:
        return _letters(seen) == _letters(spelling.text)
    written, found = _SEPARATORS.split(spelling.text.strip()), _SEPARATORS.split(seen)
    if len(written) != len(found):
        return _may_be_joined(written, found)
    if len(written) == 1 and len(seen) <= _SHORT_NAME_LETTERS and seen.isupper() != spelling.text.isupper():
        return False
    return all(_has_its_capital(word, model) for word, model in zip(found, written, strict=True))


def _gaps_are_small(seen: str) -> bool:
    return all(
        len(gap) <= _WIDEST_GAP_CHARS and gap.count("\n") < 2 and "\u2014" not in gap
        for gap in _SEPARATORS.findall(seen)
    )


def _is_other_possessive(seen: str, text: str) -> bool:
    """Tell "Iran's" from a name "Irans": the letters agree, the apostrophe does not."""
    return seen[-2:-1] in tuple(APOSTROPHES) and text[-2:-1] not in tuple(APOSTROPHES)


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def _may_be_joined(written: list[str], found: list[str]) -> bool:
    """Tell whether words written apart may be one name: long enough, and each with a capital."""
    if sum(map(len, found)) < _FEWEST_JOINED_LETTERS or min(map(len, found)) < 2:
        return False
    return _has_its_capital(found[0], written[0]) and all(_has_its_capital(word, "A") for word in found[1:])


def _has_its_capital(word: str, model: str) -> bool:
    """Tell whether a word has a capital where its model has one; scripts without case always agree."""
    return not model[:1].isupper() or not word[:1].islower()
