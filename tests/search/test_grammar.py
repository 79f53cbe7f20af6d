import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.search.fields import MAX_CLAUSES, MAX_QUERY_CHARS
from archive.search.grammar import parse
from archive.search.tree import (
    And,
    AtLeast,
    Caps,
    Exactly,
    Field,
    Fuzzy,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Together,
    Value,
    Wildcard,
    Word,
    walk,
    without_places,
)
from archive.search.writing import written


def plain(node):  # noqa: C901 - one line a kind of node
    """Return a node without its places, short enough to write out."""
    match node:
        case Word():
            return node.text
        case Value():
            return node.op + node.text
        case Phrase():
            return f'"{node.text}"'
        case Exactly():
            return f'="{node.text}"'
        case Caps():
            return f"CAPS({node.text})"
        case Prefix():
            return f"{node.text}*"
        case Wildcard():
            return f"?{node.text}?"
        case Fuzzy():
            return f"{node.text}~{node.edits}"
        case Field():
            return (node.name, plain(node.child))
        case Not():
            return ("not", plain(node.child))
        case Or():
            return ("or", *map(plain, node.children))
        case Near():
            return (f"{'pre' if node.ordered else 'near'}{node.distance}", *map(plain, node.children))
        case Together():
            return (node.unit, *map(plain, node.children))
        case AtLeast():
            return (f"atleast{node.times}", plain(node.child))
        case And():
            return [plain(child) for child in node.children]


FORMS = [
    # all words
    ("", []),
    ("   ", []),
    ("nuclear talks", ["nuclear", "talks"]),
    ("nuclear AND talks", ["nuclear", "talks"]),
    ("(nuclear talks)", ["nuclear", "talks"]),
    ("nuclear (peace talks)", ["nuclear", "peace", "talks"]),
    ("what is NATO?", ["what", "is", "NATO"]),
    ("don't co-operate", ["don't", "co-operate"]),
    ("AT&T U.S. 24/7 A/S http://x.org/?y=z", ["AT&T", "U.S", "24/7", "A/S", "http://x.org//y=z"]),
    ("تخت روانچی", ["تخت", "روانچی"]),
    # either
    ("storm OR cyclone", [("or", "storm", "cyclone")]),
    ("storm | cyclone", [("or", "storm", "cyclone")]),
    ("storm|cyclone", [("or", "storm", "cyclone")]),
    ("storm OR (cyclone OR gale)", [("or", "storm", "cyclone", "gale")]),
    ("a1 storm OR cyclone b2", [("or", ["a1", "storm"], ["cyclone", "b2"])]),
    ("a1 (storm OR cyclone) b2", ["a1", ("or", "storm", "cyclone"), "b2"]),
    # not
    ("-ferry", [("not", "ferry")]),
    ("NOT ferry", [("not", "ferry")]),
    ("AND NOT ferry", [("not", "ferry")]),
    ("NOT NOT ferry", ["ferry"]),
    ('-"night ferry"', [("not", '"night ferry"')]),
    ("-(night ferry)", [("not", ["night", "ferry"])]),
    ("a -b OR c", [("or", ["a", ("not", "b")], "c")]),
    ("talks - ferry -- boat --x", ["talks", "ferry", "boat", "x"]),
    # phrases
    ('"close cooperation"', ['"close cooperation"']),
    ("“close cooperation” x", ['"close cooperation"', "x"]),
    ("„close cooperation“ x", ['"close cooperation"', "x"]),
    ("«close cooperation»", ['"close cooperation"']),
    ("»close cooperation«", ['"close cooperation"']),
    ("‹close cooperation›", ['"close cooperation"']),
    ("「close cooperation」", ['"close cooperation"']),
    ("‘close cooperation’ x", ['"close cooperation"', "x"]),
    ("‘it’s over’ x", ['"it’s over"', "x"]),
    ("-‘close cooperation’", [("not", '"close cooperation"')]),
    ("‘tis over", ["tis", "over"]),
    ("rock‘n’roll", ["rock‘n’roll"]),
    ('"close cooperation” x', ['"close cooperation"', "x"]),
    ('"never closed', ['"never closed"']),
    ('"clos* cooperation"', [("pre1", "clos*", "cooperation")]),
    ('"cl*se cooperation"', [("pre1", "?cl*se?", "cooperation")]),
    ('"cl??e cooperation"', [("pre1", "?cl??e?", "cooperation")]),
    ('"cl?se cooperation"', [("pre1", "?cl?se?", "cooperation")]),
    ('"close cooperaton~1"', [("pre1", "close", "cooperaton~1")]),
    ('"clos* cooperation"~3', [("near3", "clos*", "cooperation")]),
    ('"who is it?"', ['"who is it?"']),
    # proximity
    ('"a b"~5', [("near5", "a", "b")]),
    ("“a b c”~12", [("near12", "a", "b", "c")]),
    ("a NEAR/5 b", [("near5", "a", "b")]),
    ("a NEAR b", [("near5", "a", "b")]),
    ("a N/5 b", [("near5", "a", "b")]),
    ("a w/5 b", [("near5", "a", "b")]),
    ("a W/5 b", [("near5", "a", "b")]),
    ("a near5 b", [("near5", "a", "b")]),
    ("a adj5 b", [("pre5", "a", "b")]),
    ("a adj/5 b", [("pre5", "a", "b")]),
    ("a W/99999 b", [("near100", "a", "b")]),
    ('"a b"~99999', [("near100", "a", "b")]),
    ("a w/s b w/p c", [("paragraph", ("sentence", "a", "b"), "c")]),
    ("a w/sent b", [("sentence", "a", "b")]),
    ("a N/PARA b", [("paragraph", "a", "b")]),
    ("a w/sx b", ["a", "w/sx", "b"]),
    ("a PRE/5 b", [("pre5", "a", "b")]),
    ("a P/5 b", [("pre5", "a", "b")]),
    ("a N/5 b N/5 c", [("near5", "a", "b", "c")]),
    ("a N/5 b P/2 c", [("pre2", ("near5", "a", "b"), "c")]),
    ("x a N/5 b y", ["x", ("near5", "a", "b"), "y"]),
    ("a N/5 b OR c", [("or", ("near5", "a", "b"), "c")]),
    ('(a | "b c") N/5 sanct*', [("near5", ("or", "a", '"b c"'), "sanct*")]),
    ("a /s b", [("sentence", "a", "b")]),
    ("a /P b /p c", [("paragraph", "a", "b", "c")]),
    # beginnings, single letters, near spellings
    ("sanction*", ["sanction*"]),
    ("wom?n", ["?wom?n?"]),
    ("col*r", ["?col*r?"]),
    ("co-op*", [("pre1", "co", "op*")]),
    ("s*", ["s"]),
    ("talks?-open*", [("pre1", "talks", "open*")]),
    ("N/2~2 N/2*", ["n-2", "n-2"]),
    ('"by:NA OR (ATLEAST3(x sanct*"', [("pre1", "by/NA", "or", "ATLEAST3/x", "sanct*")]),
    ("*tion", ["tion"]),
    ("ravanchi~", ["ravanchi~2"]),
    ("iran~", ["iran~1"]),
    ("ravanchi~0.8", ["ravanchi~2"]),
    ("ravanchi~1", ["ravanchi~1"]),
    ("ravanchi~9", ["ravanchi~2"]),
    # at least, capitals, exactly
    ("ATLEAST3(sanctions)", [("atleast3", "sanctions")]),
    ("atleast3(a b)", [("atleast3", "a"), ("atleast3", "b")]),
    ("ATLEAST3(a OR b)", [("atleast3", ("or", "a", "b"))]),
    ("ATLEAST1(a)", ["a"]),
    ("ATLEAST99999(a)", [("atleast50", "a")]),
    ("ATLEAST3 a b", [("atleast3", "a"), "b"]),
    ('atleast3 "a b" c', [("atleast3", '"a b"'), "c"]),
    ("ATLEAST3 (a b) c", [("atleast3", "a"), ("atleast3", "b"), "c"]),
    ("ATLEAST3 OR a", ["a"]),
    ("ATLEAST3/a", ["ATLEAST3/a"]),
    ("CAPS(MEK)", ["CAPS(MEK)"]),
    ("ALLCAPS(mek)", ["CAPS(MEK)"]),
    ('="Takht Ravanchi"', ['="Takht Ravanchi"']),
    ("=Takhtirahim", ['="Takhtirahim"']),
    # fields
    ("by:NA", [("by", "NA")]),
    ("BYLINE:NA", [("by", "NA")]),
    ("-by:NA", [("not", ("by", "NA"))]),
    ("by:-NA", [("not", ("by", "NA"))]),
    ("by:(NA OR PA)", [("by", ("or", "NA", "PA"))]),
    ("by:(NA AND PA)", [("by", ["NA", "PA"])]),
    ('name:"Takhti Rahim" talks', [("name", "Takhti Rahim"), "talks"]),
    ("name:(Takhti Rahim) talks", [("name", "Takhti Rahim"), "talks"]),
    ("headline:budget", [("headline", "budget")]),
    ("title:(budget tax)", [("headline", ["budget", "tax"])]),
    ("hd:budg* x", [("headline", "budg*"), "x"]),
    ("headline:(a N/3 b)", [("headline", ("near3", "a", "b"))]),
    ('headline:="Budget"', [("headline", '="Budget"')]),
    ("headline:OR", [("headline", "OR")]),
    ("headline:near5", [("headline", "near5")]),
    # as Factiva, Nexis and ProQuest write them
    ("hd=budget x", [("headline", "budget"), "x"]),
    ('hd="close cooperation"', [("headline", '"close cooperation"')]),
    ("TI(budget OR tax)", [("headline", ("or", "budget", "tax"))]),
    ("-by(NA)", [("not", ("by", "NA"))]),
    ("words>500 wc>=500", [("words", ">500"), ("words", ">=500")]),
    ("date>=2019", [("date", ">=2019")]),
    ("headline>5 hd= 1=1", ["headline>5", "hd", "1=1"]),
    # the same field twice is OR, different fields are AND, explicit operators win
    ("by:NA by:PA", [("or", ("by", "NA"), ("by", "PA"))]),
    ("by:NA x by:PA", [("or", ("by", "NA"), ("by", "PA")), "x"]),
    ("by:NA AND by:PA", [("by", "NA"), ("by", "PA")]),
    ("by:NA from:Varra", [("by", "NA"), ("from", "Varra")]),
    ("-by:NA -by:PA", [("not", ("by", "NA")), ("not", ("by", "PA"))]),
    ("words:>100 words:<200", [("words", ">100"), ("words", "<200")]),
    ("after:2001 before:2002", [("after", "2001"), ("before", "2002")]),
    # dates and numbers
    ("date:2004-07", [("date", "2004-07")]),
    ("date:2019-07-01..2019-07-15", [("date", "2019-07-01..2019-07-15")]),
    ("date:[2019-07-01 TO 2019-07-15] x", [("date", "2019-07-01..2019-07-15"), "x"]),
    ("date:[2019 TO *]", [("date", "2019..")]),
    ("date:>=2019", [("date", ">=2019")]),
    ("date:≥2019", [("date", ">=2019")]),
    ("date:=2019", [("date", "2019")]),
    ("date:last week x", [("date", "last week"), "x"]),
    ("date:July 2019 x", [("date", "July 2019"), "x"]),
    ("date:10 July 2019 x", [("date", "10 July 2019"), "x"]),
    ("date:July 10, 2019 x", [("date", "July 10, 2019"), "x"]),
    ("date:July x", [("date", "July"), "x"]),
    ("date:2019.. x", [("date", "2019.."), "x"]),
    ("date:..2019 x", [("date", "..2019"), "x"]),
    ("date:2019, x", [("date", "2019"), "x"]),
    ("date:2019. x", [("date", "2019"), "x"]),
    ("date:July 2019. x", [("date", "July 2019"), "x"]),
    ("date:June 2019..July 2019 x", [("date", "June 2019..July 2019"), "x"]),
    ("date:2019-06..15 July 2019 x", [("date", "2019-06..15 July 2019"), "x"]),
    ("date:2019-06-01 .. 2019-07-15 x", [("date", "2019-06-01 .. 2019-07-15"), "x"]),
    ("date:1 June 2019 to 15 July 2019 x", [("date", "1 June 2019 to 15 July 2019"), "x"]),
    ("date:1 to 15 July 2019 x", [("date", "1 to 15 July 2019"), "x"]),
    ("date:June to July 2019 x", [("date", "June to July 2019"), "x"]),
    ("date:last week to come", [("date", "last week"), "to", "come"]),
    ("date:2019 .. x", [("date", "2019"), "x"]),
    ("date:10th of July 2019 x", [("date", "10th of July 2019"), "x"]),
    ("words:200.. x", [("words", "200.."), "x"]),
    ("words:200. x", [("words", "200"), "x"]),
    ("date:19 Tir 1398 x", [("date", "19 Tir 1398"), "x"]),
    ('date:>"last week"', [("date", ">last week")]),
    ("date:1398-04-19sh", [("date", "1398-04-19sh")]),
    ("date:(2001 OR 2003)", [("date", ("or", "2001", "2003"))]),
    ("words:>500", [("words", ">500")]),
    ("words:(<180 OR >250)", [("words", ("or", "<180", ">250"))]),
    ("words:(>=180 ≤250)", [("words", [">=180", "<=250"])]),
    ("date:(>=2001 <2003)", [("date", [">=2001", "<2003"])]),
    ('date:(<"last week" OR 14 June 2001)', [("date", ("or", "<last week", "14 June 2001"))]),
    ("is:corrected has:quote", [("is", "corrected"), ("has", "quote")]),
    ("x sort:-date", ["x", ("sort", "-date")]),
    # what cannot be read as an operator
    ("or and not", ["or", "and", "not"]),
    ("OR", []),
    ("OR x", ["x"]),
    ("x OR", ["x"]),
    ("x OR OR y", [("or", "x", "y")]),
    ("NEAR/5 x", ["x"]),
    ("x /s", ["x"]),
    ("x N/5 OR y", [("or", "x", "y")]),
    ("(a b) N/5 c", ["a", "b", "c"]),
    ("a N/5 by:NA", ["a", ("by", "NA")]),
    ("- … !! ***", []),
    ("() (( x", ["x"]),
    ("x ) y", ["x", "y"]),
    ("unknown:thing", ["unknown:thing"]),
    ("by: NA", ["by", "NA"]),
    ("by:, NA", ["NA"]),
    ("headline:(a by:NA)", [("headline", ["a", "by:NA"])]),
    ("id:* {!lucene}", ["lucene"]),
    ("ſource:x BY:x", ["ſource:x", ("by", "x")]),
]


@pytest.mark.parametrize(("text", "tree"), FORMS)
def test_text_is_read(text, tree):
    assert plain(parse(text).tree) == tree


@pytest.mark.parametrize("text", [text for text, _ in FORMS])
def test_written_tree_is_read_the_same(text):
    assert_round_trip(text)


@pytest.mark.parametrize("operators", ["NEAR/5 PRE/2", "/s /p", "/s NEAR/3"])
def test_long_chain_of_nearness_is_written_without_running_out_of_brackets(operators):
    first, second = operators.split()
    assert_round_trip("a" + f" {first} b {second} c" * 10)


def assert_round_trip(text):
    tree = parse(text).tree
    assert without_places(parse(written(tree)).tree) == _whole(tree, written(tree))


def _whole(tree, text):
    return without_places(And(0, len(text), tree.children))


PIECES = st.sampled_from(
    [text for text, _ in FORMS if text]
    + [
        "(",
        ")",
        '"',
        "“",
        "«",
        "-",
        "=",
        "|",
        "OR",
        "AND",
        "NOT",
        "NEAR/3",
        "N/2",
        "/s",
        "/p",
        "by:",
        "date:",
    ]
    + [
        "headline:",
        "headline:(",
        "by:(",
        "CAPS(",
        "ATLEAST2(",
        "~",
        "~2",
        "*",
        "?",
        "..",
        "[",
        "TO",
        "x",
        "Ö",
        "and",
    ]
)
QUESTIONS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=12).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda gap: gap.join(pieces))
)


@given(QUESTIONS)
@settings(max_examples=400, deadline=None)
@example('"OR NEAR/5" -("a*')
@example('"NATO?a w/s b w/p c n/para')
@example('"NATO?a words>500 b"')
@example('"NATO?a date≥2001 by=x"~3')
def test_any_tree_can_be_written_and_read_again(text):
    if sum(1 for _ in walk(parse(text).tree)) < MAX_CLAUSES:
        assert_round_trip(text)


@given(st.text())
@settings(deadline=None)
def test_any_text_gives_a_tree(text):
    assert isinstance(parse(text).tree, And)


@given(QUESTIONS)
@settings(deadline=None)
def test_every_part_and_note_knows_where_it_stands(text):
    reading = parse(text)
    for part in (*walk(reading.tree), *reading.notes):
        assert 0 <= part.start <= part.end <= len(text)


def test_parts_stand_where_they_were_typed():
    text = 'talks  "close cooperation" -by:NA (a N/5 b)'
    assert [text[node.start : node.end] for node in parse(text).tree.children] == [
        "talks",
        '"close cooperation"',
        "-by:NA",
        "a N/5 b",
    ]


@pytest.mark.parametrize(
    ("text", "sentence", "choices"),
    [
        ("x" * (MAX_QUERY_CHARS + 1), "Only the first 2,000 characters were searched for.", []),
        ("word " * 300, "Only the first 64 words and phrases were searched for.", []),
        ("storm or cyclone", "“or” was read as a word. Did you mean OR?", ["storm OR cyclone"]),
        ("storm not cyclone", "“not” was read as a word. Did you mean NOT?", ["storm NOT cyclone"]),
        (
            "port storm OR cyclone",
            "OR separates everything on its left from everything on its right. Did you mean one of these words?",
            ["port (storm OR cyclone)"],
        ),
        ("x OR", "“OR” needs words on both sides; it was left out.", []),
        ("x NOT", "“NOT” needs words after it; it was left out.", []),
        ("x NOT W/5 y", "“NOT” needs words after it; it was left out.", []),
        ("x ATLEAST3", "“ATLEAST3” needs words after it; it was left out.", []),
        ("x *tion", "A star needs letters before it; “tion” was read without.", []),
        ("x sanction! y", "“sanction!” was read as a word. Did you mean all its endings?", ["x sanction* y"]),
        ("headline:(by:x)", "“by:” within a field was read as a word.", []),
        ("x N/5", "“N/5” needs words on both sides; it was left out.", []),
        ("/s x", "“/s” needs words on both sides; it was left out.", []),
        ("a N/500 b", "“Near” reaches at most 100 words.", []),
        ("(a b) N/5 c", "“N/5” works between words, phrases and alternatives; it was read as AND.", []),
        ("a~7", "At most 2 letters of a word may differ.", []),
        (
            "s*",
            "A star needs at least 2 letters before it and a question mark one; “s*” was read without.",
            [],
        ),
        ("ATLEAST3(by:NA)", "ATLEAST works for words, phrases and alternatives; it was left out.", []),
        ("ATLEAST999(a)", "ATLEAST counts to 50.", []),
        ("a )", "A closing bracket without its partner was ignored.", []),
        ("(" * 12 + "a", "Brackets work 8 deep; deeper ones were ignored.", []),
        ("by:( )", "“by:” has nothing to look for; it was left out.", []),
        (
            "by: NA x",
            "“by:” with a space after it was read as a word. Did you mean the field?",
            ["by:NA x"],
        ),
        ("a headlin:b c", "There is no field “headlin”.", ["a headline:b c"]),
    ],
)
def test_what_was_not_understood_is_said(text, sentence, choices):
    notes = parse(text).notes
    assert sentence in notes
    note = notes[notes.index(sentence)]
    assert [choice.text for choice in note.choices] == choices


@pytest.mark.parametrize(
    "text",
    ["nuclear talks", "Iran:deal", "16:30", "https://example.org/", "a (b OR c) d", "Help! Yahoo!", "US$"],
)
def test_plain_questions_get_no_notes(text):
    assert parse(text).notes == []


def test_many_words_are_cut():
    assert len(parse("word " * 300).tree.children) == MAX_CLAUSES


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "(",
        "-",
        "by:",
        "“",
        "OR ",
        "a|",
        "«",
        "~",
        "a*?",
        "(-",
        "by:(",
        "ATLEAST2(",
        "CAPS(",
        "date:[",
        "a N/5 ",
        ")",
    ],
)
def test_hostile_text_is_read(piece):
    assert sum(1 for _ in walk(parse(piece * 60_000).tree)) <= 4 * MAX_CLAUSES
