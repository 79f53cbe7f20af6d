"""Sign-off codes: who reported and who edited, as AA/BB at the very end of a story."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from .record import EDITED, REPORTED, Credit, ParseWarning

MAX_CODES: Final = 4
# Where the end of a long line is looked at; the longest sign-off is 19 characters and some spaces.
TAIL_CHARS: Final = 60

# Capitals that end a transmission and are nobody's code.
END_MARKS: Final = frozenset(("END", "ENDS", "MORE", "STOP"))

_CODES: Final = r"[A-Z]{1,4}(?:[ \t]?/[ \t]?[A-Z]{1,4}){0,3}"
_ALONE: Final = re.compile(rf"[ \t]*(?P<codes>{_CODES})[ \t]*")
_TOO_MANY: Final = re.compile(r"[ \t]*[A-Z]{1,4}(?:[ \t]?/[ \t]?[A-Z]{1,4}){4,}[ \t]*")
# Only after a finished sentence: "..., said NATO/EU" is no sign-off.
_AFTER_SENTENCE: Final = re.compile(rf"[.!?…][)\]\"'”’»]*[ \t]+(?P<codes>{_CODES})[ \t]*\Z")


class SignOff(NamedTuple):
    """Hold a sign-off as printed and where it stands in the line it was found in."""

    printed: str
    start: int
    end: int


def find_sign_off(line: str) -> SignOff | None:
    """Find the sign-off that is, or ends, the last line of a story."""
    match = _ALONE.fullmatch(line) if len(line) <= TAIL_CHARS else None
    offset = 0
    if match is None:
        offset = max(0, len(line) - TAIL_CHARS)
        match = _AFTER_SENTENCE.search(line[offset:])
    if match is None or match["codes"] in END_MARKS:
        return None
    return SignOff(match["codes"], match.start("codes") + offset, match.end("codes") + offset)


def has_too_many_codes(line: str) -> bool:
    """Tell whether `line` is a row of codes longer than any sign-off; it is then nobody's."""
    return _TOO_MANY.fullmatch(line) is not None


def split_codes(printed: str) -> tuple[str, ...]:
    """Split "AA/BB" into its codes, in order."""
    return tuple(code.strip() for code in printed.split("/") if code.strip())


def credit_codes(codes: tuple[str, ...]) -> tuple[Credit, ...]:
    """Give each code its role; a code that repeats in the same role is kept once."""
    return tuple(dict.fromkeys(map(Credit, codes, roles_of(codes))))


def roles_of(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the role that each place gives: first reported, last edited, nothing said between."""
    last = len(codes) - 1
    return tuple(REPORTED if place == 0 else EDITED if place == last else "" for place in range(len(codes)))


def iter_sign_off_warnings(codes: tuple[str, ...]) -> Iterator[ParseWarning]:
    """Yield a warning for each code that stands in the sign-off more than once."""
    for code in dict.fromkeys(codes):
        if codes.count(code) > 1:
            yield ParseWarning("sign_off_repeated", f"The code {code} stands in the sign-off more than once.")
