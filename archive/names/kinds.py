"""Weigh what speaks for a name being a person, an organisation, a place or an event."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from archive.names.casing import ACRONYM, CAPITAL, PERSON, PLACE, CasingStatistics
from archive.names.context import word_after, word_before
from archive.names.gazetteer import EVENT_WORDS, PLACE_WORDS, SPEECH_VERBS, is_given_name, is_place
from archive.names.runs import Run, is_people
from archive.names.titles import bare, is_organisation_word, is_title_word
from archive.names.vocabulary import load_words

KINDS: Final = ("person", "organisation", "place", "event", "other")

_COMPANY_ENDINGS: Final = load_words("company_endings")
_BELONGINGS: Final = load_words("belongings")
_RIVALRY: Final = load_words("rivalry_words")
_PLACE_FRONTS: Final = frozenset(
    ["mount", "mt", "lake", "cape", "port", "fort", "san", "santa", "saint", "st", "gulf"]
)
_INSIDE: Final = frozenset(["in", "near", "outside", "around", "throughout", "across", "into", "inside"])
_PLACE_SHARE: Final = 0.3
_INITIAL: Final = re.compile(r"(?:[A-Z]\.)+")
_AGE: Final = re.compile(r", \d{1,2}(?:,| )")
_APPOSITION: Final = re.compile(r",? (?:the |a |an |its |his |her |their )?((?:[\w.'’-]+ ){0,4}[\w.'’-]+)")
_COUNTRY_IN_BRACKETS: Final = re.compile(r" ?\(")
_FIGURE_NEXT: Final = re.compile(r"(?:\s|,)?\s*\d+(?![\d,]*\.?\d* (?:percent|pct|million))")
_REACH_CHARS: Final = 90


class Evidence(NamedTuple):
    """One reason for a kind: how much it weighs, and a sentence a person can read."""

    kind: str
    weight: float
    reason: str


class Story(NamedTuple):
    """What the judges may look at."""

    text: str
    statistics: CasingStatistics


def evidence_for(run: Run, story: Story) -> list[Evidence]:
    """Return all evidence that a run and the words around it give."""
    return [evidence for judge in _JUDGES for evidence in judge(run, story)]


def decide(evidence: list[Evidence]) -> tuple[str, float]:
    """Return the kind with the most weight, and its share of all weight."""
    totals: dict[str, float] = defaultdict(float)
    for kind, weight, _ in evidence:
        totals[kind] += weight
    if not totals:
        return "other", 0.0
    kind = max(totals, key=lambda kind: totals[kind])
    return kind, totals[kind] / (sum(totals.values()) + 1)


def _words(run: Run) -> list[str]:
    return [word.text for word in run.words]


def _judge_title(run: Run, story: Story) -> Iterator[Evidence]:
    before = word_before(story.text, run.start)
    if before and is_title_word(before) and bare(before) not in ("general", "chief") and not run.in_capitals:
        yield Evidence("person", 2.5, f"the title “{before}” stands before it")


def _judge_given_name(run: Run, story: Story) -> Iterator[Evidence]:
    words = _words(run)
    if 2 <= len(words) <= 4 and is_given_name(words[0]) and not is_place(" ".join(words)):
        yield Evidence("person", 2.0, f"“{words[0]}” is a given name")
    elif (
        2 <= len(words) <= 4
        and _INITIAL.fullmatch(words[0])
        and len(words[0]) <= 4
        and not is_place(words[0])
    ):
        yield Evidence("person", 2.0, "it begins with initials")
    elif len(words) == 1 and is_given_name(words[0]) and not is_place(words[0]):
        yield Evidence("person", 0.4, f"“{words[0]}” is a given name")


def _judge_shape(run: Run, story: Story) -> Iterator[Evidence]:
    words = _words(run)
    if 2 <= len(words) <= 3 and all(word[:1].isupper() and not word[1:2].isupper() for word in words):
        yield Evidence("person", 1.0, "it has the length and capitals of a person's name")
    elif len(words) == 1:
        yield Evidence("person", 0.3, "one word alone is most often a surname")
    if len(words) > 3:
        yield Evidence("organisation", 0.8, "it is long for a person's name")


def _judge_speech(run: Run, story: Story) -> Iterator[Evidence]:
    after = word_after(story.text, run.end)
    if bare(after) in _BELONGINGS:
        yield Evidence("organisation", 1.5, f"it is followed by “{after}”")
    if bare(after) in SPEECH_VERBS:
        yield Evidence("person", 1.2, f"it is followed by “{after}”")


def _judge_apposition(run: Run, story: Story) -> Iterator[Evidence]:
    ahead = story.text[run.end : run.end + _REACH_CHARS]
    if _AGE.match(ahead):
        yield Evidence("person", 2.0, "an age follows")
    elif ahead.startswith(", ") and (found := _APPOSITION.match(ahead)):
        title = next((word for word in found[1].split() if is_title_word(word) and word.islower()), None)
        if title:
            yield Evidence("person", 1.5, f"“{title}” follows as a description")
    elif _COUNTRY_IN_BRACKETS.match(ahead) and len(run.words) > 1:
        place = ahead.partition("(")[2].partition(")")[0].strip()
        if is_place(place):
            yield Evidence("person", 2.0, f"the country “{place}” follows in brackets")


def _judge_organisation_words(run: Run, story: Story) -> Iterator[Evidence]:
    words = _words(run)
    if bare(words[-1]) in _COMPANY_ENDINGS and len(words) > 1:
        yield Evidence("organisation", 4.0, f"“{words[-1]}” ends company names")
    found = next((word for word in words if is_organisation_word(word)), None)
    if found and not is_place(" ".join(words)):
        yield Evidence("organisation", 3.0, f"“{found}” names a kind of organisation")


def _judge_acronym(run: Run, story: Story) -> Iterator[Evidence]:
    words = _words(run)
    letters = words[0].replace(".", "")
    if len(words) > 1 or run.in_capitals or is_place(words[0]) or not 2 <= len(letters) <= 6:
        return
    if letters.isupper() or letters.replace("&", "").isupper():
        yield Evidence("organisation", 2.0, "it is written as an acronym")


def _judge_company_of_brackets(run: Run, story: Story) -> Iterator[Evidence]:
    found = re.match(r" ?\(([A-Z.&]{2,8})\)", story.text[run.end : run.end + 14])
    if found and len(run.words) > 1:
        yield Evidence("organisation", 1.5, f"its abbreviation “{found[1]}” follows in brackets")


def _judge_place(run: Run, story: Story) -> Iterator[Evidence]:
    words = _words(run)
    name = " ".join(words)
    if is_place(name) or is_place(name.replace("-", " ")):
        yield Evidence("place", 3.0, "it is in the list of places")
    elif len(words) > 1 and words[-1].lower() in PLACE_WORDS:
        yield Evidence("place", 2.5, f"“{words[-1]}” names a kind of place")
    elif len(words) > 1 and bare(words[0]) in _PLACE_FRONTS:
        yield Evidence("place", 1.5, f"“{words[0]}” begins names of places")
    elif len(words) == 2 and words[0].lower() in (
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "central",
    ):
        yield Evidence("place", 2.0, f"“{words[0]}” begins names of places")


def _judge_preposition(run: Run, story: Story) -> Iterator[Evidence]:
    before = word_before(story.text, run.start).lower()
    if before in _INSIDE:
        yield Evidence("place", 1.5, f"“{before}” stands before it")
    elif before in ("at", "from", "to"):
        yield Evidence("place", 0.5, f"“{before}” stands before it")
    elif before == "the" and len(run.words) == 1:
        yield Evidence("organisation", 1.0, "“the” stands before it")


def _judge_statistics(run: Run, story: Story) -> Iterator[Evidence]:
    word = run.words[-1].text
    seen = story.statistics.count(CAPITAL, word) + story.statistics.count(ACRONYM, word)
    if seen < 2:
        return
    if len(run.words) == 1 and story.statistics.count(PLACE, word) / seen > _PLACE_SHARE:
        yield Evidence("place", 1.5, "the collection often writes “in” before it")
    if story.statistics.count(PERSON, word) / seen > _PLACE_SHARE:
        yield Evidence("person", 1.2, "the collection often writes a title or a given name before it")


def _judge_event(run: Run, story: Story) -> Iterator[Evidence]:
    words = _words(run)
    if words[-1].lower() in EVENT_WORDS:
        yield Evidence("event", 5.0, f"“{words[-1]}” names a kind of event")
    elif is_people(words[-1]) or (is_people(words[0]) and not any(map(is_organisation_word, words))):
        yield Evidence("other", 2.0, "it contains a nationality or faith")


def _judge_rivalry(run: Run, story: Story) -> Iterator[Evidence]:
    """Take cities that win and lose, and those with a figure after them in a table, for clubs."""
    name = " ".join(_words(run))
    before, after = word_before(story.text, run.start).lower(), word_after(story.text, run.end).lower()
    rival = next((word for word in (before, after) if word in _RIVALRY), None)
    if rival:
        yield Evidence("organisation", 1.5, f"“{rival}” beside it tells of a contest")
    if _FIGURE_NEXT.match(story.text, run.end, run.end + _REACH_CHARS) and len(run.words) < 3:
        weight = 1.0 if is_place(name) else 1.5
        yield Evidence("organisation", weight, "a figure follows, as in a table of results")


_Judge = Callable[[Run, Story], Iterator[Evidence]]
_JUDGES: Final[tuple[_Judge, ...]] = (
    _judge_title,
    _judge_given_name,
    _judge_shape,
    _judge_speech,
    _judge_apposition,
    _judge_organisation_words,
    _judge_acronym,
    _judge_company_of_brackets,
    _judge_place,
    _judge_preposition,
    _judge_statistics,
    _judge_event,
    _judge_rivalry,
)
