"""Find who said what: quoted words, their speaker, and what tells so.

Words between quotation marks count as a quotation if something attributes them to somebody, or if they are
whole sentences. Titles of films and meetings, and single words used with distance, are left out.
"""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Final

from archive.names.attribution import MASK, Attribution, attribution_after, attribution_before
from archive.names.matcher import Match
from archive.names.quote_marks import Paragraph, Quoted, find_quoted, split_paragraphs
from archive.names.speakers import (
    PRONOUNS,
    Cast,
    Speaker,
    clause_start,
    resolve_pronoun,
    resolve_role,
    sentence_start,
    speaking_name,
)
from archive.names.vocabulary import load_words

__all__ = ["Quote", "find_quotes"]

DIRECT: Final = "direct"
INDIRECT: Final = "indirect"
FRAGMENT: Final = "fragment"

_OPENING_MARKS: Final = "\"“”„«»‹‘'’＂`"
_TITLE_CUES: Final = load_words("title_cues")
_DESCRIPTION_END: Final = re.compile(
    r"\s+(?:who|which|whose|that|today|yesterday|also|later|on \w+day|\w{3,}ing|\w{4,}ed|said|told|says"
    r"|was|were|is|has|had|would|will)\b|[,(¤]"
)
_NAMING: Final = load_words("naming_verbs")
_SMALL_WORDS: Final = load_words("small_words") | {"a", "an", "at", "from", "with"}
_FEWEST_WORDS_ALONE: Final = 4
_LONGEST_TITLE_WORDS: Final = 8
_LONGEST_ATTRIBUTION_CHARS: Final = 300
_SENTENCE_MARKS: Final = (".", "!", "?", "…", ",", "—", "-")


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted words without their marks, and the mention that names the speaker best.

    Kind is direct (a speaker's own sentence), indirect (words inside reported speech) or fragment (words that
    the speaker uses for something: called it "naive"). Where no speaker is known the speaker fields are None
    and empty; a pronoun that could not be resolved stands as it is. Via names an agency that passed words on.
    """

    start: int
    end: int
    text: str
    kind: str
    speaker_start: int | None
    speaker_end: int | None
    speaker_text: str
    name_id: Hashable | None
    verb: str
    confidence: float
    reason: str
    via: str = ""


def find_quotes(text: str, matches: Iterable[Match] = ()) -> list[Quote]:
    """Return the quotations of a story in order, without overlap.

    Matches are the registered names that Matcher.find gave for the same text. Offsets are indexes into the
    text. Time is linear in its length.
    """
    if not _has_marks(text):
        return []
    return list(_Reader(text, matches).read())


def _has_marks(text: str) -> bool:
    return any(mark in text for mark in _OPENING_MARKS)


class _Reader:
    """Read the quotations of one story from front to back, remembering who spoke."""

    def __init__(self, text: str, matches: Iterable[Match]):
        self.text = text
        self.paragraphs: list[Paragraph] = split_paragraphs(text)
        self.spans = [quoted for quoted in find_quoted(text, self.paragraphs) if quoted.depth == 0]
        self.masked = _masked(text, self.spans)
        self.cast = Cast(self.masked, matches)
        self.said: list[Speaker] = []
        self.quotes: list[Quote] = []

    def read(self) -> list[Quote]:
        for number, quoted in enumerate(self.spans):
            quote = self._quote(number, quoted)
            if quote:
                self.quotes.append(quote)
        return self.quotes

    def _quote(self, number: int, quoted: Quoted) -> Quote | None:
        content = self.text[quoted.start : quoted.end].strip()
        if not any(letter.isalpha() for letter in content):
            return None
        is_whole = self._is_whole(quoted, content)
        attribution = self._attribution(number, quoted, content, is_whole)
        if self._is_title(quoted, content, is_whole, attribution):
            return None
        if attribution:
            speaker = self._speaker(attribution)
            kind = _kind(is_whole, attribution)
            return self._made(quoted, kind, speaker, attribution)
        if is_whole and not content[:1].islower():
            return self._made(quoted, DIRECT, self._speaker_before(number, quoted), None)
        subject = self._subject(quoted) if len(content.split()) >= _FEWEST_WORDS_ALONE else None
        return self._made(quoted, FRAGMENT, subject, None) if subject else None

    def _is_whole(self, quoted: Quoted, content: str) -> bool:
        """Tell a sentence of the speaker's from words inside a sentence of the reporter's."""
        before = self.masked[max(0, quoted.outer_start - 3) : quoted.outer_start].rstrip()
        opens = content[:1].isupper() or content[:1].isdigit() or not before or before[-1] in ":,"
        closes = content.rstrip("'’”\"").endswith(_SENTENCE_MARKS) or not quoted.is_closed
        closes = closes or self.text[quoted.outer_end : quoted.outer_end + 1] in (",", ".", "?", "!")
        starts = quoted.outer_start == self.paragraphs[quoted.paragraph].start or before.endswith(
            (".", ":", ",", MASK)
        )
        return (
            opens
            and closes
            and (starts or (len(content.split()) >= _FEWEST_WORDS_ALONE and content[:1].isupper()))
        )

    def _attribution(self, number: int, quoted: Quoted, content: str, is_whole: bool) -> Attribution | None:
        after = None
        if not content.endswith(".") or content.endswith("..") or not is_whole:
            after = attribution_after(
                self.masked, quoted.outer_end, self._limit(number, quoted), not is_whole
            )
        before = attribution_before(self.masked, quoted.outer_start, is_whole)
        if is_whole or (after and after.where == "second hand"):
            return after or before
        if before and after and before.is_weak:
            return after
        return before or after

    def _limit(self, number: int, quoted: Quoted) -> int:
        end = self.paragraphs[quoted.paragraph].end
        following = self.spans[number + 1].outer_start if number + 1 < len(self.spans) else end
        return min(end, following)

    def _is_title(
        self, quoted: Quoted, content: str, is_whole: bool, attribution: Attribution | None
    ) -> bool:
        """Tell names of works and meetings, and words used with distance, from quotations."""
        words = re.findall(r"[\w'’-]+", content)
        is_named = words[0][:1].isupper() and all(w[:1].isupper() or w in _SMALL_WORDS for w in words)
        is_said = is_whole and attribution is not None
        if is_named and not (is_said and content.endswith(_SENTENCE_MARKS)):
            return True
        if not is_said and len(words) <= _LONGEST_TITLE_WORDS and (is_named or attribution is None):
            before = self.masked[max(0, quoted.outer_start - 30) : quoted.outer_start].split()
            if before and before[-1].strip(",").lower() in _TITLE_CUES:
                return True
        if len(words) == 1 and not is_whole:
            return attribution is None or attribution.is_weak
        return False

    def _speaker(self, attribution: Attribution) -> Speaker | None:
        phrase = self.masked[attribution.start : attribution.end].strip()
        first = phrase.split()[0].strip(",") if phrase else ""
        if first.lower() in PRONOUNS:
            return self._for_pronoun(first, attribution)
        if name := speaking_name(self.masked, self.cast, attribution.start, attribution.end):
            return Speaker(
                name.start, name.end, name.text, name.name_id, 0.9, f"“{attribution.verb}” goes with the name"
            )
        return self._for_description(phrase, attribution)

    def _for_pronoun(self, pronoun: str, attribution: Attribution) -> Speaker:
        place = attribution.start
        if attribution.via:  # in "the agency quoted him" the agency is not him
            place = clause_start(self.masked, place)
        found = resolve_pronoun(self.masked, self.cast, pronoun, place, self.said)
        end = attribution.start + len(pronoun)
        return found or Speaker(attribution.start, end, pronoun, None, 0.4, f"“{pronoun}” is left open")

    def _for_description(self, phrase: str, attribution: Attribution) -> Speaker | None:
        short = _DESCRIPTION_END.split(phrase)[0].strip()
        if not short:
            return None
        start = self.masked.find(short, attribution.start)
        role = resolve_role(self.masked, short, self.said, self.cast, attribution.start)
        reason = f"“{attribution.verb}” goes with the description"
        return role or Speaker(
            start, start + len(short), self.text[start : start + len(short)], None, 0.6, reason
        )

    def _speaker_before(self, number: int, quoted: Quoted) -> Speaker | None:
        """Return who spoke before, for a quotation that says itself nothing of its speaker."""
        last = self.quotes[-1] if self.quotes else None
        if last and last.speaker_start is not None and self._goes_on(last, quoted):
            reason = "the quotation goes on from the one before"
            return Speaker(
                last.speaker_start, last.speaker_end or 0, last.speaker_text, last.name_id, 0.7, reason
            )
        start = sentence_start(self.masked, max(0, quoted.outer_start - 1))
        found = speaking_name(self.masked, self.cast, start, quoted.outer_start)
        if found and found.is_person is not False:
            return Speaker(
                found.start, found.end, found.text, found.name_id, 0.5, "the sentence before is about them"
            )
        return None

    def _subject(self, quoted: Quoted) -> Speaker | None:
        """Return the person whom the sentence around some quoted words is about."""
        start = clause_start(self.masked, quoted.outer_start)
        words = self.masked[start : quoted.outer_start].split(maxsplit=1)
        if words and words[0].lower() in ("he", "she"):
            found = resolve_pronoun(self.masked, self.cast, words[0], start, self.said)
            return found and found._replace(confidence=0.4)
        name = speaking_name(self.masked, self.cast, start, quoted.outer_start)
        if not name or not (name.is_person or name.text.split()[-1] in self.cast.persons):
            return None
        reason = "the sentence is about them"
        return Speaker(name.start, name.end, name.text, name.name_id, 0.4, reason)

    def _goes_on(self, last: Quote, quoted: Quoted) -> bool:
        """Tell whether only an attribution, or the end of a paragraph, parts two quotations."""
        if quoted.outer_start - last.end > _LONGEST_ATTRIBUTION_CHARS:
            return False
        return self.masked.count("\n\n", last.end, quoted.outer_start) <= 1

    def _made(
        self, quoted: Quoted, kind: str, speaker: Speaker | None, attribution: Attribution | None
    ) -> Quote:
        start, end = _stripped(self.text, quoted.start, quoted.end)
        if speaker:
            self.said.append(speaker)
        return Quote(
            start,
            end,
            self.text[start:end],
            kind,
            speaker.start if speaker else None,
            speaker.end if speaker else None,
            self.text[speaker.start : speaker.end] if speaker else "",
            speaker.name_id if speaker else None,
            attribution.verb if attribution else "",
            speaker.confidence if speaker else 0.3,
            speaker.reason if speaker else "whole sentences in quotation marks, speaker open",
            attribution.via if attribution else "",
        )


def _kind(is_whole: bool, attribution: Attribution) -> str:
    if is_whole:
        return DIRECT
    return FRAGMENT if attribution.verb in _NAMING or attribution.is_weak else INDIRECT


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _masked(text: str, spans: list[Quoted]) -> str:
    """Blank out quoted words; a full stop before a closing mark stays, since a sentence may end there."""
    parts, place = [], 0
    for quoted in spans:
        inside = text[quoted.outer_start : quoted.outer_end]
        ends = quoted.is_closed and text[quoted.end - 1 : quoted.end] in (".", "!", "?")
        parts += [text[place : quoted.outer_start], MASK * (len(inside) - 2 * ends) + (". " if ends else "")]
        place = quoted.outer_end
    return "".join(parts) + text[place:]
