"""What changed in an article, revision by revision."""

from typing import Final, NamedTuple

from archive.models import Article, Revision

# Bodies are long: the history shows that they changed and how they begin; the diff page shows how.
MOST_CHARS: Final = 400
_NOT_SHOWN: Final = frozenset({"version", "curated", "warnings", "extra"})


class Change(NamedTuple):
    field: str
    old: str
    new: str


class HistoryRow(NamedTuple):
    revision: Revision
    changes: list[Change]


def history_rows(article: Article) -> list[HistoryRow]:
    """Return an article's revisions, newest first, each with what it changed in the one before."""
    revisions = list(
        article.revisions.select_related("history_user").order_by("-history_date", "-history_id")
    )
    before = [*revisions[1:], None]
    return [
        HistoryRow(revision, _changes(revision, old)) for revision, old in zip(revisions, before, strict=True)
    ]


def _changes(revision: Revision, old: Revision | None) -> list[Change]:
    if old is None:
        return []
    return [
        Change(
            Article._meta.get_field(change.field).verbose_name.replace("html", "HTML"),
            _shorten(change.old),
            _shorten(change.new),
        )
        for change in revision.diff_against(old).changes
        if change.field not in _NOT_SHOWN
    ]


def _shorten(value) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= MOST_CHARS else text[:MOST_CHARS] + " …"
