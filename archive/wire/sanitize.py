"""Turn foreign HTML into HTML that is safe to show, and into its text."""

import html
import re
from collections.abc import Iterable
from typing import Final

_BREAK: Final = re.compile(r"<br[^<>]*>")
_INLINE_TAG: Final = re.compile(r"</?(?:a|b|em|i|strong|sub|sup)(?:\s[^<>]*)?>")
_BLOCK_TAG: Final = re.compile(r"<[^<>]*>")


def paragraphs_to_html(paragraphs: Iterable[str]) -> str:
    """Write plain paragraphs as canonical HTML; nothing in them is markup.

    `text_of` of the result is the paragraphs joined with a blank line, if none is empty or has blanks at its
    ends.
    """
    return "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)


def text_of(clean_html: str) -> str:
    """Read the text of canonical HTML: blocks joined with a blank line, `<br>` a line feed."""
    text = _INLINE_TAG.sub("", _BREAK.sub("\n", clean_html))
    blocks = (html.unescape(block).strip() for block in _BLOCK_TAG.split(text))
    return "\n\n".join(block for block in blocks if block)
