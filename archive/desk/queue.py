"""Keeps proposed names and where they were seen, with counts that stay right when copy comes in again."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Case, F, IntegerField, Value, When

from archive.desk.casing import statistics_for
from archive.desk.reading import FoundCandidate, Reading, propose_names, read_names
from archive.desk.tagging import get_known_names
from archive.models import Article, Candidate, Sighting, Unproposed

# Looking through so many articles takes about a hundredth of a second.
MOST_AT_ONCE: Final = 10
CHUNK_ARTICLES: Final = 200

# A later story must be clearly surer of the kind to be believed instead of the first.
_CLEARLY_SURER: Final = 0.1


def propose_soon(readings: Sequence[Reading], *, are_new: bool = False) -> None:
    """Propose names in a few articles at once, and leave many to `propose_waiting`.

    Proposing takes longer than everything else that is done for an article as it comes in.
    """
    if len(readings) <= MOST_AT_ONCE:
        _propose(readings, are_new=are_new)
        return
    rows = [Unproposed(article=reading.article) for reading in readings]
    Unproposed.objects.bulk_create(rows, ignore_conflicts=not are_new)


def propose_waiting(progress: Callable[[int], object] = lambda count: None) -> int:
    """Propose names in the articles that wait for it, a transaction for each CHUNK_ARTICLES of them.

    Return how many there were.
    """
    done = 0
    while True:
        with transaction.atomic():
            waiting = Unproposed.objects.select_for_update()
            ids = list(waiting.order_by("-pk").values_list("pk", flat=True)[:CHUNK_ARTICLES])
            if not ids:
                return done
            known = get_known_names()
            articles = Article.objects.filter(pk__in=ids).defer("body_html")
            _propose([read_names(article, known) for article in articles])
            Unproposed.objects.filter(pk__in=ids).delete()
        done += len(ids)
        progress(len(ids))


def _propose(readings: Sequence[Reading], *, are_new: bool = False) -> None:
    """Replace what was proposed in these articles by what is proposed now."""
    statistics = statistics_for([reading.article for reading in readings])
    wanted = {
        (key, reading.article.pk): found
        for reading in readings
        for key, found in propose_names(reading, statistics).items()
    }
    before = {} if are_new else _sightings(reading.article.pk for reading in readings)
    candidates = _get_or_create({key for key, _ in wanted}, wanted)
    gone = [row for place, row in before.items() if place not in wanted]
    new = [place for place in wanted if place not in before and place[0] in candidates]
    if gone:
        Sighting.objects.filter(pk__in=[row.pk for row in gone]).delete()
    Sighting.objects.bulk_create([_sighting(candidates[key], pk, wanted[key, pk]) for key, pk in new])
    _update_places([(row, wanted[place]) for place, row in before.items() if place in wanted])
    changes = Counter(candidates[key].pk for key, _ in new)
    changes.subtract(Counter(row.candidate_id for row in gone))
    count_stories(changes)
    _believe_surer(candidates, wanted)


def _sightings(article_ids: Iterable[int]) -> dict[tuple[str, int], Sighting]:
    rows = Sighting.objects.filter(article__in=list(article_ids)).select_related("candidate")
    return {(row.candidate.key, row.article_id): row for row in rows}


def _get_or_create(keys: set[str], wanted: dict) -> dict[str, Candidate]:
    """Return the candidates with these keys, made where they are missing, without those to be ignored."""
    if not keys:
        return {}
    known = {candidate.key: candidate for candidate in Candidate.objects.filter(key__in=keys)}
    first = {}
    for (key, _), found in wanted.items():
        if key not in known and (key not in first or found.confidence > first[key].confidence):
            first[key] = found
    if first:
        made = [_candidate(key, found) for key, found in first.items()]
        # Writing the key over itself gives the numbers of rows that another process made meanwhile.
        Candidate.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["key"], update_fields=["key"]
        )
        known |= {candidate.key: candidate for candidate in made}
    return {key: row for key, row in known.items() if row.state == Candidate.State.WAITING}


def _candidate(key: str, found: FoundCandidate) -> Candidate:
    return Candidate(
        key=key, text=found.text, kind=found.kind, confidence=found.confidence, evidence=list(found.evidence)
    )


def _sighting(candidate: Candidate, article_id: int, found: FoundCandidate) -> Sighting:
    return Sighting(
        candidate=candidate, article_id=article_id, text=found.text, start=found.start, times=found.times
    )


def _update_places(pairs: list[tuple[Sighting, FoundCandidate]]) -> None:
    changed = []
    for row, found in pairs:
        if (row.text, row.start, row.times) != (found.text, found.start, found.times):
            row.text, row.start, row.times = found.text, found.start, found.times
            changed.append(row)
    if changed:
        Sighting.objects.bulk_update(changed, ["text", "start", "times"], batch_size=100)


def count_stories(changes: Counter) -> None:
    """Add to the number of stories of candidates, by candidate number, in one query; forget those at none."""
    by_change = defaultdict(list)
    for pk, change in changes.items():
        if change:
            by_change[change].append(pk)
    if not by_change:
        return
    cases = [When(pk__in=pks, then=Value(change)) for change, pks in by_change.items()]
    every = [pk for pks in by_change.values() for pk in pks]
    added = Case(*cases, default=Value(0), output_field=IntegerField())
    Candidate.objects.filter(pk__in=every).update(stories=F("stories") + added)
    if min(by_change) < 0:
        fewer = [pk for change, pks in by_change.items() if change < 0 for pk in pks]
        empty = Candidate.objects.filter(pk__in=fewer, stories=0, state=Candidate.State.WAITING)
        empty.delete()


def _believe_surer(candidates: dict[str, Candidate], wanted: dict) -> None:
    changed = {}
    for (key, _), found in wanted.items():
        row = candidates.get(key)
        if row is not None and found.confidence > row.confidence + _CLEARLY_SURER:
            row.kind, row.confidence, row.evidence = found.kind, found.confidence, list(found.evidence)
            changed[row.pk] = row
    if changed:
        Candidate.objects.bulk_update(changed.values(), ["kind", "confidence", "evidence"], batch_size=100)
