"""What results can be narrowed by. Declared once: address key, engine field, label and how values combine."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from archive.models import BylineCode, Entity, Source
from archive.models.prepared import Prepared
from archive.search.merges import roots_of


class FacetSpec(NamedTuple):
    """One thing to narrow by.

    `key` stands in the address and `field` in the engine; `names` says that the address holds slugs of names
    and the engine their numbers. With `either`, two chosen values widen the result, otherwise they narrow it.
    """

    key: str
    field: str
    label: str
    phrase: str
    names: bool = False
    either: bool = False


FACETS: Final = (
    FacetSpec("person", "persons", "Persons", "naming {}", names=True),
    FacetSpec("org", "organisations", "Organisations", "naming {}", names=True),
    FacetSpec("place", "places", "Places", "naming {}", names=True),
    FacetSpec("event", "events", "Events", "naming {}", names=True),
    FacetSpec("from", "filed_from", "Filed from", "filed from {}", either=True),
    FacetSpec("by", "codes", "Sign-off", "signed {}"),
    FacetSpec("editor", "edited_codes", "Editor", "edited by {}"),
    FacetSpec("source", "source", "Source", "from {}", either=True),
    FacetSpec("year", "year", "Year", "in {}", either=True),
)
FACETS_BY_KEY: Final = {spec.key: spec for spec in FACETS}
# Their values are sign-off codes.
SIGNED: Final = frozenset({"by", "editor"})
MOST_VALUES_SHOWN: Final = 12


def slugs_to_ids(slugs: Iterable[str]) -> dict[str, str]:
    """Return the engine's value for each slug of a name that exists; a merged name gives its successor's."""
    rows = list(Entity.objects.filter(slug__in=list(slugs)).values_list("slug", "pk", "merged_into_id"))
    roots = roots_of({pk: merged_into for _, pk, merged_into in rows})
    return {slug: str(roots[pk]) for slug, pk, _ in rows}


_names: Final = Prepared(
    lambda pks: Entity.objects.filter(pk__in=pks).values_list("pk", "name", "slug").order_by()
)
_sources: Final = Prepared(
    lambda slugs: Source.objects.filter(slug__in=slugs).values_list("slug", "name").order_by()
)
_people: Final = Prepared(
    lambda codes: (
        BylineCode.objects.filter(code__in=codes).values_list("code", "contributor__name").order_by()
    )
)


class Labels:
    """Readable labels and address values for what the engine counted, fetched in at most three queries."""

    def __init__(self, counted: dict[str, list[tuple]]):
        ids = {value for spec in FACETS if spec.names for value, _ in counted.get(spec.field, ())}
        self._names = {str(pk): (name, slug) for pk, name, slug in _names.among(map(int, ids))}
        self._sources = dict(_sources.among(slug for slug, _ in counted.get("source", ())))
        self._people: dict[str, set[str]] = {}
        signed = (row for spec in FACETS if spec.key in SIGNED for row in counted.get(spec.field, ()))
        for code, name in _people.among({code for code, _ in signed}):
            self._people.setdefault(code, set()).add(name)

    def of(self, spec: FacetSpec, value) -> tuple[str, str]:
        """Return how a value is called, and how addresses name it; both are empty for a name that is gone."""
        if spec.names:
            return self._names.get(str(value), ("", ""))
        return self._called(spec, value), str(value)

    def _called(self, spec: FacetSpec, value) -> str:
        if spec.key == "source":
            return self._sources.get(value, value)
        if spec.key in SIGNED and len(people := self._people.get(value, ())) == 1:
            return f"{value} · {next(iter(people))}"
        return str(value)


class Bar(NamedTuple):
    """One bar of the histogram."""

    label: str
    count: int
    url: str
