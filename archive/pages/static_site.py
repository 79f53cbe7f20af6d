"""The published stories as pages of HTML that open from a folder, without a server or a script.

index.html                      years and months
2019/07/index.html              the stories of a month
2019/07/10/<slug>/index.html    a story, at the end of the address it has here
names/index.html, names/<slug>/index.html
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import Count
from django.template.loader import render_to_string

from archive.desk.credits import people_behind
from archive.desk.pieces import in_pieces
from archive.models import Article, Entity
from archive.pages.body import body_with_names
from archive.pages.times import local_time

STORIES_AT_ONCE: Final = 200
STYLE: Final = settings.BASE_DIR / "static" / "css" / "site.css"


class MonthLine(NamedTuple):
    """A month of the first page."""

    month: object
    count: int


def write_site(folder: Path, progress: Callable[[int], object] = lambda count: None) -> int:
    """Write the site into a folder and return the number of stories."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(STYLE, folder / "site.css")
    published = Article.objects.published()
    months = list(published.dates("published_on", "month"))
    counts = {month: published.filter(published_on__year=month.year, published_on__month=month.month).count()
              for month in months}  # fmt: skip
    lines = [MonthLine(month, counts[month]) for month in months]
    _write(folder, "", "index", {"months": lines, "total": sum(counts.values())})
    for month in months:
        _write_month(folder, month, published)
    _write_names(folder)
    return _write_stories(folder, published, progress)


def _write_month(folder: Path, month, published) -> None:
    stories = published.filter(published_on__year=month.year, published_on__month=month.month)
    context = {"month": month, "stories": stories.for_lists().oldest_first()}
    _write(folder, f"{month:%Y/%m}/", "month", context)


def _write_stories(folder: Path, published, progress) -> int:
    count = 0
    stories = published.select_related("source").order_by("pk").iterator(chunk_size=STORIES_AT_ONCE)
    for piece in in_pieces(stories, STORIES_AT_ONCE):
        signed = people_behind(piece)
        names = _names_of(piece)
        for article in piece:
            context = {
                "article": article,
                "time": local_time(article),
                "body": body_with_names(article.body_html, []),
                "sign_offs": signed[article.pk],
                "names": names.get(article.pk, []),
            }
            _write(folder, article.get_absolute_url().strip("/") + "/", "article", context)
        count += len(piece)
        progress(len(piece))
    return count


def _names_of(articles) -> dict[int, list[Entity]]:
    rows = Entity.objects.filter(mentions__article__in=articles).order_by("name", "pk").distinct()
    names: dict[int, list[Entity]] = {}
    pairs = rows.values_list("mentions__article", "pk").distinct()
    entities = rows.in_bulk()
    wanted = {article.pk for article in articles}
    for article_id, entity_id in pairs:
        if article_id in wanted:
            names.setdefault(article_id, []).append(entities[entity_id])
    return names


def _write_names(folder: Path) -> None:
    named = Entity.objects.current().filter(mentions__article__status=Article.Status.PUBLISHED)
    named = named.annotate(stories=Count("mentions__article", distinct=True)).order_by("name", "pk")
    _write(folder, "names/", "names", {"names": named})
    for name in named.iterator(chunk_size=STORIES_AT_ONCE):
        stories = Article.objects.published().filter(mentions__entity=name).distinct()
        _write(
            folder,
            f"names/{name.slug}/",
            "name",
            {"name": name, "stories": stories.for_lists().newest_first()},
        )


def _write(folder: Path, place: str, template: str, context: dict) -> None:
    """Write one page; `root` leads from it to the first page, since nothing knows where the folder lies."""
    path = folder / place / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    context |= {"root": "../" * place.count("/"), "archive_name": settings.ARCHIVE_NAME}
    path.write_text(render_to_string(f"export/{template}.html", context), "utf-8")
