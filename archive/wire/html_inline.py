"""Text in foreign inline elements -> canonical inline HTML, and addresses that are safe to link to."""

import html
import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from .decoding import compose, remove_unwanted

INLINE: Final = frozenset(("a", "b", "em", "i", "strong", "sub", "sup"))
MAX_HREF_CHARS: Final = 2000
LINK_REL: Final = "nofollow noopener noreferrer"

_BLANKS: Final = re.compile(r"\s+")
_BREAKS: Final = re.compile(r"( *\n[ \n]*)")
# No user names before the host, no backslashes: both dress one host up as another.
_WEB_ADDRESS: Final = re.compile(r"(?i:(https?))(://[^\s/?#@\\\[\]%]+(?:[/?#].*)?)", re.DOTALL)
_MAIL_ADDRESS: Final = re.compile(r"(?i:mailto):([^\s?#:/\\]+@[^\s?#:/\\@]+)(?:\?.*)?", re.DOTALL)
_PERCENT_ENCODED: Final = str.maketrans({sign: f"%{ord(sign):02X}" for sign in " \"'<>\\^`{|}"})


class Inline(NamedTuple):
    """Name an inline element; `href` is "" for all but links."""

    tag: str
    href: str = ""


def safe_href(raw: str) -> str:
    """Return a web or mail address that is safe in an attribute, or "" for anything else.

    Relative addresses are refused too: what they were relative to is gone.
    """
    address = re.sub(r"[\t\n\f\r]", "", remove_unwanted(raw)).strip()
    if web := _WEB_ADDRESS.fullmatch(address):
        address = (web[1].lower() + web[2]).translate(_PERCENT_ENCODED)
    elif mail := _MAIL_ADDRESS.fullmatch(address):
        address = "mailto:" + mail[1].translate(_PERCENT_ENCODED)
    else:
        return ""
    address = _BLANKS.sub("%20", address)
    try:
        urlsplit(address)  # refuses hosts that turn into others when normalised
    except ValueError:
        return ""
    return address if len(address) <= MAX_HREF_CHARS else ""


def render_runs(run: list[tuple[tuple[Inline, ...], str]], *, can_split: bool) -> Iterator[str]:
    """Write one run of text as inline HTML; as several where two line breaks meet and `can_split`.

    `run` pairs text with the elements it stands in; blanks are spaces there, and a line feed is a break.
    """
    writer = _InlineWriter()
    for inlines, pieces in groupby(run, key=itemgetter(0)):
        text = compose("".join(text for _, text in pieces))
        for index, part in enumerate(_BREAKS.split(text)):
            if index % 2:
                writer.separator += part
                continue
            core = part.strip(" ")
            writer.separator += " " if part.startswith(" ") else ""
            if core:
                if can_split and writer.separator.count("\n") > 1 and writer.pieces:
                    yield writer.finish()
                writer.write(inlines, re.sub(" +", " ", core))
                writer.separator += " " if part.endswith(" ") else ""
    if writer.pieces:
        yield writer.finish()


class _InlineWriter:
    """Write text in inline elements so that they nest, closing and reopening as needed."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.opened: tuple[Inline, ...] = ()
        self.separator = ""

    def write(self, inlines: tuple[Inline, ...], text: str) -> None:
        common = 0
        while self.opened[common : common + 1] == inlines[common : common + 1] != ():
            common += 1
        self._close_to(common)
        if self.pieces and self.separator:
            self.pieces.append("<br>" if "\n" in self.separator else " ")
        self.separator = ""
        self.pieces.extend(map(_open_tag, inlines[common:]))
        self.opened = inlines
        self.pieces.append(html.escape(text, quote=False))

    def finish(self) -> str:
        self._close_to(0)
        written = "".join(self.pieces)
        self.__init__()
        return written

    def _close_to(self, depth: int) -> None:
        self.pieces.extend(f"</{inline.tag}>" for inline in reversed(self.opened[depth:]))
        self.opened = self.opened[:depth]


def _open_tag(inline: Inline) -> str:
    if inline.tag != "a":
        return f"<{inline.tag}>"
    return f'<a href="{html.escape(inline.href)}" rel="{LINK_REL}">'
