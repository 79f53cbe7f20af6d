"""NITF 3.x, one article a file: head/docdata, body.head, body.content.

Dates are basic ISO with an offset, and 000000 stands where there is no time. A DOCTYPE names the DTD; it is
not followed.
"""

import re
from typing import Final
from zoneinfo import ZoneInfo

from lxml import etree

from . import xml
from .building import build, one_line, read_pub_status, read_version, read_when
from .record import ArticleRecord
from .stories import Reading, Stream, one_story

LABEL: Final = "NITF"
RENAMED: Final = {"hl1": "h2", "hl2": "h3", "bq": "blockquote", "block": "div"}
# Pictures with their captions and credits, and what the desk says to editors, are no part of the text.
DROPPED: Final = frozenset(
    ("media", "ednote", "note", "nitf-table-metadata", "custom-table", "script", "style")
)


def detect(head: bytes) -> bool:
    """Tell by the first element."""
    return xml.root_name(head) == "nitf"


def record_of_bytes(content: bytes, zone: ZoneInfo) -> ArticleRecord:
    """Return the record of a file."""
    root = xml.parse(content, LABEL)
    return record_of(root, zone, encoding=root.getroottree().docinfo.encoding or "utf-8")


def read(stream: Stream, zone: ZoneInfo) -> Reading:
    """Read the one article of a file."""
    return one_story(record_of_bytes)(stream, zone)


def record_of(root: etree._Element, zone: ZoneInfo, *, encoding: str) -> ArticleRecord:
    """Return the record of a nitf element."""
    docdata = xml.find(root, "head/docdata")
    body_head = xml.find(root, "body/body.head")
    headline = xml.text_of(xml.find(body_head, "hedline/hl1")) or xml.text_of(xml.find(root, "head/title"))
    dateline = xml.find(body_head, "dateline")
    location = xml.find(dateline, "location")
    city = xml.find(location, "city")
    printed = _first_date(docdata, body_head, root)
    doc_id = _attribute(docdata, "doc-id", "id-string")
    return build(
        headline=headline,
        when=read_when(printed, zone, midnight_is_no_time=True),
        timestamp=printed,
        dateline=_printed_dateline(dateline),
        place=xml.text_of(city if city is not None else location),
        body_html=xml.markup_of(xml.find(root, "body/body.content"), RENAMED, DROPPED),
        language=root.get("{http://www.w3.org/XML/1998/namespace}lang", ""),
        section=_attribute(xml.find(root, "head"), "pubdata", "position.section"),
        source_key=f"nitf:{one_line(doc_id)}" if one_line(doc_id) else "",
        version=read_version(_attribute(docdata, "du-key", "version")),
        pub_status=read_pub_status(docdata.get("management-status") if docdata is not None else ""),
        extra=_extra(root, docdata, body_head),
        encoding=encoding.lower(),
    )


def _attribute(parent: etree._Element | None, name: str, attribute: str) -> str:
    found = xml.find(parent, name)
    return found.get(attribute, "") if found is not None else ""


def _first_date(docdata, body_head, root) -> str:
    """Return the date of issue, else that of release, of the dateline's story.date, or of publication."""
    return (
        _attribute(docdata, "date.issue", "norm")
        or _attribute(docdata, "date.release", "norm")
        or _attribute(xml.find(body_head, "dateline"), "story.date", "norm")
        or _attribute(xml.find(root, "head"), "pubdata", "date.publication")
    )


def _printed_dateline(dateline: etree._Element | None) -> str:
    """Return the dateline as one line, its parts with blanks between them."""
    return one_line(" ".join(xml.text_of(each) for each in (dateline if dateline is not None else ())))


def _extra(root, docdata, body_head) -> dict[str, object]:
    def texts(parent, name):
        return [one_line(xml.text_of(each)) for each in xml.children(parent, name)]

    keywords = xml.find(docdata, "key-list")
    return {
        "byline": [re.sub(r"^by\s+", "", text, flags=re.IGNORECASE) for text in texts(body_head, "byline")],
        "subheadline": texts(xml.find(body_head, "hedline"), "hl2"),
        "abstract": texts(body_head, "abstract"),
        "distributor": texts(body_head, "distributor"),
        "keywords": [each.get("key", "") for each in xml.children(keywords, "keyword")],
        "doc_id_source": _attribute(docdata, "doc-id", "regsrc"),
        "urgency": _attribute(docdata, "urgency", "ed-urg"),
        "editors_note": _attribute(docdata, "ed-msg", "info"),
        "copyright": _attribute(docdata, "doc.copyright", "holder"),
        "expires": _attribute(docdata, "date.expire", "norm"),
        "slug": _attribute(docdata, "fixture", "fix-id"),
        "tagline": texts(xml.find(root, "body/body.end"), "tagline"),
    }
