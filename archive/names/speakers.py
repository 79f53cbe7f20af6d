"""Say who is meant by the words before or after a verb of saying: a name, a pronoun, "the minister"."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate, takewhile
from typing import Final, NamedTuple

from archive.names.casing import CasingStatistics, Line, split_lines
from archive.names.context import starts_sentence, word_after
from archive.names.gazetteer import SPEECH_VERBS, is_demonym, is_place
from archive.names.matcher import Match
from archive.names.runs import find_runs
from archive.names.titles import bare, is_organisation_word, is_title_modifier, is_title_word
from archive.names.vocabulary import load_words

PRONOUNS: Final = frozenset(["he", "she", "it", "they", "we", "i", "who", "him", "her", "them"])
_PERSONAL: Final = frozenset(["he", "she", "him", "her", "who"])

_SENTENCE_END: Final = re.compile(
    r"[.!?][\"”’')\]]*(?=\s+[\"“‘'(]?[A-Z0-9«¤]|\s*$)|\n\s*\n|[\"”]\s+(?=[A-Z])"
)
_OBLIQUE: Final = re.compile(
    r"(?:^|[\s,])(?:of|for|at|from|in|by|with|to|near|against|about|on|under|than|between|and of|outside|told"
    r"|tells)(?: the| its| his| her| their| a| an)?\s+\Z"
)
_PAPERS: Final = load_words("papers")
_DESCRIBED: Final = re.compile(
    rf"(?<!\w)(?P<who>(?:[Aa]n?|[Tt]he|[Oo]ne) [^,.;:¤]{{2,60}}?) (?:{'|'.join(sorted(SPEECH_VERBS))})\b"
)
_NEXT_WORD: Final = re.compile(r"[ -](\w+)")
_AFTER_NAME: Final = re.compile(r"['’](?:s\b|(?=\s))")
_TITLE_MODIFIERS: Final = frozenset(["managing", "executive", "chief", "senior", "vice", "deputy", "acting"])
_STAFF: Final = load_words("staff_words")
_ARTICLE: Final = re.compile(
    r"(?:the|a|an|one|another|some|many|most|several|two|three|this|that|his|her|its)\b", re.IGNORECASE
)

_RELATION: Final = re.compile(r"\b(?:of|for|at|in|with|from|to|on|by|against|near|\w{3,}ing)\b")
_TITLE_REACH_CHARS: Final = 30
_REACH_CHARS: Final = 600
_SENTENCES_BACK: Final = 6
_SPEAKERS_BACK: Final = 12
_ROLE_CONTEXT_CHARS: Final = 90
_ROLE_REACH_CHARS: Final = 6_000


class Name(NamedTuple):
    """A name in the story, registered or not; is_person is None if nothing tells."""

    start: int
    end: int
    text: str
    name_id: Hashable | None
    is_person: bool | None


class Speaker(NamedTuple):
    """Who speaks: the mention that names them best, and how that was found."""

    start: int
    end: int
    text: str
    name_id: Hashable | None
    confidence: float
    reason: str


class Cast:
    """The registered names of a story and, between them, words that look like names.

    Lines are parted, and each is looked through, when they are asked for: most stories quote in a few of
    theirs, and most speakers are registered.
    """

    def __init__(self, text: str, matches: Iterable[Match]):
        self._text = text
        self._known = sorted(matches, key=lambda match: match.start)
        self._known_starts = [match.start for match in self._known]
        self._names_of_line: dict[int, list[Name]] = {}

    @cached_property
    def _lines(self) -> list[Line]:
        return split_lines(self._text)

    @cached_property
    def _line_ends(self) -> list[int]:
        return list(accumulate(len(line.text) for line in self._lines))

    @cached_property
    def _statistics(self) -> CasingStatistics:
        statistics = CasingStatistics()
        statistics.update_lines(self._lines, with_company=False)
        return statistics

    def find_registered(self, start: int) -> Name | None:
        """Return the registered name that begins at a place, without looking through the line."""
        number = bisect_left(self._known_starts, start)
        is_there = number < len(self._known) and self._known_starts[number] == start
        return _registered(self._known[number]) if is_there else None

    @cached_property
    def surnames(self) -> frozenset[str]:
        """The last words of names that are more than the capital which begins a sentence."""
        proven = (
            name for name in self._all() if name.is_person or not starts_sentence(self._text, name.start)
        )
        return frozenset(name.text.split()[-1] for name in proven)

    @cached_property
    def persons(self) -> frozenset[str]:
        """The last words of persons' names."""
        return frozenset(name.text.split()[-1] for name in self._all() if name.is_person)

    def _all(self) -> list[Name]:
        return self.between(0, len(self._text))

    def between(self, start: int, end: int) -> list[Name]:
        """Return the names that begin in a span, in order."""
        first, last = bisect_right(self._line_ends, start), bisect_left(self._line_ends, end)
        names = [name for number in range(first, last + 1) for name in self._line(number)]
        return [name for name in names if start <= name.start < end]

    def _line(self, number: int) -> list[Name]:
        if number >= len(self._lines):
            return []
        if number not in self._names_of_line:
            self._names_of_line[number] = sorted(self._read_line(number))
        return self._names_of_line[number]

    def _read_line(self, number: int) -> Iterator[Name]:
        end = self._line_ends[number]
        start = end - len(self._lines[number].text)
        first, last = bisect_left(self._known_starts, start), bisect_left(self._known_starts, end)
        yield from map(_registered, self._known[first:last])
        # One more before: a name may go on over the end of a line.
        taken = [(match.start, match.end) for match in self._known[max(0, first - 1) : last]]
        for run in find_runs(self._text, self._statistics, [self._lines[number]]):
            if not _overlaps(run.start, run.end, taken):
                words = [word.text for word in run.words]
                yield Name(run.start, run.end, self._text[run.start : run.end], None, _is_person(words))

    def before(self, place: int, reach: int = _REACH_CHARS) -> list[Name]:
        """Return the names that begin before a place, within reach."""
        return self.between(max(0, place - reach), place)


def _registered(match: Match) -> Name:
    is_person = match.kind == "person" if match.kind else None
    return Name(match.start, match.end, match.text, match.name_id, is_person)


def _overlaps(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    position = bisect_right(taken, (end,))
    return position > 0 and taken[position - 1][1] > start


def _is_person(words: list[str]) -> bool | None:
    if is_place(" ".join(words)) or any(map(is_organisation_word, words)):
        return False
    return True if len(words) > 1 and not words[0].isupper() else None


def speaking_name(text: str, cast: Cast, start: int, end: int) -> Name | None:
    """Return the first name in a span that stands by itself (not Iran's, of Oslo, IAEA officials).

    A span that begins with an article speaks of a name only at the end of its first part, or right after
    that: "the author Karel Vodnik", "a foreman, Karel Vodnik, ...".
    """
    article = _ARTICLE.match(text, start, end)
    first = None if article else cast.find_registered(_next_word(text, start))
    if (
        first
        and first.start < end
        and first.name_id is not None
        and not _is_modifier(text, first, start, end)
    ):
        return first
    names = [name for name in cast.between(start, end) if name.name_id is not None or not _is_people(name)]
    if article:
        comma = text.find(",", start, end)
        part_end = comma if comma >= 0 else end
        names = [name for name in names if _is_described(text, name, article.end(), part_end)]
    return next((name for name in names if not _is_modifier(text, name, start, end)), None)


def _is_people(name: Name) -> bool:
    return is_demonym(name.text.split()[-1])


def _is_described(text: str, name: Name, begin: int, part_end: int) -> bool:
    """Tell whether the words from an article on describe this name, not somebody beside it."""
    if name.start > part_end:
        return name.start <= part_end + _TITLE_REACH_CHARS
    ends_part = not text[name.end : part_end].strip()
    return ends_part and not _RELATION.search(text[begin : name.start])


def _is_modifier(text: str, name: Name, start: int, end: int) -> bool:
    if _AFTER_NAME.match(text, name.end, name.end + 3):
        return True
    if _OBLIQUE.search(text[max(start, name.start - 14) : name.start]):
        return True
    following = _NEXT_WORD.match(text, name.end, end)
    if following is None:
        return False
    return is_title_word(following[1]) or following[1] in _STAFF or following[1] in _TITLE_MODIFIERS


def resolve_pronoun(
    text: str, cast: Cast, pronoun: str, place: int, earlier: list[Speaker]
) -> Speaker | None:
    """Return whom a pronoun stands for: the subject of the nearest sentence that has a fitting one."""
    wants_person = pronoun.lower() in _PERSONAL
    if not wants_person and pronoun.lower() != "it":
        return None
    end = place
    for _ in range(_SENTENCES_BACK):
        start = sentence_start(text, end)
        found = (
            _speaker_in(earlier, start, end, pronoun)
            or _described_in(text, start, end, pronoun)
            or _named_in(text, cast, start, end, pronoun)
        )
        if found:
            return found
        if start <= 0:
            break
        end = start
    return None


def _speaker_in(earlier: list[Speaker], start: int, end: int, pronoun: str) -> Speaker | None:
    near = (one for one in reversed(earlier[-_SPEAKERS_BACK:]) if start <= one.start < end)
    found = next((one for one in near if _fits(one.text, pronoun)), None)
    return found and found._replace(confidence=0.7, reason=f"“{pronoun}” is the speaker before")


def _fits(words: str, pronoun: str) -> bool:
    """Tell whether a pronoun can stand for a speaker: not he for a statement, not it for a spokesman."""
    last = bare(words.split()[-1])
    if last in PRONOUNS:
        return False
    return (last not in _PAPERS) if pronoun.lower() in _PERSONAL else not is_title_word(last)


def _described_in(text: str, start: int, end: int, pronoun: str) -> Speaker | None:
    """Return somebody unnamed who says something in a sentence: "a company spokesman said"."""
    for found in _DESCRIBED.finditer(text, start, end):
        words = found["who"]
        if _fits(words, pronoun) and (bare(words.split()[-1]) in _STAFF or is_title_word(words.split()[-1])):
            reason = f"“{pronoun}” is the one who spoke before"
            return Speaker(found.start("who"), found.end("who"), words, None, 0.6, reason)
    return None


def _named_in(text: str, cast: Cast, start: int, end: int, pronoun: str) -> Speaker | None:
    if bare(text[start:end].split(maxsplit=1)[0] if text[start:end].strip() else "") == pronoun.lower():
        return None  # the sentence has the same subject, named further back
    name = _subject_of(text, cast, start, end, pronoun.lower() in _PERSONAL)
    if name is None:
        return None
    reason = f"“{pronoun}” is the one named before"
    return Speaker(name.start, name.end, name.text, name.name_id, 0.7, reason)


def _subject_of(text: str, cast: Cast, start: int, end: int, wants_person: bool) -> Name | None:
    """Return the name in a sentence that a pronoun may stand for: who says something there, or the first."""
    names = [name for name in cast.between(start, end) if not _is_modifier(text, name, start, end)]
    names.sort(key=lambda name: bare(word_after(text, name.end)) not in SPEECH_VERBS)
    if wants_person:
        sure = [name for name in names if name.is_person]
        unsure = [name for name in names if name.is_person is None and _may_be_surname(text, cast, name)]
        return next(iter(sure + unsure), None)
    return next((name for name in names if not name.is_person), None)


def _may_be_surname(text: str, cast: Cast, name: Name) -> bool:
    """Tell a surname from a word that only begins a sentence: it is registered, or stands inside one too."""
    if name.name_id is not None:
        return True
    if name.text.isupper() or is_demonym(name.text):
        return False
    return not starts_sentence(text, name.start) or name.text.split()[-1] in cast.surnames


def sentence_start(text: str, end: int) -> int:
    """Return where the sentence begins that holds the last word before a place."""
    while end and text[end - 1].isspace():
        end -= 1
    return clause_start(text, end)


def clause_start(text: str, place: int) -> int:
    """Return where the sentence begins that a place is in; the place itself if one begins there."""
    begin = max(0, place - _REACH_CHARS)
    ends = (found.end() for found in _SENTENCE_END.finditer(text, begin, min(len(text), place + 2)))
    starts = [start for start in (_next_word(text, end) for end in ends) if start <= place]
    starts = [start for start in starts if starts_sentence(text, start)]
    return starts[-1] if starts else begin


def _next_word(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def resolve_role(text: str, role: str, earlier: list[Speaker], cast: Cast, place: int) -> Speaker | None:
    """Return whom "the minister" stands for: a person introduced so, if there is just one."""
    head = bare(role.split()[-1]) if role.split() else ""
    if not head or head.endswith("s") or not re.match(r"(?:the|this|that)\b", role, re.IGNORECASE):
        return None
    said = [one for one in earlier[-_SPEAKERS_BACK:] if head in _context(text, one.start, one.end)]
    if said:
        return said[-1]._replace(confidence=0.65, reason=f"“{role}” is the speaker before")
    near = (name for name in cast.before(place, _ROLE_REACH_CHARS) if name.is_person)
    named = {name.text.split()[-1]: name for name in near if head in _context(text, name.start, name.end)}
    if len(named) == 1:
        name = next(iter(named.values()))
        reason = f"“{role}” is introduced with that title"
        return Speaker(name.start, name.end, name.text, name.name_id, 0.6, reason)
    return None if named else _only_speaker(role, head, earlier)


def _only_speaker(role: str, head: str, earlier: list[Speaker]) -> Speaker | None:
    """Return the one person who has spoken so far, if there is only one."""
    surnames = {one.text.split()[-1] for one in earlier[-_SPEAKERS_BACK:] if one.text.strip()}
    if head in _STAFF | _PAPERS or len(surnames) != 1 or not earlier[-1].text[:1].isupper():
        return None
    return earlier[-1]._replace(confidence=0.5, reason=f"nobody but “{earlier[-1].text}” has spoken yet")


def _context(text: str, start: int, end: int) -> list[str]:
    """Return the words of the title before a name and of the description after it."""
    before = text[max(0, start - 40) : start].split()
    title = list(takewhile(lambda word: is_title_word(word) or is_title_modifier(word), reversed(before)))
    after = re.split(r"[.;\n]", text[end : end + _ROLE_CONTEXT_CHARS])[0]
    described = after if after.startswith(",") else ""
    return re.findall(r"\w+", f"{' '.join(title)} {text[start:end]} {described}".lower())
