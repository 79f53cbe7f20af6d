"""Queries that are put into SQL once.

Django takes a millisecond to put a query of a list into SQL, each time anew; the database answers it in a
tenth of that. The query itself is written as any other, with its managers and conditions.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import QuerySet

# So many keys are asked for at a time: one statement is kept for every power of two up to here.
MOST_AT_A_TIME: Final = 1024


class Prepared:
    """A query of rows, such as `values_list` gives, about the keys that are asked for.

    `make` gets a list of keys, numbers, texts or days, and returns the query; it must use them as they are,
    say in an `__in`. It is called once for each power of two, with keys that stand in for others.
    """

    def __init__(self, make: Callable[[list], QuerySet]):
        self._make = make
        self._ready: dict[tuple, _Statement] = {}

    def among(self, keys: Iterable[int] | Iterable[str] | Iterable[datetime.date]) -> list[tuple]:
        """Return the rows about these keys; up to MOST_AT_A_TIME of them in the order of the query."""
        keys, rows = list(keys), []
        for start in range(0, len(keys), MOST_AT_A_TIME):
            rows += self._some(keys[start : start + MOST_AT_A_TIME])
        return rows

    def _some(self, keys: list) -> list[tuple]:
        size = 1 << (len(keys) - 1).bit_length()
        kind = connection.vendor, type(keys[0]), size
        statement = self._ready.get(kind)
        if statement is None:
            statement = self._ready[kind] = _prepare(self._make, type(keys[0]), size)
        return statement.rows(keys + keys[-1:] * (size - len(keys)))


class _StandIn(NamedTuple):
    """The place of a key among the parameters of a statement."""

    number: int


class _Statement(NamedTuple):
    """`converters` are those of Django for what a database does not return as Python has it."""

    sql: str
    parameters: list
    converters: list[tuple[int, list[Callable], Any]]

    def rows(self, keys: list) -> list[tuple]:
        keys = list(map(_as_parameter, keys))
        parameters = [keys[p.number] if isinstance(p, _StandIn) else p for p in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows = cursor.fetchall()
        return list(self._converted(rows)) if self.converters else rows

    def _converted(self, rows: list[tuple]) -> Iterator[tuple]:
        for row in rows:
            row = list(row)
            for at, converters, expression in self.converters:
                for convert in converters:
                    row[at] = convert(row[at], expression, connection)
            yield tuple(row)


# What stands in for a key, and nowhere else in a query.
_STAND_INS: Final = {
    int: lambda number: -(10**9) - number,
    str: lambda number: f"\x1f{number}",
    datetime.date: lambda number: datetime.date(1, 1, 1) + datetime.timedelta(number),
}


def _prepare(make: Callable[[list], QuerySet], kind: type, size: int) -> _Statement:
    stand_ins = [_STAND_INS[kind](number) for number in range(size)]
    compiler = make(stand_ins).query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    numbers = {_as_parameter(key): number for number, key in enumerate(stand_ins)}
    given = type(next(iter(numbers)))
    places = [_StandIn(numbers[p]) if isinstance(p, given) and p in numbers else p for p in parameters]
    missing = {*numbers.values()} - {place.number for place in places if isinstance(place, _StandIn)}
    if missing:
        raise ValueError("The query does not use each of its keys as it is.")
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return _Statement(sql, places, [(at, *each) for at, each in converters.items()])


def _as_parameter(key: Any) -> Any:
    """Return a key as the database takes it: SQLite has no dates."""
    return connection.ops.adapt_datefield_value(key) if isinstance(key, datetime.date) else key
