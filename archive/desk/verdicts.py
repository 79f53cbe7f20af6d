"""What people decide once: who is not who, what a spelling means in one article, what is no name."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from archive.desk.authority import add_spellings, register_name, remember
from archive.desk.enrich import enrich
from archive.desk.merging import family_of, get_root
from archive.desk.outbox import queue_articles
from archive.desk.retagging import read_again
from archive.models import Article, Candidate, Entity, Mention, Quote, Sighting, Verdict

# More ways of writing one proposed name than these are not spellings but noise.
MOST_SPELLINGS_OF_A_CANDIDATE = 20


@transaction.atomic
def mark_different(one: Entity, other: Entity, *, by, why: str = "") -> Verdict:
    """Remember that two names are not the same, so that they are neither suggested nor merged.

    Raise ValidationError if they are the same name now.
    """
    if one.pk == other.pk or other.pk in family_of(one) or one.pk in family_of(other):
        raise ValidationError("They are one name now: undo the merge first.")
    first, second = sorted((one, other), key=lambda entity: entity.pk)
    verdict, created = Verdict.objects.get_or_create(
        kind=Verdict.Kind.DIFFERENT, entity=first, other=second, defaults={"by": by, "why": why}
    )
    if created:
        remember(one, f"Marked as different from {other}.", by, why)
        remember(other, f"Marked as different from {one}.", by, why)
    return verdict


@transaction.atomic
def split(
    articles: Iterable[Article], entity: Entity, other: Entity | None, *, text: str = "", by, why: str = ""
) -> int:
    """Say that in these articles `entity` (only the spelling `text`, if given) means `other`, or nobody.

    Reading the articles again respects it, however often. Return how many articles it concerns.
    """
    if other is not None and other.pk in family_of(entity):
        raise ValidationError(f"{other} and {entity} are one name.")
    ids = [article.pk for article in articles]
    for pk in ids:
        Verdict.objects.update_or_create(
            kind=Verdict.Kind.MEANS,
            article_id=pk,
            entity=entity,
            text=text,
            defaults={"other": other, "by": by, "why": why},
        )
    # What a person confirmed before is overruled by what a person says now.
    wrong = Mention.objects.filter(article__in=ids, entity=entity, is_confirmed=True)
    (wrong.filter(text=text) if text else wrong).update(is_confirmed=False)
    what = (
        f"In {len(ids):,} article{'' if len(ids) == 1 else 's'}, {text or 'it'} means {other or 'another'}."
    )
    remember(entity, what, by, why)
    if other is not None:
        remember(other, f"{what[:-1]} instead of {entity}.", by, why)
    read_again(ids, what)
    return len(ids)


@transaction.atomic
def forget(verdict: Verdict, *, by) -> None:
    """Take a verdict back; articles it spoke of are read again, a candidate is suggested again."""
    verdict.delete()
    if verdict.kind == Verdict.Kind.MEANS:
        remember(verdict.entity, f"No longer: in “{verdict.article}”, it means {verdict.other}."[:500], by)
        read_again([verdict.article_id], "A verdict was taken back")
    elif verdict.kind == Verdict.Kind.DIFFERENT:
        remember(verdict.entity, f"No longer marked as different from {verdict.other}.", by)
        remember(verdict.other, f"No longer marked as different from {verdict.entity}.", by)
    else:
        Candidate.objects.filter(key=verdict.key).delete()


def confirm_mentions(mentions: Iterable[Mention], *, by) -> int:
    """Remember that these mentions are right, so that reading again never removes them."""
    rows = Mention.objects.filter(pk__in=[mention.pk for mention in mentions])
    return rows.update(is_confirmed=True)


@transaction.atomic
def correct_quote(
    quote: Quote, *, speaker: Entity | None, speaker_text: str = "", is_hidden=False, by
) -> Quote:
    """Say who spoke, or that it is no quote; reading the article again keeps it so."""
    quote.registered = speaker
    quote.speaker = speaker and get_root(speaker)
    quote.speaker_text = speaker_text or (speaker.name if speaker else "")
    quote.is_by_hand, quote.is_hidden = True, is_hidden
    quote.confidence, quote.reason = 1.0, f"decided by {by}" if by else "decided by an editor"
    quote.save()
    queue_articles([quote.article_id])
    return quote


@transaction.atomic
def release_quote(quote: Quote) -> None:
    """Let the machine read a quote anew."""
    Quote.objects.filter(pk=quote.pk).update(is_by_hand=False, is_hidden=False)
    queue_articles(enrich([quote.article]) | {quote.article_id})


@transaction.atomic
def ignore(candidates: Iterable[Candidate], *, by, why: str = "") -> int:
    """Never suggest these candidates again; return how many."""
    rows = list(candidates)
    ids = [row.pk for row in rows]
    for row in rows:
        Verdict.objects.get_or_create(
            kind=Verdict.Kind.IGNORE, key=row.key, defaults={"text": row.text, "by": by, "why": why}
        )
    Sighting.objects.filter(candidate__in=ids).delete()
    return Candidate.objects.filter(pk__in=ids).update(state=Candidate.State.IGNORED, stories=0)


@transaction.atomic
def register_candidate(candidate: Candidate, *, kind: str = "", name: str = "", by, confirm=False) -> Entity:
    """Register a proposed name with the spellings it was seen under."""
    return register_name(
        kind=kind or candidate.kind,
        name=name or candidate.text,
        spellings=spellings_of(candidate),
        by=by,
        confirm=confirm,
    )


@transaction.atomic
def add_candidate_to(entity: Entity, candidate: Candidate, *, by, confirm=False) -> Entity:
    """Register the spellings that a candidate was seen under as spellings of an existing name."""
    add_spellings(entity, [candidate.text, *spellings_of(candidate)], by=by, confirm=confirm)
    return entity


def spellings_of(candidate: Candidate) -> list[str]:
    """Return the ways a candidate is written in the articles, besides its main one."""
    texts = candidate.sightings.order_by("text").values_list("text", flat=True).distinct()
    return [text for text in texts if text != candidate.text][:MOST_SPELLINGS_OF_A_CANDIDATE]
