"""Shows what accepting a record would do, and what an archivist should look at first."""

from dataclasses import dataclass
from typing import NamedTuple

from archive.desk.accept import Arrival, Known, Outcome, Received, problems_before_publishing
from archive.desk.credits import find_contributor
from archive.desk.tagging import find_names, get_matcher
from archive.models import Article, BylineCode, Contributor, Entity, Source
from archive.wire.record import ArticleRecord


class FoundName(NamedTuple):
    """A known name in a record; `entity` is None where several names share the spelling (`alternatives`)."""

    part: str
    start: int
    end: int
    text: str
    entity: Entity | None
    alternatives: tuple[Entity, ...]


class FoundCode(NamedTuple):
    code: str
    role: str
    contributor: Contributor | None


@dataclass(frozen=True)
class Preview:
    """What `accept` would make of a record; `problems` are sentences about what publishing still needs."""

    record: ArticleRecord
    source: Source
    outcome: Outcome
    existing: Article | None
    duplicate_of: Article | None
    names: list[FoundName]
    codes: list[FoundCode]
    problems: list[str]


def preview(record: ArticleRecord, source: Source, received: Received) -> Preview:
    """Say what accepting `record` would do, without writing anything."""
    arrival = Arrival(record, received)
    known = Known([arrival], source)
    return Preview(
        record=record,
        source=source,
        outcome=known.outcome(arrival),
        existing=known.find_existing(arrival),
        duplicate_of=known.find_duplicate(arrival),
        names=_found_names(record),
        codes=_found_codes(record, source),
        problems=problems_before_publishing(record.headline, record.published_on),
    )


def _found_names(record) -> list[FoundName]:
    found = find_names(get_matcher(), record.headline, record.body_text)
    ids = {match.name_id for _, match in found} | {pk for _, match in found for pk in match.alternatives}
    entities = Entity.objects.in_bulk(ids - {None})
    return [
        FoundName(
            str(part),
            match.start,
            match.end,
            match.text,
            entities.get(match.name_id),
            tuple(entities[pk] for pk in match.alternatives if pk in entities),
        )
        for part, match in found
    ]


def _found_codes(record, source) -> list[FoundCode]:
    codes = [credit.code for credit in record.credits]
    bylines = list(BylineCode.objects.filter(code__in=codes).select_related("contributor"))
    return [
        FoundCode(
            credit.code,
            credit.role,
            find_contributor([b for b in bylines if b.code == credit.code], source.pk, record.published_on),
        )
        for credit in record.credits
    ]
