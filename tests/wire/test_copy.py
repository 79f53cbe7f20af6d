from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.wire import copy
from archive.wire.errors import WireError
from archive.wire.record import PARTS, ArticleRecord, Credit
from archive.wire.sanitize import clean, text_of

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


STAMPED = "Oil rises\n\nJuly 10, 2019 - 22:07\n\n"


@pytest.mark.parametrize(
    ("text", "parts", "warnings"),
    [
        # whole
        (STAMPED + "TEHRAN - It rose. It fell.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN",
          "body": "It rose. It fell.", "sign_off": "AA"}, []),
        # no blank lines, and no final newline
        ("Oil rises\nJuly 10, 2019 - 22:07\nTEHRAN - It rose. AA/BB",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN",
          "body": "It rose.", "sign_off": "AA/BB"}, []),
        # parts missing, one by one
        ("July 10, 2019 - 22:07\n\nTEHRAN - It rose.\n\nAA",
         {"timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN", "body": "It rose.", "sign_off": "AA"},
         ["headline_missing"]),
        ("Oil rises\n\nTEHRAN - It rose.\n\nAA",
         {"headline": "Oil rises", "dateline": "TEHRAN", "body": "It rose.", "sign_off": "AA"},
         ["timestamp_missing"]),
        (STAMPED + "It rose.\n\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "body": "It rose.", "sign_off": "AA"},
         ["dateline_missing"]),
        (STAMPED + "AA/BB",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "sign_off": "AA/BB"}, ["body_missing"]),
        (STAMPED + "TEHRAN - It rose.\n",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN", "body": "It rose."},
         ["sign_off_missing"]),
        ("Oil rises", {"headline": "Oil rises"}, ["timestamp_missing", "body_missing", "sign_off_missing"]),
        ("NATO/EU", {"headline": "NATO/EU"}, ["timestamp_missing", "body_missing", "sign_off_missing"]),
        ("TEHRAN - It rose.", {"dateline": "TEHRAN", "body": "It rose."},
         ["headline_missing", "timestamp_missing", "sign_off_missing"]),
        ("It rose on Monday.", {"body": "It rose on Monday."},
         ["headline_missing", "timestamp_missing", "dateline_missing", "sign_off_missing"]),
        ("July 10, 2019 - 22:07", {"timestamp": "July 10, 2019 - 22:07"},
         ["headline_missing", "body_missing", "sign_off_missing"]),
        ("", {}, ["headline_missing", "timestamp_missing", "body_missing", "sign_off_missing"]),
        # a headline of two lines
        ("Oil rises\n  and falls\n\nJuly 10, 2019 - 22:07\n\nTEHRAN - It rose.\nAA",
         {"headline": "Oil rises\n  and falls", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN",
          "body": "It rose.", "sign_off": "AA"}, []),
        # text above the timestamp is kept
        ("Oil rises\n\nBy A Writer\n\nJuly 10, 2019 - 22:07\n\nIt rose.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07",
          "body": "By A Writer\n\nJuly 10, 2019 - 22:07\n\nIt rose.", "sign_off": "AA"},
         ["text_before_timestamp", "dateline_missing"]),
        # a dateline on a line of its own, and broken over two
        (STAMPED + "Portland, Ore., July 10\n\nIt rose.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "Portland, Ore., July 10",
          "body": "It rose.", "sign_off": "AA"}, []),
        (STAMPED + "TEHRAN  (Agency)  --  It rose.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN  (Agency)",
          "body": "It rose.", "sign_off": "AA"}, []),
        # an editor's note above the dateline is body text, and does not hide it
        (STAMPED + "(Adds survivors, cause)\n\nTEHRAN - It rose.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN",
          "body": "It rose.", "sign_off": "AA"}, []),
        (STAMPED + "[Corrects the figure (82) in the\nheadline.]\n\n(Adds cause).\n\nTEHRAN - It rose.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN",
          "body": "It rose.", "sign_off": "AA"}, []),
        (STAMPED + "(Adds cause)\n\nIt rose.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07",
          "body": "(Adds cause)\n\nIt rose.", "sign_off": "AA"}, ["dateline_missing"]),
        (STAMPED + "(It) rose (again)\n\nTEHRAN - It rose.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07",
          "body": "(It) rose (again)\n\nTEHRAN - It rose.", "sign_off": "AA"}, ["dateline_missing"]),
        (STAMPED + "(Adds cause)\n\nTEHRAN, July 10\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07",
          "body": "(Adds cause)\n\nTEHRAN, July 10", "sign_off": "AA"}, ["dateline_missing"]),
        # days and codes that do not fit
        (STAMPED + "TEHRAN, July 9 - It rose.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN, July 9",
          "body": "It rose.", "sign_off": "AA"}, ["dateline_day_differs"]),
        (STAMPED + "TEHRAN, Feb 30 - It rose.\nAA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN, Feb 30",
          "body": "It rose.", "sign_off": "AA"}, ["dateline_day_impossible"]),
        (STAMPED + "TEHRAN - It rose.\nAA/BB/AA",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN",
          "body": "It rose.", "sign_off": "AA/BB/AA"}, ["sign_off_repeated"]),
        (STAMPED + "TEHRAN - It rose.\nAA/BB/CC/DD/EE",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN",
          "body": "It rose.\nAA/BB/CC/DD/EE"}, ["sign_off_too_long", "sign_off_missing"]),
        (STAMPED + "TEHRAN - It rose, said NATO/EU",
         {"headline": "Oil rises", "timestamp": "July 10, 2019 - 22:07", "dateline": "TEHRAN",
          "body": "It rose, said NATO/EU"}, ["sign_off_missing"]),
    ],
)  # fmt: skip
def test_copy_is_divided(text, parts, warnings):
    record = copy.read(text, TEHRAN)
    assert cut(text, record) == parts
    assert codes(record) == warnings


def test_note_above_the_dateline_stays_in_the_body():
    record = copy.read(STAMPED + "(Adds survivors)\n\nTEHRAN - It rose.\n\nIt fell.\nAA", TEHRAN)
    assert (record.place, record.body_text) == ("Tehran", "(Adds survivors)\n\nIt rose.\n\nIt fell.")


def test_note_does_not_change_what_the_article_is():
    with_note, without = (
        copy.read(STAMPED + note + "TEHRAN - It rose.\nAA", TEHRAN) for note in ("(Adds cause)\n\n", "")
    )
    assert with_note.source_key == without.source_key


def test_four_hundred_codes_credit_nobody():
    row = "/".join(["AB"] * 400)
    record = copy.read(f"{STAMPED}TEHRAN - It rose.\n{row}", TEHRAN)
    assert record.credits == ()
    assert record.sign_off == ""
    assert record.body_text == f"It rose.\n\n{row}"
    assert (
        record.warnings[0].message == "The last line has more than 4 codes; it stays text and credits nobody."
    )


def test_quotes_that_continue_over_paragraphs_stay_as_filed():
    body = "“It rose,” he said. “And 'fell'.\n\n“It was seen,” he said, ‘twice’."
    assert copy.read(f"{STAMPED}TEHRAN - {body}", TEHRAN).body_text == body


def test_headline_keeps_its_printed_mark():
    record = copy.read("UPDATE 2-CORRECTED-Oil rises\n\nJuly 10, 2019 - 22:07\n\nTEHRAN - It rose.", TEHRAN)
    assert record.headline == "UPDATE 2-CORRECTED-Oil rises"
    assert (record.mark, record.update_number) == ("corrected", 2)


def test_warnings_of_the_timestamp_point_at_it():
    text = STORY
    warning = copy.read(text, TEHRAN).warnings[0]
    assert text[warning.start : warning.end] == "July 10, 2019 - 22:7"


def test_body_may_be_broken_at_a_column():
    text = (
        STAMPED
        + "TEHRAN, July 10 (Agency) - Oil rose on Wednesday after two weeks in which\n"
        + "it had fallen, dealers said. They expect it to fall again on Thursday, or\n"
        + "at the latest on Friday.\nAA/BB\n"
    )
    record = copy.read(text, TEHRAN)
    assert record.body_text == (
        "Oil rose on Wednesday after two weeks in which it had fallen, dealers said. They expect it to fall "
        "again on Thursday, or at the latest on Friday."
    )
    assert codes(record) == []


def test_record_survives_json():
    (record,) = copy.iter_records(STORY.encode("cp1252"), TEHRAN)
    assert record.encoding == "cp1252"
    assert codes(record) == ["encoding_guessed", "minute_one_digit"]
    assert ArticleRecord.from_json(record.to_json()) == record


class TestSourceKey:
    def key(self, text, zone="Asia/Tehran"):
        return copy.read(text, ZoneInfo(zone)).source_key

    def test_is_stable_between_releases(self):
        assert self.key(STORY) == "copy:aa360ca632109c8f00e669ebfaa48dc6"

    @pytest.mark.parametrize("zone", ["Europe/Vienna", "UTC"])
    def test_does_not_depend_on_the_zone(self, zone):
        assert self.key(STORY, zone) == self.key(STORY)

    @pytest.mark.parametrize(
        "other",
        [
            STORY.replace("Ports agency", "PORTS  “agency”"),
            STORY.replace("opened a terminal", "opened one terminal"),
            STORY.replace("July 10, 2019 - 22:7", "10 July 2019, 22:07"),
        ],
    )
    def test_does_not_depend_on_typography_or_body(self, other):
        assert self.key(other) == self.key(STORY)

    @pytest.mark.parametrize(
        "other",
        [
            STORY.replace("22:7", "22:8"),
            STORY.replace("third", "fourth"),
            "CORRECTED: " + STORY,
        ],
    )
    def test_depends_on_time_headline_and_mark(self, other):
        assert self.key(other) != self.key(STORY)

    @pytest.mark.parametrize(
        "missing", ["Ports agency opens third terminal\n", "July 10, 2019 - 22:7", " - 22:7"]
    )
    def test_is_of_the_whole_text_where_headline_or_time_is_missing(self, missing):
        text = STORY.replace(missing, "")
        assert self.key(text) == self.key(text)
        assert self.key(text) != self.key(text + " ")


words = st.sampled_from(
    [
        "TEHRAN - ",
        "July 10, 2019 - 22:7",
        "AA/BB",
        "It rose. ",
        "Oil",
        "\n",
        "\n\n",
        " ",
        "-",
        "/",
        "(",
        "Feb 30",
        "\u0301",
    ]
)
copies = st.lists(st.one_of(words, words, st.text(max_size=5)), max_size=25).map("".join)


@settings(max_examples=500, deadline=None)
@given(copies)
@example("A\x1c-\x1cB")
def test_any_text_gives_a_record(text):
    record = copy.read(text, TEHRAN)
    assert text_of(record.body_html) == record.body_text
    assert ArticleRecord.from_json(record.to_json()) == record
    parts = [span.part for span in record.spans]
    assert parts == [part for part in PARTS if part in parts]
    for span in record.spans:
        piece = text[span.start : span.end]
        assert piece
        assert piece == piece.strip()
    for part in ("timestamp", "sign_off"):
        span = record.find_span(part)
        assert getattr(record, part) == (text[span.start : span.end] if span else "")
    assert " ".join(cut(text, record).get("headline", "").split()) == record.headline
    # no letter is lost or made up
    kept = record.headline + record.timestamp + record.dateline + record.body_text + record.sign_off
    assert sorted(filter(str.isalnum, kept)) == sorted(filter(str.isalnum, text))


@settings(max_examples=200, deadline=None)
@given(copies)
def test_decoded_copy_has_a_canonical_body(text):
    try:
        (record,) = copy.iter_records(text.encode("utf-8"), TEHRAN)
    except WireError:
        return
    assert clean(record.body_html) == record.body_html
