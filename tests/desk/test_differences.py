import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.desk import differences
from archive.desk.differences import ADDED, REMOVED, SAME, Paragraph, Piece, compare


def shown(paragraphs):
    """Write a difference as wdiff does: [-removed-] and {+added+}."""
    forms = {SAME: "{}", ADDED: "{{+{}+}}", REMOVED: "[-{}-]"}
    return [
        "".join(forms[piece.kind].format(piece.text.strip()) + " " for piece in paragraph.pieces).strip()
        if paragraph.pieces
        else f"({paragraph.skipped})"
        for paragraph in paragraphs
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("The toll is 41.", "The toll is 41.", []),
        ("", "New text.", ["{+New text.+}"]),
        ("Old text.", "", ["[-Old text.-]"]),
        ("The toll is 41, he said.", "The toll is 98, he said.", ["The toll is [-41,-] {+98,+} he said."]),
        ("A\n\nB\n\nC", "A\n\nX\n\nC", ["A", "[-B-] {+X+}", "C"]),
        (
            "1\n\n2\n\n3\n\n4\n\n5\n\n6",
            "1\n\n2\n\n3\n\n4\n\n5\n\nsix",
            ["(4)", "5", "[-6-] {+six+}"],
        ),
        (
            "Ministers met on Monday and signed the paper",
            "Officials gathered on Tuesday evening to praise the treaty",
            ["[-Ministers met on Monday and signed the paper-] "
             "{+Officials gathered on Tuesday evening to praise the treaty+}"],
        ),
    ],
)  # fmt: skip
def test_difference_reads_like_an_edited_text(before, after, expected):
    assert shown(compare(before, after)) == expected


def test_markup_in_a_text_is_text():
    assert compare("a", "<b>") == [Paragraph((Piece(REMOVED, "a"), Piece(ADDED, "<b>")))]


def test_long_texts_are_compared_by_paragraph(monkeypatch):
    monkeypatch.setattr(differences, "MAX_WORDS", 6)
    assert shown(compare("one two three\nfour five six seven", "one two three\nfour five six eight")) == [
        "one two three",
        "[-four five six seven-] {+four five six eight+}",
    ]


words = st.lists(st.sampled_from(["the", "toll", "rose", "\n\n", "to", "41"]), max_size=40).map(" ".join)


@given(words, words)
def test_both_texts_can_be_read_out_of_the_difference(before, after):
    # unchanged paragraphs are left out, so only what is shown can be found again
    paragraphs = compare(before, after)
    for kind, text in ((REMOVED, before), (ADDED, after)):
        for paragraph in paragraphs:
            for piece in paragraph.pieces:
                if piece.kind == kind:
                    assert " ".join(piece.text.split()) in " ".join(text.split())
    if before.split() != after.split():
        assert any(paragraph.is_changed for paragraph in paragraphs)
