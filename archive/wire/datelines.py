"""Datelines: the place, and sometimes the day and the agency, before the first sentence.

    TEHRAN -   GENEVA/VIENNA --   LONDON (Agency) —   PARIS, Feb 26 -   Portland, Ore., Feb 26 (Agency) -

A place in capitals is a dateline by itself; one in small letters only with a day or an agency beside it,
since "Oil prices - already high - rose" begins the same way. After the dash must come a sentence: a capital,
a figure or an opening quotation mark.
"""

import re
from typing import Final, NamedTuple

from .timestamps import MONTH_PATTERN, read_month_day

MAX_DATELINE_CHARS: Final = 100
MAX_PLACE_WORDS: Final = 6

# Printed like a place before a dash, but not a place.
NOT_PLACES: Final = frozenset(
    (
        "ADVISORY", "ALERT", "ANALYSIS", "ATTENTION", "BREAKING", "BRIEF", "BULLETIN", "COMMENT",
        "CORRECTED", "CORRECTION", "EDITORIAL", "EU", "EXCLUSIVE", "EXPLAINER", "FACTBOX", "FEATURE",
        "FIFA", "FLASH", "GRAPHIC", "HIGHLIGHTS", "IAEA", "IMF", "INTERVIEW", "KILL", "NATO",
        "NEWSMAKER", "NOTE", "OPEC", "OPINION", "PREVIEW", "PROFILE", "REFILE", "REVIEW", "SNAPSHOT",
        "TIMELINE", "UEFA", "UN", "UNESCO", "UNICEF", "UPDATE", "URGENT", "WHO", "WITHDRAWN", "WTO",
        "WRAPUP",
    )
)  # fmt: skip
# Words inside a place's name that keep small letters.
PARTICLES: Final = frozenset(
    (
        "al", "am", "an", "au", "aux", "da", "das", "de", "del", "der", "des", "do", "dos", "du", "el",
        "en", "es", "la", "las", "le", "les", "los", "of", "on", "sul", "sur", "the", "upon", "und", "y",
    )
)  # fmt: skip
KEPT_CAPITALS: Final = frozenset(("DC", "UAE", "UK", "UN", "US", "USA"))

_SEPARATOR: Final = re.compile(r"\s+[-–—]+(?:\s+|$)|\s*(?:--+|[–—])(?:\s*|$)|\s+-(?=\S)|(?<=[\s\w.)])-\s+")
_DAY: Final = rf"{MONTH_PATTERN}\s+\d\d?|\d\d?\s+{MONTH_PATTERN}"
_YEAR: Final = r"(?:,?\s+\d\d\d\d)?"
_PARTS: Final = re.compile(
    r"(?P<place>[^()\d]{2,80}?)"
    rf"(?:,?\s+(?P<day_before>{_DAY}){_YEAR})?"
    r"(?:,?\s*\((?P<agency>[^()]{2,40})\))?"
    rf"(?:,?\s+(?P<day_after>{_DAY}){_YEAR})?,?",
    re.IGNORECASE,
)
_PLACE_CHARACTERS: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[\s'’‘`ʻʼ.,/\u200c\u0300-\u036f-])*")
_SENTENCE_START: Final = re.compile(r"[\s\"'“”‘’«»„(\[¿¡$€£-]*(.)", re.DOTALL)


class Dateline(NamedTuple):
    """Hold a dateline's parts.

    printed       as printed, without the dash
    place         in normal case: "TEHRAN" is "Tehran", "Portland, Ore." stays
    month_day     (2, 26), or None if it has no day
    agency        what stands in brackets, "" if nothing does
    opening       what it takes up of the paragraph, dash and spaces included
    """

    printed: str
    place: str
    month_day: tuple[int, int] | None
    agency: str
    opening: str


def find_dateline(paragraph: str) -> Dateline | None:
    """Find the dateline that opens `paragraph`, if one does."""
    head = paragraph[: MAX_DATELINE_CHARS + 20]
    # A hyphen may stand in the place itself ("SHARM EL- SHEIKH"), so the second dash gets its chance.
    for separator in list(_SEPARATOR.finditer(head))[:2]:
        printed = head[: separator.start()]
        if len(printed) > MAX_DATELINE_CHARS or not _starts_sentence(paragraph[separator.end() :][:40]):
            continue
        dateline = parse_dateline(printed)
        if dateline:
            return dateline._replace(opening=head[: separator.end()])
    return None


def parse_dateline(printed: str) -> Dateline | None:
    """Take apart a dateline that stands alone, with or without its dash; None if it is none."""
    printed = printed.strip().rstrip("-–— ")
    match = _PARTS.fullmatch(printed) if len(printed) <= MAX_DATELINE_CHARS else None
    if match is None:
        return None
    place, agency = match["place"].strip().rstrip(","), match["agency"] or ""
    month_day = read_month_day(match["day_before"] or match["day_after"] or "")
    if not _is_place(place, has_evidence=bool(agency or month_day)):
        return None
    return Dateline(printed, normal_case(place), month_day, agency, printed)


def _starts_sentence(rest: str) -> bool:
    match = _SENTENCE_START.match(rest)
    return match is None or not match[1].islower()


def _is_place(place: str, *, has_evidence: bool) -> bool:
    words = place.replace("/", " ").split()
    if not 1 <= len(words) <= MAX_PLACE_WORDS or not _PLACE_CHARACTERS.fullmatch(place):
        return False
    city = place.split(",")[0]
    if len(re.findall(r"[^\W\d_]", city)) < 2 or city.replace(".", "") in NOT_PLACES:
        return False
    if not all(word[0].isupper() or word.lower() in PARTICLES or not word[0].isalpha() for word in words):
        return False
    return has_evidence or re.sub(r"\b(?:Ma?c|De|La|O)(?=[’']?[A-Z])", "", city).isupper()


def normal_case(place: str) -> str:
    """Write a place printed in capitals the usual way: "PORT-AU-PRINCE" is "Port-au-Prince".

    Words with small letters stay as they are, and so do abbreviations ("D.C.", "USA") and two-letter states
    after a comma.
    """
    city, comma, region = place.partition(",")
    words = _WORD.sub(lambda match: _normal_word(match[0], first=match.start() == 0), city)
    if not comma:
        return words
    return words + comma + _WORD.sub(
        lambda match: match[0] if len(match[0]) <= 2 else _normal_word(match[0], first=True), region
    )  # fmt: skip


_WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u200c]|\.(?=\w)|['’‘`ʻʼ](?=\w))*\.?")


def _normal_word(word: str, *, first: bool) -> str:
    if word.startswith("Mc") and word[2:].isupper():
        return word[:3] + word[3:].lower()
    if not word.isupper() or word in KEPT_CAPITALS or re.fullmatch(r"(?:\w\.){2,}|\w\.", word):
        return word
    small = word.replace("İ", "i").lower()
    if small in PARTICLES and not first:
        return small
    # N'Djamena and L'Aquila, but Sana'a and Cox's
    if re.match(r"\w['’]\w", small):
        return word[0] + small[1] + word[2] + small[3:]
    return word[0] + small[1:]
