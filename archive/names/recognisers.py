"""Let a trained model help to propose names, where the operator has installed one."""

from collections.abc import Callable
from typing import Final, NamedTuple

_SPACY_KINDS: Final = {
    "PERSON": "person", "PER": "person", "ORG": "organisation", "EVENT": "event",
    "GPE": "place", "LOC": "place", "FAC": "place",
}  # fmt: skip


class Proposal(NamedTuple):
    """A mention of an unregistered name. Kind is person, organisation, place, event or other."""

    start: int
    end: int
    text: str
    kind: str
    confidence: float
    evidence: tuple[str, ...]


class Found(NamedTuple):
    """A name that a recogniser sees: its place and kind, and the recogniser's own name."""

    start: int
    end: int
    kind: str
    source: str


Recogniser = Callable[[str], list[Found]]


def load_spacy(model: str) -> Recogniser:
    """Return a recogniser that asks an installed spaCy model, such as "en_core_web_sm".

    Raises ImportError if spaCy is not installed and OSError if the model is not.
    """
    import spacy

    pipeline = spacy.load(model, disable=["parser", "lemmatizer"])

    def recognise(text: str) -> list[Found]:
        entities = pipeline(text).ents
        kinds = ((entity, _SPACY_KINDS.get(entity.label_)) for entity in entities)
        return [Found(entity.start_char, entity.end_char, kind, model) for entity, kind in kinds if kind]

    return recognise


def merged_with(proposals: list[Proposal], found: list[Found], text: str) -> list[Proposal]:
    """Unite the proposals of the rules with what a recogniser sees; its kind counts where both agree."""
    of_span = {(one.start, one.end): one for one in found}
    merged = [_agreed(proposal, of_span.pop((proposal.start, proposal.end), None)) for proposal in proposals]
    letters = {place for proposal in proposals for place in range(proposal.start, proposal.end)}
    added = [one for one in of_span.values() if letters.isdisjoint(range(one.start, one.end))]
    merged += [
        Proposal(one.start, one.end, text[one.start : one.end], one.kind, 0.5, (f"{one.source} sees it",))
        for one in added
    ]
    return sorted(merged)


def _agreed(proposal: Proposal, found: Found | None) -> Proposal:
    if not found:
        return proposal
    evidence = (f"{found.source} sees it",)
    if found.kind == proposal.kind:
        evidence += proposal.evidence
    return proposal._replace(kind=found.kind, confidence=max(proposal.confidence, 0.7), evidence=evidence)
