"""XML as it comes from outside -> an element tree.

Untrusted: everything. Guaranteed afterwards: no entity was expanded, no file or address was opened, and a
document that declares entities was refused. A plain DOCTYPE, as NITF files have, is let through and not
followed; the named characters of HTML that such files use are read without it.
"""

import html
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from .decoding import decode
from .errors import DamagedFile, DeclaredEntities, EmptyFile
from .sanitize import MAX_HTML_CHARS

_LEAD: Final = re.compile(rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff|\0")
_PROLOGUE: Final = re.compile(
    rb"\s*(?:<\?.{0,200}?\?>\s*|<!--.{0,2000}?-->\s*"
    rb"|<!DOCTYPE[^>\[]{0,400}(?:\[[^\]]{0,2000}\]\s*)?>\s*)*+",
    re.DOTALL,
)
_INTERNAL_SUBSET: Final = re.compile(r"<!DOCTYPE[^>]*?\[|<!ENTITY", re.IGNORECASE)
_DECLARED_ENCODING: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_LATIN_1: Final = re.compile(
    rb"\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"'](?:iso-8859-1|iso8859-1|latin-?1|us-ascii|ascii)[\"']",
    re.IGNORECASE,
)
_C1_BYTES: Final = bytes(range(0x80, 0xA0))
# What stands before the first element; a longer prologue hides nothing, the parser looks as well.
_PROLOGUE_CHARS: Final = 8192


def root_name(head: bytes) -> str:
    """Return the local name of the first element of a file that may be XML, "" if there is none."""
    text = _LEAD.sub(b"", head)
    match = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)").match(text, _PROLOGUE.match(text).end())
    return match[1].decode("ascii", "replace") if match else ""


def parse(content: bytes, label: str) -> etree._Element:
    """Parse a document. Raise DeclaredEntities, DamagedFile (naming the line), or EmptyFile.

    The encoding is the declared one; a file that breaks it is read as `decoding.decode` would.
    """
    if not content.strip():
        raise EmptyFile
    try:
        root = _parse(content)
    except (etree.XMLSyntaxError, ValueError) as error:
        root = _parse_decoded(content, label, error)
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(iter(declared.iterentities()), None) is not None:
        raise DeclaredEntities
    return root


def _parse(content: bytes) -> etree._Element:
    # Before the parser sees it: attributes with entities swell while it parses.
    if _INTERNAL_SUBSET.search(_LEAD.sub(b"", content[: 4 * _PROLOGUE_CHARS]).decode("latin-1")):
        raise DeclaredEntities
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_pis=True,
        remove_comments=True, strip_cdata=True, encoding=_encoding_meant(content),
    )  # fmt: skip
    return etree.fromstring(content, parser)


def _encoding_meant(content: bytes) -> str | None:
    """Return what is to be used instead of the declared encoding: most that say Latin-1 are Windows-1252.

    They differ in codes that are controls in Latin-1, which no text has, and quotation marks in the other.
    """
    declared = _LATIN_1.match(content)
    if declared is None or content.isascii():
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None if content.translate(None, _C1_BYTES) == content else "windows-1252"
    return "utf-8"


def _parse_decoded(content: bytes, label: str, error: Exception) -> etree._Element:
    text = _DECLARED_ENCODING.sub("", decode(content).text, count=1)
    try:
        return _parse(_name_characters(text).encode("utf-8"))
    except (etree.XMLSyntaxError, ValueError):
        where = f" in line {error.lineno:,}" if getattr(error, "lineno", None) else ""
        raise DamagedFile(label, f"its XML is broken{where}") from None


def _name_characters(text: str) -> str:
    """Write HTML's named characters, which XML knows only through a DTD, as themselves."""
    kept = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;"}
    return re.sub(
        r"&[A-Za-z]{2,31};",
        lambda match: match[0] if match[0] in kept else html.unescape(match[0]),
        text,
    )


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """Yield the children with one of these local names."""
    yield from (each for each in (element if element is not None else ()) if local(each) in names)


def find(element: etree._Element | None, path: str) -> etree._Element | None:
    """Find the first element on a path of local names: "body.head/hedline/hl1"."""
    for name in path.split("/"):
        element = next(children(element, name), None)
        if element is None:
            return None
    return element


def text_of(element: etree._Element | None) -> str:
    """Return all text in an element, with the named characters of HTML in it."""
    if element is None:
        return ""
    return html.unescape(_TAG.sub("", markup_of(element, {}, frozenset())))


_TAG: Final = re.compile(r"<[^<>]*>")


def markup_of(element: etree._Element | None, rename: dict[str, str], drop: frozenset[str]) -> str:
    """Write what is in an element as HTML for the sanitiser: names looked up in `rename`, `drop` left out.

    Names that are in neither are written as they are; attributes are left out, except href.
    """
    if element is None:
        return ""
    parts: list[str] = []
    size = 0
    stack: list[tuple[etree._Element, bool]] = [(element, False)]
    while stack:
        each, is_end = stack.pop()
        name = rename.get(local(each), local(each))
        if is_end:
            written = (f"</{name}>" if each is not element else "") + _escape(each.tail, each is element)
        elif each.tag is etree.Entity:
            written = html.escape(html.unescape(each.text), quote=False) + _escape(each.tail)
        elif not name or local(each) in drop:
            written = _escape(each.tail)
        else:
            written = (_start_tag(each, name) if each is not element else "") + _escape(each.text)
            stack.append((each, True))
            stack.extend((child, False) for child in reversed(each))
        parts.append(written)
        size += len(written)
        if size > MAX_HTML_CHARS:
            break
    return "".join(parts)


def _escape(text: str | None, is_outside: bool = False) -> str:
    return "" if is_outside or not text else html.escape(text, quote=False)


def _start_tag(element: etree._Element, name: str) -> str:
    href = element.get("href") if name == "a" else None
    return f'<a href="{html.escape(href)}">' if href else f"<{name}>"
