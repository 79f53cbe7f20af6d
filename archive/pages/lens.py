"""The naming lens: which spelling of a name was used when, and by which source, as drawing and table."""

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from archive.pages.name_facts import Seen

# More shades could not be told apart; what is left is drawn as one.
MOST_SPELLINGS: Final = 4
OTHERS: Final = "other spellings"
HEIGHT_PX: Final = 96
TICKS_TOP_PX: Final = HEIGHT_PX + 18
TOTAL_PX: Final = HEIGHT_PX + 24
_MOST_TICKS: Final = 7
_GAP_SHARE: Final = 0.14


class Piece(NamedTuple):
    """A spelling's part of one bar; `shade` numbers the spellings from 0, the most frequent."""

    label: str
    shade: int
    x: str
    width: str
    y: int
    height: int


class Tick(NamedTuple):
    x: str
    label: str


class Share(NamedTuple):
    """One row of a table: a year or a source, and for each spelling its stories and its share in per cent."""

    label: str
    cells: list[tuple[int, int]]


class Lens(NamedTuple):
    """A finished lens. `spellings` are in the order of the shades and of the cells."""

    spellings: list[str]
    pieces: list[Piece]
    ticks: list[Tick]
    years: list[Share]
    sources: list[Share]
    height: int = HEIGHT_PX
    ticks_top: int = TICKS_TOP_PX
    total: int = TOTAL_PX


def lens_of(seen: Iterable[Seen]) -> Lens | None:
    """Draw how the spellings share a name's articles; None if there is one spelling only."""
    uses = {(row.text, row.article_id, row.day.year, row.source) for row in seen}
    ranked = Counter(text for text, *_ in uses)
    spellings = sorted(ranked, key=lambda text: (-ranked[text], text))
    if len(spellings) < 2:
        return None
    shown = spellings[:MOST_SPELLINGS]
    rest = [OTHERS] if len(spellings) > MOST_SPELLINGS else []
    shades = {text: number for number, text in enumerate(shown)}
    by_year, by_source = Counter(), Counter()
    for text, _, year, source in uses:
        shade = shades.get(text, MOST_SPELLINGS)
        by_year[year, shade] += 1
        by_source[source, shade] += 1
    labels = [*shown, *rest]
    years = sorted({year for year, _ in by_year})
    return Lens(
        labels,
        list(_pieces(by_year, range(years[0], years[-1] + 1), labels)),
        _ticks(range(years[0], years[-1] + 1)),
        [_share(str(year), by_year, year, len(labels)) for year in years],
        [_share(source, by_source, source, len(labels)) for source in sorted({key for key, _ in by_source})],
    )


def _share(label: str, counts: Counter, key, shades: int) -> Share:
    own = [counts[key, shade] for shade in range(shades)]
    return Share(label, [(count, round(100 * count / sum(own))) for count in own])


def _pieces(counts: Counter, years: range, labels: list[str]) -> Iterable[Piece]:
    width = 100 / len(years)
    for position, year in enumerate(years):
        total = sum(counts[year, shade] for shade in range(len(labels)))
        done = 0
        for shade, label in enumerate(labels):
            count = counts[year, shade]
            if not count:
                continue
            top, bottom = round(HEIGHT_PX * done / total), round(HEIGHT_PX * (done + count) / total)
            done += count
            percent = round(100 * count / total)
            yield Piece(
                f"{year}, {label}: {percent} % ({count})",
                shade,
                f"{position * width:.3f}%",
                f"{width * (1 - _GAP_SHARE):.3f}%",
                top,
                max(1, bottom - top),
            )


def _ticks(years: range) -> list[Tick]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000, 10000) if len(years) / step <= _MOST_TICKS)
    width = 100 / len(years)
    wanted = years if step == 1 else [year for year in years if year % step == 0]
    return [Tick(f"{(year - years[0]) * width:.3f}%", str(year)) for year in wanted]
