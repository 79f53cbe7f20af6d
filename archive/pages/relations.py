"""What an article has to do with others: what it corrects, who corrects it, its versions, what it retells."""

import datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from archive.desk.corrections import links_of
from archive.desk.passages import recycled
from archive.models import Article, FamilyMember
from archive.models.prepared import Prepared
from archive.pages.addresses import below

# A longer family is a series that slipped through, or a day's running story; the list says how many more.
MOST_RELATIVES: Final = 12
# So many words of a paragraph tell it from others, and a search for them finds it.
TELLING_WORDS: Final = 8

# What a marked story does, and what was done to the one it refers to.
DOES: Final = {
    "correction": "corrects",
    "corrected": "corrects",
    "refile": "replaces",
    "update": "updates",
    "withdrawn": "withdraws",
}
WAS_DONE: Final = {
    "correction": "was corrected",
    "corrected": "was corrected",
    "refile": "was filed again",
    "update": "was updated",
}

_family: Final = Prepared(
    lambda pks: (
        FamilyMember.objects.filter(family__members__article__in=pks).order_by().values_list("article_id")
    )
)


class Banner(NamedTuple):
    """One line above a story; `article` is where it leads, None if that is not for readers."""

    text: str
    article: Article | None


class Relative(NamedTuple):
    """Another version of a story, and the page that compares the two."""

    article: Article
    compare_url: str


class Retold(NamedTuple):
    """A paragraph that stands in other stories too; `search_url` finds them."""

    beginning: str
    others: int
    first: Article
    search_url: str


def relations(article: Article) -> dict:
    """Return what the template of an article shows of its relations."""
    relatives = _relatives(article)
    return {
        "banners": _banners(article),
        "relatives": [Relative(other, compare_url(other, article)) for other in relatives[:MOST_RELATIVES]],
        "more_relatives": max(0, len(relatives) - MOST_RELATIVES),
        "earlier_count": sum(_moment(other) < _moment(article) for other in relatives),
        "retold": [_retold(each) for each in recycled(article)],
    }


def _banners(article: Article) -> list[Banner]:
    ours, theirs = links_of(article)
    banners = [
        Banner(f"This story {WAS_DONE[row.kind]}:", row.correcting) for row in theirs if row.kind in WAS_DONE
    ]
    if ours and ours.kind == "withdrawn":
        banners.append(Banner("This notice withdraws a story that stood here.", None))
    elif ours and ours.corrected.is_public:
        banners.append(Banner(f"This story {DOES[ours.kind]}:", ours.corrected))
    return banners


def _relatives(article: Article) -> list[Article]:
    """Return the other members of an article's family that readers may see, newest first."""
    others = {pk for (pk,) in _family.among([article.pk])} - {article.pk}
    return list(Article.objects.published_among(others).for_lists().newest_first()) if others else []


def _moment(article: Article) -> tuple:
    at = article.published_at or datetime.datetime.min.replace(tzinfo=datetime.UTC)
    return article.published_on, at, article.pk


def _retold(found) -> Retold:
    words = found.text.split()[:TELLING_WORDS]
    phrase = " ".join(words).replace('"', " ")
    question = urlencode({"q": f'"{phrase}"'})
    return Retold(" ".join(words), found.others, found.first, f"{reverse('search')}?{question}")


def compare_url(older: Article, newer: Article) -> str:
    """Return the address that compares two articles, the older one's below the newer one's."""
    if _moment(older) > _moment(newer):
        older, newer = newer, older
    day = older.published_on
    return below(newer, "compare", f"{day:%Y}", f"{day:%m}", f"{day:%d}", older.slug)
