"""Differences on a terminal: [-removed-] and {+added+}, as wdiff writes them."""

from collections.abc import Iterable

from archive.desk.differences import ADDED, REMOVED, Piece
from archive.desk.versions import FieldDifference

_FORMS = {ADDED: "{{+{}+}}", REMOVED: "[-{}-]"}


def write_changes(out, changes: Iterable[FieldDifference], fields: list[str]) -> None:
    """Write what changed, a line a paragraph; where readers see nothing of it, the names of the fields."""
    changes = list(changes)
    if not changes:
        out.write(f"  {', '.join(fields)}")
    for change in changes:
        for paragraph in change.paragraphs:
            if paragraph.is_changed:
                out.write(f"  {change.label}: {''.join(map(_write_piece, paragraph.pieces))}")


def _write_piece(piece: Piece) -> str:
    text = piece.text.rstrip()
    return _FORMS.get(piece.kind, "{}").format(text) + piece.text[len(text) :]
