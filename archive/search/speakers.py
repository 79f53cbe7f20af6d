"""Who is quoted with what, as running text: one paragraph a quote, begun by words that name its speaker.

So `said:x about:y` asks for both within one quote by the engine's own nearness. No reader types such words.
"""

from collections.abc import Iterable
from typing import Final

from archive.models import Quote
from archive.names.folding import fold

# Stands in quotes of somebody's very words.
VERBATIM: Final = "verbatimx"


def registered_word(entity_id: int) -> str:
    """Return the word for a registered name."""
    return f"speaker{entity_id}x"


def unregistered_word(text: str) -> str:
    """Return the word for a speaker whom nobody has registered, or "" if the text has no letters."""
    key = "".join(char for char in fold(text) if char.isalnum())
    return f"speaker0{key}x" if key else ""


def _unregistered_words(text: str) -> str:
    """Return the words for a speaker in full and by the word that counts: Simin Bahari, a spokesman."""
    head = text.partition(" of ")[0].split()
    short = unregistered_word(head[-1]) if len(head) > 1 else ""
    return f"{unregistered_word(text)} {short}"


def paragraphs(quotes: Iterable[Quote]) -> str:
    """Return the text to index for the quotes of one article; hidden ones are left out."""
    return "\n\n".join(_paragraph(quote) for quote in quotes if not quote.is_hidden)


def _paragraph(quote: Quote) -> str:
    speaker = (
        registered_word(quote.speaker_id) if quote.speaker_id else _unregistered_words(quote.speaker_text)
    )
    verbatim = "" if quote.kind == Quote.Kind.INDIRECT else VERBATIM
    return " ".join(f"{speaker} {verbatim} {quote.text}".split())
