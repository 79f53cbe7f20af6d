"""The newest stories that name somebody, as an Atom feed."""

import re
from typing import Final

from django.contrib.syndication.views import Feed
from django.http import Http404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from archive.desk.merging import get_root
from archive.models import Article, Entity
from archive.pages.counts import articles_naming, newest_day_first

STORIES: Final = 50
LEAD_CHARS: Final = 400
# What XML 1.0 has no way to write.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NameFeed(Feed):
    """Published stories only; a merged name's feed is that of the name it was merged into."""

    feed_type = Atom1Feed

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
        articles = newest_day_first(articles_naming(entity)).select_related("source").defer("body_html")
        return articles[:STORIES]

    def item_title(self, article: Article) -> str:
        return _plain(article.headline)

    def item_description(self, article: Article) -> str:
        return _plain(article.body_text[:LEAD_CHARS])

    def item_author_name(self, article: Article) -> str:
        return _plain(article.source.name)

    def item_pubdate(self, article: Article):
        return article.published_at

    def item_updateddate(self, article: Article):
        return article.changed_at


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
