"""Hostile HTML -> tags and text, in one linear pass.

Untrusted: everything. Guaranteed: every character is looked at a bounded number of times, whatever is
unclosed; contents of elements that browsers read as raw text (scripts, styles) never come out as text;
comments, CDATA sections, declarations and processing instructions are gone. Nothing else is judged here:
names and attributes are the source's own.

The cutting follows the HTML standard's tokenizer closely enough that what a browser takes for a tag is a tag
here. Safety does not depend on it: the caller writes its own tags and escapes all text.
"""

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

TEXT: Final = "text"
OPEN: Final = "open"
CLOSE: Final = "close"

# Browsers read these as raw text up to their end tag; none of it is part of an article.
RAW_TEXT_TAGS: Final = frozenset(
    ("iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp")
)

# A quote counts only behind "=", as in the standard; an unclosed one swallows the rest, also as there.
# Possessive quantifiers (++, *+, ?+) never give back, which keeps unclosed tags linear.
_TAG: Final = re.compile(
    r"<(?P<slash>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+)"
    r"(?P<attributes>(?:[^>=]++|=[\t\n\f\r ]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))?+)*+)(?:>|\Z)"
)
_ATTRIBUTE: Final = re.compile(
    r"[\t\n\f\r /]*+(?P<name>[^\t\n\f\r />=][^\t\n\f\r />=]*+)"
    r"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+"
    r"(?:\"(?P<double>[^\"]*+)\"?|'(?P<single>[^']*+)'?|(?P<bare>[^\t\n\f\r >]*+)))?+"
)
_RAW_END: Final = {name: re.compile(rf"(?ai)</{name}(?=[\t\n\f\r />])") for name in RAW_TEXT_TAGS}
_COMMENT_END: Final = re.compile(r"--!?>")
# Python refuses to read integers of more than 4,300 digits; no character has a number this long.
_LONG_REFERENCE: Final = re.compile(r"&#[0-9]{8,}+;?")


class Token(NamedTuple):
    """Hold one piece: its kind, the tag's name in small letters, and its text or raw attributes."""

    kind: str
    name: str
    value: str


def iter_tokens(markup: str) -> Iterator[Token]:
    """Yield the tags and the unescaped text of `markup` in order."""
    position, text_start = 0, 0
    while (position := markup.find("<", position)) != -1:
        tag = _TAG.match(markup, position)
        end = tag.end() if tag else _find_end_of_declaration(markup, position)
        if end is None:  # "a < b" is text
            position += 1
            continue
        if text_start < position:
            yield Token(TEXT, "", unescape(markup[text_start:position]))
        position = text_start = end
        if tag:
            name = tag["name"].lower()
            if name in RAW_TEXT_TAGS and not tag["slash"]:
                position = text_start = _find_end_of_raw_text(markup, end, name)
            yield Token(CLOSE if tag["slash"] else OPEN, name, tag["attributes"])
    if text_start < len(markup):
        yield Token(TEXT, "", unescape(markup[text_start:]))


def find_attribute(attributes: str, wanted: str) -> str | None:
    """Find the first attribute named `wanted`, unescaped; None if there is none."""
    for match in _ATTRIBUTE.finditer(attributes):
        if match["name"].lower() == wanted:
            return unescape(match["double"] or match["single"] or match["bare"] or "")
    return None


def unescape(text: str) -> str:
    """Replace character references as browsers do, numbers of any length included."""
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def _find_end_of_declaration(markup: str, start: int) -> int | None:
    """Find the end of the comment or declaration at `start`; None if "<" is a mere sign there."""
    if markup.startswith(("<!-->", "<!--->"), start):
        return markup.index(">", start) + 1
    if markup.startswith("<!--", start):
        end = _COMMENT_END.search(markup, start + 4)
        return end.end() if end else len(markup)
    if markup.startswith(("<!", "<?", "</"), start) and start + 2 < len(markup):
        end_at = markup.find(">", start + 2)
        return end_at + 1 if end_at != -1 else len(markup)
    return None


def _find_end_of_raw_text(markup: str, start: int, name: str) -> int:
    end = None if name == "plaintext" else _RAW_END[name].search(markup, start)
    return end.start() if end else len(markup)
