import pytest

from archive.wire.record import Credit
from archive.wire.sign_offs import credit_codes, find_sign_off, has_too_many_codes, split_codes


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("AA/BB", "AA/BB"),
        ("  AA / BB ", "AA / BB"),
        ("A", "A"),
        ("ABCD/E/FG/HIJ", "ABCD/E/FG/HIJ"),
        ("He left the room. AA/BB", "AA/BB"),
        ("“He left the room.” AA/BB", "AA/BB"),
        ("(He left at last!) AA", "AA"),
        ("He left (at last!). AA", "AA"),
        ("He left?  AA/BB  ", "AA/BB"),
        ("x" * 500 + ". AA/BB", "AA/BB"),
        ("He spoke to NATO/EU", None),
        ("He spoke to NATO/EU.", None),
        ("He spoke.AA/BB", None),
        ("AA/BB/CC/DD/EE", None),
        ("ABCDE/FG", None),
        ("Aa/Bb", None),
        ("AA//BB", None),
        ("ENDS", None),
        ("He left. MORE", None),
        ("", None),
    ],
)
def test_sign_off_is_found_at_the_end_only(line, printed):
    found = find_sign_off(line)
    assert (found.printed if found else None) == printed
    if found:
        assert line[found.start : found.end] == printed


@pytest.mark.parametrize(
    ("printed", "credits"),
    [
        ("AA", (Credit("AA", "reported"),)),
        ("AA/BB", (Credit("AA", "reported"), Credit("BB", "edited"))),
        ("AA/BB/CC", (Credit("AA", "reported"), Credit("BB", ""), Credit("CC", "edited"))),
        ("AA/AA", (Credit("AA", "reported"), Credit("AA", "edited"))),
        ("AA/BB/BB/CC", (Credit("AA", "reported"), Credit("BB", ""), Credit("CC", "edited"))),
        ("AA / BB", (Credit("AA", "reported"), Credit("BB", "edited"))),
        ("", ()),
    ],
)
def test_order_decides_the_role(printed, credits):
    assert credit_codes(split_codes(printed)) == credits


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("AA/BB/CC/DD", False),
        ("AA/BB/CC/DD/EE", True),
        ("/".join(["AB"] * 400), True),
        ("He met AA/BB/CC/DD/EE", False),
    ],
)
def test_rows_of_codes_are_told(line, expected):
    assert has_too_many_codes(line) is expected
