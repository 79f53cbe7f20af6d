"""What a result can be narrowed by, as a page shows it: facets, bars of the histogram and wider periods.

Only values that are shown get a label and addresses: of 5,000 names that a result counts, a page shows
twelve.
"""

import datetime
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from django.urls import get_script_prefix, reverse

from archive.search import facets
from archive.search.facets import FACETS, Bar, FacetSpec, Labels
from archive.search.links import Links
from archive.search.periods import Period, filled, month_of, period_of, year_of
from archive.search.query import ArchiveQuery

Counts = Mapping[str, list[tuple]]


class FacetValue(NamedTuple):
    """`url` chooses the value, or gives it up if it is selected; `exclude_url` leaves its stories out."""

    label: str
    count: int
    selected: bool
    url: str
    exclude_url: str = ""

    @property
    def number(self) -> str:
        return f"{self.count:,}"


class Facet(NamedTuple):
    """`more` says that there are values which are not shown; `all_url` lists every one."""

    key: str
    label: str
    values: list[FacetValue]
    more: bool = False
    all_url: str = ""


class Step(NamedTuple):
    """A wider period around the one that was chosen."""

    text: str
    url: str


def ask_for_facets(results, query: ArchiveQuery):
    """Return results (a SearchQuerySet) that count what a page of them shows.

    One value more than is shown tells whether there are more. The place of a chosen value among the others is
    not known, so where one is chosen all are asked for.
    """
    chosen = {key for key, _ in query.filters}
    results = results.all()  # one copy for all of them; each `results.facet` would make its own
    for spec in FACETS:
        options = {} if spec.key in chosen else {"limit": facets.MOST_VALUES_SHOWN + 1}
        results.query.add_field_facet(spec.field, **options)
    return results


def facets_of(query: ArchiveQuery, counts: Counts, links: Links) -> list[Facet]:
    """Return the facets that have values, ready to be shown."""
    shown = {spec: _shown(spec, query, counts.get(spec.field, ())) for spec in FACETS}
    labels = Labels({spec.field: rows for spec, rows in shown.items()})
    every = (_facet(spec, query, rows, counts, labels, links) for spec, rows in shown.items())
    return [facet for facet in every if facet.values]


def _shown(spec: FacetSpec, query: ArchiveQuery, counted: list[tuple]) -> list[tuple]:
    """Return the most frequent values, and all of them where one is chosen, which may be any."""
    rows = [(value, count) for value, count in counted if count and value not in ("", None)]
    return rows if any(key == spec.key for key, _ in query.filters) else rows[: facets.MOST_VALUES_SHOWN]


def _facet(
    spec: FacetSpec, query: ArchiveQuery, rows: list[tuple], counts: Counts, labels: Labels, links: Links
) -> Facet:
    chosen = {value for key, value in query.filters if key == spec.key}
    values, known = [], set()
    for value, count in rows:
        label, in_address = labels.of(spec, value)
        if in_address and (in_address in chosen or len(values) < facets.MOST_VALUES_SHOWN):
            known.add(in_address)
            values.append(facet_value(spec, label, in_address, count, links, in_address in chosen))
    # A chosen value stays removable when nothing is left of it.
    values += [
        FacetValue(value, 0, True, links.without_filter(spec.key, value))
        for key, value in query.filters
        if key == spec.key and value not in known
    ]
    if spec.key == "year":
        values.sort(key=lambda value: value.label)
    counted = counts.get(spec.field, ())
    more = len(counted) > len(values) and sum(1 for _, count in counted if count) > len(values)
    return Facet(spec.key, spec.label, values, more, facet_url(spec, query))


def facet_value(
    spec: FacetSpec, label: str, in_address: str, count: int, links: Links, selected: bool
) -> FacetValue:
    """Return a value of a facet with what choosing it, giving it up and leaving it out lead to."""
    change = links.without_filter if selected else links.with_filter
    return FacetValue(
        label, count, selected, change(spec.key, in_address), links.excluding(spec.key, in_address)
    )


def facet_url(spec: FacetSpec, query: ArchiveQuery) -> str:
    """Return the address that lists every value of a facet."""
    question = f"{query.question}&" if query.question else ""
    return f"{_facet_path(get_script_prefix())}?{question}facet={spec.key}"


@cache
def _facet_path(script_prefix: str) -> str:
    return reverse("search_facet")


def bars_of(histogram: list[tuple[datetime.date, int]], gap: str, links: Links) -> list[Bar]:
    """Return a bar for each period of a histogram, also for those between without stories."""
    return [_bar(period_of(day, gap), count, links) for day, count in filled(histogram, gap)]


def _bar(period: Period, count: int, links: Links) -> Bar:
    return Bar(str(period).removeprefix("in ").removeprefix("on "), count, links.in_period(period))


def wider_periods(query: ArchiveQuery, links: Links) -> list[Step]:
    """Return the wider periods around the one that was chosen, the widest first; none if none was."""
    since, until = query.period
    if not (since and until):
        return []
    wider = [("All years", Period(None, None))]
    if since.year == until.year and query.period != year_of(since):
        wider.append((str(since.year), year_of(since)))
        if since.month == until.month and query.period != month_of(since):
            wider.append((f"{since:%B %Y}", month_of(since)))
    return [Step(label, links.in_period(period)) for label, period in wider]
