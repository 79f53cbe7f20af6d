"""For crawlers: what there is, and what not to bother with."""

from typing import Final

from django.contrib.sitemaps import Sitemap
from django.shortcuts import render
from django.views.decorators.http import require_safe

from archive.models import Article
from archive.pages.names import names_in_the_archive

# The protocol allows 50,000; a file of 5,000 is written in half a second.
ADDRESSES_PER_FILE: Final = 5_000


class ArticleSitemap(Sitemap):
    limit = ADDRESSES_PER_FILE

    def items(self):
        return Article.objects.published().only("published_on", "slug", "changed_at").order_by("pk")

    def lastmod(self, article):
        return article.changed_at

    def get_latest_lastmod(self):
        """Leave the date out of the index: to find it, all articles must be read."""
        return None


class NameSitemap(Sitemap):
    limit = ADDRESSES_PER_FILE

    def items(self):
        return names_in_the_archive().order_by("pk")


SITEMAPS: Final = {"articles": ArticleSitemap, "names": NameSitemap}


@require_safe
def robots(request):
    """Point crawlers to the sitemap and keep them out of endless questions."""
    context = {"sitemap_url": request.build_absolute_uri("/sitemap.xml")}
    return render(request, "robots.txt", context, content_type="text/plain; charset=utf-8")
