"""What readers type who learned to search elsewhere, or who typed something by mistake, on the demo wire."""

import pytest
from django.http import QueryDict

from archive.search.compile import compile_query
from archive.search.form import boxes_of, text_of
from archive.search.grammar import parse
from archive.search.hints import MOST_NOTES
from archive.search.query import ArchiveQuery
from archive.search.run import run
from archive.search.tree import without_places


@pytest.fixture(autouse=True)
def ask_the_wire(demo_wire, db):
    """Every test asks the demo wire."""


def ask(text):
    params = QueryDict(mutable=True)
    params["q"] = text
    return run(ArchiveQuery.from_params(params))


def understood(text):
    params = QueryDict(mutable=True)
    params["q"] = text
    return compile_query(ArchiveQuery.from_params(params))


@pytest.mark.parametrize(
    ("elsewhere", "here"),
    [
        ("hd=ferry", "headline:ferry"),
        ("TI(ferry OR cyclone)", "headline:(ferry OR cyclone)"),
        ("au(Avadi)", "by:Avadi"),
        ("wc>250", "words:>250"),
        ("date>=2006-06", "date:2006-06.."),
        ("bow near5 door", "bow NEAR/5 door"),
        ("bow adj5 door", "bow PRE/5 door"),
        ("bow w/s door", "bow /s door"),
        ("bow W/PARA door", "bow /p door"),
        ("ALLCAPS(ifa)", "CAPS(IFA)"),
        ("ATLEAST3 ferry", "ATLEAST3(ferry)"),
        ("‘bow door’", '"bow door"'),
        ('"sea f?sheries board"', '"sea fisheries board"'),
        ('"sea fi*ries board"', '"sea fisheries board"'),
        ('"trawlr~1 Akademik"', '"trawler Akademik"'),
        ("lang:english", "lang:en"),
        ("lang:EN", "lang:en"),
        ("words:220..", "words:>=220"),
        ("words:..180", "words:<=180"),
        ("date:June 2001..July 2001", "date:2001-06..2001-07"),
        ("person:Almarzani", 'person:"Yusuf al-Marzani"'),
    ],
)
def test_habit_of_another_archive_finds_the_same(elsewhere, here):
    found, wanted = ask(elsewhere), ask(here)
    assert found.total == wanted.total > 0
    assert [hit.url for hit in found.hits] == [hit.url for hit in wanted.hits]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("headline:(ferry NOT storm)", "Articles with “ferry” and without “storm” in the headline."),
        ("from:(Varra NOT Geneva)", "Articles filed from “Varra” and without “Geneva”."),
        ("ferry W/1 star", "Articles with “ferry” and “star” within 1 word of each other."),
        ("date:2006-06..", "Articles since 1 June 2006."),
        ("words:220..", "Articles of at least 220 words."),
    ],
)
def test_reading_is_told_in_good_english(text, reading):
    assert understood(text).reading == reading


@pytest.mark.parametrize(
    ("text", "sentence", "choices"),
    [
        ("words:220..200", "“220..200” ends before it begins. It was left out.", ["words:200..220"]),
        (
            "sort:banana ferry",
            "“sort:” knows no “banana”; it was left out.",
            ["sort:relevance ferry", "sort:-date ferry", "sort:date ferry"],
        ),
        ("lang:klingon", "“klingon” is no language that is known here; write en, fr or fa.", []),
    ],
)
def test_value_that_means_nothing_is_said(text, sentence, choices):
    (note,) = understood(text).notes
    assert note == sentence
    assert [choice.text for choice in note.choices] == choices


def test_same_mistake_a_hundred_times_is_told_once():
    assert ask("ferry" + ")" * 200).notes == ["A closing bracket without its partner was ignored."]


def test_hundred_mistakes_are_told_in_a_few_remarks():
    notes = ask(" ".join(f"{letter}*" for letter in "abcdefghijklmnopqrst")).notes
    assert len(notes) == MOST_NOTES + 1
    assert notes[-1] == f"{20 - MOST_NOTES} more parts were read otherwise than they look."


@pytest.mark.parametrize(
    "text",
    [
        "hd=ferry w/s door",
        '"sea f?sheries board"',
        "date:1 June 2001 to 15 July 2001 ATLEAST3 ferry",
        "‘x y’",
    ],
)
def test_habits_go_through_the_form_and_back(text):
    boxes = boxes_of(text)
    params = QueryDict(mutable=True)
    params.update(boxes)
    again = ArchiveQuery.from_params(params).text
    assert text_of(params) or boxes["q"]
    assert {*map(without_places, parse(again).tree.children)} == {
        *map(without_places, parse(text).tree.children)
    }


def test_operators_in_small_letters_are_no_words_to_find_most_of():
    page = ask("storm or zebra and cyclone")
    assert page.total == 0
    assert page.some_words.label == "storm OR zebra OR cyclone"
    assert page.more.total == ask("storm OR cyclone").total


def test_editors_narrow_a_result():
    everything = ask("")
    (editors,) = [facet for facet in everything.facets if facet.key == "editor"]
    (value,) = [value for value in editors.values if value.label == "PA · Pirouz Alvand"]
    params = QueryDict(value.url.partition("?")[2])
    page = run(ArchiveQuery.from_params(params))
    assert page.reading == "Articles edited by PA."
    assert page.total == value.count == ask("editor:PA").total
    without = run(ArchiveQuery.from_params(QueryDict("not-editor=PA")))
    assert without.total == everything.total - page.total


@pytest.mark.parametrize(
    ("short", "full"),
    [("said:Bahari", 'said:"Simin Bahari"'), ("said:spokesman", 'said:"a spokesman"')],
)
def test_speaker_whom_nobody_registered_is_found_by_the_last_word(short, full):
    assert ask(short).total >= ask(full).total > 0
    about = ask(f"{short} about:(the OR a)")
    assert 0 < about.total <= ask(short).total


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [("M. trawlr", "M. trawler"), ("zzqx99", None), ("%00", None), ("ß", None), ("B. Takhti Rahim", None)],
)
def test_initials_and_numbers_are_not_misspelled(text, suggestion):
    found = ask(text).suggestion
    assert (found and found.text) == suggestion
