import pytest

from archive.wire.layout import join_paragraphs, split_lines

WRAPPED = """\
The minister said on Wednesday that the talks would go on for as long as
they had to, and that nobody had left the room. He did not say who had
been in it. A spokesman for the other side, who did not wish to be named,
agreed with the first half of the statement."""


def test_any_run_of_blank_lines_is_one():
    lines = split_lines("\n\na\n \t\n\n\n b \nc\n\n")
    assert lines == [("a", 2), ("", 4), (" b ", 9), ("c", 13)]


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("", []),
        ("\n \n", []),
        ("One.\n\nTwo.\n\n\n\nThree.", ["One.", "Two.", "Three."]),
        # one paragraph a line, long or short
        ("One.\nTwo.", ["One.", "Two."]),
        (f"{'word ' * 30}end.\n{'more ' * 30}end.", ["word " * 30 + "end.", "more " * 30 + "end."]),
        # broken at a column
        (WRAPPED, [WRAPPED.replace("\n", " ")]),
        (f"{WRAPPED}\n\n{WRAPPED}", [WRAPPED.replace("\n", " ")] * 2),
        # a short line ends its paragraph
        (f"{WRAPPED}\nThe talks began.\n{WRAPPED}",
         [WRAPPED.replace("\n", " "), "The talks began.", WRAPPED.replace("\n", " ")]),
        # teletype: paragraphs are indented
        ("    The minister said that the talks would\ngo on for as long as it took him to\nleave.\n    He then left the room at once, said\naides.",
         ["The minister said that the talks would go on for as long as it took him to leave.", "He then left the room at once, said aides."]),
        # a sentence that goes on in small letters
        (f"{'word ' * 30}\nand goes on here.", ["word " * 30 + "and goes on here."]),
        # hyphens at the line's end
        ("He announced a programme worth some multi-\nbillion dollars to the members of the well-known\nclub.",
         ["He announced a programme worth some multi-billion dollars to the members of the well-known club."]),
        ("He announced a new programme on Friday -\nworth millions of dollars to the whole town,\nhe said.",
         ["He announced a new programme on Friday - worth millions of dollars to the whole town, he said."]),
        # runs of blanks
        ("a  b\t c", ["a b c"]),
    ],
)  # fmt: skip
def test_lines_are_joined_into_paragraphs(text, paragraphs):
    assert join_paragraphs(split_lines(text)) == paragraphs
