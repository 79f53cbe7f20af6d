"""Bring spellings of one word together: case, accents, Arabic and Persian letters, digits, joiners."""

import re
import unicodedata
from typing import Final

# Letters that compatibility decomposition leaves alone
_LETTERS: Final = {
    "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th",
    # Arabic yeh, alef maksura and kaf as Persian writes them; teh marbuta as heh
    "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "ؤ": "و", "أ": "ا", "إ": "ا", "ٱ": "ا",
}  # fmt: skip
# Joiners, direction marks, soft hyphen, tatweel: nothing to a reader's eye
_INVISIBLE: Final = "\u00ad\u0640\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_TABLE: Final = str.maketrans(_LETTERS | dict.fromkeys(_INVISIBLE, ""))
# Accents of Latin, Greek, Cyrillic, Hebrew and Arabic. Marks of Indic scripts are vowels and stay.
_ACCENTS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]+"
)
_OTHER_DIGITS: Final = re.compile(r"[^\W\D0-9]")


def fold(text: str) -> str:
    """Return `text` without case, accents and joiners: Élection is election, كتاب is کتاب."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).casefold().translate(_TABLE)
    text = unicodedata.normalize("NFC", _ACCENTS.sub("", text))
    return _OTHER_DIGITS.sub(lambda digit: str(unicodedata.decimal(digit.group(), digit.group())), text)
