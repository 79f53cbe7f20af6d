"""Find the words that attribute a quotation: the verb, its subject, and through whom the words came.

All searching is done in a masked copy of the text in which quoted words are blanked out, inside one sentence
and within a bounded reach.
"""

import re
from typing import Final, NamedTuple

from archive.names.speakers import clause_start, sentence_start
from archive.names.vocabulary import load_words

MASK: Final = "¤"
_SPEECH: Final = load_words("speech_verbs")
_WIDER: Final = load_words("attribution_verbs")
_NAMING: Final = load_words("naming_verbs")
_VERB_PATTERN: Final = "|".join(sorted(_SPEECH | _WIDER, key=len, reverse=True))
_VERB: Final = re.compile(rf"(?<![-\w])(?:{_VERB_PATTERN})\b")
_SPEECH_PATTERN: Final = "|".join(sorted(_SPEECH, key=len, reverse=True))
_ADVERB: Final = r"(?:\w+ly |also |then |later |once |had |has |have |would |today |himself |herself )*"
_REACH_CHARS: Final = 300
_SUBJECT_CHARS: Final = 160

_VERB_FIRST: Final = re.compile(rf"[\s,—–-]*{_ADVERB}(?P<verb>{_VERB_PATTERN})\b(?! by\b)(?P<subject>[^¤]*)")
_SUBJECT_FIRST: Final = re.compile(
    rf"[\s,—–-]*(?P<subject>[^¤;:]{{1,{_SUBJECT_CHARS}}}?),? {_ADVERB}"
    rf"(?P<verb>{_SPEECH_PATTERN}|laughed|smiled|joked|read)\b"
)
_LATER: Final = re.compile(
    rf"[,¤] (?P<subject>[^¤,;:]{{1,80}}(?:, [^¤,;:]{{1,80}},)?) {_ADVERB}(?P<verb>{_SPEECH_PATTERN})\b"
)
_ACCORDING: Final = re.compile(r"\b[Aa]ccording to (?P<subject>[^¤,.;]{1,120})")
_QUOTED_AS: Final = re.compile(
    r"(?P<via>[^¤]{0,120}?)\b(?P<verb>quoted|quotes|cited|cites|reported) (?P<subject>[^¤]{1,120}?)"
    r" as (?:saying|telling|having said)\b"
)
_WAS_QUOTED: Final = re.compile(
    r"(?P<subject>[^¤]{1,120}?) (?:was|were|is|are|has been|had been) (?P<verb>quoted|cited)"
    r"(?: (?:by|in) (?P<via>[^¤]{1,80}?))? as (?:saying|telling|having said)\b(?: by (?P<by>[^¤.,;]{1,80}))?"
)
_STOP: Final = re.compile(
    r"[.;:(¤]|, (?:who|which|whose|adding|when|while|and|but|as|referring)\b"
    r"|\b(?:on|in|during|after|before|when|while|as|told|here|today|yesterday|with|by|to|from|at|about|last|that)\b"
)
_LEAD: Final = re.compile(
    r"(?:[\s,—–-]|\b(?:and|but|that|when|while|however|meanwhile|then|later|also|earlier|yet|so|as|if|because|still"
    r"|though|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)+",
    re.IGNORECASE,
)
_APPOSITION: Final = re.compile(
    r"\s*(?:the|a|an|who|which|whose|his|her|their|its|one|former|then|aged|\d+|speaking|asked)\b"
)
_NEVER_SUBJECT: Final = re.compile(
    r"^(?:and|or|of|in|on|at|to|by|with|from|is|was|were|are|that|which|for|as|if)\b", re.IGNORECASE
)
_VERBAL_NOUN: Final = re.compile(
    r"\b(?:the|a|an|his|her|its|their|this|that|to|not be|without|be|been|being) \Z"
)
_LAST_PRONOUN: Final = re.compile(
    r"\b(?P<subject>[Hh]e|[Ss]he|[Ii]t|[Tt]hey) (?:\w+ly |also |then |later |had |has )*\Z"
)
_COORDINATED: Final = re.compile(r"\s*[a-z][^A-Z]* .*\b(?:and|but|then)\s*\Z", re.DOTALL)
_AS_PUT: Final = re.compile(r",? as (?P<subject>[^¤.;]{1,100}?),? (?P<verb>put|called|described) it\b")
_WHAT: Final = re.compile(r"\bwhat (?P<subject>[^,¤]{2,60}) \Z")


class Attribution(NamedTuple):
    """Where the words for the speaker stand, the verb, the agency that passed the words on, and the place."""

    start: int
    end: int
    verb: str
    via: str
    where: str

    @property
    def is_weak(self) -> bool:
        """Tell whether the verb attributes whole sentences at best, not single words (agreed, wanted)."""
        return self.verb in _WIDER - _NAMING


def attribution_after(masked: str, start: int, limit: int, mid_sentence: bool) -> Attribution | None:
    """Read ", he said", "said Odile Farahani" or "IRNA quoted him as saying" right after a quotation.

    If mid_sentence, the quotation is part of a longer sentence whose end may hold ", the ministry said".
    """
    clause_end = min(limit, start + _REACH_CHARS, _sentence_end(masked, start))
    clause = masked[start:clause_end]
    if found := _QUOTED_AS.match(clause) or _WAS_QUOTED.match(clause):
        return _second_hand(found, start)
    if found := _AS_PUT.match(clause):
        return _trimmed(masked, *_span(found, start), found["verb"], "after")
    if found := _VERB_FIRST.match(clause):
        stop = _STOP.search(found["subject"])
        end = start + found.start("subject") + (stop.start() if stop else len(found["subject"]))
        return _trimmed(masked, start + found.start("subject"), end, found["verb"], "after")
    rest = masked[start : min(start + _REACH_CHARS, _sentence_end(masked, start))]
    if mid_sentence and not clause.startswith(",") and (found := _LATER.search(rest)):
        return _trimmed(masked, *_span(found, start), found["verb"], "after")
    if (found := _SUBJECT_FIRST.match(clause)) and not _NEVER_SUBJECT.match(found["subject"]):
        return _trimmed(masked, *_span(found, start), found["verb"], "after")
    if mid_sentence and (found := _LATER.search(rest)):
        return _trimmed(masked, *_span(found, start), found["verb"], "after")
    if found := _ACCORDING.search(clause):
        return _trimmed(masked, *_span(found, start), "according to", "after")
    return None


def attribution_before(masked: str, start: int, is_whole: bool) -> Attribution | None:
    """Read "the minister said:", "she told reporters that" or "IRNA quoted him as saying" before a quotation.

    If is_whole, the quotation is a sentence of its own and the verb must stand close to it.
    """
    begin = clause_start(masked, start)
    if not masked[begin:start].strip() and masked[max(0, begin - 5) : begin].rstrip().endswith(":"):
        begin = sentence_start(masked, begin)  # a paragraph that announces the next one: "He told reporters:"
    begin = max(begin, start - _REACH_CHARS)
    clause = masked[begin:start]
    if (found := _WAS_QUOTED.search(clause) or _QUOTED_AS.search(clause)) and len(clause) - found.end() < 80:
        return _second_hand(found, begin)
    verbs = [found for found in _VERB.finditer(clause) if not _VERBAL_NOUN.search(clause[: found.start()])]
    verbs = [found for found in verbs if found[0] in _SPEECH] or verbs
    if verbs and (not is_whole or _is_close(clause[verbs[-1].end() :])):
        verb = verbs[-1]
        subject = _subject_left(masked, begin, begin + verb.start())
        if subject:
            return Attribution(*subject, verb[0], "", "before")
    if found := _ACCORDING.search(clause):
        return _trimmed(masked, *_span(found, begin), "according to", "before")
    return None


def _is_close(link: str) -> bool:
    """Tell whether the words after a verb lead up to a quotation: a colon, a comma, or very few words."""
    return link.rstrip().endswith((":", ",")) or len(link.split()) <= 4


def _second_hand(found: re.Match[str], offset: int) -> Attribution:
    groups = found.groupdict()
    via = (groups.get("via") or groups.get("by") or "").strip(" ,")
    lead = _LEAD.match(via)
    via = via[lead.end() :] if lead else via
    start, end = _span(found, offset)
    lead = _LEAD.match(found["subject"])
    return Attribution(
        start + (lead.end() if lead else 0), end, f"{found['verb']} as saying", via, "second hand"
    )


def _span(found: re.Match[str], offset: int) -> tuple[int, int]:
    return offset + found.start("subject"), offset + found.end("subject")


def _trimmed(masked: str, start: int, end: int, verb: str, where: str) -> Attribution | None:
    lead = _LEAD.match(masked, start, end)
    start = lead.end() if lead else start
    while end > start and masked[end - 1] in " ,—–-\n":
        end -= 1
    return Attribution(start, end, verb, "", where) if start < end else None


def _subject_left(masked: str, begin: int, end: int) -> tuple[int, int] | None:
    """Return the subject before a verb: the last part between commas that is no apposition."""
    if found := _LAST_PRONOUN.search(masked[begin:end]) or _WHAT.search(masked[begin:end]):
        return _span(found, begin)
    parts = _comma_parts(masked, begin, end)
    if len(parts) > 1 and _COORDINATED.match(masked[slice(*parts[-1])]):
        found = _trimmed(masked, begin, end, "", "")  # The captain, Karel Vodnik, came and said
        return found and (found.start, found.end)
    for number in range(len(parts) - 1, -1, -1):
        start, stop = parts[number]
        part = masked[start:stop]
        if not part.strip(" ,¤\n") or (number and _is_apposition(masked, parts, number)):
            continue
        follows = masked[stop : stop + 1] == ","
        trimmed = _trimmed(masked, start, end if follows else stop, "", "")
        if trimmed:
            return trimmed.start, trimmed.end
    return None


def _is_apposition(masked: str, parts: list[tuple[int, int]], number: int) -> bool:
    """Tell a description between commas from a subject: something follows it before the verb."""
    closes = number + 1 < len(parts) and not masked[slice(*parts[-1])].strip(" ,\n")
    return closes and bool(
        _APPOSITION.match(masked, parts[number][0], parts[number][1]) or number == len(parts) - 2
    )


def _comma_parts(masked: str, begin: int, end: int) -> list[tuple[int, int]]:
    cuts = [found.start() for found in re.finditer(r",(?!\d)|¤+| --? |—|;|:", masked[begin:end])]
    ends = [found.end() for found in re.finditer(r",(?!\d)|¤+| --? |—|;|:", masked[begin:end])]
    starts = [begin] + [begin + place for place in ends]
    stops = [begin + place for place in cuts] + [end]
    return list(zip(starts, stops, strict=True))


_END: Final = re.compile(r"[.!?](?=[\"”’')\]]*(?:\s+[A-Z\"“«¤(]|\s*$))|\n\s*\n")
_ABBREVIATED: Final = re.compile(
    r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Lt|Col|Gov|St|Prof|U\.S|U\.N|No|Corp|Inc|Co|Ltd))\Z"
)


def _sentence_end(masked: str, start: int) -> int:
    for found in _END.finditer(masked, start, start + _REACH_CHARS):
        if not _ABBREVIATED.search(masked[max(start, found.start() - 6) : found.start()]):
            return found.start()
    return start + _REACH_CHARS
