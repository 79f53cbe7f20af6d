"""Bytes as received -> the decoded original that every span and warning counts in.

Untrusted: the bytes, and whatever they claim about themselves. Guaranteed afterwards: the decoded original is
a function of the bytes alone, made in this order:

1. the bytes are decoded: by their byte order mark, else as UTF-8, else as the encoding they evidently are
   (each such guess is a warning), and the byte order mark is dropped;
2. Windows, old Macintosh and Unicode line ends, form feeds and vertical tabs become "\\n";
3. no-break spaces become plain spaces, silently: they are typography;
4. control characters, invisible fillers and characters that reverse the direction of text are removed, with a
   warning that counts them. The joiners of Persian and Indic spelling (U+200C, U+200D) stay, and so do the
   harmless direction marks U+200E and U+200F;
5. runs of more than MAX_COMBINING_MARKS accents on one letter are cut, then the text is put into NFC.

The bytes themselves are kept elsewhere; nothing here is the only copy.
"""

import codecs
import re
import unicodedata
from typing import Final, NamedTuple

import charset_normalizer

from .errors import BinaryFile, EmptyFile, UndecodableText
from .record import ParseWarning

# Unicode's stream-safe limit. CPython sorts the marks on one letter by insertion, which is quadratic.
MAX_COMBINING_MARKS: Final = 30

# Random bytes hold one control code in ten; teletype copy a handful a story.
MAX_CONTROL_SHARE: Final = 0.05
MAX_CONTROLS_FORGIVEN: Final = 8

# charset-normalizer looks at samples only; more bytes cost time and decide nothing.
GUESS_SAMPLE_BYTES: Final = 64_000
# Encodings of mainframes; no copy comes in them, but strange bytes are often guessed to be one.
EBCDIC: Final = ("cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140")

BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
SPACES: Final = re.compile("[\u00a0\u2007\u202f]")
UNWANTED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 and C1 controls; tab and line feed stay
    "\u00ad\u200b\u2060\ufeff"  # soft hyphen, zero-width space, word joiner, stray byte order mark
    "\u202a-\u202e\u2066-\u2069"  # direction embeddings, overrides and isolates
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"  # annotations, noncharacters, lone surrogates
)
CONTROL_BYTES: Final = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a\x1b")
HIGH_BYTES: Final = bytes(range(0x80, 0x100))
ASCII_BYTES: Final = bytes(range(0x80))
UNDEFINED_IN_1252: Final = b"\x81\x8d\x8f\x90\x9d"
DEFINED_C1_IN_1252: Final = bytes(code for code in range(0x80, 0xA0) if code not in UNDEFINED_IN_1252)
# Quotes, dashes, signs and letters that copy in Western European languages is made of.
WESTERN_BYTES: Final = UNDEFINED_IN_1252 + (
    "€‚„…‘’“”•–—™\xa0¡£§©«®°²»¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœŒŠšŽž"
).encode("cp1252")
MIN_WESTERN_SHARE: Final = 0.9
MAX_WESTERN_HIGH_SHARE: Final = 0.25


class Decoded(NamedTuple):
    """Hold the decoded original, the codec that read it, and what was doubtful."""

    text: str
    encoding: str
    warnings: tuple[ParseWarning, ...]


def decode(content: bytes) -> Decoded:
    """Decode `content` as the module's rules say; the same bytes always give the same text.

    Raises EmptyFile, BinaryFile or UndecodableText, each the file's fault.
    """
    if not content:
        raise EmptyFile
    raw, encoding, warnings = _decode_bytes(content)
    text, removed = _normalise(raw)
    if removed > max(MAX_CONTROLS_FORGIVEN, MAX_CONTROL_SHARE * len(raw)):
        raise BinaryFile
    if not text.strip():
        raise EmptyFile
    if removed:
        message = f"{_count(removed, 'invisible or control character was', 'characters were')} removed."
        warnings.append(ParseWarning("characters_removed", message))
    return Decoded(text, encoding, tuple(warnings))


def normalise_text(text: str) -> str:
    """Apply rules 2 to 5 to text that is already decoded, such as a field of a JSON file."""
    return _normalise(text)[0]


def _normalise(text: str) -> tuple[str, int]:
    """Return the text after rules 2 to 5, and how many characters rule 4 removed."""
    text = SPACES.sub(" ", LINE_ENDS.sub("\n", text))
    text, removed = UNWANTED.subn("", text)
    return compose(text), removed


def remove_unwanted(text: str) -> str:
    """Apply rule 4 alone."""
    return UNWANTED.sub("", text)


def compose(text: str) -> str:
    """Apply rule 5 alone."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _LONG_RUN.sub(_cut_marks, text))


# Accents are neither word characters nor spaces; so are dashes, which _cut_marks lets pass.
_LONG_RUN: Final = re.compile(rf"[^\w\s\x00-\u02ff]{{{MAX_COMBINING_MARKS + 1},}}")


def _cut_marks(match: re.Match) -> str:
    kept, marks = [], 0
    for character in match[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_COMBINING_MARKS:
            kept.append(character)
    return "".join(kept)


def _decode_bytes(content: bytes) -> tuple[str, str, list[ParseWarning]]:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_declared(content[len(mark) :], encoding)
    encoding = _evident_utf16(content)
    if encoding:
        return content.decode(encoding), encoding, [_guessed(encoding)]
    if len(content) - len(content.translate(None, CONTROL_BYTES)) > max(
        MAX_CONTROLS_FORGIVEN, MAX_CONTROL_SHARE * len(content)
    ):
        raise BinaryFile
    try:
        return content.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        return _decode_damaged_utf8(content) or _decode_single_bytes(content) or _decode_by_guess(content)


def _decode_declared(content: bytes, encoding: str) -> tuple[str, str, list[ParseWarning]]:
    """Decode behind a byte order mark; a few damaged bytes become U+FFFD and a warning."""
    try:
        return content.decode(encoding), encoding, []
    except UnicodeDecodeError:
        text = content.decode(encoding, "replace")
        if text.count("\ufffd") > max(MAX_CONTROLS_FORGIVEN, MAX_CONTROL_SHARE * len(text)):
            raise UndecodableText from None
        return text, encoding, [_damaged(encoding, "shown as \ufffd")]


def _evident_utf16(content: bytes) -> str:
    """Name the UTF-16 whose zero high bytes show in every second place; "" if they do not."""
    if len(content) % 2 or len(content) < 4 or b"\0" not in content:
        return ""
    half = len(content) // 2
    zeros_even, zeros_odd = content[0::2].count(0), content[1::2].count(0)
    # Spaces and line ends alone make one character in twenty, whatever the script.
    for encoding, many, few in (("utf-16-le", zeros_odd, zeros_even), ("utf-16-be", zeros_even, zeros_odd)):
        if many >= 0.05 * half and few <= 0.005 * half:
            try:
                content.decode(encoding)
            except UnicodeDecodeError:
                return ""
            return encoding
    return ""


def _decode_damaged_utf8(content: bytes) -> tuple[str, str, list[ParseWarning]] | None:
    """Decode what is evidently UTF-8 but for some bytes, which are read as Windows-1252.

    Evident means at least twice as many whole multi-byte characters as stray bytes: chance pairs in other
    encodings are rare. Files pasted together and files cut off in mid-character look like this.
    """
    intact = content.decode("utf-8", "ignore")
    stray_bytes = len(content) - len(intact.encode())
    multi_byte = sum(map(len, re.findall("[^\x00-\x7f]+", intact)))
    if multi_byte < 2 * stray_bytes:
        return None
    text = content.decode("utf-8", "surrogateescape")
    text = re.sub("[\udc80-\udcff]", _read_stray_byte, text)
    return text, "utf-8", [_damaged("utf-8", "read as Windows-1252")]


def _read_stray_byte(match: re.Match) -> str:
    return bytes([ord(match[0]) - 0xDC00]).decode("cp1252", "replace")


def _decode_single_bytes(content: bytes) -> tuple[str, str, list[ParseWarning]] | None:
    """Decode Western single-byte text; None if its high bytes are not those of Western copy.

    Signs between two letters, such as the "ó³æ" that Polish turns into, belong to another encoding.

    Bytes that Windows-1252 leaves undefined become the C1 controls of Latin-1, as browsers read them, and
    are removed with the other controls.
    """
    high = content.translate(None, ASCII_BYTES)
    western = len(high) - len(high.translate(None, WESTERN_BYTES))
    if western < MIN_WESTERN_SHARE * len(high) or len(high) > MAX_WESTERN_HIGH_SHARE * len(content) + 4:
        return None
    has_undefined = any(code in high for code in UNDEFINED_IN_1252)
    has_defined = any(code in high for code in DEFINED_C1_IN_1252)
    if has_undefined and not has_defined:
        return content.decode("latin-1"), "latin-1", [_guessed("latin-1")]
    text = content.decode("cp1252", _AS_LATIN_1)
    return None if _SIGN_IN_WORD.search(text) else (text, "cp1252", [_guessed("cp1252")])


_SIGN_IN_WORD: Final = re.compile(r"[^\W\d_][¡-©«-±²³´¶¸-¿][^\W\d_]")
_AS_LATIN_1: Final = "archive_as_latin_1"
codecs.register_error(
    _AS_LATIN_1, lambda error: (error.object[error.start : error.end].decode("latin-1"), error.end)
)


def _decode_by_guess(content: bytes) -> tuple[str, str, list[ParseWarning]]:
    # Best first; the likeliest is passed over if it has signs within words.
    matches = charset_normalizer.from_bytes(content[:GUESS_SAMPLE_BYTES], cp_exclusion=list(EBCDIC))
    best = next((match for match in matches if not _SIGN_IN_WORD.search(str(match))), matches.best())
    if best is None:
        raise UndecodableText
    try:
        return content.decode(best.encoding), best.encoding, [_guessed(best.encoding)]
    except (UnicodeError, LookupError):
        raise UndecodableText from None


def _guessed(encoding: str) -> ParseWarning:
    label = ENCODING_LABELS.get(encoding, encoding)
    message = f"The file does not say how it is encoded; it was read as {label}. Check the accented letters."
    return ParseWarning("encoding_guessed", message)


def _damaged(encoding: str, treatment: str) -> ParseWarning:
    label = ENCODING_LABELS.get(encoding, encoding)
    message = f"Some bytes are not valid {label} and were {treatment}. Check the accented letters."
    return ParseWarning("encoding_damaged", message)


ENCODING_LABELS: Final = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "cp1252": "Windows-1252",
    "latin-1": "ISO 8859-1 (Latin-1)",
}


def _count(number: int, one: str, many: str) -> str:
    return f"One {one}" if number == 1 else f"{number:,} invisible or control {many}"
