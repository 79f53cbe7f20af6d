import codecs
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.wire.decoding import MAX_COMBINING_MARKS, decode, normalise_text
from archive.wire.errors import BinaryFile, EmptyFile, UndecodableText, WireError

WESTERN = "The café “Élysée” said – it’s naïve.\nThe second line costs 5 €."
POLISH = "Łódź – premier powiedział, że żółć jest gęsta i że świat jest piękny. Potem pojechał do Gdańska."
RUSSIAN = "Министр сказал в среду, что переговоры продолжатся в следующем году."
PERSIAN = "تهران - وزیر امور خارجه گفت که کتاب\u200cها در تهران هستند.\n"


@pytest.mark.parametrize(
    ("text", "codec", "encoding", "codes"),
    [
        ("plain", "ascii", "utf-8", []),
        (WESTERN, "utf-8", "utf-8", []),
        (WESTERN, "utf-8-sig", "utf-8", []),
        (WESTERN, "utf-16", "utf-16-le", []),
        (WESTERN, "utf-32", "utf-32-le", []),
        (WESTERN, "utf-16-le", "utf-16-le", ["encoding_guessed"]),
        (WESTERN, "utf-16-be", "utf-16-be", ["encoding_guessed"]),
        (WESTERN, "cp1252", "cp1252", ["encoding_guessed"]),
        ("Un café à Orléans", "latin-1", "cp1252", ["encoding_guessed"]),
        (PERSIAN, "utf-8", "utf-8", []),
        (PERSIAN, "utf-16-le", "utf-16-le", ["encoding_guessed"]),
        (POLISH, "cp1250", "cp1250", ["encoding_guessed"]),
        (RUSSIAN, "cp1251", "cp1251", ["encoding_guessed"]),
    ],
)
def test_encoding_is_told_and_guesses_are_warned_of(text, codec, encoding, codes):
    decoded = decode(text.encode(codec))
    assert decoded.text == text
    assert decoded.encoding == encoding
    assert [warning.code for warning in decoded.warnings] == codes


def test_guess_names_the_encoding_in_its_warning():
    (warning,) = decode(WESTERN.encode("cp1252")).warnings
    assert warning.message == (
        "The file does not say how it is encoded; it was read as Windows-1252. Check the accented letters."
    )


def test_utf16_big_endian_mark_is_read():
    decoded = decode(codecs.BOM_UTF16_BE + WESTERN.encode("utf-16-be"))
    assert (decoded.text, decoded.encoding, decoded.warnings) == (WESTERN, "utf-16-be", ())


def test_latin_1_with_control_characters_loses_them():
    decoded = decode(b"na\xefve \x02caf\xe9\x8d at 5\x81")
    assert decoded.text == "naïve café at 5"
    assert decoded.encoding == "latin-1"
    assert [warning.message for warning in decoded.warnings][1] == (
        "3 invisible or control characters were removed."
    )


def test_one_removed_character_is_counted_in_the_singular():
    (warning,) = decode(b"a\x03b").warnings
    assert (warning.code, warning.message) == (
        "characters_removed",
        "One invisible or control character was removed.",
    )


def test_undefined_bytes_among_defined_ones_are_removed():
    decoded = decode(b"He said \x93yes\x94 and \x81no in the caf\xe9")
    assert (decoded.text, decoded.encoding) == ("He said “yes” and no in the café", "cp1252")


def test_pasted_windows_quotes_do_not_spoil_utf8():
    decoded = decode("Über die Straße — “genau” ".encode() + b"\x93pasted\x94")
    assert decoded.text == "Über die Straße — “genau” “pasted”"
    assert [warning.code for warning in decoded.warnings] == ["encoding_damaged"]


def test_file_cut_off_in_a_character_stays_utf8():
    decoded = decode("Őszi hírek — több".encode() + "ő".encode()[:1])
    assert decoded.text.startswith("Őszi hírek — több")
    assert [warning.code for warning in decoded.warnings] == ["encoding_damaged"]


def test_damaged_utf16_shows_its_gap():
    decoded = decode(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\x00\xd8")
    assert decoded.text == "ab\ufffd"
    assert [warning.code for warning in decoded.warnings] == ["encoding_damaged"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\r\nb\rc\u2028d\x85e\x0cf", "a\nb\nc\nd\ne\nf"),
        ("5\u00a0000\u202f km", "5 000  km"),
        ("کتاب\u200cها \u200dx \u200ey", "کتاب\u200cها \u200dx \u200ey"),
        ("Cafe\u0301 a\u0308", "Café ä"),
        ("soft\u00adhyphen zero\u200bwidth \u2060join \ufeffmark", "softhyphen zerowidth join mark"),
        ("a\u202eb\u2066c", "abc"),
        ("a\tb", "a\tb"),
    ],
)
def test_text_is_normalised(raw, text):
    assert normalise_text(raw) == text
    assert decode(raw.encode()).text == text


def test_towers_of_accents_are_cut():
    text = normalise_text("x" + "\u0301\u0316" * 1_000 + "y" + "\u2014" * 40)
    assert text == "x" + "\u0316" * 15 + "\u0301" * 15 + "y" + "\u2014" * 40
    assert MAX_COMBINING_MARKS == 30


@pytest.mark.parametrize("content", [b"", b" \r\n ", codecs.BOM_UTF8, b"\xff\xfe", b"\x00\x01"])
def test_empty_file_is_refused(content):
    with pytest.raises(EmptyFile, match="The file is empty"):
        decode(content)


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 20, random.Random(1).randbytes(5_000), b"\0" * 100 + b"abc"]
)
def test_binary_file_is_refused(content):
    with pytest.raises(BinaryFile, match="save it as plain text"):
        decode(content)


def test_garbage_behind_a_mark_is_refused():
    with pytest.raises(UndecodableText, match="Save it as UTF-8"):
        decode(codecs.BOM_UTF8 + b"\xff\xc0" * 100)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode("utf-8"))))
def test_any_bytes_decode_the_same_way_or_are_refused(content):
    try:
        decoded = decode(content)
    except WireError:
        return
    assert decode(content) == decoded
    assert normalise_text(decoded.text) == decoded.text
    decoded.text.encode("utf-8")
