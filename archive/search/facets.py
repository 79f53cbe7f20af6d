"""What results can be narrowed by. Declared once: address key, engine field, label and how values combine."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from archive.models import BylineCode, Entity, Source


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
    FacetSpec("source", "source", "Source", "from {}", either=True),
    FacetSpec("year", "year", "Year", "in {}", either=True),
)
FACETS_BY_KEY: Final = {spec.key: spec for spec in FACETS}
MOST_VALUES_SHOWN: Final = 12


def slugs_to_ids(slugs: Iterable[str]) -> dict[str, str]:
    """Return the engine's value for each slug of a name that exists; a merged name gives its successor's."""
    rows = Entity.objects.filter(slug__in=list(slugs)).values_list("slug", "pk", "merged_into_id")
    return {slug: str(merged_into or pk) for slug, pk, merged_into in rows}


class Labels:
    """Readable labels and address values for what the engine counted, fetched in at most three queries."""

    def __init__(self, counted: dict[str, list[tuple]]):
        ids = {value for spec in FACETS if spec.names for value, _ in counted.get(spec.field, ())}
        rows = Entity.objects.filter(pk__in=[int(pk) for pk in ids]).values_list("pk", "name", "slug")
        self._names = {str(pk): (name, slug) for pk, name, slug in rows} if ids else {}
        sources = Source.objects.order_by() if counted.get("source") else Source.objects.none()
        self._sources = dict(sources.values_list("slug", "name"))
        codes = [value for value, _ in counted.get("codes", ())]
        self._people: dict[str, set[str]] = {}
        signed = BylineCode.objects.filter(code__in=codes).order_by() if codes else BylineCode.objects.none()
        for code, name in signed.values_list("code", "contributor__name"):
            self._people.setdefault(code, set()).add(name)

    def label(self, spec: FacetSpec, value) -> str:
        if spec.names:
            return self._names.get(str(value), ("", ""))[0]
        if spec.key == "source":
            return self._sources.get(value, value)
        if spec.key == "by" and len(people := self._people.get(value, ())) == 1:
            return f"{value} · {next(iter(people))}"
        return str(value)

    def in_address(self, spec: FacetSpec, value) -> str:
        if spec.names:
            return self._names.get(str(value), ("", ""))[1]
        return str(value)


class Bar(NamedTuple):
    """One bar of the histogram."""

    label: str
    count: int
    url: str
