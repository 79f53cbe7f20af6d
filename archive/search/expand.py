"""Names in a question -> the registered names they may mean, with all their spellings."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from archive.models import Alias, Entity
from archive.models.prepared import Prepared
from archive.names.folding import fold
from archive.names.vocabulary import load_words
from archive.search.fields import MAX_SPELLINGS, NAME_KINDS
from archive.search.merges import Spelling, load_names, roots_of, spellings_of
from archive.search.tree import (
    And,
    AtLeast,
    Field,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Together,
    Value,
    Word,
    children_of,
)

MOST_WORDS_IN_A_NAME: Final = 6
# Names of a spelling that more names share are loaded only when it is asked for.
MOST_LOADED_AHEAD: Final = 12
# In small letters these are never meant as an acronym (us, who, it).
_COMMON_WORDS: Final = load_words("function_words")


_owners: Final = Prepared(
    lambda keys: (
        Alias.objects.filter(key__in=keys)
        .order_by("entity_id")
        .values_list("key", "is_acronym", "entity", "entity__merged_into")
    )
)


class NameFound(NamedTuple):
    """Registered names that the parts from `first` up to, not including, `last` of a question may mean."""

    first: int
    last: int
    typed: str
    entities: tuple[Entity, ...]


class Registered:
    """The registered names that have some folded spellings.

    Names are loaded together, but for those of a spelling that many share, such as a family name: words that
    are part of a longer name are never asked for.
    """

    def __init__(self, keys: Iterable[str]):
        self._names: dict[str, dict[int, bool]] = {}
        self._entities: dict[int, Entity] = {}
        rows = _owners.among(set(keys) - {""})
        roots = roots_of({own: merged_into for _, _, own, merged_into in rows})
        for key, is_acronym, own, _ in rows:
            names, pk = self._names.setdefault(key, {}), roots[own]
            names[pk] = is_acronym and names.get(pk, True)
        few = [names for names in self._names.values() if len(names) <= MOST_LOADED_AHEAD]
        self._load({pk for names in few for pk in names})

    def having(self, key: str) -> list[tuple[Entity, bool]]:
        """Return the names that have a spelling, and of each whether it has it as an acronym only."""
        names = self._names.get(key, {})
        self._load(names.keys() - self._entities.keys())
        return [(self._entities[pk], acronym) for pk, acronym in names.items() if pk in self._entities]

    def _load(self, pks: set[int]) -> None:
        if pks:
            self._entities |= load_names(pks)


def look_up(trees: Iterable[Node]) -> Registered:
    """Return the registered names that questions may mean, all in one look-up."""
    return Registered({fold(text) for text in {text for tree in trees for text in _texts(tree)}})


class Names:
    """The registered names that a question may mean.

    Any spelling counts, however it is folded: joined, hyphened, without accents. `registered` are those of
    several questions at once, where they have been looked up.
    """

    def __init__(self, tree: Node, dropped: Iterable[str] = (), registered: Registered | None = None):
        self._dropped = {text.casefold() for text in dropped}
        self._found = look_up([tree]) if registered is None else registered

    def of(self, text: str, kind: str = "") -> tuple[Entity, ...]:
        """Return the names that `text` is a spelling of; of one kind, if that is given."""
        loose = text.isupper() or text.lower() not in _COMMON_WORDS
        fitting = (
            entity for entity, acronym_only in self._found.having(fold(text)) if loose or not acronym_only
        )
        return tuple(entity for entity in fitting if kind in ("", entity.kind))

    def among(self, children: tuple[Node, ...]) -> dict[int, NameFound]:
        """Return names among neighbouring words and in phrases by the place of their first word."""
        found: dict[int, NameFound] = {}
        taken: set[int] = set()
        for first, last, text in sorted(_runs(children), key=lambda run: run[0] - run[1]):
            if taken.isdisjoint(range(first, last)) and (entities := self.of(text)):
                taken.update(range(first, last))
                found[first] = NameFound(first, last, text, entities)
        return found

    def spellings(self, entities: Iterable[Entity]) -> list[Spelling]:
        """Return the spellings to search for, without those that the reader dropped."""
        every = {spelling.text: spelling for entity in entities for spelling in spellings_of(entity)}
        return [s for s in every.values() if not self.is_dropped(s.text)][:MAX_SPELLINGS]

    def is_dropped(self, text: str) -> bool:
        return text.casefold() in self._dropped

    def any_dropped(self, entities: Iterable[Entity]) -> list[str]:
        """Return the dropped spellings of these names."""
        return [s.text for entity in entities for s in spellings_of(entity) if self.is_dropped(s.text)]


def _texts(node: Node, field: str = "") -> Iterator[str]:
    """Yield every text in a question that may be a name."""
    match node:
        case And():
            yield from (text for _, _, text in _runs(node.children))
        case Field():
            field = node.name
        case Word() | Phrase():
            yield node.text
        case Value() if field in NAME_KINDS:
            yield node.text
    if isinstance(node, And | Or | Not | Near | Together | AtLeast | Field):
        for child in children_of(node):
            yield from _texts(child, field)


def _runs(children: tuple[Node, ...]) -> Iterator[tuple[int, int, str]]:
    """Yield (first, last, text) of phrases and of up to six neighbouring words."""
    for first, node in enumerate(children):
        if isinstance(node, Phrase):
            yield first, first + 1, node.text
        text = ""
        for last in range(first, min(first + MOST_WORDS_IN_A_NAME, len(children))):
            if not isinstance(children[last], Word):
                break
            text = f"{text} {children[last].text}".strip()
            yield first, last + 1, text
