"""The rows of a result as Haystack gives them to its callers."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from haystack.models import SearchResult

from archive.search.highlight import SNIPPET_CHARS, snippet

from .hits import HitFinder
from .schema import KEY_FIELDS, FieldSpec, Layout
from .snapshot import Hits, Snapshot

# What `values_list("pk")` asks for.
KEYS_ONLY: Final = frozenset({*KEY_FIELDS, "pk", "score"})
# What a result is made with besides its keys; taken from one, because making a logger for each takes longer.
_BLANK: Final = {k: v for k, v in vars(SearchResult("", "", "", 0.0)).items() if k != "_additional_fields"}

Read = Callable[[int], Mapping[str, Any]]
Wanted = list[tuple[str, FieldSpec, Any]]


class StoredResult(SearchResult):
    """A result that unpacks its stored fields when one is looked at.

    Unpacking the fields of twenty rows takes as long as finding them, and a page that loads its articles from
    the database looks at none.
    """

    def __init__(self, app_label: str, model_name: str, pk: str, score: float, read: Callable[[], Mapping]):
        self.__dict__.update(
            _BLANK, app_label=app_label, model_name=model_name, pk=pk, score=score, _unread=read
        )

    def __getattr__(self, name: str) -> Any:
        """Serve what is not there yet; like Haystack's own, None for what never will be."""
        if name.startswith("__"):
            raise AttributeError(name)
        own = self.__dict__
        if read := own.get("_unread"):
            values = {key: value for key, value in read().items() if key not in own}
            own.update(values, _additional_fields=list(values))
            own.pop("_unread", None)
        return own.get(name)

    def __getstate__(self) -> dict[str, Any]:
        self.get_additional_fields()
        return super().__getstate__()


def build_rows(
    snapshot: Snapshot,
    layout: Layout,
    hits: Hits,
    read: Read,
    result_class: type | None = None,
    fields: Iterable[str] = (),
) -> list:
    """Return a result for each hit with every stored field, or `fields` of them, in the type it was given.

    Keys come from the arrays; `read` returns the stored fields of a document when they are needed.
    """
    fields = set(fields)

    @cache
    def wanted() -> Wanted:
        return [
            (name, spec, spec.empty)
            for name, spec in layout.fields.items()
            if spec.stored and name not in (DJANGO_CT, DJANGO_ID) and (not fields or name in fields)
        ]

    docs = hits.docs.tolist()
    kinds, pks = snapshot.values(docs, DJANGO_CT), snapshot.values(docs, DJANGO_ID)
    rows = zip(docs, (kind.split(".") for kind in kinds), pks, hits.scores.tolist(), strict=True)
    if result_class in (None, SearchResult) and not fields:
        return [
            StoredResult(*kind, pk, score, lambda doc=doc: typed(read(doc), wanted()))
            for doc, kind, pk, score in rows
        ]
    make = result_class or SearchResult
    if fields and fields <= KEYS_ONLY:
        read = {doc: {ID: name} for doc, name in zip(docs, snapshot.values(docs, ID), strict=True)}.get
    return [make(*kind, pk, score, **typed(read(doc), wanted())) for doc, kind, pk, score in rows]


def typed(stored: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Return the wanted fields of a document in the types they were given in."""
    return {
        name: empty if (value := stored.get(name)) is None else spec.from_store(value)
        for name, spec, empty in wanted
    }


def add_passages(rows: Iterable, name: str, finder: HitFinder, options: Any) -> None:
    """Give each result `highlighted`: {field: [passage]}, safe markup with the hits marked.

    `options` is what `highlight()` was given; max_chars sets the length of a passage.
    """
    max_chars = options.get("max_chars", SNIPPET_CHARS) if isinstance(options, Mapping) else SNIPPET_CHARS
    for row in rows:
        text = getattr(row, name) or ""
        row.highlighted = {name: [snippet(text, finder.hits_in(text), max_chars)]}


def folded_keys(snapshot: Snapshot, hits: Hits) -> dict[str, list[str]]:
    """Return by the key of a row the keys of the versions folded under it, the latest first."""
    docs = [*hits.folded, *(doc for others in hits.folded.values() for doc in others)]
    keys = dict(zip(docs, snapshot.values(docs, DJANGO_ID), strict=True)) if docs else {}
    return {keys[doc]: [keys[other] for other in others] for doc, others in hits.folded.items()}
