"""Puts articles that tell one story together: the same text, nearly the same, one that grew, or a mark.

A title alone never does: the stories of a weekly series share theirs. What a person judged to be two stories
stays two, also when a third comes in that is like both. Runs inside the caller's transaction; as many queries
for a batch as for one article, and work that grows with the batch, not with the archive.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from archive.desk.groups import Groups
from archive.desk.grown import find_grown
from archive.desk.outbox import queue_articles
from archive.desk.passages import sharers
from archive.desk.pieces import in_pieces
from archive.desk.read_ahead import NOTHING, Ahead
from archive.desk.rows import insert_rows
from archive.desk.signatures import Look, figures_of, looks_of, passages_of, share, shingles, words_of
from archive.models import Apart, Article, Band, Family, FamilyMember, Passage, Signature

# Versions follow each other within hours; what is half the same a week later is the next of a series.
SAME_STORY_WITHIN: Final = timedelta(hours=36)
LEAST_SHARE_OF_VERSIONS: Final = 0.5
# A reprint, however late, is the same to a few words and tells the same figures.
LEAST_SHARE_OF_REPRINTS: Final = 0.8
LEAST_SAME_FIGURES_OF_REPRINTS: Final = 0.9
# The table of the next day has the same words and other figures.
LEAST_SAME_FIGURES_OVERNIGHT: Final = 0.3
# Of a text that many resemble, the latest are compared; a chain holds together by its neighbours.
MOST_COMPARED: Final = 30
ARTICLES_AT_ONCE: Final = 500

EXACT: Final = FamilyMember.How.EXACT
NEAR: Final = FamilyMember.How.NEAR


class Match(NamedTuple):
    """Two articles that tell one story."""

    first: int
    second: int
    how: str


def place(articles: Sequence[Article], ahead: Ahead = NOTHING, *, are_queued: bool = True) -> None:
    """Find the family of articles that are new or whose text changed, and keep what later ones need.

    `ahead` may hold what another process has read of their texts already. `are_queued`: the caller tells the
    index of these articles; it is told here of those that join them.
    """
    articles = _worth_placing(articles)
    if not articles:
        return
    read = {article.pk: ahead.find(article.headline, article.body_text) for article in articles}
    looks = {pk: each.look for pk, each in read.items() if each} | _looks_of(
        [article for article in articles if read[article.pk] is None]
    )
    matches = _find_matches(articles, looks)
    twins = {match.second for match in matches if match.how == EXACT}
    _keep(looks, twins)
    passages = {
        pk: read[pk].passages if read[pk] else passages_of(article.body_text)
        for pk, article in ((article.pk, article) for article in articles)
    }
    matches += [Match(*pair, NEAR) for pair in find_grown(passages, _is_soon)]
    _keep_passages(passages.items())
    group(matches, queued={article.pk for article in articles} if are_queued else ())
    queue_articles(sharers(article.pk for article in articles))


def _looks_of(articles: Sequence[Article]) -> dict[int, Look]:
    looks = looks_of([(article.headline, article.body_text) for article in articles])
    return {article.pk: look for article, look in zip(articles, looks, strict=True)}


def _worth_placing(articles: Sequence[Article]) -> list[Article]:
    """Leave out articles whose text is as it was; forget the family of those whose text changed."""
    before = Signature.objects.in_bulk([article.pk for article in articles])
    kept, changed = [], []
    for article in articles:
        known = before.get(article.pk)
        look = looks_of([(article.headline, article.body_text)])[0] if known else None
        if known and look.body_hash == known.body_hash:
            if look.headline_hash != known.headline_hash:
                Signature.objects.filter(pk=article.pk).update(headline_hash=look.headline_hash)
            continue
        kept.append(article)
        changed += [article.pk] if known else []
    if changed:
        forget(changed)
    return [article for article in kept if article.body_text.strip()]


def forget(article_ids: Iterable[int]) -> None:
    """Take articles out of their families, and forget what their texts looked like."""
    ids = list(article_ids)
    families = set(FamilyMember.objects.filter(article__in=ids).values_list("family_id", flat=True))
    Band.objects.filter(article_id__in=ids).delete()
    Signature.objects.filter(article__in=ids).delete()
    Passage.objects.filter(article__in=ids).delete()
    FamilyMember.objects.filter(article__in=ids).delete()
    _tidy(families)


def _keep(looks: dict[int, Look], twins: set[int]) -> None:
    """Keep signatures; a twin needs no small hashes, the first of its text has them."""
    Signature.objects.bulk_create(
        [
            Signature(
                article_id=pk,
                body_hash=look.body_hash,
                headline_hash=look.headline_hash,
                minhash=b"" if pk in twins else look.minhash,
            )
            for pk, look in looks.items()
        ]
    )
    insert_rows(
        Band,
        ("key", "article_id"),
        [(key, pk) for pk, look in looks.items() if pk not in twins for key in look.bands],
    )


def _keep_passages(passages: Iterable[tuple[int, list[tuple[int, int]]]]) -> None:
    rows = [(pk, position, key) for pk, found in passages for position, key in found]
    insert_rows(Passage, ("article_id", "position", "key"), rows)


def _find_matches(articles: Sequence[Article], looks: dict[int, Look]) -> list[Match]:
    """Return what ties these articles to those before them and to each other, exact ones first."""
    exact = _find_exact(looks)
    has_twin = {match.second for match in exact}
    rest = [article for article in articles if article.pk not in has_twin]
    return exact + _find_near(rest, looks)


def _find_exact(looks: dict[int, Look]) -> list[Match]:
    hashes = {look.body_hash for look in looks.values()}
    first = {}
    rows = Signature.objects.filter(body_hash__in=hashes).order_by("article_id")
    for pk, body_hash in rows.values_list("article_id", "body_hash"):
        first.setdefault(body_hash, pk)
    matches = []
    for pk, look in looks.items():
        if first.setdefault(look.body_hash, pk) != pk:
            matches.append(Match(first[look.body_hash], pk, EXACT))
    return matches


def _find_near(articles: Sequence[Article], looks: dict[int, Look]) -> list[Match]:
    here = {article.pk: article for article in articles}
    by_band = defaultdict(list)
    keys = {key for pk in here for key in looks[pk].bands}
    for key, pk in Band.objects.filter(key__in=keys).values_list("key", "article_id"):
        by_band[key].append(pk)
    candidates: dict[int, list[int]] = {}
    for pk in here:
        shared = defaultdict(int)
        for key in looks[pk].bands:
            for other in by_band[key]:
                shared[other] += 1
            by_band[key].append(pk)
        shared.pop(pk, None)
        # Most bands first, of equals the latest.
        candidates[pk] = sorted(shared, key=lambda other: (-shared[other], -other))[:MOST_COMPARED]
    wanted = {other for others in candidates.values() for other in others} - here.keys()
    known = here | Article.objects.only("body_text", "published_on", "published_at").in_bulk(wanted)
    cut: dict[int, set[str]] = {}
    return [
        Match(other, pk, NEAR)
        for pk, others in candidates.items()
        for other in others
        if other in known and _is_same_story(known[other], known[pk], cut)
    ]


def _is_same_story(first: Article, second: Article, cut: dict[int, set[str]]) -> bool:
    """Compare two texts word for word; `cut` keeps their shingles for the next comparison."""
    for article in (first, second):
        if article.pk not in cut:
            cut[article.pk] = shingles(words_of(article.body_text))
    alike = share(cut[first.pk], cut[second.pk])
    if alike < LEAST_SHARE_OF_VERSIONS:
        return False
    same_figures = share(figures_of(first.body_text), figures_of(second.body_text))
    if _is_soon(first, second):
        return first.published_on == second.published_on or same_figures >= LEAST_SAME_FIGURES_OVERNIGHT
    return alike >= LEAST_SHARE_OF_REPRINTS and same_figures >= LEAST_SAME_FIGURES_OF_REPRINTS


def _is_soon(first: Article, second: Article) -> bool:
    if first.published_at and second.published_at:
        return abs(first.published_at - second.published_at) <= SAME_STORY_WITHIN
    if first.published_on and second.published_on:
        return abs(first.published_on - second.published_on) <= timedelta(days=1)
    return False


def group(matches: Sequence[Match], *, queued: Iterable[int] = ()) -> None:
    """Put matched articles into one family each, as far as nobody judged them to be different stories.

    The index is told of all whose family changes, but for those that are `queued` anyhow.
    """
    if not matches:
        return
    ids = {pk for match in matches for pk in match[:2]}
    families = dict(FamilyMember.objects.filter(article__in=ids).values_list("article_id", "family_id"))
    members = defaultdict(set)
    for pk, family in FamilyMember.objects.filter(family__in=set(families.values())).values_list(
        "article_id", "family_id"
    ):
        members[family].add(pk)
    everybody = ids.union(*members.values())
    apart = set(
        Apart.objects.filter(first__in=everybody, second__in=everybody).values_list("first", "second")
    )
    family_of = {pk: family for family, pks in members.items() for pk in pks}
    groups = Groups(members.values(), apart)
    how: dict[int, str] = {}
    for match in matches:
        if groups.join(match.first, match.second):
            how.setdefault(match.first, match.how)
            how.setdefault(match.second, match.how)
    queue_articles(_write(groups, family_of, how).difference(queued))


def _write(groups: Groups, family_of: dict[int, int], how: dict[int, str]) -> set[int]:
    """Make the families be what `groups` says: the oldest of those joined stays, the others are emptied.

    Return the articles whose family is another now.
    """
    joined = [members for members in groups if len(members) > 1]
    homes = [min((family_of[pk] for pk in members if pk in family_of), default=None) for members in joined]
    new = iter(Family.objects.bulk_create([Family() for home in homes if home is None]))
    rows, emptied, touched, changed = [], set(), set(), set()
    for members, kept in zip(joined, homes, strict=True):
        home = next(new).pk if kept is None else kept
        strangers = {family_of[pk] for pk in members if pk in family_of} - {home}
        if strangers:
            FamilyMember.objects.filter(family__in=strangers).update(family=home)
            emptied |= strangers
        added = [pk for pk in members if pk not in family_of]
        moved = [pk for pk in members if family_of.get(pk) in strangers]
        changed.update(added, moved)
        rows += [FamilyMember(article_id=pk, family_id=home, how=how.get(pk, NEAR)) for pk in added]
        if added or strangers:
            touched.add(home)
    FamilyMember.objects.bulk_create(rows)
    Family.objects.filter(pk__in=emptied).delete()
    choose_leads(touched)
    return changed


def choose_leads(family_ids: Iterable[int]) -> None:
    """Make the latest article that readers may see the lead of its family; none, if they may see none."""
    families = Family.objects.in_bulk(list(family_ids))
    rows = FamilyMember.objects.filter(family__in=families, article__status=Article.Status.PUBLISHED)
    latest = rows.order_by(
        "article__published_on", F("article__published_at").asc(nulls_first=True), "article_id"
    )
    leads = dict(latest.values_list("family_id", "article_id"))
    changed = [family for family in families.values() if family.lead_id != leads.get(family.pk)]
    for family in changed:
        family.lead_id = leads.get(family.pk)
    Family.objects.bulk_update(changed, ["lead"])


def choose_leads_of(article_ids: Iterable[int]) -> None:
    """Choose the leads again after articles were published or withdrawn."""
    ids = list(article_ids)
    choose_leads(set(FamilyMember.objects.filter(article__in=ids).values_list("family_id", flat=True)))
    queue_articles(sharers(ids))


@transaction.atomic
def part(article: Article, *, by, why: str) -> None:
    """Take an article out of its family for good: it is another story than each of the others there."""
    membership = FamilyMember.objects.filter(article=article).first()
    if membership is None:
        return
    others = membership.family.members.exclude(article=article).values_list("article_id", flat=True)
    pairs = [sorted((article.pk, other)) for other in others]
    Apart.objects.bulk_create(
        [Apart(first_id=first, second_id=second, by=by, why=why) for first, second in pairs],
        ignore_conflicts=True,
    )
    membership.delete()
    _tidy({membership.family_id})
    queue_articles([article.pk])


@transaction.atomic
def unite(article: Article, other: Article) -> None:
    """Put two articles and their families together by hand, whatever was said before."""
    ours, theirs = (
        {
            one.pk,
            *FamilyMember.objects.filter(family__members__article=one).values_list("article_id", flat=True),
        }
        for one in (article, other)
    )
    Apart.objects.filter(Q(first__in=ours, second__in=theirs) | Q(first__in=theirs, second__in=ours)).delete()
    group([Match(other.pk, article.pk, FamilyMember.How.MARK)])


def _tidy(family_ids: Iterable[int]) -> None:
    """Dissolve families of one, and choose the leads of the others."""
    ids = set(family_ids)
    sizes = defaultdict(int)
    for family in FamilyMember.objects.filter(family__in=ids).values_list("family_id", flat=True):
        sizes[family] += 1
    alone = {family for family in ids if sizes[family] < 2}
    queue_articles(FamilyMember.objects.filter(family__in=alone).values_list("article_id", flat=True))
    Family.objects.filter(pk__in=alone).delete()
    choose_leads(ids - alone)


def unplaced_ids() -> list[int]:
    """Return the articles whose text nobody has looked at yet, oldest row first."""
    waiting = Article.objects.filter(signature__isnull=True).exclude(body_text="")
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def place_all(progress: Callable[[int], object] = lambda count: None) -> int:
    """Place every article nobody has looked at yet, a transaction a piece; return how many there were."""
    ids = unplaced_ids()
    for piece in in_pieces(ids, ARTICLES_AT_ONCE):
        with transaction.atomic():
            place(list(Article.objects.filter(pk__in=piece).order_by("pk")), are_queued=False)
        progress(len(piece))
    return len(ids)


@transaction.atomic
def forget_all() -> None:
    """Forget every signature and family; what people decided stays."""
    queue_articles(FamilyMember.objects.values_list("article_id", flat=True))
    for model in (Band, Passage, FamilyMember, Family, Signature):
        model.objects.all().delete()
