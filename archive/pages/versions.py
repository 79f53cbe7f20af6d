"""The versions of an article that readers could ever see, each as it stood; and any two stories compared."""

from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.views.decorators.http import require_safe

from archive.desk.closings import closed_versions
from archive.desk.versions import compare_stories, find_public_revision, public_versions
from archive.models import Article, FamilyMember
from archive.pages.addresses import NotHere, below, get_day_or_404, redirect_unless_at
from archive.pages.articles import find_or_answer
from archive.pages.body import body_with_names
from archive.pages.relations import compare_url
from archive.pages.times import local_time
from archive.wire import sanitize


@require_safe
def versions(request, year: str, month: str, day: str, slug: str):
    """List the versions of an article, newest first, each with its difference to the one before."""
    article, answer = find_or_answer(request, year, month, day, slug, "versions/")
    if answer:
        return answer
    # The reasons are everybody's to read; who changed a story is the desk's business.
    shows_who = request.user.has_perm("archive.view_revision")
    context = {
        "article": article,
        "versions": [
            (version, below(article, "version", version.number))
            for version in public_versions(article, closed_versions(article))
        ],
        "shows_who": shows_who,
    }
    response = render(request, "pages/versions.html", context)
    if shows_who:
        patch_cache_control(response, private=True)
    return response


@require_safe
def version(request, year: str, month: str, day: str, slug: str, number: int):
    """Show an article as it stood in one version; the page says so, and search engines leave it out."""
    article, answer = find_or_answer(request, year, month, day, slug, f"versions/{number}/")
    if answer:
        return answer
    address = below(article, "version", number)
    # Leading zeros are no other version.
    if redirect := redirect_unless_at(request, address):
        return redirect
    revision = find_public_revision(article, number)
    if revision is None:
        raise NotHere(
            "This story has no such version.",
            (
                ("All versions of this story", below(article, "versions")),
                ("The story", article.get_absolute_url()),
            ),
        )
    if closing := closed_versions(article).get(number):
        return _closed(request, article, closing)
    # A revision is cleaned by today's rules, whichever held when it was saved.
    revision.body_html = sanitize.clean(revision.body_html)
    context = {
        "article": article,
        "revision": revision,
        "is_current": number == article.version,
        "time": local_time(revision),
        "body": body_with_names(revision.body_html, []),
        "versions_url": below(article, "versions"),
        "permanent_url": request.build_absolute_uri(article.get_absolute_url()),
    }
    return render(request, "pages/version.html", context)


def _closed(request, article: Article, closing):
    """Answer 410 with the reason, and nothing of what the version said; it may be opened again any time."""
    context = {"article": article, "closing": closing, "versions_url": below(article, "versions")}
    response = render(request, "pages/version_closed.html", context, status=410)
    add_never_cache_headers(response)
    return response


@require_safe
def compare(request, year, month, day, slug, other_year, other_month, other_day, other_slug):
    """Show word for word what parts two stories; the newer one is the one whose address comes first."""
    rest = f"compare/{other_year}/{other_month}/{other_day}/{other_slug}/"
    newer, answer = find_or_answer(request, year, month, day, slug, rest)
    if answer:
        return answer
    on = get_day_or_404(other_year, other_month, other_day)
    public = Article.objects.published().select_related("source")
    older = public.filter(published_on=on, slug=other_slug.lower()).first()
    if older is None:
        raise NotHere(
            "The story to compare with is not open to readers.", ((newer.headline, newer.get_absolute_url()),)
        )
    if redirect := redirect_unless_at(request, compare_url(older, newer)):
        return redirect
    context = {
        "older": older,
        "newer": newer,
        "changes": compare_stories(older, newer, older.source.zone, newer.source.zone),
        "is_one_story": FamilyMember.objects.filter(article=older, family__members__article=newer).exists(),
    }
    return render(request, "pages/compare.html", context)
