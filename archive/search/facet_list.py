"""Every value of one facet of a search, which can be looked through by a part of its label."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from archive.models import Alias, BylineCode, Source
from archive.names.folding import fold, plain_key
from archive.search.compile import compile_query
from archive.search.errors import SearchError
from archive.search.facets import FACETS_BY_KEY, SIGNED, FacetSpec, Labels
from archive.search.links import Links
from archive.search.merges import roots_of
from archive.search.narrowing import FacetValue, facet_value
from archive.search.query import ArchiveQuery
from archive.search.rescue import ask
from archive.search.tokens import clean_text

VALUES_PER_PAGE: Final = 200
MAX_FIND_CHARS: Final = 100
LAST_PAGE: Final = 10_000


class FacetList(NamedTuple):
    """One page of the values; `total` counts all that fit, `unavailable` says that the index is silent."""

    spec: FacetSpec
    reading: str
    back_url: str
    find: str
    values: list[FacetValue]
    total: int
    page: int
    pages: int
    previous_url: str
    next_url: str
    unavailable: bool = False


def list_values(query: ArchiveQuery, key: str, find: str = "", page: str = "") -> FacetList:
    """List the values of facet `key`, the most frequent first; KeyError for a facet that does not exist.

    `find` keeps those whose label, or any spelling of whose name, holds it.
    """
    spec, find = FACETS_BY_KEY[key], clean_text(find)[:MAX_FIND_CHARS]
    compiled = compile_query(query)
    try:
        counted = ask(compiled.sq).facet(spec.field).facet_counts()["fields"].get(spec.field, [])
        unavailable = False
    except SearchError:
        counted, unavailable = [], True
    rows = [(value, count) for value, count in counted if count]
    if find:
        rows = _fitting(spec, rows, find)
    pages = max(1, -(-len(rows) // VALUES_PER_PAGE))
    number = min(int(page), pages) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1
    number = max(number, 1)
    shown = rows[(number - 1) * VALUES_PER_PAGE : number * VALUES_PER_PAGE]
    return FacetList(
        spec,
        compiled.reading,
        query.url,
        find,
        list(_values(spec, query, shown)),
        len(rows),
        number,
        pages,
        _address(query, key, find, number - 1) if number > 1 else "",
        _address(query, key, find, number + 1) if number < pages else "",
        unavailable,
    )


def _values(spec: FacetSpec, query: ArchiveQuery, rows: list[tuple]) -> Iterable[FacetValue]:
    labels, links = Labels({spec.field: rows}), Links(query)
    for value, count in rows:
        label, in_address = labels.of(spec, value)
        if in_address:
            selected = (spec.key, in_address) in query.filters
            yield facet_value(spec, label, in_address, count, links, selected)


def _fitting(spec: FacetSpec, rows: list[tuple], find: str) -> list[tuple]:
    """Keep the values that readers know under a label with `find` in it, whatever its accents."""
    key, folded = plain_key(find), fold(find)
    known: set[str] = set()
    if spec.names:
        like = Q(text__icontains=find) | (Q(key__contains=folded) if len(folded) > 2 else Q())
        owners = Alias.objects.filter(like).values_list("entity", "entity__merged_into")
        known = set(map(str, roots_of(dict(owners)).values()))
    elif spec.key == "source":
        known = set(Source.objects.filter(name__icontains=find).values_list("slug", flat=True))
    elif spec.key in SIGNED:
        known = set(
            BylineCode.objects.filter(contributor__name__icontains=find).values_list("code", flat=True)
        )
    if not spec.names:
        known |= {value for value, _ in rows if key and key in plain_key(str(value))}
        known |= {value for value, _ in rows if find.casefold() in str(value).casefold()}
    return [(value, count) for value, count in rows if value in known]


def _address(query: ArchiveQuery, key: str, find: str, page: int) -> str:
    pairs = {"facet": key, **({"find": find} if find else {}), **({"page": page} if page > 1 else {})}
    return f"{reverse('search_facet')}?{'&'.join(filter(None, (query.question, urlencode(pairs))))}"
