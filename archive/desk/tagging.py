"""Finds registered names in articles and keeps where they stand."""

import threading
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Count, Max, Q

from archive.desk.outbox import queue_articles
from archive.models import Alias, Article, Entity, Mention
from archive.names.matcher import Match, Matcher, Spelling

_lock = threading.Lock()
_cached: tuple[tuple, Matcher] | None = None


def get_matcher() -> Matcher:
    """Return a matcher over all current spellings, built again whenever the table has changed."""
    global _cached
    stamp = _stamp()
    with _lock:
        if _cached is None or _cached[0] != stamp:
            _cached = (stamp, Matcher(_spellings()))
        return _cached[1]


def _stamp() -> tuple:
    """Return what changes with every registration, renaming or merge: two cheap queries."""
    aliases = Alias.objects.aggregate(Count("id"), Max("id"), Max("changed_at"))
    return (*aliases.values(), Entity.objects.aggregate(Max("changed_at"))["changed_at__max"])


def _spellings() -> list[Spelling]:
    rows = Alias.objects.filter(entity__merged_into__isnull=True).values_list(
        "text", "entity_id", "entity__kind", "is_acronym"
    )
    return [
        Spelling(text, entity_id, kind, is_acronym) for text, entity_id, kind, is_acronym in rows.iterator()
    ]


def find_names(matcher: Matcher, headline: str, body_text: str) -> list[tuple[str, Match]]:
    """Return (part, match) for every registered name; offsets are into the headline or into `body_text`.

    A full name in the headline lets the surname alone be recognised in the body, as one story.
    """
    joined = f"{headline}\n\n{body_text}"
    body_at = len(headline) + 2
    found = []
    for match in matcher.find(joined):
        if match.end <= len(headline):
            found.append((Mention.Part.HEADLINE, match))
        elif match.start >= body_at:
            shifted = replace(match, start=match.start - body_at, end=match.end - body_at)
            found.append((Mention.Part.BODY, shifted))
    return found


def tag_new(articles: Iterable[Article]) -> None:
    """Find the names of articles that have no mentions yet."""
    matcher = get_matcher()
    Mention.objects.bulk_create(
        mention for article in articles for mention in _mentions(article, _find_mentions(matcher, article))
    )


def tag(article: Article, matcher: Matcher) -> bool:
    """Find the article's names anew, replace its mentions if they differ, and say whether they did."""
    wanted = _find_mentions(matcher, article)
    kept = set(article.mentions.values_list("part", "start", "end", "text", "entity_id", "how"))
    if wanted == kept:
        return False
    article.mentions.all().delete()
    Mention.objects.bulk_create(_mentions(article, wanted))
    return True


def _find_mentions(matcher: Matcher, article: Article) -> set[tuple]:
    """Return (part, start, end, text, entity id, how) of each registered name that is no riddle."""
    return {
        (str(part), match.start, match.end, match.text, match.name_id, match.how)
        for part, match in find_names(matcher, article.headline, article.body_text)
        if match.name_id is not None
    }


def _mentions(article: Article, found: set[tuple]) -> Iterable[Mention]:
    for part, start, end, text, entity_id, how in sorted(found):
        yield Mention(
            article=article, part=part, start=start, end=end, text=text, entity_id=entity_id, how=how
        )


def retag(articles: Iterable[Article]) -> int:
    """Tag each article anew, queue those whose names changed for the index, and return how many did."""
    matcher = get_matcher()
    changed = [article.pk for article in articles if tag(article, matcher)]
    queue_articles(changed)
    return len(changed)


def articles_that_may_name(spellings: Iterable[str]):
    """Return the articles in which one of `spellings` may stand, in some form, by their longest words.

    A generous first sieve: `tag` then looks properly.
    """
    condition = Q(pk__in=[])
    for spelling in spellings:
        word = max(spelling.replace("-", " ").split(), key=len, default="")
        if word:
            condition |= Q(body_text__icontains=word) | Q(headline__icontains=word)
    return Article.objects.filter(condition)
