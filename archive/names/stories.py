"""Find the registered names of a story: its headline and its body are read together."""

from typing import Final

from archive.names.matcher import Match, Matcher

HEADLINE: Final = "headline"
BODY: Final = "body"


def find_names(matcher: Matcher, headline: str, body_text: str) -> list[tuple[str, Match]]:
    """Return (part, match) for every registered name; offsets are into the headline or into `body_text`.

    Headline and body are one story: a full name in either lets the surname alone be recognised in the other.
    So the headline is read before the body, for the body's sake, and after it, for its own.
    """
    body_at = len(headline) + 2
    again_at = body_at + len(body_text) + 2
    found = []
    for match in matcher.find(f"{headline}\n\n{body_text}\n\n{headline}"):
        if match.start >= again_at:
            found.append((HEADLINE, _shifted(match, again_at)))
        elif match.start >= body_at and match.end <= body_at + len(body_text):
            found.append((BODY, _shifted(match, body_at)))
    return found


def _shifted(match: Match, by: int) -> Match:
    # Quicker than dataclasses.replace, which looks the fields up for each of a million mentions.
    return Match(
        match.start - by, match.end - by, match.text, match.name_id, match.how, match.alternatives, match.kind
    )
