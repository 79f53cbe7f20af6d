"""NewsML-G2: a newsItem, or a newsMessage with several.

`guid` and `version` say which story and which state of it; `pubStatus` whether it may be used. The text is
inlineXML (XHTML or NITF) or inlineData. Names count without their namespace, as agencies differ in those.
"""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from lxml import etree

from . import nitf, xml
from .building import build, one_line, read_pub_status, read_version, read_when, split_paragraphs
from .errors import NoArticle, WireError
from .record import ArticleRecord
from .stories import Reading, Reject, Story, Stream, placed

LABEL: Final = "NewsML-G2"
OTHER_ITEMS: Final = ("packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")
ROOTS: Final = frozenset(("newsItem", "newsMessage", *OTHER_ITEMS))
DROPPED: Final = frozenset(("head", "script", "style", "figure", "media"))
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def detect(head: bytes) -> bool:
    """Tell by the first element."""
    return xml.root_name(head) in ROOTS


def read(stream: Stream, zone: ZoneInfo) -> Reading:
    """Read the items of a file; the bytes of one among several are its element, written anew."""
    content = stream.read_all()
    root = xml.parse(content, LABEL)
    encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    if xml.local(root) != "newsMessage":
        yield Story(_record_of(root, zone, encoding), content, stream.name)
        return
    found = False
    for number, item in enumerate(_iter_items(root), 1):
        found = True
        name = placed(stream.name, "item", number)
        part = etree.tostring(item, encoding="utf-8", with_tail=False)
        try:
            yield Story(_record_of(item, zone, encoding), part, name)
        except WireError as error:
            yield Reject(name, error.message, part)
    if not found:
        raise NoArticle("the message has no items")


def _iter_items(message: etree._Element) -> Iterator[etree._Element]:
    for item_set in xml.children(message, "itemSet"):
        yield from xml.children(item_set, "newsItem", *OTHER_ITEMS)


def _record_of(item: etree._Element, zone: ZoneInfo, encoding: str) -> ArticleRecord:
    if xml.local(item) != "newsItem":
        raise NoArticle(f"it is a {xml.local(item)}")
    meta, content = xml.find(item, "itemMeta"), xml.find(item, "contentMeta")
    item_class = _qcode(meta, "itemClass").rpartition(":")[2]
    if item_class not in ("", "text", "composite"):
        raise NoArticle(f"it describes something of class “{item_class[:40]}”")
    guid = one_line(item.get("guid"))
    printed = _text(meta, "firstCreated") or _text(content, "contentCreated") or _text(meta, "versionCreated")
    body_html, paragraphs, inner = _read_body(xml.find(item, "contentSet"), zone, encoding)
    located = xml.find(content, "located")
    return build(
        headline=_text(content, "headline") or (inner.headline if inner else "") or _text(meta, "title"),
        when=read_when(printed, zone),
        timestamp=printed,
        dateline=_text(content, "dateline") or (inner.dateline if inner else ""),
        place=_text(located, "name") or (inner.place if inner else ""),
        body_html=body_html,
        paragraphs=paragraphs,
        language=_attribute(content, "language", "tag") or item.get(_LANGUAGE, ""),
        source_key=f"newsml:{guid}" if guid else "",
        version=read_version(item.get("version")),
        # The standard's default where the element is missing.
        pub_status=read_pub_status(_qcode(meta, "pubStatus")) or "usable",
        extra=_extra(item, meta, content),
        encoding=encoding,
    )


def _read_body(content_set, zone: ZoneInfo, encoding: str) -> tuple[str, list[str], ArticleRecord | None]:
    """Return HTML, or plain paragraphs, and the record of a NITF document inside."""
    for inline in xml.children(content_set, "inlineXML"):
        document = next((each for each in inline if xml.local(each)), None)
        if document is None:
            continue
        if xml.local(document) == "nitf":
            record = nitf.record_of(document, zone, encoding=encoding)
            return record.body_html, [], record
        body = xml.find(document, "body")
        holder = body if body is not None else (document if xml.local(document) == "body" else inline)
        return xml.markup_of(holder, {}, DROPPED), [], None
    for inline in xml.children(content_set, "inlineData"):
        text = xml.text_of(inline)
        if "html" in inline.get("contenttype", ""):
            return text, [], None
        return "", split_paragraphs(text), None
    return "", [], None


def _text(parent: etree._Element | None, name: str) -> str:
    return one_line(xml.text_of(xml.find(parent, name)))


def _attribute(parent: etree._Element | None, name: str, attribute: str) -> str:
    found = xml.find(parent, name)
    return found.get(attribute, "") if found is not None else ""


def _qcode(parent: etree._Element | None, name: str) -> str:
    return _attribute(parent, name, "qcode") or _attribute(parent, name, "uri").rpartition("/")[2]


def _extra(item, meta, content) -> dict[str, object]:
    def named(name: str) -> list[str]:
        found = list(xml.children(content, name))
        return [_text(each, "name") or each.get("qcode") or one_line(xml.text_of(each)) for each in found]

    return {
        "byline": [one_line(xml.text_of(each)) for each in xml.children(content, "by")],
        "slugline": _text(content, "slugline"),
        "creditline": _text(content, "creditline"),
        "creator": named("creator"),
        "subjects": named("subject"),
        "infosource": named("infosource"),
        "urgency": _text(content, "urgency"),
        "editors_note": [one_line(xml.text_of(each)) for each in xml.children(meta, "edNote")],
        "provider": _attribute(meta, "provider", "qcode") or _attribute(meta, "provider", "literal"),
        "version_created": _text(meta, "versionCreated"),
        "embargoed": _text(meta, "embargoed"),
        "links": [each.get("href") or each.get("residref") or "" for each in xml.children(meta, "link")],
        "copyright": _text(xml.find(item, "rightsInfo"), "copyrightNotice"),
    }
