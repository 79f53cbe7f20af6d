"""HTML pages of news: schema.org JSON-LD first, then meta tags, then the text of the page.

The text comes from JSON-LD's articleBody, or from the page through readability-lxml, which finds the element
that holds an article. Everything passes `sanitize.clean` afterwards.
"""

import codecs
import html
import logging
import re
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from lxml import etree
from lxml import html as lxml_html

from .building import When, build, one_line, read_when, split_paragraphs
from .decoding import BYTE_ORDER_MARKS, decode, normalise_text
from .errors import DamagedFile, MarkupTooLarge, WireError
from .json_objects import loads
from .record import ArticleRecord
from .refusals import HTML_START, text_head
from .sanitize import MAX_HTML_CHARS, clean, text_of
from .stories import Reading, Stream, one_story

# It writes to the log whatever it tries.
logging.getLogger("readability.readability").setLevel(logging.CRITICAL)

LABEL: Final = "an HTML page"
MAX_TAGS: Final = 20_000
MAX_DEPTH: Final = 200
ARTICLE_TYPES: Final = re.compile(r"(?:\w*NewsArticle|\w*Article|BlogPosting|LiveBlogPosting|Report)\Z")
# The extraction has found the article if it has so much of the words that the page's own data have.
LEAST_SHARE_OF_WORDS: Final = 0.8

_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
# What hides a script from readers of XML and from very old browsers.
_WRAPPING: Final = re.compile(r"(?://|/\*)?\s*(?:<!\[CDATA\[|\]\]>)\s*(?:\*/)?|\A\s*<!--|-->\s*\Z")
_SIMPLE_TITLE_END: Final = re.compile(r"\s+[|–—]\s+[^|–—]{2,40}\Z")
_META: Final = {
    "headline": ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title", "title"),
    "published": (
        "article:published_time", "citation_publication_date", "citation_date", "dc.date", "dcterms.created",
        "dc.date.issued", "date", "pubdate", "publishdate", "parsely-pub-date", "og:article:published_time",
    ),
    "url": ("og:url", "citation_public_url", "parsely-link"),
    "section": ("article:section", "parsely-section", "citation_section"),
    "byline": ("author", "article:author", "citation_author", "dc.creator", "parsely-author"),
    "description": ("description", "og:description"),
    "site": ("og:site_name", "citation_journal_title", "dc.publisher"),
    "modified": ("article:modified_time", "og:updated_time", "dcterms.modified"),
    "keywords": ("keywords", "news_keywords", "article:tag"),
}  # fmt: skip


def detect(head: bytes) -> bool:
    """Tell by the first element, in any encoding."""
    return HTML_START.match(text_head(head)) is not None


def read(stream: Stream, zone: ZoneInfo) -> Reading:
    """Read the one article of a page."""
    return one_story(record_of_bytes)(stream, zone)


def record_of_bytes(content: bytes, zone: ZoneInfo) -> ArticleRecord:
    """Return the record of a page."""
    text, encoding = _decode(content)
    if len(text) > MAX_HTML_CHARS:
        raise MarkupTooLarge(len(text), MAX_HTML_CHARS, "characters")
    tags = text.count("<")
    if tags > MAX_TAGS:
        raise MarkupTooLarge(tags, MAX_TAGS, "tags")
    tree = _parse(text)
    data, metas = _find_article_data(tree), _metas(tree)
    printed = _first(data, "datePublished", "dateCreated") or metas["published"] or _time_of(tree)
    when = read_when(printed, zone)
    url = _address(data, metas, tree)
    body_html, paragraphs = _read_body(data, text, tree)
    return build(
        # Many systems write the data as they write the page, with its named characters.
        headline=html.unescape(_first(data, "headline", "name"))
        or metas["headline"]
        or _item(tree, "headline")
        or _title(tree),
        when=when if when != When() else read_when(_first(data, "dateModified"), zone),
        timestamp=printed,
        dateline=_first(data, "dateline"),
        place=_name_of(data.get("locationCreated")),
        body_html=body_html,
        paragraphs=paragraphs,
        language=_name_of(data.get("inLanguage")) or tree.get("lang", ""),
        section=_name_of(data.get("articleSection")) or metas["section"],
        source_key=f"url:{url}" if url else "",
        extra={
            "url": url,
            "byline": _name_of(data.get("author")) or metas["byline"],
            "description": _first(data, "description") or metas["description"],
            "site": _name_of(data.get("publisher")) or metas["site"],
            "modified": _first(data, "dateModified") or metas["modified"],
            "keywords": data.get("keywords") or metas["keywords"],
        },
        encoding=encoding,
    )


def _decode(content: bytes) -> tuple[str, str]:
    """Decode by the byte order mark, else by what the page says if that is possible, else by evidence."""
    declared = _CHARSET.search(content[:4096])
    if declared and not any(content.startswith(mark) for mark, _ in BYTE_ORDER_MARKS):
        name = declared[1].decode("ascii")
        # Browsers read Latin-1 and ASCII as Windows-1252.
        name = "cp1252" if name.lower() in ("iso-8859-1", "latin1", "us-ascii", "ascii") else name
        try:
            codec = codecs.lookup(name)
            if codec.name == "cp1252" and not content.isascii() and _is_utf8(content):
                # By chance, text in Windows-1252 is none.
                return normalise_text(content.decode("utf-8")), "utf-8"
            if codec._is_text_encoding:
                return normalise_text(content.decode(codec.name)), codec.name
        except (LookupError, UnicodeError):
            pass
    decoded = decode(content)
    return decoded.text, decoded.encoding


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parse(text: str):
    # Comments come out before lxml sees them; it keeps their text with what follows.
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8")
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise DamagedFile(LABEL, "nothing in it can be read") from None
    if tree is None or not isinstance(tree.tag, str):
        raise DamagedFile(LABEL, "nothing in it can be read")
    return tree


def _find_article_data(tree) -> dict:
    """Return the first object of JSON-LD that is an article, {} if there is none."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            value = loads(_WRAPPING.sub("", script.text or "").strip())
        except WireError:
            continue
        for each in _iter_objects(value):
            if any(ARTICLE_TYPES.fullmatch(kind) for kind in _types(each)):
                return each
    return {}


def _iter_objects(value: object, depth: int = 0) -> Iterator[dict]:
    if isinstance(value, dict):
        yield value
        if depth < 5:
            for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"):
                yield from _iter_objects(value.get(key), depth + 1)
    elif isinstance(value, list) and depth < 5:
        for each in value[:1000]:
            yield from _iter_objects(each, depth + 1)


def _types(fields: dict) -> list[str]:
    kinds = fields.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [kind.rpartition("/")[2] for kind in kinds if isinstance(kind, str)]


def _first(fields: dict, *names: str) -> str:
    return next((text for text in (one_line(fields.get(name)) for name in names) if text), "")


def _name_of(value: object, depth: int = 0) -> str:
    """Return the name in a value of JSON-LD: text, an object with a name, or a list of such."""
    if isinstance(value, dict):
        return _first(value, "name", "alternateName", "@id")
    if isinstance(value, list):
        names = (_name_of(each, depth + 1) for each in value[:20]) if depth < 3 else ()
        return ", ".join(filter(None, names))
    return one_line(value)


def _metas(tree) -> dict[str, str]:
    given: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        text = one_line(meta.get("content"))
        if name and text:
            given.setdefault(name, text)
    return {
        field: next((given[name] for name in names if name in given), "") for field, names in _META.items()
    }


def _address(data: dict, metas: dict[str, str], tree) -> str:
    """Return the page's own address; only one with a host names it anywhere."""
    links = [
        link.get("href", "") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"
    ]
    page = data.get("mainEntityOfPage")
    page = _first(page, "@id", "url") if isinstance(page, dict) else one_line(page)
    for address in (*links, metas["url"], _first(data, "url"), page, _first(data, "@id")):
        address = one_line(address)
        if re.match(r"https?://[^/\s]+", address):
            return address.partition("#")[0]
    return ""


def _title(tree) -> str:
    title = next((each for name in ("title", "h1") for each in tree.iter(name)), None)
    text = one_line(title.text_content()) if title is not None else ""
    return _SIMPLE_TITLE_END.sub("", text)


def _item(tree, name: str) -> str:
    """Return the first value of a property in microdata: what is meant for machines, else the text."""
    for each in tree.iter():
        if isinstance(each.tag, str) and name in (each.get("itemprop") or "").split():
            given = (each.get(attribute) for attribute in ("content", "datetime", "title"))
            return one_line(next(filter(None, given), None) or each.text_content())
    return ""


def _time_of(tree) -> str:
    """Return when a page says it was published; "" if it tells several times and not which is meant."""
    if printed := _item(tree, "datePublished"):
        return printed
    times = [each for each in tree.iter("time") if each.get("datetime")]
    for group in (
        [each for each in times if each.get("pubdate") is not None],
        [each for each in times if next(each.iterancestors("article"), None) is not None],
    ):
        if group:
            return one_line(group[0].get("datetime"))
    told = {one_line(each.get("datetime")) for each in times}
    return told.pop() if len(told) == 1 else ""


def _read_body(data: dict, text: str, tree) -> tuple[str, list[str]]:
    """Return HTML from the page, or the paragraphs of articleBody where the page's do not hold them."""
    given = data.get("articleBody")
    paragraphs = split_paragraphs(given) if isinstance(given, str) else []
    if len(paragraphs) > 1:
        return "", paragraphs
    extracted = _extract(text, tree)
    words = sum(len(each.split()) for each in paragraphs)
    if words and len(text_of(extracted).split()) < LEAST_SHARE_OF_WORDS * words:
        return "", paragraphs
    return extracted, []


def _extract(text: str, tree) -> str:
    """Return the clean HTML of the element that holds the article, of the whole body if none is found."""
    from readability import Document

    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            return clean(text)
    try:
        found = Document(text).summary(html_partial=True)
    except Exception:
        # It raises errors of many kinds on pages without text; the sanitiser reads those as well.
        found = ""
    cleaned = clean(found)
    return cleaned if text_of(cleaned) else clean(text)
