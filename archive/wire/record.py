"""One article as its source gives it, and what was doubtful about reading it.

Everything here is a plain, frozen value. Offsets are counted in characters of the decoded original, which
`archive.wire.decoding` defines; offsets of names and quotes found later refer to `ArticleRecord.body_text`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple


class ParseWarning(NamedTuple):
    """Say in a full sentence what was doubtful, missing or repaired, and where."""

    code: str
    message: str
    start: int | None = None
    end: int | None = None


HEADLINE: Final = "headline"
TIMESTAMP: Final = "timestamp"
DATELINE: Final = "dateline"
BODY: Final = "body"
SIGN_OFF: Final = "sign_off"
PARTS: Final = (HEADLINE, TIMESTAMP, DATELINE, BODY, SIGN_OFF)


class Span(NamedTuple):
    """Point at one of PARTS in the decoded original, half-open."""

    part: str
    start: int
    end: int


REPORTED: Final = "reported"
EDITED: Final = "edited"


class Credit(NamedTuple):
    """Keep one code of the sign-off with the role its position gives it.

    `role` is REPORTED for the first code, EDITED for the last of several, and "" between. Who a code stands
    for is an archivist's business, not the parser's.
    """

    code: str
    role: str


class Mark(NamedTuple):
    """Name a headline mark: the code records carry, its label, and the words that print it."""

    code: str
    label: str
    words: tuple[str, ...]


# Weightiest first: "UPDATE 2-CORRECTED-..." is a corrected story, and a withdrawn one is nothing else.
MARKS: Final = (
    Mark("withdrawn", "Withdrawn", ("KILL", "KILLED", "WITHDRAWN", "WITHDRAWAL")),
    Mark("correction", "Correction", ("CORRECTION", "CORRECTIONS")),
    Mark("corrected", "Corrected", ("CORRECTED", "CORRECTS")),
    Mark("refile", "Refiled", ("REFILE", "REFILED")),
    Mark("update", "Update", ("UPDATE", "UPDATED")),
    Mark("advisory", "Advisory", ("ADVISORY",)),
)
MARK_LABELS: Final[Mapping[str, str]] = {mark.code: mark.label for mark in MARKS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRecord:
    """Carry one article from a reader of `archive.wire` to the desk.

    headline        as printed, mark included ("CORRECTED: ..."); `marks.strip_marks` gives it without
    mark            "" or a code of MARKS
    update_number   the 2 of "UPDATE 2", else None
    timestamp       as printed
    published_at    the instant in UTC, None unless day, time and zone are known
    published_on    the printed local day, None unless it is certain
    dateline        as printed, without the dash after it; `place` the place alone in normal case
    dateline_on     the day the dateline names, in the year nearest to `published_on` if it prints none
    body_html       safe, canonical HTML (see `archive.wire.sanitize`)
    body_text       exactly `text_of(body_html)`: paragraphs joined with a blank line
    sign_off        as printed; `credits` its codes in order
    source_key      what makes this the same article when it is imported again; never the file's name
    spans           where the parts stand in the decoded original; at most one per part
    version         the source's own number of this version, None if it gives none
    pub_status      "usable", "withheld" or "canceled" where the source says so, else ""
    extra           fields the source has and we do not know, JSON values only
    encoding        how the bytes were decoded, a name of Python's codecs
    """

    headline: str = ""
    mark: str = ""
    update_number: int | None = None
    timestamp: str = ""
    published_at: datetime | None = None
    published_on: date | None = None
    dateline: str = ""
    dateline_on: date | None = None
    place: str = ""
    body_html: str = ""
    body_text: str = ""
    sign_off: str = ""
    credits: tuple[Credit, ...] = ()
    language: str = ""
    section: str = ""
    source_key: str = ""
    version: int | None = None
    pub_status: str = ""
    warnings: tuple[ParseWarning, ...] = ()
    spans: tuple[Span, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)
    encoding: str = ""

    def find_span(self, part: str) -> Span | None:
        """Find where `part`, one of PARTS, stands in the decoded original."""
        return next((span for span in self.spans if span.part == part), None)

    def to_json(self) -> str:
        """Write the record as one JSON object that `from_json` reads back to an equal record."""
        fields = asdict(self)
        for name in ("published_at", "published_on", "dateline_on"):
            fields[name] = fields[name].isoformat() if fields[name] else None
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ArticleRecord":
        """Read what `to_json` wrote.

        Nothing is sanitised again: read only text that this program signed or kept to itself. Raises
        ValueError, TypeError or KeyError for anything else.
        """
        fields = json.loads(text)
        fields["published_at"] = fields["published_at"] and datetime.fromisoformat(fields["published_at"])
        for name in ("published_on", "dateline_on"):
            fields[name] = fields[name] and date.fromisoformat(fields[name])
        for name, kind in (("credits", Credit), ("warnings", ParseWarning), ("spans", Span)):
            fields[name] = tuple(kind(*values) for values in fields[name])
        return cls(**fields)
