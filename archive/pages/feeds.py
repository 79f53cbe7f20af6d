"""The newest stories, of the archive and of one name, as Atom feeds."""

import re
from typing import Final

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed

from archive.desk.badges import note_of
from archive.desk.merging import get_root
from archive.models import Article, Entity
from archive.pages.counts import articles_naming, newest_day_first
from archive.pages.formats import with_badge

STORIES: Final = 50
LEAD_CHARS: Final = 400
# What XML 1.0 has no way to write.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Stories(Feed):
    """Published stories, each with what became of it; what is withdrawn is gone with the next look."""

    feed_type = Atom1Feed

    def newest(self, articles):
        """Return the newest of some articles with all that an entry says."""
        shown = newest_day_first(articles).select_related("source").defer("body_html")
        return shown.with_badges()[:STORIES]

    def item_title(self, article: Article) -> str:
        return _plain(with_badge(article))

    def item_description(self, article: Article) -> str:
        return _plain(f"{note_of(article)} {article.body_text[:LEAD_CHARS]}".strip())

    def item_author_name(self, article: Article) -> str:
        return _plain(article.source.name)

    def item_pubdate(self, article: Article):
        return article.published_at

    def item_updateddate(self, article: Article):
        return article.changed_at


class LatestFeed(Stories):
    """The newest stories of the archive."""

    feed_url = reverse_lazy("feed")
    link = reverse_lazy("home")

    def title(self) -> str:
        return _plain(f"{settings.ARCHIVE_NAME}: the newest stories")

    def items(self):
        return self.newest(Article.objects.published())


class NameFeed(Stories):
    """The newest stories that name somebody; a merged name's feed is that of the name it was merged into."""

    def get_object(self, request, slug: str) -> Entity:
        entity = Entity.objects.filter(slug=slug.lower()).first()
        if entity is None:
            raise Http404
        return get_root(entity)

    def title(self, entity: Entity) -> str:
        return _plain(f"Stories that name {entity.name}")

    def link(self, entity: Entity) -> str:
        return entity.get_absolute_url()

    def feed_url(self, entity: Entity) -> str:
        return reverse("name_feed", args=[entity.slug])

    def items(self, entity: Entity):
        return self.newest(articles_naming(entity))


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
