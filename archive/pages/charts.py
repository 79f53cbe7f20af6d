"""Numbers for charts; the drawing is a template.

A chart has no fixed width: across, everything is in per cent of it, so that one drawing fits every screen
without stretching its letters. Downwards it is in pixels.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from archive.pages.counts import Month, by_year

HEIGHT_PX: Final = 72
TICKS_TOP_PX: Final = HEIGHT_PX + 18
TOTAL_PX: Final = HEIGHT_PX + 24
# A single story must still be seen beside a month of hundreds.
LEAST_BAR_PX: Final = 3
# Beyond these a bar would be thinner than two pixels on a telephone.
MOST_MONTHS: Final = 180
# As many as fit on a telephone without touching.
MOST_TICKS: Final = 7
# Labels such as "October 2019" need twice the room of a year.
MOST_WORDY_TICKS: Final = 3
GAP_SHARE: Final = 0.18
# A few broad blocks would shout; bars keep to the side where their label begins.
WIDEST_BAR_PERCENT: Final = 2.5


class Bar(NamedTuple):
    """One period: its column from `x` (`width` wide) and, inside it, the bar itself."""

    label: str
    count: int
    url: str
    x: str
    width: str
    bar_x: str
    bar_width: str
    y: int
    height: int
    selected: bool

    @property
    def number(self) -> str:
        return f"{self.count:,}"


class Tick(NamedTuple):
    x: str
    label: str


class Chart(NamedTuple):
    """A finished bar chart. `bars` holds the periods with stories only."""

    title: str
    unit: str
    bars: list[Bar]
    ticks: list[Tick]
    height: int = HEIGHT_PX
    ticks_top: int = TICKS_TOP_PX
    total: int = TOTAL_PX

    @property
    def peak(self) -> Bar:
        """Return the highest bar, the first of equals."""
        return max(self.bars, key=lambda bar: bar.count)


class Column(NamedTuple):
    """One period before it is drawn."""

    label: str
    count: int
    url: str
    selected: bool = False


def chart_of_months(
    months: Mapping[Month, int],
    *,
    title: str,
    month_url: Callable[[Month], str],
    year_url: Callable[[int], str],
    selected: str = "",
) -> Chart | None:
    """Draw one bar a month from January of the first year to December of the last; None without stories.

    An archive of more than MOST_MONTHS gets one bar a year. `selected` is the key of a month (2019-07) or a
    year (2019) to be set off.
    """
    if not months:
        return None
    first, last = min(months).year, max(months).year
    years = range(first, last + 1)
    if len(years) * 12 > MOST_MONTHS:
        counts = by_year(months)
        columns = [Column(str(y), counts.get(y, 0), year_url(y), selected == f"{y:04}") for y in years]
        return _draw(title, "year", columns, _ticks(years))
    every = [Month(year, month) for year in years for month in range(1, 13)]
    columns = [
        Column(m.label, months.get(m, 0), month_url(m), selected in (m.key, f"{m.year:04}")) for m in every
    ]
    return _draw(title, "month", columns, _ticks(years))


def chart_of_columns(columns: list[Column], *, title: str, unit: str) -> Chart | None:
    """Draw finished periods side by side, labelling as many as fit; None without stories."""
    if not any(column.count for column in columns):
        return None
    step = -(-len(columns) // MOST_WORDY_TICKS)
    ticks = [Tick(_percent(100 * n / len(columns)), columns[n].label) for n in range(0, len(columns), step)]
    return _draw(title, unit, columns, ticks)


def _draw(title: str, unit: str, columns: list[Column], ticks: list[Tick]) -> Chart:
    most = max(column.count for column in columns)
    width = 100 / len(columns)
    bars = [_bar(column, n * width, width, most) for n, column in enumerate(columns) if column.count]
    return Chart(title, unit, bars, ticks)


def _bar(column: Column, x: float, width: float, most: int) -> Bar:
    height = max(LEAST_BAR_PX, round(HEIGHT_PX * column.count / most))
    return Bar(
        *(column.label, column.count, column.url),
        x=_percent(x),
        width=_percent(width),
        bar_x=_percent(x),
        bar_width=_percent(min(width * (1 - GAP_SHARE), WIDEST_BAR_PERCENT)),
        y=HEIGHT_PX - height,
        height=height,
        selected=column.selected,
    )


def _ticks(years: range) -> list[Tick]:
    """Label every year, or every second, fifth, ... so that at most MOST_TICKS stand side by side."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000, 2000) if len(years) / step <= MOST_TICKS)
    wanted = years if step == 1 else [year for year in years if (year - years[0]) % step == 0]
    return [Tick(_percent(100 * (year - years[0]) / len(years)), str(year)) for year in wanted]


def _percent(number: float) -> str:
    return f"{number:.3f}%"
