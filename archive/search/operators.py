"""The operators of the language as the help page shows them; what they mean, `grammar` reads.

Each example is a test on the demo wire.
"""

from typing import Final, NamedTuple

from archive.search.fields import Example


class Entry(NamedTuple):
    """One thing that can be typed: how, what it asks, and examples to try."""

    title: str
    forms: tuple[str, ...]
    meaning: str
    examples: tuple[Example, ...]


OPERATORS: Final = (
    Entry(
        "All words",
        ("a b", "a AND b"),
        "Every word must occur somewhere in a story, in any of its endings.",
        (
            Example("nuclear talks", "stories with both words"),
            Example("nuclear AND talks", "the same"),
        ),
    ),
    Entry(
        "Either",
        ("a OR b", "a | b"),
        "OR in capitals, or an upright line. It separates everything on its left from everything on its "
        "right; use brackets to keep it to two words.",
        (
            Example("storm OR cyclone", "stories with one of the two, or both"),
            Example("trawler (crew | captain)", "stories with “trawler” and one of the others"),
        ),
    ),
    Entry(
        "Not",
        ("-a", "NOT a"),
        "Leaves out what fits; a minus stands directly before the word, phrase, field or bracket.",
        (
            Example("ferry -insurers", "stories on ferries without insurers"),
            Example("ferry NOT insurers", "the same"),
            Example('-from:Varra "Takhti Rahim"', "stories on the minister not filed from Varra"),
        ),
    ),
    Entry(
        "Phrase",
        ('"a b"', "“a b”", "„a b“", "«a b»", "‘a b’"),
        "The words next to each other, in this order; stars and question marks count within. Straight, curly "
        "and angle quotes are the same.",
        (
            Example('"bow door"', "stories with the two words side by side"),
            Example("“Markets this week”", "the series"),
            Example('"sea fisher* board"', "the board, however the word ends"),
        ),
    ),
    Entry(
        "Near",
        ('"a b"~5', "a NEAR/5 b", "a N/5 b", "a W/5 b", "a near5 b"),
        "At most so many words from one to the next, in any order.",
        (
            Example('"door bow"~4', "“door” and “bow” at most four words apart, in any order"),
            Example("treaty NEAR/8 ocean", "the same with two other words"),
            Example("treaty W/8 ocean", "the same, as other archives write it"),
        ),
    ),
    Entry(
        "Near, in this order",
        ("a PRE/5 b", "a P/5 b", "a adj5 b"),
        "As near, and the first before the second.",
        (Example("central PRE/3 varra", "“central” shortly before “Varra”"),),
    ),
    Entry(
        "Same sentence, same paragraph",
        ("a /s b", "a /p b", "a w/s b", "a w/p b"),
        "Both in one sentence; both in one paragraph.",
        (
            Example("cyclone /s roof", "a sentence with both words"),
            Example("reef /p coral", "a paragraph with both words"),
        ),
    ),
    Entry(
        "Beginnings and single letters",
        ("abc*", "a?c"),
        "A star stands for any letters and needs two letters before it; a question mark within a word stands "
        "for one.",
        (
            Example("fisher*", "fisher, fishers, fishery, fisheries"),
            Example("wom?n", "woman and women"),
        ),
    ),
    Entry(
        "Near spellings",
        ("word~", "word~1", "word~2"),
        "One or two letters may be wrong, missing or too many.",
        (Example("trawlr~1", "stories with “trawler”, or any other word one letter away"),),
    ),
    Entry(
        "At least so many times",
        ("ATLEAST3(a)", "ATLEAST3 a"),
        "The word, phrase or bracket occurs so often in one story.",
        (Example("ATLEAST3(ferry)", "stories that speak of ferries three times"),),
    ),
    Entry(
        "Capitals matter",
        ("CAPS(ABC)",),
        "As it is written, capitals included.",
        (Example("CAPS(IFA)", "the authority in capitals"),),
    ),
    Entry(
        "Exactly as written",
        ('="a b"', "=a"),
        "No other endings, no other spellings of a name.",
        (Example('="Takhtirahim"', "the minister in this one spelling"),),
    ),
)
