"""Which spellings can be registered, and which only if a person insists."""

from typing import Final

from django.core.exceptions import ValidationError

from archive.models import Alias, Entity
from archive.models.names import NAME_CHARS
from archive.names.folding import fold
from archive.names.vocabulary import load_words

# Words that stand in copy for other things than names.
_COMMON_WORDS: Final = frozenset().union(
    *map(load_words, ("common_words", "function_words", "offices", "courtesies", "calendar_words"))
)
NEEDS_CONFIRMATION: Final = "needs_confirmation"


def tidy(text: str) -> str:
    """Fold white space. Raise ValidationError if nothing is left or it is longer than a name can be."""
    text = " ".join(text.replace("\0", " ").split())
    if not any(letter.isalnum() for letter in text):
        raise ValidationError("A name needs at least one letter.")
    if len(text) > NAME_CHARS:
        raise ValidationError(f"A name has at most {NAME_CHARS} letters.")
    return text


def check(text: str, confirm: bool = False) -> str:
    """Return the spelling, tidied.

    Raise ValidationError, with the code NEEDS_CONFIRMATION, for one that would be found where nobody is
    named, unless `confirm` says that it is meant.
    """
    text = tidy(text)
    doubt = find_doubt(text)
    if doubt and not confirm:
        raise ValidationError(
            f"{doubt} Confirm that you want it found all the same.", code=NEEDS_CONFIRMATION
        )
    return text


def find_doubt(text: str) -> str:
    """Say why a spelling would be found where nobody is named; "" if it would not."""
    letters = [letter for letter in text if letter.isalnum()]
    # One sign is a whole word in scripts such as Chinese; they have no capitals.
    if len(letters) == 1 and (letters[0].isascii() or letters[0].lower() != letters[0].upper()):
        return f"“{text}” is a single letter, which stands in many articles for other things."
    if text.lower() in _COMMON_WORDS and not is_acronym(text):
        return f"“{text}” is a common word, which stands in many articles without naming anybody."
    return ""


def make_alias(entity: Entity, text: str) -> Alias:
    return Alias(entity=entity, text=text, key=fold(text)[:NAME_CHARS], is_acronym=is_acronym(text))


def is_acronym(text: str) -> bool:
    """Say whether a spelling is found in capitals only: AFMC, but not Varra."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 2 and " " not in text and all(letter.isupper() for letter in letters)
