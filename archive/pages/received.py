"""An article as it was received: the decoded original with the spans that became its parts marked."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from django.db.models.functions import Length
from django.shortcuts import render
from django.views.decorators.http import require_safe

from archive.desk.closings import closed_originals
from archive.desk.originals import MAX_PAGE_BYTES, decoded, in_order_received, reread
from archive.models import Article, Closing, Original
from archive.pages.articles import find_or_answer
from archive.wire.decoding import ENCODING_LABELS
from archive.wire.errors import WireError
from archive.wire.record import Span

# A page holds that many originals with their text; older ones are listed with their hash.
MOST_SHOWN: Final = 5
MAX_CHARS: Final = 200_000
PART_LABELS: Final = {
    "headline": "headline",
    "timestamp": "time",
    "dateline": "place",
    "body": "text",
    "sign_off": "codes",
}


class Marked(NamedTuple):
    """A stretch of the original; `part` is "" between the parts."""

    text: str
    part: str = ""
    label: str = ""


class ReceivedCopy(NamedTuple):
    """An original as its page shows it. `note` says why there is no text, or what was left out of it.

    Of one that is `closed`, nothing is told but when it came: even its hash would prove a guess at its text.
    """

    original: Original
    encoding: str
    size: int
    is_current: bool
    pieces: list[Marked]
    warnings: list[str]
    note: str = ""
    closed: Closing | None = None


@require_safe
def received(request, year: str, month: str, day: str, slug: str):
    """Show the originals of an article, the newest first."""
    article, answer = find_or_answer(request, year, month, day, slug, "received/")
    if answer:
        return answer
    originals = in_order_received(article)[::-1]
    closed = closed_originals(original.pk for original in originals)
    copies = [
        ReceivedCopy(original, "", 0, not at, [], [], closed=closed[original.pk])
        if original.pk in closed
        else _copy(original, article, is_current=not at, is_shown=at < MOST_SHOWN)
        for at, original in enumerate(originals)
    ]
    return render(request, "pages/received.html", {"article": article, "copies": copies})


def _copy(original: Original, article: Article, *, is_current: bool, is_shown: bool) -> ReceivedCopy:
    size = Original.objects.values_list(Length("content"), flat=True).get(pk=original.pk)
    encoding = ENCODING_LABELS.get(original.encoding, original.encoding)
    pieces, warnings, note = [], [], "An earlier one; its text is kept, and not shown here."
    if is_shown and size > MAX_PAGE_BYTES:
        note = "The file is too large to be shown here."
    elif is_shown:
        pieces, warnings, note = _contents(original, article)
    return ReceivedCopy(original, encoding, size, is_current, pieces, warnings, note)


def _contents(original: Original, article: Article) -> tuple[list[Marked], list[str], str]:
    """Return pieces, warnings and note. Of a file with several stories, only this one's part is shown.

    The others may be drafts, or withdrawn.
    """
    found = reread(original, article)
    if found.record is None:
        return [], [], found.problem
    warnings = [warning.message for warning in found.record.warnings]
    spans = sorted(found.record.spans, key=lambda span: span.start)
    is_shared = found.stories > 1 or original.articles.count() > 1
    if is_shared and not spans:
        return [], warnings, "The file holds other stories too, so it is not shown as a whole."
    try:
        text = decoded(original)
    except WireError:
        return [], warnings, "The file is not plain text, so it is not shown here."
    start, end = (spans[0].start, max(span.end for span in spans)) if is_shared else (0, len(text))
    note = "The file holds other stories too; this is the part with this one." if is_shared else ""
    if end - start > MAX_CHARS:
        end, note = start + MAX_CHARS, "The text is longer than a page shows; this is its beginning."
    return mark(text, spans, start, end), warnings, note


def mark(text: str, spans: Sequence[Span], start: int, end: int) -> list[Marked]:
    """Cut `text[start:end]` at the spans, which are disjoint and in order."""
    return [piece for piece in _cut(text, spans, start, end) if piece.text]


def _cut(text: str, spans: Sequence[Span], at: int, end: int) -> Iterable[Marked]:
    for span in spans:
        if span.start >= end:
            break
        yield Marked(text[at : span.start])
        label = PART_LABELS.get(span.part, span.part)
        yield Marked(text[span.start : min(span.end, end)], span.part, label)
        at = span.end
    yield Marked(text[at:end])
