"""Datelines: the place, and sometimes the day and the agency, before the first sentence.

    TEHRAN -   GENEVA/VIENNA --   LONDON (Agency) —   PARIS, Feb 26 -   Portland, Ore., Feb 26 (Agency) -

A place in capitals is a dateline by itself; one in small letters only with a day or an agency beside it,
since "Oil prices - already high - rose" begins the same way. After the dash must come a sentence: a capital,
a figure or an opening quotation mark.
"""

import re
from datetime import date
from difflib import get_close_matches
from typing import Final, NamedTuple

from .record import ParseWarning
from .timestamps import MONTH_NAMES, MONTH_PATTERN, read_month_day

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
# A day within a dateline of any shape, and the year where one is printed.
_ANY_DAY: Final = re.compile(rf"\b(?P<day>{_DAY})\b(?:,?\s+(?P<year>\d{{4}})\b)?", re.IGNORECASE)
# What may be a day whose month is misspelt: a word beside one or two figures.
_WORD_BY_FIGURES: Final = re.compile(
    r"(?<!\w)(?:(?P<before>[A-Za-z]{5,10})\.?\s+\d\d?|\d\d?\s+(?P<after>[A-Za-z]{5,10}))(?!\w)"
)
# "Febuary" and "Septmber" are this close to their months; shorter words, such as "Mary", prove nothing.
_LEAST_ALIKE: Final = 0.8
_PLACE_CHARACTERS: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[\s'’‘`ʻʼ.,/\u200c\u0300-\u036f-])*")
_SENTENCE_START: Final = re.compile(r"[\s\"'“”‘’«»„(\[¿¡$€£-]*(.)", re.DOTALL)


class Dateline(NamedTuple):
    """Hold a dateline's parts.

    printed       as printed, without the dash
    place         in normal case: "TEHRAN" is "Tehran", "Portland, Ore." stays
    month_day     (2, 26), or None if it has no day
    agency        what stands in brackets, "" if nothing does
    opening       what it takes up of the paragraph, dash and spaces included
    misspelt      what looks like a month misspelt, where no month was found
    """

    printed: str
    place: str
    month_day: tuple[int, int] | None
    agency: str
    opening: str
    misspelt: str = ""


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
    if len(printed) > MAX_DATELINE_CHARS:
        return None
    match, misspelt = _PARTS.fullmatch(printed), ""
    if match is None:
        misspelt, mended = _mend_month(printed)
        match = _PARTS.fullmatch(mended) if misspelt else None
    if match is None:
        return None
    place, agency = match["place"].strip().rstrip(","), match["agency"] or ""
    month_day = read_month_day(match["day_before"] or match["day_after"] or "")
    if not _is_place(place, has_evidence=bool(agency or month_day)):
        return None
    return Dateline(printed, normal_case(place), None if misspelt else month_day, agency, printed, misspelt)


def _mend_month(printed: str) -> tuple[str, str]:
    """Return a word that looks like a month misspelt, and the dateline with that month; "" if none does."""
    for found in _WORD_BY_FIGURES.finditer(printed):
        group = "before" if found["before"] else "after"
        word = found[group]
        for month in get_close_matches(word.lower(), MONTH_NAMES, 1, _LEAST_ALIKE):
            return word, printed[: found.start(group)] + month.capitalize() + printed[found.end(group) :]
    return "", printed


def misspelt_month(dateline: Dateline) -> ParseWarning:
    """Return the warning for a dateline whose month is misspelt: its day is not guessed."""
    message = f"“{dateline.misspelt}” in the dateline looks like a month misspelt; its day stays empty."
    return ParseWarning("dateline_month_misspelt", message)


def day_of(printed: str, near: date | None) -> date | None:
    """Return the day that a dateline names; without a printed year, that of the year nearest to `near`.

    None if it names no day, or one that does not exist in any of these years.
    """
    match = _ANY_DAY.search(printed)
    month_day = read_month_day(match["day"]) if match else None
    if month_day is None:
        return None
    if match["year"]:
        return _make_day(int(match["year"]), *month_day)
    if near is None:
        return None
    days = (_make_day(near.year + step, *month_day) for step in (-1, 0, 1))
    return min((day for day in days if day), key=lambda day: abs(day - near), default=None)


def _make_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


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
