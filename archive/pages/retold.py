"""The paragraphs of a story that others tell too: where they stood first, and how their words changed."""

from typing import Final, NamedTuple

from django.shortcuts import render
from django.views.decorators.http import require_safe

from archive.desk.passages import Recycled, recycled, same_words
from archive.desk.retellings import Wording, wordings
from archive.models import Article, FamilyMember
from archive.pages.articles import find_or_answer
from archive.pages.limits import LONG_QUESTION_COST, limited
from archive.search.retellings import find_alike

MOST_WORDINGS: Final = 12


class History(NamedTuple):
    """A paragraph, its first wording, and those after it; `more` are not shown."""

    passage: Recycled
    first: Wording
    later: list[Wording]
    more: int


@require_safe
@limited(LONG_QUESTION_COST)
def retold(request, year: str, month: str, day: str, slug: str):
    """Show the recycled paragraphs of an article with their first appearance and their drift."""
    article, answer = find_or_answer(request, year, month, day, slug, "retold/")
    if answer:
        return answer
    is_complete, histories = True, []
    for passage in recycled(article):
        alike = find_alike(passage.text)
        is_complete = is_complete and alike is not None
        if history := _history(article, passage, alike or []):
            histories.append(history)
    context = {"article": article, "histories": histories, "is_complete": is_complete}
    return render(request, "pages/retold.html", context)


def _history(article: Article, passage: Recycled, alike: list[int]) -> History | None:
    """Return the wordings of a paragraph; None if the story has changed since its paragraphs were cut."""
    relatives = FamilyMember.objects.filter(family__members__article=article).values("article_id")
    others = Article.objects.published().filter(pk__in={*alike, *same_words(article, passage.position)})
    others = others.exclude(pk__in=relatives).exclude(pk=article.pk).defer("body_html")
    found = wordings(passage.text, [article, *others.select_related("source")])
    later = found[1 : MOST_WORDINGS + 1]
    return History(passage, found[0], later, len(found) - 1 - len(later)) if found else None
