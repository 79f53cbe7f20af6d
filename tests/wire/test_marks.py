import pytest

from archive.wire.marks import strip_marks
from archive.wire.record import MARK_LABELS, MARKS


@pytest.mark.parametrize(
    ("headline", "mark", "number", "rest"),
    [
        ("Oil rises", "", None, "Oil rises"),
        ("CORRECTED: Oil rises", "corrected", None, "Oil rises"),
        ("CORRECTED-Oil rises", "corrected", None, "Oil rises"),
        ("CORRECTED - Oil rises", "corrected", None, "Oil rises"),
        ("(CORRECTED) Oil rises", "corrected", None, "Oil rises"),
        ("Oil rises (CORRECTED)", "corrected", None, "Oil rises"),
        ("CORRECTION: Oil rises", "correction", None, "Oil rises"),
        ("Correction: Oil rises", "correction", None, "Oil rises"),
        ("UPDATE 1-Oil rises", "update", 1, "Oil rises"),
        ("UPDATE 12: Oil rises", "update", 12, "Oil rises"),
        ("UPDATE: Oil rises", "update", None, "Oil rises"),
        ("UPDATE 2-CORRECTED-Oil rises", "corrected", 2, "Oil rises"),
        ("ADVISORY - Oil rises", "advisory", None, "Oil rises"),
        ("KILL: Oil rises", "withdrawn", None, "Oil rises"),
        ("KILL/WITHDRAWN: Oil rises", "withdrawn", None, "Oil rises"),
        ("WITHDRAWN - Oil rises", "withdrawn", None, "Oil rises"),
        ("REFILE-Oil rises", "refile", None, "Oil rises"),
        ("CORRECTED:", "corrected", None, ""),
        ("CORRECTED SINGAPORE DLR CLSG", "corrected", None, "SINGAPORE DLR CLSG"),
        ("CORRECTED REPEAT-N.Y. COTTON", "corrected", None, "REPEAT-N.Y. COTTON"),
        ("CORRECTED", "", None, "CORRECTED"),
        ("Corrected figures show a loss", "", None, "Corrected figures show a loss"),
        # capitals alone, or small letters before a dash, prove nothing
        ("KILL BILL TOPS BOX OFFICE", "", None, "KILL BILL TOPS BOX OFFICE"),
        ("Update on talks", "", None, "Update on talks"),
        ("Kill - the verb", "", None, "Kill - the verb"),
        ("UPDATED FIGURES: 12 DEAD", "", None, "UPDATED FIGURES: 12 DEAD"),
        ("", "", None, ""),
    ],
)
def test_marks_are_taken_off(headline, mark, number, rest):
    assert strip_marks(headline) == (mark, number, rest)


def test_every_mark_has_a_label():
    assert set(MARK_LABELS) == {mark.code for mark in MARKS}
    assert all(MARK_LABELS.values())
