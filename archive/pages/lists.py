"""Long lists, cut into pages whose addresses can be kept."""

from typing import Final, NamedTuple

from django.core.paginator import Paginator

from archive.pages.stories import load_stories

STORIES_PER_PAGE: Final = 50


class ListPage(NamedTuple):
    """One page of a list; a neighbour that does not exist has an empty address."""

    items: list
    total: int
    number: int
    pages: int
    first: int
    last: int
    previous_url: str
    next_url: str


def list_page(request, items, *, per_page: int = STORIES_PER_PAGE, total: int | None = None) -> ListPage:
    """Cut the page out of `items` that `?page=` asks for; nonsense is the first page, too far is the last.

    `total` saves the counting query where it is known.
    """
    paginator = Paginator(items, per_page)
    if total is not None:
        paginator.count = total
    page = paginator.get_page(request.GET.get("page"))
    return ListPage(
        items=list(page.object_list),
        total=paginator.count,
        number=page.number,
        pages=paginator.num_pages,
        first=page.start_index(),
        last=page.end_index(),
        previous_url=_url(request, page.number - 1) if page.has_previous() else "",
        next_url=_url(request, page.number + 1) if page.has_next() else "",
    )


def story_page(request, articles, **options) -> ListPage:
    """Cut a page of stories out of a query of articles, in its order: see `list_page`."""
    page = list_page(request, articles.values_list("pk", flat=True), **options)
    return page._replace(items=load_stories(page.items))


def _url(request, number: int) -> str:
    question = request.GET.copy()
    question.pop("page", None)
    if number > 1:
        question["page"] = number
    return f"{request.path}?{question.urlencode()}" if question else request.path
