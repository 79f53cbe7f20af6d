"""Propose names that nobody has registered yet, each with its kind and the evidence for it.

Two passes over a story: every run of words that looks like a name is judged by itself, then the mentions of
one name in the story lend each other their evidence, and a surname takes that of the full name.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Final, Protocol

from archive.names.casing import CasingStatistics, Line, split_lines
from archive.names.gazetteer import is_place
from archive.names.kinds import Evidence, Story, decide, evidence_for
from archive.names.recognisers import Proposal, Recogniser, merged_with
from archive.names.runs import Run, find_runs

__all__ = ["CasingStatistics", "Proposal", "propose"]

_SHARED_WEIGHT: Final = 0.5
_SHARED_REASON: Final = "other mentions in the story speak for it"


class Span(Protocol):
    """Anything with a place in the text, such as a Match."""

    start: int
    end: int


def propose(
    text: str,
    known: Iterable[Span] = (),
    statistics: CasingStatistics | None = None,
    recogniser: Recogniser | None = None,
) -> list[Proposal]:
    """Return the mentions of names in a text that do not overlap known ones, in order.

    Statistics are those of the whole collection; without them the text's own stand in. Confidence runs from 0
    to 1 and is meant for ranking. A recogniser, if the operator has one, decides the kinds of the names it
    finds and adds those that the rules miss.
    """
    lines = split_lines(text)
    statistics = statistics or _statistics_of(lines)
    taken = sorted((match.start, match.end) for match in known)
    runs = find_runs(text, statistics, lines)
    judged = _share([evidence_for(run, Story(text, statistics)) for run in runs], runs)
    proposals = [_proposal(text, run, evidence) for run, evidence in zip(runs, judged, strict=True)]
    if recogniser:
        proposals = merged_with(proposals, recogniser(text), text)
    return [proposal for proposal in proposals if not _overlaps(proposal, taken)]


def _statistics_of(lines: list[Line]) -> CasingStatistics:
    statistics = CasingStatistics()
    statistics.update_lines(lines)
    return statistics


def _proposal(text: str, run: Run, evidence: list[Evidence]) -> Proposal:
    kind, confidence = decide(evidence)
    reasons = dict.fromkeys(reason for own_kind, _, reason in evidence if own_kind == kind)
    return Proposal(run.start, run.end, text[run.start : run.end], kind, round(confidence, 2), tuple(reasons))


def _share(judged: list[list[Evidence]], runs: list[Run]) -> list[list[Evidence]]:
    """Lend every mention of a name the evidence of the others."""
    strongest: dict[str, dict[str, float]] = defaultdict(dict)
    for run, evidence in zip(runs, judged, strict=True):
        of_name = strongest[_key(run)]
        for kind, weight, _ in evidence:
            of_name[kind] = max(weight, of_name.get(kind, 0.0))
    lent = {
        key: [Evidence(kind, _SHARED_WEIGHT * weight, _SHARED_REASON) for kind, weight in weights.items()]
        for key, weights in strongest.items()
    }
    surnames = _surnames(runs, judged)
    return [
        evidence + (_from_full_name(run, surnames) or lent[_key(run)])
        for run, evidence in zip(runs, judged, strict=True)
    ]


def _key(run: Run) -> str:
    return " ".join(word.text for word in run.words).lower()


def _surnames(runs: list[Run], judged: list[list[Evidence]]) -> dict[str, str]:
    """Return for the last words of persons' full names those names."""
    full = [
        [word.text for word in run.words]
        for run, evidence in zip(runs, judged, strict=True)
        if len(run.words) > 1 and decide(evidence)[0] == "person"
    ]
    return {words[-1].lower(): " ".join(words) for words in full}


def _from_full_name(run: Run, surnames: dict[str, str]) -> list[Evidence]:
    key = _key(run)
    if len(run.words) > 1 or key not in surnames or is_place(key):
        return []
    return [Evidence("person", 3.0, f"the story names “{surnames[key]}”")]


def _overlaps(proposal: Proposal, taken: list[tuple[int, int]]) -> bool:
    """Tell whether a proposal shares a letter with a taken span; those are sorted and disjoint."""
    position = bisect_left(taken, (proposal.end,))
    return position > 0 and taken[position - 1][1] > proposal.start
