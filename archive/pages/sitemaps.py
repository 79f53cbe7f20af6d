"""For crawlers: what there is, and what not to bother with."""

from typing import Final

from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.shortcuts import render
from django.views.decorators.http import require_safe

from archive.models import Article
from archive.pages.names import names_in_the_archive

# Half of what the protocol allows, so that a file stays small.
ADDRESSES_PER_FILE: Final = 25_000


class ArticleSitemap(Sitemap):
    limit = ADDRESSES_PER_FILE

    def items(self):
        return Article.objects.published().only("published_on", "slug", "changed_at").order_by("pk")

    def lastmod(self, article):
        return article.changed_at

    def get_latest_lastmod(self):
        """Ask the database; Django would fetch every article to find the latest change."""
        return Article.objects.published().aggregate(latest=Max("changed_at"))["latest"]


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
