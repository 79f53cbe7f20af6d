"""Paragraphs that are told again and again: background that stories share although they are not one story."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from django.db.models import Count

from archive.desk.pieces import in_pieces
from archive.models import Article, FamilyMember, Passage
from archive.models.prepared import Prepared

# One other story may be a rewrite nobody has recognised; two have the paragraph from a common stock.
LEAST_OTHERS: Final = 2
MOST_SHOWN: Final = 3
MOST_COMPARED: Final = 60
# A database takes some 30,000 values in a query; a story has about ten paragraphs.
ARTICLES_AT_ONCE: Final = 1_000


class Recycled(NamedTuple):
    """A paragraph of an article, in how many unrelated published stories it stands too, and the first."""

    position: int
    text: str
    others: int
    first: Article


_paragraphs: Final = Prepared(
    lambda pks: Passage.objects.filter(article__in=pks).values_list("key", "position")
)
# Counts the article itself, its relatives and what is not public too; few paragraphs are left to look at.
_in_many: Final = Prepared(
    lambda keys: (
        Passage.objects.filter(key__in=keys)
        .order_by()
        .values_list("key")
        .annotate(articles=Count("article", distinct=True))
        .filter(articles__gt=LEAST_OTHERS)
    )
)


def recycled(article: Article) -> list[Recycled]:
    """Return the paragraphs of an article that stand in unrelated stories too, the commonest first."""
    here = dict(_paragraphs.among([article.pk]))
    keys = [key for key, _ in _in_many.among(here)]
    if not keys:
        return []
    relatives = FamilyMember.objects.filter(family__members__article=article).values("article_id")
    elsewhere = (
        Passage.objects.filter(key__in=keys, article__status=Article.Status.PUBLISHED)
        .exclude(article=article)
        .exclude(article__in=relatives)
    )
    counts = elsewhere.order_by().values_list("key").annotate(others=Count("article", distinct=True))
    common = sorted(counts.filter(others__gte=LEAST_OTHERS), key=lambda row: (-row[1], here[row[0]]))
    paragraphs = article.body_text.split("\n\n")
    return [
        Recycled(here[key], paragraphs[here[key]], others, _first(elsewhere.filter(key=key)))
        for key, others in common[:MOST_SHOWN]
        if here[key] < len(paragraphs)
    ]


def recycled_positions(article_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return which paragraphs of articles stand in unrelated stories too, in four queries for any number."""
    ids = list(article_ids)
    here = list(Passage.objects.filter(article__in=ids).values_list("article_id", "position", "key"))
    common = _common({key for _, _, key in here}, more_than=LEAST_OTHERS)
    rows = Passage.objects.filter(key__in=[key for key, count in common.items() if count <= MOST_COMPARED])
    rows = rows.filter(article__status=Article.Status.PUBLISHED).order_by()
    stands_in: dict[int, dict[int, int | None]] = {}
    for key, pk, family in rows.values_list("key", "article_id", "article__membership__family"):
        stands_in.setdefault(key, {})[pk] = family
    families = dict(FamilyMember.objects.filter(article__in=ids).values_list("article_id", "family_id"))
    found: dict[int, set[int]] = {}
    for pk, position, key in here:
        # No family is so large that a paragraph of more than MOST_COMPARED stories would be its own.
        others = stands_in.get(key)
        if key in common and (others is None or _unrelated(others, pk, families.get(pk)) >= LEAST_OTHERS):
            found.setdefault(pk, set()).add(position)
    return found


def _unrelated(stands_in: Mapping[int, int | None], article: int, family: int | None) -> int:
    return sum(1 for pk, other in stands_in.items() if pk != article and (other is None or other != family))


def _common(keys: set[int], more_than: int) -> dict[int, int]:
    """Return how many published stories have a paragraph, for those that more than so many have."""
    rows = Passage.objects.filter(key__in=keys, article__status=Article.Status.PUBLISHED).order_by()
    counts = rows.values_list("key").annotate(stories=Count("article", distinct=True))
    return dict(counts.filter(stories__gt=more_than))


def sharers(article_ids: Iterable[int]) -> set[int]:
    """Return the other articles whose paragraphs become recycled, or cease to be, with these.

    Of a paragraph that many others have, nothing changes.
    """
    pieces = in_pieces(list(article_ids), ARTICLES_AT_ONCE)
    return set().union(*(_sharers(set(piece)) for piece in pieces))


def _sharers(ids: set[int]) -> set[int]:
    ours: dict[int, int] = {}
    for key in Passage.objects.filter(article__in=ids).values_list("key", flat=True):
        ours[key] = ours.get(key, 0) + 1
    others = Passage.objects.filter(key__in=ours, article__status=Article.Status.PUBLISHED).order_by()
    others = others.exclude(article__in=ids)
    counts = others.values_list("key").annotate(stories=Count("article", distinct=True))
    few = dict(counts.filter(stories__lte=LEAST_OTHERS))
    crossing = [key for key, stories in few.items() if stories + ours[key] > LEAST_OTHERS]
    return set(others.filter(key__in=crossing).values_list("article_id", flat=True)) if crossing else set()


def same_words(article: Article, position: int) -> list[int]:
    """Return the oldest articles that have a paragraph of this one to the word, MOST_COMPARED at most."""
    key = Passage.objects.filter(article=article, position=position).values("key")[:1]
    passages = Passage.objects.filter(key=key).order_by("article__published_on", "article_id")
    return list(passages.values_list("article_id", flat=True)[:MOST_COMPARED])


def _first(passages) -> Article:
    oldest = passages.order_by("article__published_on", "article__published_at", "article_id")
    return oldest.select_related("article").first().article
