"""Stories as lists show them: a line each, without the story."""

import datetime
from collections.abc import Iterable
from typing import Final, NamedTuple

from archive.desk.badges import badge_of
from archive.models import Article
from archive.models.addresses import article_url
from archive.models.prepared import Prepared
from archive.pages.times import LocalTime, local_time_in


class Story(NamedTuple):
    """A line of a list; `published_at` is None if only the day is known."""

    pk: int
    headline: str
    slug: str
    language: str
    published_on: datetime.date
    published_at: datetime.datetime | None
    place: str
    sign_off: str
    word_count: int
    source_name: str
    source_zone: str
    later_mark: str | None

    def get_absolute_url(self) -> str:
        return article_url(self.published_on, self.slug)

    @property
    def time(self) -> LocalTime | None:
        """Return when it was published where it was filed, or None if only the day is known."""
        return local_time_in(self.source_zone, self.published_at) if self.published_at else None

    @property
    def badge(self) -> str:
        """Return what became of it, such as corrected; "" for most."""
        return badge_of(self)


_OF_ARTICLE: Final = Story._fields[:9]


def _lines(articles):
    return articles.with_badges().values_list(*_OF_ARTICLE, "source__name", "source__zone", "later_mark")


_readable: Final = Prepared(lambda pks: _lines(Article.objects.published_among(pks)))


def load_stories(article_ids: Iterable[int]) -> list[Story]:
    """Return those of some articles that readers may see, in the order given."""
    ids = list(article_ids)
    found = {row[0]: Story(*row) for row in _readable.among(ids)}
    return [found[pk] for pk in ids if pk in found]


def stories_in(articles) -> list[Story]:
    """Return the lines of a queryset of articles that readers may see, in its order and in one query."""
    return [Story(*row) for row in _lines(articles)]


def story_of(article: Article) -> Story:
    """Return the line of an article that was loaded with its source, and `with_badges` if it may have one."""
    source = article.source
    shown = (getattr(article, name) for name in _OF_ARTICLE)
    return Story(*shown, source.name, source.zone, getattr(article, "later_mark", None))
