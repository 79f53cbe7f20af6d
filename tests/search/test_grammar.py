import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.grammar import MAX_QUERY_CHARS, MAX_QUERY_WORDS, parse
from archive.search.tree import And, Field, Not, Or, Phrase, Word


def plain(node):
    """Return a node without its places, short enough to write out."""
    match node:
        case Word():
            return node.text
        case Phrase():
            return f'"{node.text}"'
        case Field():
            return (node.name, node.value)
        case Not():
            return ("not", plain(node.child))
        case Or():
            return ("or", *map(plain, node.children))
        case And():
            return [plain(child) for child in node.children]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", []),
        ("   ", []),
        ("nuclear talks", ["nuclear", "talks"]),
        ("nuclear AND talks", ["nuclear", "talks"]),
        ('"close cooperation"', ['"close cooperation"']),
        ("“close cooperation” x", ['"close cooperation"', "x"]),
        ("«close cooperation»", ['"close cooperation"']),
        ('"never closed', ['"never closed"']),
        ("storm OR cyclone", [("or", "storm", "cyclone")]),
        ("a1 storm OR cyclone OR gale b2", ["a1", ("or", "storm", "cyclone", "gale"), "b2"]),
        ("-ferry", [("not", "ferry")]),
        ("NOT ferry", [("not", "ferry")]),
        ('-"night ferry"', [("not", '"night ferry"')]),
        ("by:NA", [("by", "NA")]),
        ("BYLINE:NA", [("by", "NA")]),
        ('name:"Takhti Rahim" talks', [("name", "Takhti Rahim"), "talks"]),
        ("-by:NA", [("not", ("by", "NA"))]),
        ("date:2004-07", [("date", "2004-07")]),
        ("unknown:thing", ["unknown:thing"]),
        ("by: NA", ["by:", "NA"]),
        ("or and not", ["or", "and", "not"]),
        ("OR", []),
        ("OR x", ["x"]),
        ("x OR", ["x"]),
        ("- -- … !!", []),
        ("don't co-operate", ["don't", "co-operate"]),
        ("id:* text:[a TO b] {!lucene}", ["id:*", "text:[a", "TO", "b]", "{!lucene}"]),
        ("تخت روانچی", ["تخت", "روانچی"]),
    ],
)
def test_text_is_read(text, tree):
    assert plain(parse(text).tree) == tree


def test_parts_know_where_they_stand():
    text = 'talks  "close cooperation" -by:NA'
    assert [text[node.start : node.end].strip() for node in parse(text).tree.children] == [
        "talks",
        '"close cooperation"',
        "-by:NA",
    ]


@given(st.text())
def test_any_text_gives_a_tree(text):
    assert isinstance(parse(text).tree, And)


def test_long_text_is_cut_and_says_so():
    reading = parse("x" * (MAX_QUERY_CHARS + 1))
    assert [str(note) for note in reading.notes] == ["Only the first 2,000 characters were searched for."]


def test_many_words_are_cut_and_say_so():
    reading = parse("word " * 300)
    assert len(reading.tree.children) == MAX_QUERY_WORDS
    assert [str(note) for note in reading.notes] == ["Only the first 64 words and phrases were searched for."]


@pytest.mark.parametrize(
    "text", ['"' * 60_000, "(" * 60_000, "-" * 60_000, "by:" * 20_000, "“" * 60_000, "OR " * 20_000]
)
def test_hostile_text_is_read_quickly(text):
    assert len(parse(text).tree.children) <= MAX_QUERY_WORDS
