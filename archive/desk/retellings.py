"""How a paragraph that is told again and again changed its words over the years."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from archive.desk.differences import Paragraph, compare
from archive.desk.signatures import MIN_PASSAGE_WORDS, share, shingles, words_of
from archive.models import Article

# Of the triples of words: a third of the words of a paragraph can be others.
LEAST_ALIKE: Final = 0.35


class Wording(NamedTuple):
    """A wording of a paragraph, the first story with it, and what it changed in the first wording of all.

    `others` counts the later stories that tell it in the same words.
    """

    article: Article
    text: str
    changes: list[Paragraph]
    others: int


def wordings(paragraph: str, articles: Iterable[Article]) -> list[Wording]:
    """Return how some articles tell a paragraph, the oldest wording first; those that do not are left out.

    Wordings that differ in case, spacing and punctuation alone are one.
    """
    wanted = shingles(words_of(paragraph))
    first: dict[tuple[str, ...], tuple[Article, str]] = {}
    counts: dict[tuple[str, ...], int] = {}
    for article in sorted(articles, key=_moment):
        text = _most_alike(article, wanted)
        words = tuple(words_of(text))
        if words:
            first.setdefault(words, (article, text))
            counts[words] = counts.get(words, 0) + 1
    if not first:
        return []
    _, oldest = next(iter(first.values()))
    return [
        Wording(article, text, compare(oldest, text), counts[words] - 1)
        for words, (article, text) in first.items()
    ]


def _moment(article: Article) -> tuple:
    at = article.published_at.timestamp() if article.published_at else 0
    return article.published_on, at, article.pk


def _most_alike(article: Article, wanted: set[str]) -> str:
    """Return the paragraph of an article that is most like the wanted one; "" if none is like it."""
    best, best_share = "", LEAST_ALIKE
    for text in article.body_text.split("\n\n"):
        words = words_of(text)
        if len(words) >= MIN_PASSAGE_WORDS and (alike := share(shingles(words), wanted)) >= best_share:
            best, best_share = text, alike
    return best
