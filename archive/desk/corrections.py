"""Finds what a marked article refers to: CORRECTED, REFILE, UPDATE and KILL copy -> the story meant.

An older article of the same source is meant if its headline is the same but for marks; else if its text is
nearly the same, or its headline and its text are similar. Whatever is not clear waits for an archivist. A
withdrawal takes its story away from readers only if it is certain: one story alone bears the headline, or an
archivist said so.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from rapidfuzz.fuzz import token_set_ratio

from archive.desk import families
from archive.desk.shelve import save
from archive.desk.signatures import fold_headline, headline_hash, share, shingles, words_of
from archive.models import Article, Correction, FamilyMember
from archive.models.prepared import Prepared

WITHDRAWN: Final = "withdrawn"
# Corrections come late; the next version of a story comes on the same day or the day after.
REACH: Final = {
    "correction": datetime.timedelta(days=60),
    "corrected": datetime.timedelta(days=60),
    "refile": datetime.timedelta(days=7),
    "update": datetime.timedelta(days=2),
    WITHDRAWN: datetime.timedelta(days=60),
}
KINDS: Final = tuple(REACH)
# Half of the words of a headline are often the same by chance, and a tenth of a text's triples where both end
# with the same background. Updates are written anew, so theirs count for less; they are looked for nearby.
LEAST_ALIKE_HEADLINE: Final = 60
LEAST_ALIKE_TEXT: Final = 0.2
LEAST_ALIKE_UPDATE: Final = 0.12
CLEARLY_ALIKE_TEXT: Final = 0.5
# A second candidate this close makes the first a guess.
CLEAR_LEAD: Final = 0.15
MOST_HEADLINES: Final = 5_000
MOST_TEXTS: Final = 10


class Target(NamedTuple):
    """The story that is meant, how it was found, and whether nothing else can be meant."""

    article: Article
    how: str
    is_certain: bool


@transaction.atomic
def link(articles: Sequence[Article], *, by=None) -> None:
    """Link marked articles among new or changed ones, and older ones that waited for one of these."""
    marked = {article.pk: article for article in articles if article.mark in REACH}
    hashes = {headline_hash(article.headline) for article in articles}
    waiting = Correction.objects.filter(state=Correction.State.OPEN, headline_hash__in=hashes)
    marked |= {row.correcting_id: row.correcting for row in waiting.select_related("correcting")}
    known = {row.correcting_id: row for row in Correction.objects.filter(correcting__in=marked)}
    for article in sorted(marked.values(), key=lambda article: article.pk):
        row = known.get(article.pk)
        if row is None or row.state == Correction.State.OPEN:
            _link(article, row, by)


def link_open(*, again: bool = False) -> None:
    """Look again for what open corrections refer to, and link marked articles nobody looked at.

    With `again`, families were forgotten: put what is linked together once more.
    """
    missed = Q(mark__in=KINDS, correction__isnull=True) | Q(correction__state=Correction.State.OPEN)
    for article in Article.objects.filter(missed).order_by("pk").iterator(chunk_size=200):
        link([article])
    if again:
        linked = Correction.objects.filter(state=Correction.State.LINKED, corrected__isnull=False)
        _group(linked.exclude(kind=WITHDRAWN))


def _group(rows: Iterable[Correction]) -> None:
    mark = FamilyMember.How.MARK
    families.group([families.Match(row.corrected_id, row.correcting_id, mark) for row in rows])


def _link(article: Article, row: Correction | None, by) -> None:
    target = find_target(article)
    if target and _leads_to(target.article, article):
        target = None
    row = row or Correction(correcting=article)
    row.kind, row.headline_hash = article.mark, headline_hash(article.headline)
    if target:
        row.state, row.corrected = Correction.State.LINKED, target.article
        row.how, row.is_certain = target.how, target.is_certain
    row.save()
    if target:
        _follow(row, by)


def _leads_to(article: Article, other: Article) -> bool:
    """Tell whether what an article corrects, or what that corrects in turn, is another one."""
    linked = Correction.objects.filter(state=Correction.State.LINKED, corrected__isnull=False)
    at, seen = article.pk, set()
    while at is not None and at not in seen:
        if at == other.pk:
            return True
        seen.add(at)
        at = linked.filter(correcting=at).values_list("corrected_id", flat=True).first()
    return False


def _follow(row: Correction, by) -> None:
    """Do what follows from a link: one family for the versions of a story, or a withdrawal."""
    if row.kind == WITHDRAWN:
        carry_out(row, by=by)
    else:
        _group([row])


def carry_out(row: Correction, *, by=None) -> bool:
    """Withdraw the story a published withdrawal refers to, if that is certain; say whether it was done."""
    article, target = row.correcting, row.corrected
    if not (row.kind == WITHDRAWN and row.is_certain and target and article.is_public):
        return False
    target = Article.objects.select_for_update(of=("self",)).get(pk=target.pk)
    if target.status == Article.Status.WITHDRAWN:
        return False
    target.status = Article.Status.WITHDRAWN
    save(target, by=by, why=_why_withdrawn(article))
    return True


def carried_out_by(article: Article) -> Article | None:
    """Find the story that an article withdrew, as long as nobody touched that since."""
    row = Correction.objects.filter(correcting=article, kind=WITHDRAWN, state=Correction.State.LINKED).first()
    target = row and row.corrected
    if not target or target.status != Article.Status.WITHDRAWN:
        return None
    last = target.revisions.filter(version=target.version).last()
    return target if last and last.history_change_reason == _why_withdrawn(article) else None


def _why_withdrawn(article: Article) -> str:
    return f"Withdrawn by its source: “{article.headline}” ({article.published_on})."


def carry_out_of(article: Article, *, by=None) -> None:
    """Carry out the withdrawal that an article is, now that readers may see it."""
    row = Correction.objects.filter(correcting=article, state=Correction.State.LINKED).first()
    if row:
        carry_out(row, by=by)


def find_target(article: Article) -> Target | None:
    """Find the story that a marked article refers to, or None if that is not clear."""
    if article.published_on is None:
        return None
    earlier = _earlier(article)
    same = earlier.exclude(mark=WITHDRAWN).filter(signature__headline_hash=headline_hash(article.headline))
    same = list(same.order_by(*_LATEST_FIRST)[:2])
    if same and fold_headline(article.headline):
        # Of several versions the latest is the one that was read last; which to withdraw, a person decides.
        return Target(same[0], "the same headline", is_certain=len(same) == 1)
    if article.mark == WITHDRAWN:
        return None
    return _find_alike(article, earlier)


_LATEST_FIRST: Final = ("-published_on", "-published_at", "-pk")


def _earlier(article: Article) -> QuerySet[Article]:
    """Return the older articles of the same source that a mark may refer to."""
    first_day = article.published_on - REACH[article.mark]
    earlier = Article.objects.filter(
        source=article.source_id, published_on__gte=first_day, published_on__lte=article.published_on
    ).exclude(pk=article.pk)
    if article.published_at:
        earlier = earlier.filter(Q(published_at__isnull=True) | Q(published_at__lte=article.published_at))
    return earlier


def _find_alike(article: Article, earlier: QuerySet[Article]) -> Target | None:
    """Find the story whose headline and text are like this one's, and clearly more so than any other's."""
    wanted = fold_headline(article.headline)
    rows = earlier.order_by(*_LATEST_FIRST).values_list("pk", "headline")[:MOST_HEADLINES]
    scores = {pk: token_set_ratio(wanted, fold_headline(headline)) for pk, headline in rows}
    alike = sorted((pk for pk in scores if scores[pk] >= LEAST_ALIKE_HEADLINE), key=lambda pk: -scores[pk])
    relatives = _relatives(article) & scores.keys()
    texts = Article.objects.in_bulk([*relatives, *alike[:MOST_TEXTS]])
    ours = shingles(words_of(article.body_text))
    least = LEAST_ALIKE_UPDATE if article.mark == "update" else LEAST_ALIKE_TEXT
    found = []
    for pk, other in texts.items():
        text = share(ours, shingles(words_of(other.body_text)))
        if text >= CLEARLY_ALIKE_TEXT or (text >= least and pk in alike):
            found.append((text + scores[pk] / 100, other))
    found.sort(key=lambda pair: (pair[0], pair[1].published_on, pair[1].pk), reverse=True)
    if not found:
        return None
    if len(found) > 1 and found[0][0] - found[1][0] < CLEAR_LEAD and not _are_versions(found):
        return None
    _, target = _latest(found) if _are_versions(found) else found[0]
    return Target(target, "a similar headline and text", is_certain=False)


def _relatives(article: Article) -> set[int]:
    family = FamilyMember.objects.filter(family__members__article=article)
    return set(family.values_list("article_id", flat=True)) - {article.pk}


def _are_versions(found: Iterable[tuple[float, Article]]) -> bool:
    """Say whether all candidates are of one family, so that the latest of them is meant."""
    ids = [article.pk for _, article in found]
    homes = FamilyMember.objects.filter(article__in=ids).values_list("family_id", flat=True)
    return len(homes) == len(ids) and len(set(homes)) == 1


def _latest(found: list[tuple[float, Article]]) -> tuple[float, Article]:
    return max(found, key=lambda pair: (pair[1].published_on, pair[1].published_at or _LONG_AGO, pair[1].pk))


_LONG_AGO: Final = datetime.datetime(1, 1, 2, tzinfo=datetime.UTC)


@transaction.atomic
def decide(row: Correction, target: Article | None, *, by, why: str = "") -> None:
    """Settle by hand what a correction refers to; None says that it refers to nothing here.

    A withdrawal settled so is certain, and is carried out if readers may see it. What was withdrawn before
    stays withdrawn: publishing again is a decision of its own.
    """
    if target is not None and target.pk == row.correcting_id:
        raise ValueError("An article cannot correct itself.")
    row = Correction.objects.select_for_update(of=("self",)).get(pk=row.pk)
    # Two cannot correct each other: what was linked the other way round waits to be looked at again.
    Correction.objects.filter(correcting=target, corrected=row.correcting_id).update(
        state=Correction.State.OPEN, corrected=None, is_certain=False
    )
    row.corrected = target
    row.state = Correction.State.LINKED if target else Correction.State.SETTLED
    row.how, row.is_certain = "by hand", target is not None
    row.decided_by, row.decided_at, row.why = by, timezone.now(), why
    row.save()
    if target:
        _follow(row, by)


_linked: Final = Prepared(
    lambda pks: (
        Correction.objects.filter(Q(correcting__in=pks) | Q(corrected__in=pks))
        .filter(state=Correction.State.LINKED)
        .order_by()
        .values_list("pk")
    )
)


def links_of(article: Article) -> tuple[Correction | None, list[Correction]]:
    """Return what an article refers to, and what refers to it, as far as readers may see the other side."""
    if not _linked.among([article.pk]):
        return None, []
    linked = Correction.objects.filter(state=Correction.State.LINKED)
    ours = linked.filter(correcting=article).select_related("corrected").first()
    public = linked.filter(corrected=article, correcting__status=Article.Status.PUBLISHED)
    theirs = public.select_related("correcting").order_by("correcting__published_on", "correcting_id")
    return ours, list(theirs)


def waiting() -> QuerySet[Correction]:
    """Return what an archivist has to look at: open ones, and withdrawals that are not certain."""
    doubtful = Q(state=Correction.State.LINKED, kind=WITHDRAWN, is_certain=False)
    rows = Correction.objects.filter(Q(state=Correction.State.OPEN) | doubtful)
    return rows.select_related("correcting__source", "corrected").order_by("-pk")


def suggestions(row: Correction, count: int = 5) -> list[Article]:
    """Return the older articles whose headlines are most like this one's, for an archivist to choose from."""
    article = row.correcting
    if article.published_on is None:
        return []
    wanted = fold_headline(article.headline)
    rows = _earlier(article).order_by(*_LATEST_FIRST).values_list("pk", "headline")[:MOST_HEADLINES]
    scored = sorted(((token_set_ratio(wanted, fold_headline(text)), pk) for pk, text in rows), reverse=True)
    ids = [pk for _, pk in scored[:count]]
    found = Article.objects.for_lists().in_bulk(ids)
    return [found[pk] for pk in ids]
