"""Draw a result as SVG: one row a class of queries, one mark an engine, time to the right on a logarithmic scale."""

from collections.abc import Iterator
from math import ceil, floor, log10
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from .report import milliseconds
from .result import Result
from .shapes import LABELS

WIDTH: Final = 860
LEFT: Final = 180
RIGHT: Final = 48
ROW: Final = 34
TOP: Final = 96
PANEL_GAP: Final = 78
MARK: Final = 6.5
LETTER: Final = 7.4
STYLES: Final = (("facets", "with total and three facets"), ("plain", "with total, no facets"))
# Colours told apart by colour-blind readers too, and a shape for each in case they are not.
LOOKS: Final = {
    "ours": ("circle", "#0b6bcb", "#6cb2ff"),
    "ours-haystack": ("ring", "#0b6bcb", "#6cb2ff"),
    "tantivy": ("diamond", "#b45309", "#f5a94a"),
    "fts5": ("square", "#0f7a55", "#4fd0a0"),
    "stock": ("triangle", "#a8325e", "#ff8fb8"),
}
RULES: Final = """
text { font: 13px system-ui, sans-serif; fill: #1b1f24; }
.head { font-weight: 600; font-size: 15px; }
.small { font-size: 12px; fill: #57606a; }
.grid { stroke: #d0d7de; }
.row { stroke: #eaeef2; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .small { fill: #9aa4af; } .grid { stroke: #3d444d; } .row { stroke: #2a3038; }
}
"""


def write_chart(result: Result, path: Path) -> None:
    """Write the chart; it needs no background of its own and reads on light and dark pages."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_Chart(result).svg())


class _Chart:
    def __init__(self, result: Result) -> None:
        self.result = result
        self.kinds = list(result.queries.timings)
        medians = [
            timing.median
            for by_style in result.queries.timings.values()
            for timings in by_style.values()
            for timing in timings.values()
        ]
        self.low, self.high = floor(log10(min(medians))), ceil(log10(max(medians)))
        self.panel_height = len(self.kinds) * ROW
        self.height = TOP + 2 * self.panel_height + PANEL_GAP + 30

    def svg(self) -> str:
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" role="img" '
            'aria-labelledby="title desc">',
            f'<title id="title">Time per query over {self.result.articles:,} articles</title>',
            f'<desc id="desc">{escape(self._description())}</desc>',
            f"<style>{RULES}{''.join(self._mark_rules())}</style>",
            *self._legend(),
        ]
        for number, (style, title) in enumerate(STYLES):
            parts += self._panel(style, title, TOP + number * (self.panel_height + PANEL_GAP))
        return "\n".join([*parts, "</svg>"]) + "\n"

    def _description(self) -> str:
        sentences = []
        for style, title in STYLES:
            for kind in self.kinds:
                timings = self.result.queries.timings[kind][style]
                listed = ", ".join(
                    f"{self._label(name)} {milliseconds(t.median)}" for name, t in timings.items()
                )
                sentences.append(f"{LABELS[kind]}, {title}: {listed}.")
        return "Median milliseconds, lower is better. " + " ".join(sentences)

    def _label(self, name: str) -> str:
        return self.result.engines[name].label

    def _mark_rules(self) -> Iterator[str]:
        for name in self.result.engines:
            _, light, dark = LOOKS[name]
            yield f".{name} {{ fill: {light}; stroke: {light}; }}\n"
            yield f"@media (prefers-color-scheme: dark) {{ .{name} {{ fill: {dark}; stroke: {dark}; }} }}\n"
        yield ".ours-haystack { fill: none; stroke-width: 2.5; }\n"
        yield "@media (prefers-color-scheme: dark) { .ours-haystack { fill: none; } }\n"

    def _legend(self) -> Iterator[str]:
        yield f'<text class="head" x="20" y="26">Milliseconds a query, median, {self.result.articles:,} articles</text>'
        x = 28.0
        for name in self.result.engines:
            yield _mark(name, x, 48)
            yield f'<text x="{x + 13:.0f}" y="52">{escape(self._label(name))}</text>'
            x += 40 + LETTER * len(self._label(name))

    def _x(self, number: float) -> float:
        share = (log10(number) - self.low) / (self.high - self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def _panel(self, style: str, title: str, top: float) -> Iterator[str]:
        bottom = top + self.panel_height
        yield f'<text class="small" x="{LEFT}" y="{top - 10}">{title}</text>'
        for power in range(self.low, self.high + 1):
            x = self._x(10**power)
            yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>'
            yield f'<text class="small" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{10**power:,g} ms</text>'
        for number, kind in enumerate(self.kinds):
            yield from self._row(kind, style, top + (number + 0.5) * ROW)

    def _row(self, kind: str, style: str, y: float) -> Iterator[str]:
        yield f'<text x="20" y="{y + 4}">{escape(LABELS[kind])}</text>'
        yield f'<line class="row" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        # The first engines, which are ours, on top.
        for name, timing in reversed(self.result.queries.timings[kind][style].items()):
            yield _mark(name, self._x(timing.median), y)


def _mark(name: str, x: float, y: float) -> str:
    shape = LOOKS[name][0]
    if shape in ("circle", "ring"):
        return f'<circle class="{name}" cx="{x:.1f}" cy="{y}" r="{MARK - (1 if shape == "ring" else 0)}"/>'
    corners = {
        "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
        "diamond": ((0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)),
        "triangle": ((0, -1.1), (1.05, 0.8), (-1.05, 0.8)),
    }[shape]
    points = " ".join(f"{x + dx * MARK:.1f},{y + dy * MARK:.1f}" for dx, dy in corners)
    return f'<polygon class="{name}" points="{points}"/>'
