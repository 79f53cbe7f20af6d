"""What a reader can ask for beyond plain words, as Haystack input types: `SQ(content=Near("oil", "tax"))`.

Every engine of ours understands them. Their texts are words to look for, never an engine's syntax.
"""

from typing import Any, Final

from haystack.inputs import BaseInput

DEFAULT_DISTANCE: Final = 5
DEFAULT_EDITS: Final = 1


class TextInput(BaseInput):
    """Stand above inputs that carry one text; `words` of it are offered to the spelling check."""

    post_process = False

    def __init__(self, text: str):
        super().__init__(str(text))

    @property
    def text(self) -> str:
        return self.query_string

    def __repr__(self):
        return f"{type(self).__name__}({self.query_string!r})"

    __str__ = __repr__

    def __eq__(self, other: Any) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(repr(self))


class Words(TextInput):
    """Ask for every word of a text, anywhere in the field; what a plain string means."""


class AnyWords(TextInput):
    """Ask for at least so many of the words of a text."""

    def __init__(self, text: str, at_least: int = 1):
        super().__init__(text)
        self.at_least = at_least


class Phrase(TextInput):
    """Ask for words next to each other, in this order."""


class Exactly(TextInput):
    """Ask for words as they are written: no other endings; several words are a phrase."""


class Caps(Exactly):
    """Ask for words as they are written, capitals included."""


class Prefix(TextInput):
    """Ask for words that begin so."""


class Wildcard(TextInput):
    """Ask for words of this shape: `*` stands for any letters, `?` for one."""


class Fuzzy(TextInput):
    """Ask for a word, allowing so many letters to be wrong, missing or too many."""

    def __init__(self, text: str, edits: int = DEFAULT_EDITS):
        super().__init__(text)
        self.edits = edits


class PartsInput(BaseInput):
    """Stand above inputs made of parts; a part is a text (word or phrase), an input, or a tuple (either)."""

    post_process = False

    def __init__(self, *parts: "Part"):
        super().__init__("")
        self.parts = parts

    def __repr__(self):
        return f"{type(self).__name__}{self.parts!r}"

    __str__ = __repr__

    def __eq__(self, other: Any) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(repr(self))


class Near(PartsInput):
    """Ask for parts at most `distance` words from each other, in any order or in the order given."""

    def __init__(self, *parts: "Part", distance: int = DEFAULT_DISTANCE, ordered: bool = False):
        super().__init__(*parts)
        self.distance, self.ordered = distance, ordered


class SameSentence(PartsInput):
    """Ask for parts within one sentence."""


class SameParagraph(PartsInput):
    """Ask for parts within one paragraph."""


class AnyOf(PartsInput):
    """Ask for any of several parts, such as the spellings of one name."""


class AtLeast(PartsInput):
    """Ask for a part that occurs at least so many times."""

    def __init__(self, part: "Part", times: int):
        super().__init__(part)
        self.times = times


Part = str | TextInput | PartsInput | tuple
