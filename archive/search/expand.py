"""Names in a question -> the registered names they may mean, with all their spellings."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from archive.models import Alias, Entity
from archive.names.folding import fold
from archive.search.tree import And, Field, Node, Or, Phrase, Word

MOST_WORDS_IN_A_NAME: Final = 6


class NameFound(NamedTuple):
    """Registered names that the words from `first` up to, not including, `last` of a question may mean."""

    first: int
    last: int
    entities: tuple[Entity, ...]


def find_names(children: tuple[Node, ...]) -> list[NameFound]:
    """Find registered names among neighbouring words, or in a phrase, of a question; longest first.

    Any spelling counts, however it is folded: joined, hyphened, without accents. One query.
    """
    candidates = dict(_candidates(children))
    by_key = names_with_keys(set(candidates.values()))
    found, taken = [], set()
    for (first, last), key in sorted(candidates.items(), key=lambda item: item[0][0] - item[0][1]):
        if key in by_key and taken.isdisjoint(range(first, last)):
            taken.update(range(first, last))
            found.append(NameFound(first, last, by_key[key]))
    return sorted(found)


def names_with_keys(keys: Iterable[str]) -> dict[str, tuple[Entity, ...]]:
    """Return the current names that have a spelling with each of these folded keys."""
    found: dict[str, dict[int, Entity]] = {}
    aliases = Alias.objects.filter(key__in=[key for key in keys if key]).select_related("entity__merged_into")
    aliases = aliases.prefetch_related("entity__aliases", "entity__merged_into__aliases")
    for alias in aliases.order_by("entity_id"):
        entity = alias.entity.merged_into or alias.entity
        found.setdefault(alias.key, {})[entity.pk] = entity
    return {key: tuple(entities.values()) for key, entities in found.items()}


def names_for(text: str) -> tuple[Entity, ...]:
    """Return the current names that `text` is a spelling of."""
    key = fold(text)
    return names_with_keys([key]).get(key, ())


def _candidates(children: tuple[Node, ...]):
    for first, node in enumerate(children):
        if isinstance(node, Phrase):
            yield (first, first + 1), fold(node.text)
        text = ""
        for last in range(first, min(first + MOST_WORDS_IN_A_NAME, len(children))):
            if not isinstance(children[last], Word):
                break
            text = f"{text} {children[last].text}"
            yield (first, last + 1), fold(text)


def words_of(node: Node) -> str:
    """Return a node as a reader would type it."""
    match node:
        case Word():
            return node.text
        case Phrase():
            return f"“{node.text}”"
        case Field():
            return f"{node.name}:{node.value}" if " " not in node.value else f'{node.name}:"{node.value}"'
        case Or():
            return " or ".join(map(words_of, node.children))
        case And():
            return " ".join(map(words_of, node.children))
        case _:
            return f"not {words_of(node.child)}"
