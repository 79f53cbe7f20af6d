"""Hold the demo wire to what its README promises. Plain Python: no database, no Django model."""

import json
import re
import unicodedata
from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

FIXTURES = Path(__file__).parent.parent / "fixtures"
WIRE = FIXTURES / "wire"
README = (FIXTURES / "README.md").read_text(encoding="utf-8")
KINDS = {"person", "organisation", "place", "event", "other"}
TIMESTAMP = re.compile(r"^([A-Z][a-z]+ \d{1,2}, \d{4}) - (\d{1,2}):(\d{1,2})$", re.MULTILINE)
SIGN_OFF = re.compile(r"\s(?P<codes>[A-Z]{1,4}(?:/[A-Z]{1,4}){0,3})$")
DATELINE = re.compile(r"^[A-Z][A-Z ]+(?:, [A-Z][a-z]{2} \d+)?(?: \([A-Za-z ]+\))? --? ", re.MULTILINE)


class Story(NamedTuple):
    path: str
    content: bytes
    text: str

    @property
    def source(self):
        return self.path.split("/")[0]

    @property
    def filed_on(self):
        _, year, name = self.path.split("/")
        return date(int(year), int(name[:2]), int(name[2:4]))

    @property
    def headline(self):
        return self.text.split("\n", 1)[0]

    @property
    def timestamp(self):
        match = TIMESTAMP.search(self.text)
        return match.group() if match else ""

    @property
    def body(self):
        return self.text.removeprefix(self.headline).strip().removeprefix(self.timestamp).strip()

    @property
    def codes(self):
        match = SIGN_OFF.search(self.text)
        return match["codes"].split("/") if match else []


def decode(content):
    if content.startswith(b"\xff\xfe"):
        text = content.decode("utf-16")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252")
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\u00a0", " ")
    return text.strip("\x02\x03\n")


def load_story(path):
    content = path.read_bytes()
    return Story(path.relative_to(WIRE).as_posix(), content, decode(content))


STORIES = {story.path: story for story in map(load_story, sorted(WIRE.rglob("*.txt")))}
NAMES = json.loads((FIXTURES / "names.json").read_text(encoding="utf-8"))
BYLINES = json.loads((FIXTURES / "bylines.json").read_text(encoding="utf-8"))
SOURCES = json.loads((FIXTURES / "sources.json").read_text(encoding="utf-8"))


def find_stories(*texts):
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in texts))
    return [story for story in STORIES.values() if pattern.search(story.text)]


def iter_readme_rows(heading):
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


QUESTIONS = [
    (re.findall(r"`([^`]+)`", texts), int(count)) for _, texts, count in iter_readme_rows("Questions to ask")
]
SHORT_MINUTE = re.compile(r" - \d+:\d$")


def has_encoding(encoding):
    """Tell whether a file is not UTF-8 and reads in `encoding` without control characters."""

    def check(content):
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8")
        return not re.search(r"[\x80-\x9f]", content.decode(encoding))

    return check


TRAPS = {
    "lakeside-dispatch/1995/0523-strait-talks-open.txt": lambda b: b.startswith(b"\xef\xbb\xbf"),
    "straits-dispatch/1999/0512-lianhai-telecom-bids.txt": lambda b: b.startswith(b"\xff\xfeL\x00"),
    "varra-wire/2003/0321-mirebal-convention-signed.txt": lambda b: (
        has_encoding("cp1252")(b) and b"\x93I have" in b
    ),
    "lakeside-dispatch/1995/1205-fisheries-council-chair.txt": has_encoding("iso-8859-1"),
    "varra-wire/1998/0213-cyclone-strikes-sennet.txt": lambda b: b.count(b"\r\n") == b.count(b"\n") > 5,
    "lakeside-dispatch/1997/0515-tuna-quota.txt": lambda b: b.count(b"\r\n") == b.count(b"\n") > 5,
    "lakeside-dispatch/2000/0919-observers-aboard.txt": lambda b: "Takhti\u00a0Rahim".encode() in b,
    "lakeside-dispatch/1998/0220-aid-appeal.txt": lambda b: b"Ce\xcc\x81lestine" in b,
    "varra-wire/2004/0420-darvand-funeral.txt": lambda b: "تختی\u200cرحیم".encode() in b,
    "straits-dispatch/2001/1207-tsai-chief-minister.txt": lambda b: (
        b.startswith(b"\x02") and b.endswith(b"\x03")
    ),
    "varra-wire/1995/0920-reef-survey-begins.txt": lambda b: not TIMESTAMP.search(b.decode()),
    "varra-wire/1999/1231-cape-farouz-last-evening.txt": lambda b: not DATELINE.search(b.decode()),
    "varra-wire/2003/1014-sea-cucumber-smugglers.txt": lambda b: not SIGN_OFF.search(b.decode().strip()),
    "varra-wire/1996/0701-first-results.txt": lambda b: b"\nJuly 1, 1996 - 0:30\n" in b,
    "varra-wire/2002/0512-election-first-round.txt": lambda b: b"\nMay 12, 2002 - 23:58\n" in b,
    "lakeside-dispatch/2002/0331-night-of-the-clocks.txt": lambda b: b"\nMarch 31, 2002 - 2:30\n" in b,
    "lakeside-dispatch/2002/1027-ocean-treaty-agreed.txt": lambda b: b"\nOctober 27, 2002 - 2:30\n" in b,
}


def test_readme_counts_the_stories():
    assert f"\n{len(STORIES)} stories," in README
    assert Counter(story.source for story in STORIES.values()) == {
        "varra-wire": 77,
        "lakeside-dispatch": 19,
        "straits-dispatch": 11,
    }


def test_every_story_has_120_to_500_words():
    lengths = {path: len(story.body.split()) for path, story in STORIES.items()}
    assert {path: words for path, words in lengths.items() if not 120 <= words <= 500} == {}
    assert len(lengths) >= 96


def test_readme_lists_exactly_the_checked_traps():
    listed = [re.findall(r"`([^`]+)`", row[0])[0] for row in iter_readme_rows("Traps")]
    assert listed == list(TRAPS)
    assert len(listed) <= len(STORIES) * 0.2


@pytest.mark.parametrize("path", TRAPS)
def test_trap_is_in_the_bytes(path):
    assert TRAPS[path](STORIES[path].content)


def test_small_irregularities_occur_as_often_as_told():
    short_minutes = [path for path, story in STORIES.items() if SHORT_MINUTE.search(story.timestamp)]
    without_newline = [path for path, story in STORIES.items() if story.content[-1:] not in b"\n\x00\x03"]
    same_line = [
        path for path, s in STORIES.items() if s.codes and not s.text.endswith("\n" + "/".join(s.codes))
    ]
    told = re.search(r"Beyond these, (\d+) .* minute .*, (\d+) end without a newline and (\d+) have", README)
    assert told
    assert [len(short_minutes), len(without_newline), len(same_line)] == [
        int(number) for number in told.groups()
    ]


def test_all_other_files_are_plain_utf8():
    for path in STORIES.keys() - TRAPS.keys():
        content = STORIES[path].content
        assert b"\r" not in content, path
        assert content.decode("utf-8").strip() == STORIES[path].text, path


def test_printed_day_is_the_day_in_the_path():
    for story in STORIES.values():
        if match := TIMESTAMP.search(story.text):
            assert datetime.strptime(match[1], "%B %d, %Y").date() == story.filed_on, story.path


def test_headline_and_timestamp_are_unique_in_a_source():
    keys = Counter((story.source, story.headline, story.timestamp) for story in STORIES.values())
    assert [key for key, count in keys.items() if count > 1] == []


def test_sources_have_a_zone_and_a_folder():
    assert {source["slug"] for source in SOURCES} == {path.name for path in WIRE.iterdir()}
    for source in SOURCES:
        assert source.keys() == {"slug", "name", "zone", "language"}
        assert ZoneInfo(source["zone"])


def test_names_are_well_formed():
    for entry in NAMES:
        assert entry.keys() == {"kind", "name", "spellings", "description"}
        assert entry["kind"] in KINDS
        assert entry["description"]
    spellings = Counter(text for entry in NAMES for text in [entry["name"], *entry["spellings"]])
    assert [text for text, count in spellings.items() if count > 1] == []


@pytest.mark.parametrize("text", [text for entry in NAMES for text in [entry["name"], *entry["spellings"]]])
def test_registered_spelling_occurs_in_a_story(text):
    assert find_stories(text)


def test_byline_periods_of_one_code_do_not_overlap():
    periods = {}
    for entry in BYLINES:
        assert entry.keys() == {"code", "name", "valid_from", "valid_to"}
        start, end = entry["valid_from"] or "0001-01-01", entry["valid_to"] or "9999-12-31"
        assert start <= end
        periods.setdefault(entry["code"], []).append((start, end))
    for spans in periods.values():
        spans.sort()
        assert all(first[1] < second[0] for first, second in pairwise(spans))
    assert {code for code, spans in periods.items() if len(spans) > 1} == {"SM"}


def test_some_codes_in_use_are_not_registered():
    used = {code for story in STORIES.values() for code in story.codes}
    assert used - {entry["code"] for entry in BYLINES} == {"BQ", "EZ", "GV", "MT", "R"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "varra-wire/1997/0908-last-keepers-of-the-lamps.txt",
            "straits-dispatch/1997/1020-last-keepers-reprint.txt",
        ),
        ("varra-wire/2003/0909-letter-from-oumar.txt", "varra-wire/2003/1228-letter-from-oumar-again.txt"),
    ],
)
def test_reprint_has_the_same_body_weeks_later(first, second):
    assert STORIES[first].body == STORIES[second].body
    assert (STORIES[second].filed_on - STORIES[first].filed_on).days > 14


def test_correction_changes_one_word_of_the_body():
    original = STORIES["varra-wire/1998/0915-reserves-figure.txt"]
    corrected = STORIES["varra-wire/1998/0916-corrected-reserves-figure.txt"]
    assert corrected.headline == "CORRECTED: " + original.headline.replace("two months", "three months")
    assert original.body.replace("two months", "three months") == corrected.body.split("\n\n", 1)[1]


def test_updates_are_numbered_on_one_day():
    chain = [story for story in STORIES.values() if story.filed_on == date(2001, 6, 14)]
    assert [story.headline[:9] for story in chain] == ["Ferry wit", "UPDATE 1:", "UPDATE 2:"]


def test_withdrawal_names_the_story():
    original = STORIES["varra-wire/2000/0519-minister-held-shares.txt"]
    notice = STORIES["varra-wire/2000/0519-withdrawn-minister-held-shares.txt"]
    assert notice.headline == f"WITHDRAWN: {original.headline}"
    assert f'"{original.headline}"' in notice.body


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("a republic of 41 inhabited islands and some 620,000 people,", 13),
        ("a republic of 41 inhabited islands and some 640,000 people,", 7),
        ("The Malindra Strait, 38 nautical miles wide at its narrowest, separates the Varra Islands", 9),
        ("Cyclone Marisande struck Sennet on February 13, 1998, killed 112 people", 7),
    ],
)
def test_background_paragraph_recurs(sentence, count):
    paragraphs = [p for story in STORIES.values() for p in story.body.split("\n\n") if sentence in p]
    assert len(paragraphs) == count
    assert len(set(paragraphs)) == 1


@pytest.mark.parametrize(("texts", "count"), QUESTIONS)
def test_question_finds_what_the_readme_says(texts, count):
    assert len(find_stories(*texts)) == count


@pytest.mark.parametrize(
    ("first", "second"), [("Mohammad Zarvani", "Leila Zarvani"), ("Sami Rahim", "Mirvan Takhti Rahim")]
)
def test_namesakes_meet_in_one_story(first, second):
    short = {"Sami Rahim": ["Sami Rahim", "Samy Rahim"]}
    both = {s.path for s in find_stories(*short.get(first, [first]))} & {s.path for s in find_stories(second)}
    assert len(both) == 1


def test_readme_counts_dates_and_places():
    months = Counter((story.filed_on.year, story.filed_on.month) for story in STORIES.values())
    days = Counter(story.filed_on for story in STORIES.values())
    assert months[1998, 2] == 4
    assert [days[date(2001, 6, 14)], days[date(2000, 5, 19)], days[date(1996, 7, 1)]] == [3, 2, 2]
    places = Counter(
        m[0].split(",")[0].split(" -")[0].split(" (")[0] for m in map(find_dateline, STORIES.values()) if m
    )
    assert len(places) >= 8
    told = {"GENEVA": 12, "VIENNA": 4, "ISTANBUL": 2, "LONDON": 1, "NAIROBI": 1}
    assert {place: places[place] for place in told} == told


def find_dateline(story):
    return DATELINE.search(story.body)
