"""Reads one article as the archive understands it now: names, quotes, proposals. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from archive.desk.read_ahead import NOTHING, Ahead
from archive.desk.tagging import BODY, HEADLINE, KnownNames, find_names
from archive.desk.titles_held import find_title
from archive.models import Article, Entity, Mention, Quote, Verdict
from archive.models.names import NAME_CHARS
from archive.names.candidates import CasingStatistics, propose
from archive.names.folding import fold
from archive.names.matcher import Match
from archive.names.quotes import find_quotes

# What the machine is less sure of than this would only fill the queue.
LEAST_CONFIDENCE: Final = 0.25
_EVIDENCE_SENTENCES: Final = 4
BY_HAND: Final = "by hand"


class FoundMention(NamedTuple):
    """A mention as it should be; compares equal to the row that says the same, but for `registered_id`."""

    part: str
    start: int
    end: int
    text: str
    entity_id: int
    how: str
    title: str = ""


class FoundCandidate(NamedTuple):
    """A proposed name in one article."""

    text: str
    start: int
    times: int
    kind: str
    confidence: float
    evidence: tuple[str, ...]


@dataclass
class Decided:
    """What people decided about one article: verdicts, and the rows that they made or confirmed."""

    meanings: list[Verdict] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)


class Reading(NamedTuple):
    """What stands in an article. `registered` says for each mention whose spelling it is.

    `taken` are the places of registered names in the body, in doubt or not, where nothing is proposed.
    """

    article: Article
    mentions: set[FoundMention]
    registered: dict[FoundMention, int]
    quotes: list[Quote]
    kept: list[Mention]
    kept_quotes: list[Quote]
    taken: list[Match]


def read_article(
    article: Article, known: KnownNames, decided: Decided | None = None, ahead: Ahead = NOTHING
) -> Reading:
    """Read an article. What was decided by hand stays wherever its words still stand.

    `ahead` may hold what another process has read of its text already.
    """
    decided = decided or Decided()
    read = ahead.find_names(article.headline, article.body_text, known)
    kept = _still_there(article, decided.mentions)
    found = read.names if read else find_names(known.matcher, article.headline, article.body_text)
    meant = _outside(_meant(found, decided.meanings, known), kept)
    registered = _registered(meant, kept, known, article.body_text)
    kept_quotes = _moved_quotes(article, decided.quotes)
    body = [match for part, match in meant if part == BODY] + [_as_match(m) for m in kept if m.part == BODY]
    body.sort(key=lambda match: match.start)
    # What a person decided about a name may change whose words a quote is.
    if read is None or kept or decided.meanings:
        found_quotes = find_quotes(article.body_text, [_rooted(match, known) for match in body])
    else:
        found_quotes = read.quotes
    quotes = _quotes(article, found_quotes, registered, kept, known, kept_quotes)
    taken = [match for part, match in found if part == BODY] + body
    return Reading(article, set(registered), registered, quotes, kept, kept_quotes, taken)


def read_names(article: Article, known: KnownNames) -> Reading:
    """Read an article only for where its registered names stand, which is all that proposing needs."""
    found = find_names(known.matcher, article.headline, article.body_text)
    return Reading(article, set(), {}, [], [], [], [match for part, match in found if part == BODY])


def _meant(found, meanings: Sequence[Verdict], known: KnownNames) -> list[tuple[str, Match]]:
    """Settle matches by what people said a spelling means here; drop what is in doubt or means nobody."""
    settled = []
    for part, match in found:
        verdict = next((v for v in meanings if _speaks_of(v, match, known)), None)
        if verdict is not None:
            match = replace(match, name_id=verdict.other_id, how=BY_HAND)
        if match.name_id is not None:
            settled.append((part, match))
    return settled


def _speaks_of(verdict: Verdict, match: Match, known: KnownNames) -> bool:
    root = known.root_of(verdict.entity_id)
    if root != match.name_id and root not in match.alternatives:
        return False
    return not verdict.text or fold(verdict.text) == fold(match.text)


def _outside(found: list[tuple[str, Match]], kept: list[Mention]) -> list[tuple[str, Match]]:
    return [
        (part, match)
        for part, match in found
        if not any(m.part == part and m.start < match.end and match.start < m.end for m in kept)
    ]


def _registered(found, kept: list[Mention], known: KnownNames, body_text: str) -> dict[FoundMention, int]:
    """Say whose spelling each mention is; a surname alone is that of the last full name before it."""
    owners, last = {}, {}
    for mention in kept:
        last.setdefault(mention.entity_id, mention.registered_id)
    for part, match in sorted(found, key=lambda pair: (pair[0] != HEADLINE, pair[1].start)):
        by_hand = match.how == BY_HAND
        root = known.root_of(match.name_id)
        owner = match.name_id if by_hand else known.find_owner(root, match.text) or last.get(root, root)
        last[root] = owner
        text = match.text[:NAME_CHARS]
        found_title = ""
        if part == BODY and match.kind == Entity.Kind.PERSON:
            found_title = find_title(body_text, match.start, match.end)
        owners[FoundMention(part, match.start, match.end, text, root, match.how, found_title)] = owner
    return owners


def _still_there(article: Article, mentions: Iterable[Mention]) -> list[Mention]:
    """Keep confirmed mentions whose words still stand in the article, moved to where they are now."""
    kept, taken = [], set()
    for mention in sorted(mentions, key=lambda m: (m.part, m.start)):
        text = article.headline if mention.part == HEADLINE else article.body_text
        place = _nearest(text, mention.text, mention.start)
        if place is not None and (mention.part, place) not in taken:
            taken.add((mention.part, place))
            mention.start, mention.end = place, place + len(mention.text)
            kept.append(mention)
    return kept


def _nearest(text: str, words: str, near: int) -> int | None:
    """Return where `words` stand nearest to a place, None if nowhere."""
    if not words:
        return None
    if text.startswith(words, near):
        return near
    before, after = text.rfind(words, 0, near + len(words)), text.find(words, near)
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - near), default=None)


def _as_match(mention: Mention) -> Match:
    return Match(mention.start, mention.end, mention.text, mention.entity_id, BY_HAND)


def _moved_quotes(article: Article, quotes: Iterable[Quote]) -> list[Quote]:
    kept, taken = [], set()
    for quote in sorted(quotes, key=lambda q: q.start):
        place = _nearest(article.body_text, quote.text, quote.start)
        if place is not None and place not in taken:
            taken.add(place)
            quote.start, quote.end = place, place + len(quote.text)
            kept.append(quote)
    return kept


def _quotes(article, found, registered, kept, known: KnownNames, kept_quotes) -> list[Quote]:
    """Return the article's quotes as unsaved rows, without those that an editor decided on."""
    if not found:
        return []
    owners = {mention.start: owner for mention, owner in registered.items() if mention.part == BODY}
    owners |= {mention.start: mention.registered_id for mention in kept if mention.part == BODY}
    of_root = {known.root_of(owner): owner for owner in owners.values()}
    rows = []
    for quote in found:
        if any(own.start < quote.end and quote.start < own.end for own in kept_quotes):
            continue
        root = quote.name_id
        owner = root and (owners.get(quote.speaker_start) or of_root.get(root, root))
        if owner and known.root_of(owner) != root:
            owner = of_root.get(root, root)
        rows.append(
            Quote(
                article=article,
                start=quote.start,
                end=quote.end,
                text=quote.text,
                kind=quote.kind,
                speaker_id=root,
                registered_id=owner,
                speaker_text=quote.speaker_text[:NAME_CHARS],
                speaker_start=quote.speaker_start,
                verb=quote.verb[:40],
                via=quote.via[:NAME_CHARS],
                confidence=quote.confidence,
                reason=quote.reason[:200],
            )
        )
    return rows


def _rooted(match: Match, known: KnownNames) -> Match:
    root = known.root_of(match.name_id)
    return match if root == match.name_id else replace(match, name_id=root)


def propose_names(reading: Reading, statistics: CasingStatistics) -> dict[str, FoundCandidate]:
    """Return the proposed names of an article's body by folded spelling, each once."""
    grouped = defaultdict(list)
    for proposal in propose(reading.article.body_text, reading.taken, statistics):
        key = fold(proposal.text)[:NAME_CHARS]
        if proposal.confidence >= LEAST_CONFIDENCE and len(key) > 1:
            grouped[key].append(proposal)
    return {key: _candidate(proposals) for key, proposals in grouped.items()}


def _candidate(proposals) -> FoundCandidate:
    best = max(proposals, key=lambda proposal: proposal.confidence)
    text = " ".join(proposals[0].text.split())[:NAME_CHARS]
    evidence = best.evidence[:_EVIDENCE_SENTENCES]
    return FoundCandidate(text, proposals[0].start, len(proposals), best.kind, best.confidence, evidence)
