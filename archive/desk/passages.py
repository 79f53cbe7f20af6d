"""Paragraphs that are told again and again: background that stories share although they are not one story."""

from typing import Final, NamedTuple

from django.db.models import Count

from archive.models import Article, FamilyMember, Passage

# One other story may be a rewrite nobody has recognised; two have the paragraph from a common stock.
LEAST_OTHERS: Final = 2
MOST_SHOWN: Final = 3
MOST_COMPARED: Final = 60


class Recycled(NamedTuple):
    """A paragraph of an article, in how many unrelated published stories it stands too, and the first."""

    position: int
    text: str
    others: int
    first: Article


def recycled(article: Article) -> list[Recycled]:
    """Return the paragraphs of an article that stand in unrelated stories too, the commonest first."""
    here = dict(Passage.objects.filter(article=article).values_list("key", "position"))
    if not here:
        return []
    relatives = FamilyMember.objects.filter(family__members__article=article).values("article_id")
    elsewhere = (
        Passage.objects.filter(key__in=here, article__status=Article.Status.PUBLISHED)
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


def same_words(article: Article, position: int) -> list[int]:
    """Return the oldest articles that have a paragraph of this one to the word, MOST_COMPARED at most."""
    key = Passage.objects.filter(article=article, position=position).values("key")[:1]
    passages = Passage.objects.filter(key=key).order_by("article__published_on", "article_id")
    return list(passages.values_list("article_id", flat=True)[:MOST_COMPARED])


def _first(passages) -> Article:
    oldest = passages.order_by("article__published_on", "article__published_at", "article_id")
    return oldest.select_related("article").first().article
