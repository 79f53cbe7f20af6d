"""Decodes sign-off codes to the people behind them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from archive.models import Article, BylineCode, Contributor, Credit


class SignOff(NamedTuple):
    code: str
    role: str
    contributor: Contributor | None

    @property
    def role_label(self) -> str:
        return Credit.Role(self.role).label


def people_behind(articles: Iterable[Article]) -> dict[int, list[SignOff]]:
    """Return each article's sign-offs in printed order, with the people where they are registered.

    Two queries, however many articles. A code that meant two people on that day is left undecoded.
    """
    articles = {article.pk: article for article in articles}
    credits = list(Credit.objects.filter(article__in=articles).order_by("article_id", "position"))
    registered = defaultdict(list)
    codes = {credit.code for credit in credits}
    for byline in BylineCode.objects.filter(code__in=codes).select_related("contributor"):
        registered[byline.code].append(byline)
    decoded = defaultdict(list)
    for credit in credits:
        article = articles[credit.article_id]
        person = find_contributor(registered[credit.code], article.source_id, article.published_on)
        decoded[article.pk].append(SignOff(credit.code, credit.role, person))
    return decoded


def find_contributor(bylines: Iterable[BylineCode], source_id: int | None, day) -> Contributor | None:
    """Return the one person whom `bylines` (of one code) name at that source and day, or None.

    A registration for this source goes before one for every source.
    """
    fitting = [byline for byline in bylines if byline.covers(source_id, day)]
    own = [byline for byline in fitting if byline.source_id is not None] or fitting
    people = {byline.contributor_id: byline.contributor for byline in own}
    return next(iter(people.values())) if len(people) == 1 else None
