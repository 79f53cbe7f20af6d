from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from archive import wire
from archive.wire import copy
from archive.wire.record import ArticleRecord, Credit

TEHRAN = ZoneInfo("Asia/Tehran")

STORY = """\
Ports agency opens third terminal

July 10, 2019 - 22:7

TEHRAN - The ports agency opened a terminal on Wednesday.

“It is <large> & new,” its director said.
AA/BB"""


def codes(record):
    return [warning.code for warning in record.warnings]


def cut(text, record):
    return {span.part: text[span.start : span.end] for span in record.spans}


def test_whole_story_is_cut_into_its_parts():
    record = copy.read(STORY, TEHRAN)
    assert record.headline == "Ports agency opens third terminal"
    assert record.timestamp == "July 10, 2019 - 22:7"
    assert record.published_at == datetime(2019, 7, 10, 17, 37, tzinfo=UTC)
    assert record.published_on == date(2019, 7, 10)
    assert (record.dateline, record.place) == ("TEHRAN", "Tehran")
    assert record.body_text == (
        "The ports agency opened a terminal on Wednesday.\n\n“It is <large> & new,” its director said."
    )
    assert record.body_html == (
        "<p>The ports agency opened a terminal on Wednesday.</p>"
        "<p>“It is &lt;large&gt; &amp; new,” its director said.</p>"
    )
    assert record.sign_off == "AA/BB"
    assert record.credits == (Credit("AA", "reported"), Credit("BB", "edited"))
    assert [(w.code, w.message) for w in record.warnings] == [
        ("minute_one_digit", "The minute has one digit: 22:7, read as 22:07.")
    ]


def test_spans_point_into_the_original():
    assert cut(STORY, copy.read(STORY, TEHRAN)) == {
        "headline": "Ports agency opens third terminal",
        "timestamp": "July 10, 2019 - 22:7",
        "dateline": "TEHRAN",
        "body": "The ports agency opened a terminal on Wednesday.\n\n“It is <large> & new,” its director said.",
        "sign_off": "AA/BB",
    }


def test_record_survives_json():
    record = next(wire.read("a.txt", STORY.encode(), zone=TEHRAN))
    assert ArticleRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize("zone", ["Asia/Tehran", "Europe/Vienna", "UTC"])
def test_source_key_does_not_depend_on_zone(zone):
    key = copy.read(STORY, ZoneInfo(zone)).source_key
    assert key == copy.read(STORY, TEHRAN).source_key
    assert key.startswith("copy:")
    assert len(key) == 37
