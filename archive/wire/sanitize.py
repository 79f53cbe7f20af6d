"""Foreign HTML -> HTML that is safe to show, and its text. The one place where bleach is wired.

Untrusted: any HTML that comes from outside. Guaranteed afterwards: canonical HTML as `html_blocks` defines
it, without scripts, styles, event handlers, or addresses other than http, https and mailto; links carry
rel="nofollow noopener noreferrer". `clean` of clean HTML changes nothing.

Two walls, each enough by itself. `html_blocks` reads the source in linear time and writes tags of its own
around escaped text, with bounded depth and balanced nesting. Then bleach parses the result as a browser would
and lets through only what is on the list. In this order because bleach takes seconds for 20,000 nested tags,
and shows the text of scripts.
"""

import html
import re
from collections.abc import Iterable
from typing import Final

import bleach

from . import html_blocks
from .errors import MarkupTooLarge
from .html_inline import LINK_REL
from .html_tokens import iter_tokens

# The longest articles have some 100,000 characters; pages bring their navigation along.
MAX_HTML_CHARS: Final = 2_000_000
# bleach takes a second for 10,000 tags or escaped signs. A long article has 500, a table of results 5,000.
MAX_MARKUP_SIGNS: Final = 20_000
SCHEMES: Final = ("http", "https", "mailto")

_BLOCK_TAG: Final = re.compile(rf"</?(?:{'|'.join(sorted(html_blocks.BLOCK_TAGS))})>")
_TAG: Final = re.compile(r"<[^<>]*>")


def clean(markup: str) -> str:
    """Return the safe, canonical form of foreign HTML, "" if it holds no text.

    Raises MarkupTooLarge for more than MAX_HTML_CHARS characters, before looking at any, and for more than
    MAX_MARKUP_SIGNS tags and escaped signs in what is left of them.
    """
    if len(markup) > MAX_HTML_CHARS:
        raise MarkupTooLarge(len(markup), MAX_HTML_CHARS, "characters")
    canonical = html_blocks.build(iter_tokens(markup))
    signs = canonical.count("<") + canonical.count("&")
    if signs > MAX_MARKUP_SIGNS:
        raise MarkupTooLarge(signs, MAX_MARKUP_SIGNS, "tags and special signs")
    return bleach.clean(
        canonical,
        tags=html_blocks.CANONICAL_TAGS,
        attributes=_is_allowed_attribute,
        protocols=SCHEMES,
        strip=True,
    )


def _is_allowed_attribute(tag: str, name: str, value: str) -> bool:
    return tag == "a" and (name == "href" or (name == "rel" and value == LINK_REL))


def paragraphs_to_html(paragraphs: Iterable[str]) -> str:
    """Write plain paragraphs as canonical HTML; nothing in them is markup.

    For paragraphs that are not empty and whose blanks are single spaces, none at the ends, `text_of` gives
    them back joined with a blank line.
    """
    return "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)


def text_of(clean_html: str) -> str:
    """Read the text of canonical HTML: blocks joined with a blank line, `<br>` a line feed.

    Tags that `markup.annotate` has put in count for nothing. Offsets of names and quotes refer to this text.
    """
    blocks = _BLOCK_TAG.split(clean_html.replace("<br>", "\n"))
    texts = (unescape_text(_TAG.sub("", block)) for block in blocks)
    return "\n\n".join(text for text in texts if text)


def unescape_text(escaped: str) -> str:
    """Undo the escaping of canonical HTML, and nothing else: "&amp;lt;" is "&lt;"."""
    return escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
