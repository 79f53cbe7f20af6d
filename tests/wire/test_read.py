import io
import zipfile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import wire
from archive.wire import refusals
from archive.wire.errors import CopyTooLarge, EmptyFile, FileTooLarge, UnknownFormat, WireError

UTC = ZoneInfo("UTC")
COPY = "Oil rises\n\nJuly 10, 2019 - 22:07\n\nTEHRAN - It rose.\nAA/BB"


def zipped(name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml" if "/" in name else "first", "x")
        archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["a.txt", "a.html", "", "a.zip", "../../etc/passwd"])
def test_name_decides_nothing(name):
    (record,) = wire.read(name, COPY.encode(), zone=UTC)
    assert record.headline == "Oil rises"
    assert record.encoding == "utf-8"
    assert [warning.code for warning in record.warnings] == []


def test_too_large_file_is_refused_unread():
    with pytest.raises(FileTooLarge, match=r"The file has 11 bytes; at most 10 are read at once\. Split it"):
        wire.read("a", b"<html>12345", zone=UTC, max_bytes=10)


def test_plain_copy_is_one_story_and_no_longer():
    with pytest.raises(
        CopyTooLarge, match=r"as one story, of at most 2,097,152\. If it holds many, save each"
    ):
        wire.read("a", b"a line\n" * 700_000, zone=UTC)


def test_much_plain_copy_is_refused_unread_with_what_to_do_next():
    with pytest.raises(
        CopyTooLarge, match=r"The file has 11 bytes; .* as one story, of at most 10\..* JSON Lines"
    ):
        list(wire.iter_stories("a", b"x" * 11, zone=UTC, max_bytes=10))


def test_empty_file_is_refused_at_once():
    with pytest.raises(EmptyFile):
        wire.read("a", b"", zone=UTC)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped("word/document.xml"), "This is a Word document, which the archive does not read. Open it"),
        (zipped("xl/workbook.xml"), "This is an Excel workbook,"),
        (
            b"7z\xbc\xaf\x27\x1c",
            "This is a packed file of another kind than zip and gzip, which the archive does not read. "
            "Unpack it and add the files in it.",
        ),
        (b"%PDF-1.7\n", "This is a PDF,"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Office document,"),
        (b"{\\rtf1\\ansi x}", r"This is a rich text \(RTF\) document,"),
        (
            b"\x89PNG\r\n\x1a\n",
            "This is a picture, which the archive does not read. Only files of text can be added.",
        ),
        (b"\xff\xd8\xff\xe0", "This is a picture,"),
        (b"\0\0\0\x18ftypmp42", "This is a sound or video file,"),
        (b"BZh91AY", "This is a packed file"),
        (b"<rss version='2.0'>", "This is a feed,"),
        (b"<?xml version='1.0'?><other/>", "This is an XML file of a kind unknown here,"),
        (b"SQLite format 3\0", "This is a database,"),
        (b"MZ\x90\0", "This is a program,"),
        (b"{\\rtf1", "RTF"),
    ],
    # A zip holds the time it was made, which would give the test another name in each process.
    ids=lambda value: value if isinstance(value, str) else "bytes",
)
def test_foreign_format_is_refused_by_name(content, message):
    with pytest.raises(UnknownFormat, match=message):
        wire.read("copy.txt", content, zone=UTC)


@pytest.mark.parametrize(
    ("text", "format_name"),
    [
        ("<!DOCTYPE html><p>x", "html"),
        ("  <!-- a --><!-- b -->\n<HTML><body>", "html"),
        ('<?xml version="1.0"?><html>', "html"),
        ('<?xml version="1.0"?><nitf>', "nitf"),
        ('<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">\n<nitf><head/>', "nitf"),
        ("<nitf><head/>", "nitf"),
        ('<?xml version="1.0"?>\n<!-- x -->\n<newsItem xmlns="x">', "newsml"),
        ('<nar:newsMessage xmlns:nar="x">', "newsml"),
        ('{"uri": "x"}', "ninjs"),
        ('[\n {"headline": "x"}]', "jsonl"),
        ("headline,published_on\nx,2019-07-10", "csv"),
        ('Body;"Headline"\n', "csv"),
        ("Oil rises\n\nJuly 10, 2019", "copy"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_format_is_told_by_content_in_any_encoding(text, format_name, encoding):
    assert wire.find_format(text.encode(encoding)).name == format_name


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS NEWID="1">',
        '<REUTERS TOPICS="YES" NEWID="1">',
    ],
)
def test_reuters_is_told_by_its_first_element(text):
    assert wire.find_format(text.encode()).name == "reuters"


def test_row_of_comments_is_looked_at_once():
    refusals.check(b"<!---->" * 580)


@pytest.mark.parametrize(
    "text",
    ["[Advisory] Oil rises", "{Oil} rises", "<Oil> rises", "MZ rises", "BM rises and falls", "ID3 tags", "PK rises",
     "II* rises", "<htmlish> rises", "%PDF rises"],
)  # fmt: skip
def test_copy_that_begins_like_another_format_is_copy(text):
    (record,) = wire.read("a", text.encode(), zone=UTC)
    assert record.headline == text


def test_every_format_has_a_name_of_its_own():
    names = [each.name for each in wire.FORMATS]
    assert len(set(names)) == len(names)
    assert names[-1] == "copy"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_records_or_a_wire_error(content):
    try:
        outcome = list(wire.read("a", content, zone=UTC))
    except WireError as refusal:
        outcome = [refusal.code]
    assert outcome
