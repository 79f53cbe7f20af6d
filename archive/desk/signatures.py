"""What a text looks like to the search for its relatives: hashes of it as a whole and of its word triples.

The smallest hashes of the triples (MinHash) are cut into BANDS bands of ROWS. Two texts with the share s of
their triples in common share a whole band with the chance 1 - (1 - s**ROWS)**BANDS: 64 % at 0.5, 89 %
at 0.6, 99 % at 0.7. Texts that do are compared word for word afterwards.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import rensa

from archive.wire.marks import strip_marks

BANDS: Final = 16
ROWS: Final = 4
SEED: Final = 20190710
SHINGLE_WORDS: Final = 3
# Shorter texts have too few triples to say anything; they are compared as wholes.
MIN_WORDS: Final = 25
# A paragraph of fewer words recurs by chance: "He gave no details."
MIN_PASSAGE_WORDS: Final = 12

_WORD: Final = re.compile(r"\w+(?:[.,:]\d+)*")
_FIGURE: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_NOT_WORD: Final = re.compile(r"[\W_]+")


class Look(NamedTuple):
    """The signature of one text; `bands` are empty for a text below MIN_WORDS."""

    body_hash: int
    headline_hash: int
    minhash: bytes
    bands: tuple[int, ...]


def looks_of(texts: Sequence[tuple[str, str]]) -> list[Look]:
    """Return the signatures of (headline, body) pairs."""
    words = [words_of(body) for _, body in texts]
    long = [at for at, found in enumerate(words) if len(found) >= MIN_WORDS]
    digests = rensa.RMinHash.digests_from_token_sets(
        [list(shingles(words[at])) for at in long], BANDS * ROWS, SEED
    )
    minhashes = {
        at: np.asarray(digest, dtype="<u4").tobytes() for at, digest in zip(long, digests, strict=True)
    }
    return [
        Look(
            body_hash(body),
            headline_hash(headline),
            minhashes.get(at, b""),
            bands_of(minhashes[at]) if at in minhashes else (),
        )
        for at, (headline, body) in enumerate(texts)
    ]


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def shingles(words: Sequence[str]) -> set[str]:
    """Return every run of SHINGLE_WORDS words, or the whole of a shorter text."""
    count = max(1, len(words) - SHINGLE_WORDS + 1)
    return {" ".join(words[at : at + SHINGLE_WORDS]) for at in range(count)}


def bands_of(minhash: bytes) -> tuple[int, ...]:
    """Cut a signature into bands; equal keys mean that the same band is equal."""
    size = ROWS * 4
    return tuple(hash64(bytes([band]) + minhash[band * size : (band + 1) * size]) for band in range(BANDS))


def share(first: set[str], second: set[str]) -> float:
    """Return which share of all elements both have (Jaccard); two empty sets are alike."""
    return len(first & second) / len(first | second) if first or second else 1.0


def figures_of(text: str) -> set[str]:
    """Return the numbers that a text tells."""
    return set(_FIGURE.findall(text))


def body_hash(body: str) -> int:
    """Hash a body with its spaces folded."""
    return hash64(" ".join(body.split()).encode("utf-8", "surrogatepass"))


def headline_hash(headline: str) -> int:
    """Hash a headline without marks, case, punctuation and spacing."""
    return hash64(fold_headline(headline).encode("utf-8", "surrogatepass"))


def fold_headline(headline: str) -> str:
    return _NOT_WORD.sub(" ", strip_marks(headline).headline.casefold()).strip()


def passages_of(body: str) -> list[tuple[int, int]]:
    """Return (position, key) of the paragraphs long enough to be told again on purpose."""
    paragraphs = enumerate(body.split("\n\n"))
    found = ((position, words_of(paragraph)) for position, paragraph in paragraphs)
    return [
        (position, hash64(" ".join(words).encode("utf-8", "surrogatepass")))
        for position, words in found
        if len(words) >= MIN_PASSAGE_WORDS
    ]


def hash64(content: bytes) -> int:
    """Hash to a signed number of 64 bits, as databases keep them."""
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little", signed=True)
