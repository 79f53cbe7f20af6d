"""Marks hits in text that is shown to readers, and fills in forms of markup with such texts.

Untrusted: every text given here. Guaranteed afterwards: the text is escaped piece by piece, and the only
markup in the result is `<mark>` around hits, and that of the forms. All of it goes through `filled`, one of
the two places that may call mark_safe.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from django.utils.safestring import SafeData, SafeString, mark_safe

SNIPPET_CHARS: Final = 260
# Parts texts while they are escaped in one go; no page can show it.
_PARTING: Final = "\0"
# A passage starts at a word boundary up to so many characters before the first hit it is chosen for.
CONTEXT_CHARS: Final = 60


class Span(NamedTuple):
    """Where a hit stands in the raw text, and which term or phrase of the query it is."""

    start: int
    end: int
    what: int


def mark(text: str, spans: Iterable[Span]) -> SafeString:
    """Return `text` escaped, with `<mark>` around each span; overlapping spans become one."""
    forms, at = [], 0
    for start, end, _ in merged(spans):
        forms.append(("{}<mark>{}</mark>", (text[at:start], text[start:end])))
        at = end
    return filled([*forms, ("{}", (text[at:],))])


def filled(forms: Iterable[tuple[str, Sequence[str]]]) -> SafeString:
    """Return forms of markup one after the other, each `{}` replaced by a text, escaped unless it is safe.

    A form is written by a programmer, never by a reader. Says what format_html says of each form; a page of
    results has 900 texts, which are escaped here in one go.
    """
    forms = list(forms)
    texts = [text for _, texts in forms for text in texts]
    form = "".join(form for form, _ in forms)
    return mark_safe(form.format(*_escaped(texts)))  # noqa: S308 - _escaped escapes what is not safe


def _escaped(texts: list[str]) -> Iterator[str]:
    """Yield each text as markup."""
    unsafe = [text for text in texts if not isinstance(text, SafeData)]
    pieces = escape(_PARTING.join(unsafe)).split(_PARTING)
    if unsafe and len(pieces) != len(unsafe):
        pieces = map(escape, unsafe)
    escaped = iter(pieces)
    return (text if isinstance(text, SafeData) else next(escaped) for text in texts)


def snippet(text: str, spans: Sequence[Span], max_chars: int = SNIPPET_CHARS) -> SafeString:
    """Return the passage with the most different hits, marked, with an ellipsis where it was cut.

    Of equal passages the first; without hits, the beginning.
    """
    text = " ".join(text.split()) if not spans else text
    begin = _best_start(spans, max_chars)
    start = _word_start(text, max(0, begin - CONTEXT_CHARS)) if begin > CONTEXT_CHARS else 0
    end = _word_end(text, start + max_chars)
    inside = [
        Span(span.start - start, span.end - start, span.what)
        for span in spans
        if span.start >= start and span.end <= end
    ]
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return filled([("{}{}{}", (before, mark(text[start:end], inside), after))])


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, with those that overlap or touch made into one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = found[-1]._replace(end=max(span.end, found[-1].end))
        elif span.end > span.start:
            found.append(span)
    return found


def _best_start(spans: Sequence[Span], max_chars: int) -> int:
    """Return where the window with the most different hits, then the most hits, begins; linear time."""
    window = max_chars - CONTEXT_CHARS
    counts: dict[int, int] = {}
    best, best_score, last = 0, (0, 0), 0
    for first, span in enumerate(spans):
        while last < len(spans) and spans[last].end <= span.start + window:
            counts[spans[last].what] = counts.get(spans[last].what, 0) + 1
            last += 1
        score = (len(counts), last - first)
        if score > best_score:
            best, best_score = span.start, score
        if last > first:
            counts[span.what] -= 1
            if not counts[span.what]:
                del counts[span.what]
        else:
            last = first + 1
    return best


def _word_start(text: str, at: int) -> int:
    space = text.find(" ", at)
    return space + 1 if 0 <= space < at + CONTEXT_CHARS else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", 0, at)
    return space if space > at - CONTEXT_CHARS else at
