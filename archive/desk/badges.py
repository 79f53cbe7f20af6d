"""What became of a story that later ones refer to, in a word or two: lists, feeds and citations say it."""

from typing import Final

_BADGES: Final = {
    "correction": "corrected",
    "corrected": "corrected",
    "refile": "filed again",
    "update": "updated later",
}


def badge_of(article) -> str:
    """Return what became of an article that `with_badges` loaded, such as corrected; "" for most."""
    return _BADGES.get(getattr(article, "later_mark", None) or "", "")
