"""Every format of the archive, trap by trap; the files are in samples.py."""

import datetime
import json
from zoneinfo import ZoneInfo

import pytest

from archive import wire
from archive.wire import xml
from archive.wire.errors import DamagedFile, DeclaredEntities, NoArticle, WireError
from tests.wire import samples

TEHRAN = ZoneInfo("Asia/Tehran")
FERRY_AT = datetime.datetime(2019, 7, 10, 17, 37, tzinfo=datetime.UTC)


def stories(content, zone=TEHRAN, **options):
    return list(wire.iter_stories("file", content, zone=zone, **options))


def only(content, zone=TEHRAN):
    (story,) = stories(content, zone)
    return story.record


def codes(record):
    return [warning.code for warning in record.warnings]


class TestReuters:
    def test_story_has_every_field(self):
        record = stories(samples.REUTERS, ZoneInfo("America/New_York"))[0].record
        assert record.headline == "VARRA <VRA> GRAIN REVIEW"
        assert record.timestamp == "26-FEB-1987 15:01:01.79"
        assert record.published_at == datetime.datetime(1987, 2, 26, 20, 1, 1, 790000, tzinfo=datetime.UTC)
        assert record.published_on == datetime.date(1987, 2, 26)
        assert (record.dateline, record.place) == ("PORT VARRA, Feb 26", "Port Varra")
        assert record.body_text == (
            'Showers continued in the hills, said Café Ossa & Sons.\n\n"It was wet," a dealer said.'
        )
        assert record.source_key == "reuters:11"
        assert record.encoding == "latin-1"
        assert record.extra["topics"] == ["grain", "trade"]
        assert record.extra["places"] == ["varra"]
        assert record.extra["orgs"] == ["opec"]
        assert record.extra["byline"] == "By Mirvan Takhti, Reuters"
        assert record.extra["oldid"] == "5"
        assert record.extra["end_mark"] == "Reuter"
        assert "people" not in record.extra

    def test_file_rewritten_as_utf8_with_a_byte_order_mark(self):
        text = samples.REUTERS.decode("latin-1").replace("Caf\xe9", "Café “Ossa”")
        record = stories(text.encode("utf-8-sig"))[0].record
        assert "said Café “Ossa”" in record.body_text
        assert record.encoding == "utf-8"

    def test_brief_is_a_headline_alone(self):
        record = stories(samples.REUTERS)[1].record
        assert record.headline == "OSSA LINES SAYS IT SOLD TWO FERRIES"
        assert (record.body_text, codes(record)) == ("", ["body_missing"])

    def test_unprocessed_story_keeps_its_lines_and_says_what_was_guessed(self):
        record = stories(samples.REUTERS)[2].record
        assert record.headline == "OSSA SUGAR 11 1100"
        assert record.body_html == "<p>MAY7 662 OFF 17<br>JUL7 678 OFF 15</p>"
        assert codes(record) == ["headline_guessed", "time_impossible"]
        assert (record.published_at, record.published_on) == (None, datetime.date(1987, 3, 31))

    def test_bytes_of_a_story_are_its_own_and_read_the_same(self):
        for story in stories(samples.REUTERS):
            assert story.content in samples.REUTERS
            assert only(story.content) == story.record

    def test_file_cut_off_in_a_story_rejects_that_one(self):
        found = stories(samples.REUTERS[:-30])
        assert [type(each).__name__ for each in found] == ["Story", "Story", "Reject"]
        assert found[2].name == "file, story 3"
        assert "it ends in the middle of a story" in found[2].reason

    @pytest.mark.parametrize(
        ("dateline", "printed", "place", "body"),
        [
            ("    NEW YORK, March 3, Reuter - ", "NEW YORK, March 3, Reuter", "New York", "It rose."),
            ("****LONDON, March 5 - ", "LONDON, March 5", "London", "It rose."),
            ("RIO, Feb 26 - The anti-", "RIO, Feb 26", "Rio", "The anti-It rose."),
            ("NEW YORK, Narch 2 - ", "NEW YORK, Narch 2", "New York", "It rose."),
            ("NEW YORK, Foo 2 - ", "NEW YORK, Foo 2", "", "It rose."),
        ],
    )
    def test_unusual_datelines(self, dateline, printed, place, body):
        record = only(
            b'<REUTERS NEWID="1"><DATE>26-FEB-1987 15:01:01.79</DATE><TEXT><TITLE>A</TITLE>'
            b"<DATELINE>" + dateline.encode() + b"</DATELINE><BODY>It rose.</BODY></TEXT></REUTERS>"
        )
        assert (record.dateline, record.place, record.body_text) == (printed, place, body)
        assert ("dateline_unusual" in codes(record)) == (not place)
        assert ("dateline_month_misspelt" in codes(record)) == ("Narch" in dateline)

    @pytest.mark.parametrize(
        ("dateline", "day"),
        [
            ("NEW YORK, Feb 25, Reuter - ", datetime.date(1987, 2, 25)),
            ("NEW YORK, Dec 31 - ", datetime.date(1986, 12, 31)),
            ("NEW YORK, Narch 2 - ", None),
            ("NEW YORK - ", None),
        ],
    )
    def test_day_of_the_dateline_is_kept(self, dateline, day):
        record = only(
            b'<REUTERS NEWID="1"><DATE>26-FEB-1987 15:01:01.79</DATE><TEXT><TITLE>A</TITLE>'
            b"<DATELINE>" + dateline.encode() + b"</DATELINE><BODY>It rose.</BODY></TEXT></REUTERS>"
        )
        assert (record.published_on, record.dateline_on) == (datetime.date(1987, 2, 26), day)

    def test_corrected_headline_is_marked(self):
        record = only(
            b'<REUTERS NEWID="1"><TEXT><TITLE>CORRECTED - OSSA &lt;OSA> SETS DIVIDEND</TITLE></TEXT></REUTERS>'
        )
        assert record.mark == "corrected"

    def test_endless_story_ends_the_file_and_is_bounded(self):
        found = stories(b"<REUTERS NEWID='1'>" + b"x" * 5_000_000)
        assert [type(each).__name__ for each in found] == ["Reject"]
        assert len(found[0].content) < 100_000


class TestNitf:
    def test_article_has_every_field(self):
        record = only(samples.NITF)
        assert record.headline == "CORRECTED: Ferry to Ossa runs again"
        assert record.mark == "corrected"
        assert record.published_at == FERRY_AT
        assert record.published_on == datetime.date(2019, 7, 10)
        assert record.dateline == "Ossa, Varra July 10"
        assert record.place == "Ossa"
        assert record.body_text == (
            "The ferry sailed again, Captain Ilan Dray said.\n\nSecond link & more.\n\nThird."
        )
        assert '<a href="https://example.com/x"' in record.body_html
        assert record.source_key == "nitf:varra.20190710.001"
        assert (record.version, record.pub_status, record.section) == (3, "usable", "Home")
        assert record.language == "en"
        assert record.extra["byline"] == ["Mirvan Takhti"]
        assert record.extra["keywords"] == ["ferry", "harbour"]
        assert record.extra["subheadline"] == ["After nine days"]
        assert record.extra["tagline"] == ["Edited by BB"]

    def test_midnight_is_a_day_without_a_time(self):
        record = only(samples.NITF.replace(b"20190710T220700+0430", b"20190710T000000+0430"))
        assert (record.published_at, record.published_on) == (None, datetime.date(2019, 7, 10))
        assert "time_missing" in codes(record)

    def test_title_stands_in_for_a_headline(self):
        content = samples.NITF.replace(b"<hl1>", b"<hl9>").replace(b"</hl1>", b"</hl9>")
        assert only(content).headline == "Ferry"

    def test_embargoed_article_is_withheld(self):
        content = samples.NITF.replace(b'management-status="usable"', b'management-status="embargoed"')
        assert only(content).pub_status == "withheld"

    @pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
    def test_declared_encoding_counts(self, encoding):
        text = samples.NITF.decode().replace("UTF-8", encoding).replace("Second", "Señor")
        assert "Señor" in only(text.encode(encoding)).body_text

    def test_wrongly_declared_encoding_is_mended(self):
        content = samples.NITF.replace(b"Second", "Señor".encode("cp1252"))
        assert "Señor" in only(content).body_text

    def test_quotation_marks_of_windows_under_the_name_of_latin_1(self):
        text = samples.NITF.decode().replace("UTF-8", "ISO-8859-1").replace("sailed", "“né” sailed")
        record = only(text.encode("cp1252"))
        assert "The ferry “né” sailed again" in record.body_text
        assert record.encoding == "windows-1252"


class TestXmlIsRefused:
    BOMB = (
        '<!DOCTYPE nitf [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><nitf><head/><body><body.content><p>&c;</p></body.content></body></nitf>'
    )

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_entity_bomb(self, encoding):
        with pytest.raises(DeclaredEntities, match="declares entities of its own"):
            stories(self.BOMB.encode(encoding))

    def test_external_entity_is_neither_opened_nor_read(self, tmp_path):
        secret = tmp_path / "secret"
        secret.write_text("the secret")
        content = f'<!DOCTYPE nitf [<!ENTITY x SYSTEM "file://{secret}">]><nitf><body><body.content>&x;</body.content></body></nitf>'
        with pytest.raises(DeclaredEntities):
            stories(content.encode())

    def test_declaration_after_a_long_prologue(self):
        with pytest.raises(DeclaredEntities):
            xml.parse(b"<!--" + b"x" * 50_000 + b"-->" + self.BOMB.encode(), "NITF")

    def test_broken_xml_is_named_with_its_line(self):
        with pytest.raises(DamagedFile, match=r"The file looks like NITF, but its XML is broken in line \d+"):
            stories(samples.NITF[:900])


class TestNewsml:
    def test_item_has_every_field(self):
        record = only(samples.NEWSML)
        assert record.headline == "Ferry to Ossa runs again"
        assert record.published_at == FERRY_AT
        assert (record.dateline, record.place) == ("OSSA, July 10", "Ossa")
        assert (
            record.body_html == "<p>The ferry sailed again.</p><p>Second &amp; <strong>last</strong>.</p>"
            or (record.body_html == "<p>The ferry sailed again.</p><p>Second &amp; <b>last</b>.</p>")
        )
        assert record.source_key == "newsml:urn:newsml:varra.example:20190710:1"
        assert (record.version, record.pub_status, record.language) == (2, "usable", "en")
        assert record.extra["byline"] == ["Mirvan Takhti"]
        assert record.extra["slugline"] == "FERRY-OSSA"
        assert record.extra["subjects"] == ["Transport"]

    def test_message_gives_each_item_and_names_what_is_none(self):
        found = stories(samples.NEWSML_MESSAGE)
        assert [type(each).__name__ for each in found] == ["Story", "Reject", "Story"]
        assert found[1].name == "file, item 2"
        assert "class “picture”" in found[1].reason
        assert found[2].record.pub_status == "canceled"
        assert only(found[2].content).source_key == found[2].record.source_key

    def test_missing_status_means_usable(self):
        content = samples.NEWSML.replace(b'<pubStatus qcode="stat:usable"/>', b"")
        assert only(content).pub_status == "usable"

    def test_nitf_inside(self):
        body = samples.NITF[samples.NITF.index(b"<nitf") :].decode().replace("&nbsp;", " ")
        content = samples.newsml_item(
            body=f'<inlineXML contenttype="application/nitf+xml">{body}</inlineXML>'
        )
        assert "Captain Ilan Dray" in only(content).body_text

    def test_plain_text_inside(self):
        content = samples.newsml_item(body='<inlineData contenttype="text/plain">One.\n\nTwo.</inlineData>')
        assert only(content).body_text == "One.\n\nTwo."

    def test_package_is_named(self):
        package = b'<packageItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:p" version="1"/>'
        with pytest.raises(WireError, match="It is no article: it is a packageItem"):
            stories(package)

    def test_message_without_items_is_named(self):
        with pytest.raises(NoArticle, match="the message has no items"):
            stories(b'<newsMessage xmlns="x"><header/></newsMessage>')


class TestNinjs:
    @pytest.mark.parametrize("content", [samples.NINJS_1, samples.NINJS_2, samples.NINJS_3])
    def test_each_generation_is_read(self, content):
        record = only(content)
        assert record.headline == "Ferry to Ossa runs again"
        assert record.published_at == FERRY_AT
        assert record.published_on == datetime.date(2019, 7, 10)
        assert record.body_text.startswith("The ferry")
        assert record.source_key.startswith("ninjs:urn:varra:")

    def test_first_generation_keeps_what_it_does_not_know(self):
        record = only(samples.NINJS_1)
        assert record.body_text == "The ferry sailed.\n\nPassengers waved."
        assert (record.version, record.pub_status, record.place) == (4, "usable", "Ossa")
        assert record.extra["byline"] == "Mirvan Takhti"
        assert record.extra["subject"] == [{"name": "Transport", "code": "medtop:1"}]
        assert record.extra["versioncreated"] == "2019-07-11T08:00:00+04:30"

    def test_html_is_preferred_and_cleaned(self):
        assert only(samples.NINJS_2).body_html == "<p>The ferry.</p>"

    def test_third_generation_says_canceled(self):
        assert only(samples.NINJS_3).pub_status == "canceled"

    def test_only_uri_is_required(self):
        record = only(b'{"uri": "urn:x"}')
        assert record.source_key == "ninjs:urn:x"
        assert codes(record) == ["headline_missing", "timestamp_missing", "body_missing"]

    def test_picture_is_named(self):
        (reject,) = stories(b'{"uri": "urn:x", "type": "picture", "headline": "A"}')
        assert reject.reason == "It is no article: it describes something of type “picture”."

    def test_list_and_lines_are_read(self):
        as_list = b"[" + samples.NINJS_1 + b",\n" + samples.NINJS_3 + b"]"
        as_lines = b"\n".join(
            json.dumps(json.loads(each)).encode() for each in (samples.NINJS_1, samples.NINJS_3)
        )
        for content in (as_list, as_lines):
            found = stories(content)
            assert [each.record.source_key for each in found] == ["ninjs:urn:varra:1", "ninjs:urn:varra:3"]
            assert [only(each.content).headline for each in found] == ["Ferry to Ossa runs again"] * 2


class TestJsonLines:
    def test_line_has_every_field(self):
        first, second = (story.record for story in stories(samples.JSONL))
        assert first.headline == "Ferry to Ossa runs again"
        assert first.published_at == FERRY_AT
        assert (first.dateline, first.place) == ("OSSA", "Ossa")
        assert first.body_html == "<p>The ferry sailed.</p><p>Passengers waved.</p>"
        assert [(credit.code, credit.role) for credit in first.credits] == [
            ("NA", "reported"),
            ("PA", "edited"),
        ]
        assert first.extra == {"desk_id": 77, "tags": ["sea"]}
        assert second.source_key == "varra:2"
        assert (second.published_at, second.published_on) == (None, datetime.date(2019, 7, 11))

    def test_same_story_as_copy_has_the_same_key(self):
        copy_key = only(b"Ferry to Ossa runs again\n\nJuly 10, 2019 - 22:07\n\nOSSA - It sailed.").source_key
        assert stories(samples.JSONL)[0].record.source_key == copy_key

    def test_one_bad_line_is_named_and_the_rest_goes_on(self):
        found = stories(samples.JSONL + b'{"headline": "broken\n{"nothing": 1}\n[1]\n{"headline": "Last"}\n')
        assert [type(each).__name__ for each in found] == [
            "Story",
            "Story",
            "Reject",
            "Reject",
            "Reject",
            "Story",
        ]
        assert found[2].name == "file, line 3"
        assert "its syntax is broken at line 1, column" in found[2].reason
        assert found[3].reason == "It is no article: it has neither a headline nor a body among its fields."
        assert found[4].reason == "It is no article: it is not a JSON object in braces."

    def test_what_the_archive_wrote_is_read_back(self):
        record = stories(samples.JSONL)[0].record
        again = only(record.to_json().encode())
        assert (again.source_key, again.body_html, again.published_at, again.sign_off) == (
            record.source_key, record.body_html, record.published_at, record.sign_off,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("value", "kept"),
        [
            ("1e999", None),
            ("NaN", None),
            ("9" * 30, hex(int("9" * 30))),
            ('"\\ud800x\\u0000"', "x"),
        ],
    )
    def test_values_that_no_database_takes_are_left_out(self, value, kept):
        record = only(b'{"headline": "A", "odd": ' + value.encode() + b"}")
        assert record.extra.get("odd") == kept
        json.dumps(dict(record.extra), allow_nan=False).encode()

    def test_endless_nesting_is_named(self):
        (reject,) = stories(b'{"headline": ' + b"[" * 100_000 + b"\n")
        assert "JSON" in reject.reason

    def test_printed_day_counts_where_the_instant_differs(self):
        record = only(
            b'{"headline": "A", "published_at": "2019-07-10T22:07:00Z", "published_on": "2019-07-10"}'
        )
        assert record.published_on == datetime.date(2019, 7, 10)
        assert "days_differ" in codes(record)

    def test_long_field_is_cut_with_a_warning(self):
        record = only(json.dumps({"headline": "A", "place": "P" * 300}).encode())
        assert len(record.place) == 120
        assert "place_cut" in codes(record)

    def test_long_key_stays_unique(self):
        keys = {
            only(json.dumps({"headline": "A", "source_key": "k" * 400 + end}).encode()).source_key
            for end in "ab"
        }
        assert len(keys) == 2
        assert max(map(len, keys)) <= 255

    def test_separators_of_unicode_in_a_string_are_line_ends(self):
        record = only('{"headline": "A", "body": "One\u2028two\x85three\tfour."}\n'.encode())
        assert record.body_text == "One\n\ntwo\n\nthree four."

    @pytest.mark.parametrize(
        "content",
        [
            b'{"headline": "A",\n "body": "B."}\n{"headline": "C",\n "body": "D."}\n',
            b'{"headline": "A", "body": "B."}\r{"headline": "C", "body": "D."}\r',
            '\ufeff{"headline": "A", "body": "B."}\n{"headline": "C", "body": "D."}\n'.encode("utf-16-le"),
        ],
        ids=["over several lines", "carriage returns", "sixteen bits"],
    )
    def test_objects_in_a_row(self, content):
        assert [each.record.headline for each in stories(content)] == ["A", "C"]

    @pytest.mark.parametrize(
        ("content", "names"),
        [
            (b'{"headline": "cut of\n{"headline": "A", "body": "B."}\n', ["a, line 1"]),
            (b'[{"headline": "A", "body": "B."}, {"headline": "C", "bo', ["a, item 2"]),
        ],
        ids=["first line", "end of a list"],
    )
    def test_damage_is_named_and_what_is_sound_is_read(self, content, names):
        found = list(wire.iter_stories("a", content, zone=TEHRAN))
        assert [each.record.headline for each in found if isinstance(each, wire.Story)] == ["A"]
        assert [each.name for each in found if isinstance(each, wire.Reject)] == names


class TestCsv:
    def test_row_has_every_field(self):
        first, second = (story.record for story in stories(samples.CSV))
        assert first.headline == "Ferry to Ossa, again"
        assert first.published_at == FERRY_AT
        assert first.body_text == 'The ferry sailed.\n\nPassengers "waved".'
        assert first.extra == {"desk_id": "77"}
        assert (second.body_text, second.place) == ("Café.", "Port Varra")

    def test_bytes_of_a_row_are_a_table_by_themselves(self):
        for story in stories(samples.CSV):
            assert only(story.content) == story.record

    @pytest.mark.parametrize("delimiter", [";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
    def test_other_delimiters_and_encodings(self, delimiter, encoding):
        text = f"Headline{delimiter}Published on{delimiter}Text\nFähre{delimiter}2019-07-10{delimiter}Die Fähre fährt über den See.\n"
        record = only(text.encode(encoding))
        assert (record.headline, record.body_text) == ("Fähre", "Die Fähre fährt über den See.")
        assert record.published_on == datetime.date(2019, 7, 10)

    def test_mixed_encodings_are_told_row_by_row(self):
        content = b"headline,body\n" + "Café,Utf.\n".encode() + "Café,Latin é è à.\n".encode("cp1252")
        assert [story.record.headline for story in stories(content)] == ["Café", "Café"]

    def test_more_fields_than_names_are_kept(self):
        (story,) = stories(b"headline,body\nA,b,c,d\n")
        assert story.record.extra == {"more_fields": ["c", "d"]}

    @pytest.mark.parametrize(
        "content",
        [
            "sep=;\r\nheadline;body;published_on\r\nA;One.;2019-07-10\r\nB;Two.;2019-07-11\r\n",
            "headline,body,published_on\rA,One.,2019-07-10\rB,Two.,2019-07-11\r",
            '"headline", "body", "published_on"\n"A", "One.", "2019-07-10"\n"B", "Two.", "2019-07-11"\n',
        ],
        ids=["named separator", "carriage returns", "blanks after commas"],
    )
    def test_other_dialects(self, content):
        found = stories(content.encode())
        told = [(each.record.headline, each.record.body_text, each.record.published_on.day) for each in found]
        assert told == [("A", "One.", 10), ("B", "Two.", 11)]
        for each in found:
            assert [again.record for again in stories(each.content)] == [each.record]

    def test_sixteen_bits_without_a_byte_order_mark(self):
        assert only("headline,body\nFähre,Die Fähre.\n".encode("utf-16-le")).body_text == "Die Fähre."

    def test_quotation_marks_after_backslashes(self):
        found = stories(b'headline,body\n"He said \\"hi\\", and left","B \\"c\\", d"\n"E ""f""","C:\\g"\n')
        assert [(each.record.headline, each.record.body_text) for each in found] == [
            ('He said "hi", and left', 'B "c", d'),
            ('E "f"', "C:\\g"),
        ]

    def test_reading_goes_on_after_a_row_that_is_not_closed(self):
        content = b'headline,body,source_key,section\nA,B.,1,x\n"C,D.,2,x\nProse, with a comma.\nE,F.,3,x\n"G,H.,4,x\n'
        found = list(wire.iter_stories("a.csv", content, zone=TEHRAN))
        assert [each.record.headline for each in found if isinstance(each, wire.Story)] == ["A", "E"]
        rejects = [each for each in found if isinstance(each, wire.Reject)]
        assert [(each.name, each.content.splitlines()[1:]) for each in rejects] == [
            ("a.csv, row 2", [b'"C,D.,2,x', b"Prose, with a comma."]),
            ("a.csv, row 4", [b'"G,H.,4,x']),
        ]
        assert "a quotation mark in it stands alone" in rejects[0].reason

    def test_open_quotation_mark_is_bounded(self):
        with pytest.raises(WireError):
            stories(b'headline,body\nA,"b\n' + b"line\n" * 600_000)


class TestHtml:
    def test_page_has_every_field(self):
        record = only(samples.PAGE)
        assert record.headline == "Ferry to Ossa runs again"
        assert record.published_at == FERRY_AT
        assert record.section == "Home"
        assert record.source_key == "url:https://varra.example/2019/ferry"
        assert record.extra["byline"] == "Mirvan Takhti"
        assert "The ferry to the island of Ossa sailed again" in record.body_text
        assert "alert" not in record.body_html
        assert "Imprint" not in record.body_text
        assert "Sport" not in record.body_text

    def test_meta_tags_stand_in_for_structured_data(self):
        record = only(
            b"<html><head><meta property='og:title' content='Ferry runs'>"
            b"<meta property='article:published_time' content='2019-07-10T22:07:00+04:30'>"
            b"<meta name='author' content='Mirvan Takhti'></head><body><p>The ferry.</p></body></html>"
        )
        assert (record.headline, record.published_at) == ("Ferry runs", FERRY_AT)
        assert record.body_text == "The ferry."

    def test_title_loses_the_name_of_the_site(self):
        record = only(
            b"<html><head><title>Ferry runs - at last | Varra Wire</title></head><body><p>x</p></body></html>"
        )
        assert record.headline == "Ferry runs - at last"
        assert "timestamp_missing" in codes(record)

    def test_body_in_the_structured_data_is_taken_where_the_page_has_less(self):
        record = only(
            b'<html><head><script type="application/ld+json">{"@type": "Article", "headline": "A",'
            b' "articleBody": "First paragraph here.\\nSecond one."}</script></head><body><p>Log in</p></body></html>'
        )
        assert record.body_text == "First paragraph here.\n\nSecond one."

    @pytest.mark.parametrize(
        "script", [b"{", b"[[[[[[[[[", b'{"@type": 5}', b'{"@graph": {"@graph": {}}}', b"null", b""]
    )
    def test_broken_structured_data_is_passed_over(self, script):
        content = (
            b'<html><title>A</title><script type="application/ld+json">'
            + script
            + b"</script><p>x</p></html>"
        )
        assert only(content).headline == "A"

    @pytest.mark.parametrize(
        ("times", "day"),
        [
            ('<time datetime="2026-01-01"></time><b itemprop="datePublished" content="2019-07-10"></b>', 10),
            ('<time datetime="2026-01-01"></time><time pubdate datetime="2019-07-11"></time>', 11),
            ('<time datetime="2026-01-01"></time><article><time datetime="2019-07-12"></time></article>', 12),
            ('<time datetime="2019-07-13"></time><time datetime="2019-07-13"></time>', 13),
            ('<time datetime="2019-07-13"></time><time datetime="2019-07-14"></time>', None),
        ],
    )
    def test_time_that_is_meant(self, times, day):
        record = only(f"<html><body>{times}<h1>Ferry</h1><p>It runs.</p></body></html>".encode())
        assert (record.published_on and record.published_on.day) == day

    @pytest.mark.parametrize(
        "script",
        [
            '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Ferry &amp; boat"}\n//]]>',
            '/*<![CDATA[*/{"@type": "NewsArticle", "headline": "Ferry & boat"}/*]]>*/',
            '<!--\n{"@type": "NewsArticle", "headline": "Ferry & boat"}\n-->',
        ],
    )
    def test_structured_data_that_is_wrapped_or_escaped(self, script):
        page = (
            f'<html><script type="application/ld+json">{script}</script><body><p>It runs.</p></body></html>'
        )
        assert only(page.encode()).headline == "Ferry & boat"

    def test_headline_in_microdata(self):
        page = b'<html><title>Home</title><body><h1 itemprop="name headline">Ferry runs</h1><p>It runs.</p></body></html>'
        assert only(page).headline == "Ferry runs"

    def test_parts_of_a_page_are_read(self):
        record = only(b"<article><h1>Ferry <i>runs</i></h1><p>One.</p><p>Two.</p></article>")
        assert (record.headline, record.body_text) == ("Ferry runs", "Ferry runs\n\nOne.\n\nTwo.")

    def test_page_in_utf8_that_says_latin_1(self):
        page = '<html><head><meta charset="iso-8859-1"><title>Fähre</title></head><body><p>Für uns.</p></body></html>'
        record = only(page.encode())
        assert (record.headline, record.encoding) == ("Fähre", "utf-8")

    def test_declared_charset_counts(self):
        content = '<html><head><meta charset="windows-1251"><title>Паром</title></head><body><p>Паром пришёл.</p></body></html>'
        record = only(content.encode("windows-1251"))
        assert (record.headline, record.encoding) == ("Паром", "cp1251")

    @pytest.mark.parametrize(
        "content",
        [
            b"<html>" + b"<div>" * 20_000,
            b"<html>" + b"<p>a" * 19_000,
            b"<html><body></body></html>",
            b"<html><!--",
        ],
        ids=["deep", "wide", "empty", "comment"],
    )
    def test_hostile_pages_are_read_or_refused(self, content):
        try:
            found = stories(content)
        except WireError:
            return
        assert len(found) == 1
