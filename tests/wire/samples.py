"""One small file of each format, written for these tests."""

import gzip
import io
import tarfile
import zipfile

COPY = b"Oil rises\n\nJuly 10, 2019 - 22:07\n\nTEHRAN - It rose.\n\nAA/BB\n"

REUTERS = b"""<!DOCTYPE lewis SYSTEM "lewis.dtd">
<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="5" NEWID="11">
<DATE>26-FEB-1987 15:01:01.79</DATE>
<TOPICS><D>grain</D><D>trade</D></TOPICS>
<PLACES><D>varra</D></PLACES>
<PEOPLE></PEOPLE>
<ORGS><D>opec</D></ORGS>
<EXCHANGES></EXCHANGES>
<COMPANIES></COMPANIES>
<UNKNOWN>
&#5;&#5;&#5;C T
&#22;&#22;&#1;f0704&#31;reute
u f BC-VARRA-GRAIN   02-26 0105</UNKNOWN>
<TEXT>&#2;
<TITLE>VARRA &lt;VRA> GRAIN REVIEW</TITLE>
<AUTHOR>    By Mirvan Takhti, Reuters</AUTHOR>
<DATELINE>    PORT VARRA, Feb 26 - </DATELINE><BODY>Showers continued in
the hills, said Caf\xe9 Ossa &amp; Sons.
    "It was wet," a dealer said.
 Reuter
&#3;</BODY></TEXT>
</REUTERS>
<REUTERS TOPICS="NO" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="6" NEWID="12">
<DATE>26-FEB-1987 15:02:00.00</DATE>
<TOPICS></TOPICS>
<PLACES></PLACES>
<TEXT TYPE="BRIEF">&#2;
******<TITLE>******OSSA LINES SAYS IT SOLD TWO FERRIES</TITLE>
Blah
&#3;

</TEXT>
</REUTERS>
<REUTERS TOPICS="NO" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="7" NEWID="13">
<DATE>31-MAR-1987 605:12:19.12</DATE>
<TOPICS></TOPICS>
<PLACES></PLACES>
<TEXT TYPE="UNPROC">&#2;
OSSA SUGAR 11 1100

 MAY7  662 OFF 17
 JUL7  678 OFF 15
 Reuter
&#3;

</TEXT>
</REUTERS>
"""

NITF = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">
<nitf version="-//IPTC//DTD NITF 3.4//EN" xml:lang="en">
<head><title>Ferry</title>
<docdata management-status="usable">
<doc-id regsrc="varra" id-string="varra.20190710.001"/>
<urgency ed-urg="4"/>
<date.issue norm="20190710T220700+0430"/>
<date.release norm="20190711T000000+0430"/>
<du-key version="3"/>
<doc.copyright holder="Varra Wire"/>
<key-list><keyword key="ferry"/><keyword key="harbour"/></key-list>
<ed-msg info="Adds colour."/>
</docdata>
<pubdata position.section="Home"/>
</head>
<body>
<body.head>
<hedline><hl1>CORRECTED: Ferry to <em>Ossa</em> runs again</hl1><hl2>After nine days</hl2></hedline>
<byline>By Mirvan Takhti</byline>
<dateline><location><city>Ossa</city>, <country>Varra</country></location> <story.date norm="20190710">July 10</story.date></dateline>
<abstract><p>Short.</p></abstract>
</body.head>
<body.content>
<media media-type="image"><media-reference source="a.jpg"/><media-caption>A ferry.</media-caption></media>
<p>The ferry sailed&nbsp;again, <person>Captain <name.given>Ilan</name.given> Dray</person> said.</p>
<block><p>Second <a href="https://example.com/x">link</a> &amp; more.</p><p><script>alert(1)</script>Third.</p></block>
</body.content>
<body.end><tagline>Edited by BB</tagline></body.end>
</body>
</nitf>
"""

_ITEM = """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:varra.example:20190710:{number}" version="{version}"
 standard="NewsML-G2" standardversion="2.28" xml:lang="en">
<rightsInfo><copyrightNotice>Varra Wire</copyrightNotice></rightsInfo>
<itemMeta><itemClass qcode="{kind}"/><provider qcode="prov:varra"/><versionCreated>2019-07-11T08:00:00+04:30</versionCreated>
<firstCreated>2019-07-10T22:07:00+04:30</firstCreated><pubStatus qcode="stat:{status}"/><edNote>Adds detail.</edNote></itemMeta>
<contentMeta><urgency>4</urgency><located qcode="city:ossa"><name>Ossa</name></located><slugline>FERRY-OSSA</slugline>
<headline>Ferry to Ossa runs again</headline><by>Mirvan Takhti</by><dateline>OSSA, July 10</dateline>
<language tag="en"/><subject qcode="medtop:1"><name>Transport</name></subject></contentMeta>
<contentSet>{body}</contentSet>
</newsItem>"""
XHTML = (
    '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
    "<body><p>The ferry sailed again.</p><p>Second &amp; <b>last</b>.</p></body></html></inlineXML>"
)


def newsml_item(number=1, version=2, kind="ninat:text", status="usable", body=XHTML):
    return _ITEM.format(number=number, version=version, kind=kind, status=status, body=body).encode()


NEWSML = b'<?xml version="1.0" encoding="UTF-8"?>\n' + newsml_item()
NEWSML_MESSAGE = (
    b'<?xml version="1.0"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>'
    + newsml_item(1)
    + newsml_item(2, kind="ninat:picture")
    + newsml_item(3, status="canceled")
    + b"</itemSet></newsMessage>"
)

NINJS_1 = b"""{"uri": "urn:varra:1", "type": "text", "version": "4", "versioncreated": "2019-07-11T08:00:00+04:30",
 "firstcreated": "2019-07-10T22:07:00+04:30", "pubstatus": "usable", "language": "en", "headline": "Ferry to Ossa runs again",
 "byline": "Mirvan Takhti", "located": "Ossa", "body_text": "The ferry sailed.\\n\\nPassengers waved.",
 "subject": [{"name": "Transport", "code": "medtop:1"}], "altids": {"desk": "77"}}"""
NINJS_2 = b"""{"uri": "urn:varra:2", "type": "text", "firstcreated": "2019-07-10T22:07:00+04:30", "pubstatus": "usable",
 "headlines": [{"role": "short", "value": "Ferry"}, {"role": "main", "value": "Ferry to Ossa runs again"}],
 "bodies": [{"contenttype": "text/plain", "value": "plain"}, {"contenttype": "text/html", "value": "<p>The ferry.</p><script>x</script>"}]}"""
NINJS_3 = b"""{"standard": {"name": "ninjs", "version": "3.0"}, "uri": "urn:varra:3", "type": "text", "pubStatus": "canceled",
 "firstCreated": "2019-07-10T17:37:00Z", "version": "12", "headlines": [{"value": "Ferry to Ossa runs again"}],
 "bodies": [{"role": "main", "contentType": "text/html", "value": "<p>The ferry.</p>"}], "located": "Ossa",
 "bylines": [{"value": "Mirvan Takhti"}]}"""

JSONL = (
    b'{"headline": "Ferry to Ossa runs again", "published_at": "2019-07-10T22:07:00+04:30", "dateline": "OSSA",'
    b' "body_text": "The ferry sailed.\\n\\nPassengers waved.", "sign_off": "NA/PA", "desk_id": 77, "tags": ["sea"]}\n'
    b'{"headline": "Second", "published_on": "2019-07-11", "body_html": "<p>Text <b>here</b>.</p>", "source_key": "varra:2"}\n'
)

CSV = (
    "headline,published_at,place,body,desk_id\r\n"
    '"Ferry to Ossa, again",2019-07-10T22:07:00+04:30,Ossa,"The ferry sailed.\n\nPassengers ""waved"".",77\r\n'
    "Second,2019-07-11,Port Varra,Café.,\r\n"
).encode()

PAGE = b"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Ferry to Ossa runs again | Varra Wire</title>
<link rel="canonical" href="https://varra.example/2019/ferry#top"><meta property="og:title" content="Ferry (og)">
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Varra Wire"},
{"@type": ["NewsArticle"], "headline": "Ferry to Ossa runs again", "datePublished": "2019-07-10T22:07:00+04:30",
"author": [{"@type": "Person", "name": "Mirvan Takhti"}], "articleSection": "Home", "inLanguage": "en"}]}</script></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Ferry to Ossa runs again</h1>
<p>The ferry to the island of Ossa sailed again on Wednesday, after nine days in the harbour of Port Varra, its captain said.</p>
<p>Passengers waved from the deck, and the harbour master, who had waited for the storm to pass, waved back at all of them.</p>
<p>The next ferry sails on Thursday, in the morning, and another one in the evening, if the weather allows it, he said.</p>
</article><script>alert(1)</script><footer>Imprint</footer></body></html>"""


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(mode="w:gz", **files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    content = buffer.getvalue()
    # gzip keeps the time it was made; tests want the same bytes every time.
    return content[:4] + bytes(4) + content[8:] if mode == "w:gz" else content


FILES = {
    "copy": COPY,
    "reuters": REUTERS,
    "nitf": NITF,
    "newsml": NEWSML,
    "newsml_message": NEWSML_MESSAGE,
    "ninjs_1": NINJS_1,
    "ninjs_2": NINJS_2,
    "ninjs_3": NINJS_3,
    "jsonl": JSONL,
    "csv": CSV,
    "html": PAGE,
    "zip": zipped(**{"a.txt": COPY, "b/c.jsonl": JSONL, "../../etc/passwd": NITF}),
    "tar_gz": tarred(**{"a.txt": COPY, "b/c.sgm": REUTERS}),
    "gz": gzip.compress(JSONL, mtime=0),
}
