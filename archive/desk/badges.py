"""What became of a story that later ones refer to, in a word or two: lists, feeds and citations say it."""

from typing import Final

_BADGES: Final = {
    "correction": "corrected",
    "corrected": "corrected",
    "refile": "filed again",
    "update": "updated later",
}


# What a marked story says of itself.
_OWN: Final = {
    "correction": "a correction",
    "corrected": "a corrected version",
    "refile": "filed again by its source",
    "update": "an update",
    "withdrawn": "a notice that withdraws another story",
}


def note_of(article) -> str:
    """Return a sentence for feeds and citations, such as “Corrected later.”; "" for most stories."""
    badge, own = badge_of(article), _OWN.get(article.mark, "")
    later = {"corrected": "Corrected later.", "filed again": "Filed again later."}.get(badge)
    told = [later or f"{badge.capitalize()}." if badge else "", f"This is {own}." if own else ""]
    return " ".join(filter(None, told))


def badge_of(article) -> str:
    """Return what became of an article that `with_badges` loaded, such as corrected; "" for most."""
    return _BADGES.get(getattr(article, "later_mark", None) or "", "")
