"""Puts records on the shelves: records -> rows, in one transaction, as often as you like.

What a record becomes depends on its source and `source_key` alone: the same record twice is one article. The
bytes as received are kept with it. Copy that comes in again never overwrites a field an archivist changed by
hand, and never brings a withdrawn article back, unless it was undoing an import that withdrew it: what was
undone and nobody touched since comes in again as if it had not been here.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

from django.db import transaction

from archive.desk import corrections
from archive.desk.originals import count_original_before
from archive.desk.read_ahead import NOTHING, Ahead
from archive.desk.shelve import save, save_new
from archive.models import Article, Original, Revision, Source
from archive.models.articles import HEADLINE_CHARS, KEY_CHARS
from archive.wire.building import CANCELED, WITHHELD
from archive.wire.record import ArticleRecord

# What copy says about an article; kept under the same names in ArticleRecord and Article.
COPY_FIELDS: Final = (
    *("headline", "mark", "update_number", "timestamp", "published_at", "published_on", "dateline"),
    *("dateline_on", "place", "body_html", "body_text", "language", "section", "sign_off"),
)


# Begins the reason of a revision that undoing an import made.
UNDONE: Final = "Undone: "


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Received:
    """A file as it came in."""

    name: str
    content: bytes
    encoding: str = ""

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Arrival(NamedTuple):
    """A record and the file it was read from; the records of one file share it."""

    record: ArticleRecord
    received: Received

    @property
    def key(self) -> str:
        return self.record.source_key[:KEY_CHARS]


@dataclass(frozen=True)
class Accepted:
    """What became of a record. `held` says why it stayed a draft although it should be published."""

    outcome: Outcome
    article: Article
    held: list[str] = field(default_factory=list)


def problems_before_publishing(headline: str, published_on) -> list[str]:
    """Return readable sentences about what an article still needs before readers may see it."""
    problems = []
    if not headline:
        problems.append("It has no headline: add one before publishing.")
    if published_on is None:
        problems.append("It has no day: add the date before publishing.")
    return problems


def accept(record: ArticleRecord, *, source: Source, received: Received, **options) -> Accepted:
    """Write one record; see `accept_all`."""
    return accept_all([Arrival(record, received)], source=source, **options)[0]


@transaction.atomic
def accept_all(
    arrivals: Sequence[Arrival],
    *,
    source: Source,
    by=None,
    publish: bool = False,
    why: str = "",
    curated: Iterable[str] = (),
    defer: bool = False,
    ahead: Ahead = NOTHING,
) -> list[Accepted]:
    """Write records as articles of `source`, each with its original, credits, mentions and a revision.

    All are written or none; the answers come in the order of the arrivals. With `publish`, readers see them
    at once, unless something is missing: then an article is kept as a draft and `held` says why. A duplicate
    (the same bytes are an article of another source already) is not written. `curated` names the fields that
    were mended by hand before accepting; copy never overwrites them. With `defer`, new articles are read for
    names and quotes later; `ahead` may hold what another process has read of them already.
    """
    known = Known(arrivals, source, lock=True)
    revived = [known.find_existing(arrival) for arrival in arrivals if known.is_undone(arrival)]
    answers: dict[int, Accepted] = {}
    new: dict[str, int] = {}
    written: set[str] = set()
    again: list[int] = []
    for at, arrival in enumerate(arrivals):
        if arrival.key in written:
            again.append(at)
            continue
        answers[at] = _prepare(arrival, known, source, publish)
        answers[at].article.curated = sorted({*answers[at].article.curated, *curated})
        if answers[at].outcome is Outcome.NEW:
            new[arrival.key] = at
        elif answers[at].outcome is Outcome.CHANGED:
            save(answers[at].article, by=by, why=why or _reason(arrival))
        if answers[at].outcome in (Outcome.NEW, Outcome.CHANGED):
            written.add(arrival.key)
    saved = [(answers[at].article, why or _reason(arrivals[at])) for at in new.values()]
    save_new(saved, by=by, defer=defer, ahead=ahead)
    corrections.link([answers[at].article for at in answers if arrivals[at].key in written], by=by)
    for article in revived:
        corrections.carry_out_of(article, by=by)
    _keep_originals([(arrivals[at], answer) for at, answer in answers.items()], by)
    late = (answer.article for at, answer in answers.items() if known.is_new_and_late(arrivals[at]))
    for article in late:
        count_original_before(article)
    # The same story twice in one batch: the second time it is known as the first left it.
    for at in again:
        options = {"by": by, "publish": publish, "why": why, "curated": curated, "defer": defer}
        answers[at] = accept_all([arrivals[at]], source=source, **options)[0]
    return [answers[at] for at in range(len(arrivals))]


def copy_fields(article: Article, values: dict) -> None:
    for name, value in values.items():
        setattr(article, name, value)


class Known:
    """What the archive has already of some arrivals: five queries, however many there are."""

    def __init__(self, arrivals: Iterable[Arrival], source: Source, *, lock: bool = False):
        keys = {arrival.key for arrival in arrivals}
        hashes = {arrival.received.sha256 for arrival in arrivals}
        articles = Article.objects.select_for_update(of=("self",)) if lock else Article.objects
        self._by_key = {each.source_key: each for each in articles.filter(source=source, source_key__in=keys)}
        links = Original.articles.through.objects.filter(article__in=self._by_key.values())
        self._pairs = set(
            links.filter(original__sha256__in=hashes).values_list("original__sha256", "article_id")
        )
        self._undone = self._find_undone(links)
        elsewhere = Article.objects.filter(originals__sha256__in=hashes, source_key__in=keys).exclude(
            source=source
        )
        self._elsewhere = {each.source_key: each for each in elsewhere}

    def _find_undone(self, links) -> dict[int, str]:
        """Return the original that counts of each article whose last change was undoing an import."""
        versions = {each.pk: each.version for each in self._by_key.values()}
        last = Revision.objects.filter(id__in=versions, history_change_reason__startswith=UNDONE)
        undone = {pk for pk, version in last.values_list("id", "version") if versions[pk] == version}
        newest = links.filter(article__in=undone).order_by("pk") if undone else links.none()
        return dict(newest.values_list("article_id", "original__sha256"))

    def is_undone(self, arrival: Arrival) -> bool:
        """Tell whether undoing an import withdrew the article, and nobody touched it since.

        Of the versions that the archive has, only the latest brings it back.
        """
        existing = self.find_existing(arrival)
        if existing is None or existing.pk not in self._undone or self.is_late(arrival):
            return False
        return existing.status == Article.Status.WITHDRAWN and (
            self._undone[existing.pk] == arrival.received.sha256 or not self._is_kept(arrival, existing)
        )

    def is_late(self, arrival: Arrival) -> bool:
        """Tell a version that the archive has a newer one of, by the source's own count."""
        existing = self.find_existing(arrival)
        return existing is not None and _is_older(arrival.record, existing)

    def is_new_and_late(self, arrival: Arrival) -> bool:
        """Tell a late version whose bytes the archive did not have of the article."""
        existing = self.find_existing(arrival)
        return self.is_late(arrival) and not self._is_kept(arrival, existing)

    def _is_kept(self, arrival: Arrival, existing: Article) -> bool:
        """Tell whether an article came from these bytes before."""
        return (arrival.received.sha256, existing.pk) in self._pairs

    def find_existing(self, arrival: Arrival) -> Article | None:
        """Find the article of this source that the record is, or was."""
        return self._by_key.get(arrival.key)

    def find_duplicate(self, arrival: Arrival) -> Article | None:
        """Find the article of another source that has the same bytes."""
        return None if arrival.key in self._by_key else self._elsewhere.get(arrival.key)

    def outcome(self, arrival: Arrival) -> Outcome:
        existing = self.find_existing(arrival)
        if existing is None:
            return Outcome.DUPLICATE if self.find_duplicate(arrival) else Outcome.NEW
        if self.is_undone(arrival):
            return Outcome.CHANGED
        if self._is_kept(arrival, existing) or self.is_late(arrival):
            return Outcome.UNCHANGED
        if arrival.record.pub_status == CANCELED and existing.status != Article.Status.WITHDRAWN:
            return Outcome.CHANGED
        state = source_state(arrival.record)
        if any(existing.extra.get(name) != value for name, value in state.items()):
            return Outcome.CHANGED
        wanted = record_values(arrival.record, existing.curated)
        same = all(getattr(existing, name) == value for name, value in wanted.items())
        return Outcome.UNCHANGED if same else Outcome.CHANGED


def _prepare(arrival: Arrival, known: Known, source: Source, publish: bool) -> Accepted:
    """Say what a record becomes, with its article filled in but not saved."""
    outcome = known.outcome(arrival)
    if outcome is Outcome.DUPLICATE:
        return Accepted(outcome, known.find_duplicate(arrival))
    record = arrival.record
    article = known.find_existing(arrival) or Article(source=source, source_key=arrival.key)
    if outcome is not Outcome.UNCHANGED:
        copy_fields(article, record_values(record, article.curated))
        article.warnings = [warning._asdict() for warning in record.warnings]
        article.extra = {**record.extra, **source_state(record)}
        if outcome is Outcome.CHANGED:
            article.status = _status_after(record, article.status, is_undone=known.is_undone(arrival))
    held = []
    if publish and article.status == Article.Status.DRAFT:
        held = problems_before_publishing(article.headline, article.published_on)
        held += _problems_of_source(record)
        if not held:
            article.status = Article.Status.PUBLISHED
            outcome = Outcome.CHANGED if outcome is Outcome.UNCHANGED else outcome
    return Accepted(outcome, article, held)


def _status_after(record: ArticleRecord, status: str, *, is_undone: bool) -> str:
    """Return what a changed article is now: its source may take it back, for good or for a while."""
    if record.pub_status == CANCELED:
        return Article.Status.WITHDRAWN
    if is_undone or (record.pub_status == WITHHELD and status == Article.Status.PUBLISHED):
        return Article.Status.DRAFT
    return status


def record_values(record: ArticleRecord, curated: list[str]) -> dict:
    """Return the fields that a record gives an article, those changed by hand left out."""
    values = {name: getattr(record, name) for name in COPY_FIELDS if name not in curated}
    if "headline" in values:
        values["headline"] = values["headline"][:HEADLINE_CHARS]
    return values


def source_state(record: ArticleRecord) -> dict[str, object]:
    """Return what the source says about this version, as it is kept in `extra`."""
    state = {"version": record.version, "pub_status": record.pub_status}
    return {name: value for name, value in state.items() if value not in (None, "")}


def _is_older(record: ArticleRecord, existing: Article) -> bool:
    """Tell a version that came late: the archive has a newer one by the source's own count."""
    kept = existing.extra.get("version")
    return isinstance(kept, int) and record.version is not None and record.version < kept


def _problems_of_source(record: ArticleRecord) -> list[str]:
    if record.pub_status == WITHHELD:
        return ["Its source withholds it for now: publish it when the embargo ends."]
    if record.pub_status == CANCELED:
        return ["Its source has canceled it."]
    return []


def _reason(arrival: Arrival) -> str:
    return f"Received as {arrival.received.name or 'pasted text'}."


def _keep_originals(written: Sequence[tuple[Arrival, Accepted]], by) -> None:
    """Keep the bytes, once each, and say which articles came from them."""
    kept = [(arrival, answer) for arrival, answer in written if answer.outcome is not Outcome.DUPLICATE]
    rows = {
        arrival.received.sha256: Original(
            sha256=arrival.received.sha256,
            content=arrival.received.content,
            name=arrival.received.name[:255],
            encoding=arrival.record.encoding,
            received_from=by,
        )
        for arrival, _ in reversed(kept)
    }
    Original.objects.bulk_create(rows.values(), ignore_conflicts=True)
    ids = dict(Original.objects.filter(sha256__in=rows).values_list("sha256", "pk"))
    link = Original.articles.through
    link.objects.bulk_create(
        [
            link(original_id=ids[arrival.received.sha256], article_id=answer.article.pk)
            for arrival, answer in kept
        ],
        ignore_conflicts=True,
    )
