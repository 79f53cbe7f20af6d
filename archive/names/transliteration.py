"""Rules that bring different Latin spellings of one foreign name together.

The rules for a family of languages are applied only to names that show they belong to it. Applied to every
name, the same rules would merge Houston with Huston and Louis with Luis.
"""

import re
import unicodedata
from typing import Final

from anyascii import anyascii

from archive.names.vocabulary import load_variants

# Arabic keyboards give ye and kaf other code points than Persian ones; joiners are not letters.
LETTER_FORMS: Final = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ۀ": "ه", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و"}
    | {"ئ": "ی", "ـ": "", "\u200c": " ", "\u200d": "", "\u200e": "", "\u200f": "", "\u00ad": ""}
)
_APOSTROPHES: Final = str.maketrans("", "", "'’‘ʼʻʾʿ`´′‛＇")

# Given names and the ways they are written; the first is the one all others become.
_ARABIC_NAME_OF: Final = load_variants("arabic_names")
_SLAVIC_NAME_OF: Final = load_variants("slavic_names")
_PLACE_OF: Final = load_variants("place_names")

# These names are as common outside the family; alone they do not show that a name belongs to it.
_NO_SIGN: Final = frozenset(["alexander", "tchaikovsky"])
_ARABIC_SIGN: Final = re.compile(
    r"kh|gh|dh|q[aeoi](?!n)|ullah|ollah|eddin|uddin|zad(?:eh|e|a)$|pour$|nejad$|nezhad$|abad$|^abd[ueo]l"
)
_ARABIC_PARTICLES: Final = frozenset(["al", "el", "ul", "bin", "ibn", "bint", "abu"])
_ARTICLES: Final = frozenset(["al", "el", "ul", "ol"])
_INNER_ARTICLE: Final = re.compile(r"(?<=[\s-])(?:[aeuo]l|a[rndzst]|ash)-(?=\w)")
_GLUED_ARTICLE: Final = re.compile(r"\b(?:El|Al)(?=[A-Z][a-z])")
_ABD: Final = re.compile(r"\babd[\s-]?[aeou]l[\s-]?(?=\w{3})")
_EZAFE: Final = re.compile(r"(?<=\w)-y?[ei](?=[\s-]\w)")
_SLAVIC_SIGN: Final = re.compile(
    r"(?:[^aeiou][oe]v|yov|[oe]va|sk(?:y|i|iy|ii|yy|yi|ij|aya|aia)|enko|[vw]ich|vych|witsch|chuk|tsin)$"
)

_ARABIC_RULES: Final = (
    (re.compile(r"ou|oo"), "u"),
    (re.compile(r"ee"), "i"),
    (re.compile(r"a[iy]|ey"), "ei"),
    (re.compile(r"q(?=[aeo])"), "gh"),
    (re.compile(r"gh"), "g"),
    (re.compile(r"dh"), "z"),
    (re.compile(r"eh$|ah$"), "a"),
    (re.compile(r"iy(?=[aei])"), "y"),
)
_LOOSE_VOWELS: Final = str.maketrans("oey", "uii")
_SLAVIC_RULES: Final = (
    (re.compile(r"x"), "ks"),
    (re.compile(r"tsch|tch|tj(?=[oe])"), "ch"),
    (re.compile(r"sch"), "sh"),
    (re.compile(r"sk(?:iy|ii|yy|yi|ij|y)$"), "ski"),
    (re.compile(r"(?:iy|yy|yi|ii|ij|ey|ej|y)$"), "i"),
    (re.compile(r"^(?:y|j|i)e"), "e"),
    (re.compile(r"(?<=[^aeiou])[yi]e(?=v|[^aeiou])"), "e"),
    (re.compile(r"(?:^|(?<=[^aeiouy]))(?:i|j)(?=[ua])"), "y"),
    (re.compile(r"[yi]ov$"), "ev"),
    (re.compile(r"ow$"), "ov"),
    (re.compile(r"kh"), "h"),
)

# Wade-Giles writes aspiration with an apostrophe: t' is pinyin t, plain t is pinyin d.
_WADE_INITIALS: Final = (
    ("ch'", "q|ch"), ("ts'", "c"), ("tz'", "c"), ("p'", "p"), ("t'", "t"), ("k'", "k"),
    ("ch", "j|zh"), ("hs", "x"), ("ts", "z"), ("tz", "z"), ("ss", "s"), ("sz", "s"), ("sh", "sh"),
    ("p", "b"), ("t", "d"), ("k", "g"), ("j", "r"),
    ("m", "m"), ("f", "f"), ("n", "n"), ("l", "l"), ("h", "h"), ("s", "s"), ("y", "y"), ("w", "w"), ("", ""),
)  # fmt: skip
_WADE_FINALS: Final = {
    final: final
    for final in (
        "a",
        "ai",
        "an",
        "ang",
        "ao",
        "ei",
        "en",
        "eng",
        "i",
        "ia",
        "iao",
        "iang",
        "in",
        "ing",
        "iu",
        "ou",
        "u",
        "ua",
        "uai",
        "uan",
        "uang",
        "ui",
        "un",
        "o",
        "uo",
    )
} | {
    "ien": "ian",
    "ieh": "ie",
    "iung": "iong",
    "ung": "ong",
    "e": "e",
    "eh": "e",
    "ih": "i",
    "u^": "i",
    "erh": "er",
}
_CHINESE_EXCEPTIONS: Final = {"chiang kai-shek": "jiang jieshi", "sun yat-sen": "sun yixian"}


def ascii_letters(name: str) -> str:
    """Return a name in lower-case ASCII without apostrophes and a possessive ending."""
    text = unicodedata.normalize("NFKC", name).translate(LETTER_FORMS)
    text = re.sub(r"(?<=\w)['’‘ʼ]s\b", "", text).translate(_APOSTROPHES)
    return anyascii(text).lower().replace("'", "")


def latin_words(name: str) -> list[str]:
    """Return a name's words in lower-case ASCII, without ezafe and inner articles; hyphens part words."""
    text = ascii_letters(_GLUED_ARTICLE.sub(r"\g<0>-", name))
    for pattern, replacement in ((_ABD, "abdol"), (_EZAFE, ""), (_INNER_ARTICLE, "")):
        text = pattern.sub(replacement, text)
    return re.findall(r"[a-z0-9&+]+", text)


def from_wade_giles(name: str) -> str:
    """Rewrite a Chinese name in Wade-Giles ("Teng Hsiao-p'ing") in pinyin ("deng xiaoping").

    Only names with a hyphenated given name whose syllables are all Wade-Giles are rewritten; others come back
    as they are.
    """
    text = re.sub("[’‘ʼʻ`]", "'", name.lower().strip())
    if text in _CHINESE_EXCEPTIONS:
        return _CHINESE_EXCEPTIONS[text]
    family, _, given = text.partition(" ")
    syllables = [_pinyin(part) for part in given.split("-")]
    first = _pinyin(family)
    if len(syllables) != 2 or first is None or None in syllables:
        return name
    return f"{first} {''.join(syllables)}"


def _pinyin(syllable: str) -> str | None:
    for initial, pinyin in _WADE_INITIALS:
        final = _WADE_FINALS.get(syllable[len(initial) :]) if syllable.startswith(initial) else None
        if final is not None:
            return _spell(pinyin, syllable[len(initial) :], final)
    return None


def _spell(pinyin: str, wade_final: str, final: str) -> str:
    """Choose between the two pinyin initials that share a Wade-Giles letter: j and zh, q and ch."""
    if pinyin == "y" and wade_final == "en":
        return "yan"
    if "|" in pinyin:
        palatal, retroflex = pinyin.split("|")
        pinyin = palatal if wade_final.startswith("i") and wade_final != "ih" else retroflex
    return pinyin + final


def unify(words: list[str]) -> list[str]:
    """Bring the words of one name (lower-case ASCII) to a common transliteration."""
    words = [_PLACE_OF.get(word, word) for word in words]
    if _looks_slavic(words):
        return [_slavic(word) for word in words]
    if _looks_arabic(words):
        # An article that opens the name stays: Al Jazeera; one inside falls: Bashar (al-)Assad.
        return [_arabic(word) for i, word in enumerate(words) if i == 0 or word not in _ARTICLES]
    return words


def _looks_arabic(words: list[str]) -> bool:
    if not _ARABIC_PARTICLES.isdisjoint(words[1:]):
        return True
    return any(word in _ARABIC_NAME_OF or _ARABIC_SIGN.search(word) for word in words)


def _looks_slavic(words: list[str]) -> bool:
    return any(
        (word in _SLAVIC_NAME_OF or _SLAVIC_SIGN.search(word)) for word in words if word not in _NO_SIGN
    )


def _arabic(word: str) -> str:
    word = _ARABIC_NAME_OF.get(word, word)
    return word if len(word) < 4 else _apply(_ARABIC_RULES, word)


def _slavic(word: str) -> str:
    return _SLAVIC_NAME_OF.get(word) or _apply(_SLAVIC_RULES, word)


def _apply(rules: tuple[tuple[re.Pattern[str], str], ...], word: str) -> str:
    for pattern, replacement in rules:
        word = pattern.sub(replacement, word)
    return word


def loosened(words: list[str]) -> str:
    """Return a name's letters as if it were Arabic or Persian, where o is u, and e and y are i.

    Hosni and Husni, Yasser and Yasir come to the same; so do names of other languages that differ in more.
    Good for proposing, never for merging.
    """
    text = "".join(_arabic(word) for i, word in enumerate(words) if i == 0 or word not in _ARTICLES)
    return re.sub(r"(.)\1+", r"\1", text.translate(_LOOSE_VOWELS))


def skeleton(words: list[str]) -> str:
    """Return the consonants that a name keeps in scripts that do not write short vowels.

    Arabic and Persian script writes "mhmd jwad zryf" for Mohammad Javad Zarif; both come to "mhmdjdzrf".
    """
    text = " ".join(words)
    for pattern, replacement in (
        (r"dh", "z"),
        (r"gh|q", "g"),
        (r"th", "s"),
        (r"e?h\b", ""),
        (r"c(?!h)", "k"),
    ):
        text = re.sub(pattern, replacement, text)
    text = re.sub(r"[aeiouyvw ]", "", text)
    return re.sub(r"(.)\1+", r"\1", text)
