"""Abbreviations that a story explains itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.names.abbreviations import find_abbreviations


@pytest.mark.parametrize(
    ("text", "long", "short"),
    [
        ("the International Atomic Energy Agency (IAEA) said", "International Atomic Energy Agency", "IAEA"),
        ("the Joint Comprehensive Plan of Action (JCPOA),", "Joint Comprehensive Plan of Action", "JCPOA"),
        ("Islamic Republic of Iran Broadcasting (the IRIB)", "Islamic Republic of Iran Broadcasting", "IRIB"),
        ("the “World Health Organization” (“WHO”)", "World Health Organization", "WHO"),
        ("Irish Congress of Trade Unions (I.C.T.U.)", "Irish Congress of Trade Unions", "I.C.T.U."),
        ("Organisation of Oil Exporters (OOE, founded 1960)", "Organisation of Oil Exporters", "OOE"),
        ("the IAEA (International Atomic Energy Agency) said", "International Atomic Energy Agency", "IAEA"),
        (
            "OPEC (the Organization of the Petroleum Exporting Countries)",
            "Organization of the Petroleum Exporting Countries",
            "OPEC",
        ),
        ("On Monday Press TV (PTV) said", "Press TV", "PTV"),
    ],
)
def test_long_name_and_short_form_are_paired(text, long, short):
    (found,) = find_abbreviations(text)
    assert (found.long, found.short) == (long, short)
    assert text[found.long_start : found.long_end] == long
    assert text[found.short_start : found.short_end] == short


@pytest.mark.parametrize(
    "text",
    [
        "the minister (left) said",
        "oil prices rose (see below)",
        "he met many eager emissaries (MEE)",
        "Agency (IAEA)",
        "It ended. World Health Organization, a body (WHO)",
        "grew by five percent (5.1)",
        "Kohl (CDU) said",
        "()",
        "(IAEA)",
        "",
    ],
)
def test_brackets_that_explain_nothing_are_left_alone(text):
    assert find_abbreviations(text) == []


@given(st.text(alphabet="AaBb ().,\n", max_size=200))
def test_any_text_gives_true_offsets(text):
    for found in find_abbreviations(text):
        assert text[found.long_start : found.long_end] == found.long
        assert text[found.short_start : found.short_end] == found.short
