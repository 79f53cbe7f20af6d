"""Answers from the database while the index does not."""

from archive.models import Article


def find_in_database(query, compiled, page: slice) -> tuple[int, list[int]]:
    """Return the exact total and the ids of one page; newest first unless the oldest were asked for.

    Words are found as typed, within longer words too. Slow on a large archive, but right.
    """
    articles = Article.objects.published().filter(compiled.conditions)
    articles = articles.oldest_first() if query.order == "oldest" else articles.newest_first()
    return articles.count(), list(articles.values_list("pk", flat=True)[page])
