"""Two small plots as SVG text, drawn by hand: no library, and the same bytes for the same numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_STYLE = "font-family='sans-serif' font-size='12' fill='#333'"
_COLOURS = ("#0b6e99", "#c4511d", "#7a7a7a")
_OWN = "mlgate, pytest"


def bars(rows: Sequence[tuple[str, float, str]], title: str) -> str:
    """One bar a row on a logarithmic scale: (label, value or NaN, why there is none)."""
    left, width, step = 300, 420, 24
    values = [value for _, value, _ in rows if not math.isnan(value)]
    low, high = math.log10(min(values) / 2), math.log10(max(values) * 1.3)
    drawn = [f"<text x='8' y='18' {_STYLE} font-weight='bold'>{escape(title)}, logarithmic</text>"]
    for index, (label, value, fault) in enumerate(rows):
        y = 32 + index * step
        drawn.append(f"<text x='{left - 8}' y='{y + 14}' text-anchor='end' {_STYLE}>{escape(label)}</text>")
        if math.isnan(value):
            drawn.append(f"<text x='{left + 4}' y='{y + 14}' {_STYLE} fill-opacity='0.6'>{escape(fault[:60])}</text>")
            continue
        size = width * (math.log10(value) - low) / (high - low)
        colour = _COLOURS[0] if label.startswith(_OWN) else _COLOURS[2]
        drawn.append(f"<rect x='{left}' y='{y + 2}' width='{size:.1f}' height='{step - 7}' fill='{colour}'/>")
        drawn.append(f"<text x='{left + size + 5:.1f}' y='{y + 14}' {_STYLE}>{value:.3g}</text>")
    return _svg(left + width + 70, 40 + len(rows) * step, drawn)


@dataclass(frozen=True)
class Panel:
    """Lines over one horizontal axis, both axes logarithmic."""

    across: str
    up: str
    series: Mapping[str, Sequence[tuple[float, float]]]


def lines(panels: Sequence[Panel]) -> str:
    """The panels side by side."""
    drawn = []
    for index, panel in enumerate(panels):
        points = [point for series in panel.series.values() for point in series]
        if points:
            drawn += [f"<g transform='translate({index * 400}, 0)'>", *_panel(panel, points), "</g>"]
    return _svg(400 * len(panels), 300, drawn)


def _panel(panel: Panel, points: Sequence[tuple[float, float]]) -> list[str]:
    left, top, width, height = 60, 30, 310, 215
    x_low, x_high = math.log10(min(x for x, _ in points)), math.log10(max(x for x, _ in points)) + 1e-9
    y_low, y_high = math.log10(min(y for _, y in points) / 1.2), math.log10(max(y for _, y in points) * 1.2)

    def at(x: float, y: float) -> tuple[float, float]:
        return left + width * (math.log10(x) - x_low) / (x_high - x_low), top + height * (1 - (math.log10(y) - y_low) / (y_high - y_low))

    drawn = [f"<rect x='{left}' y='{top}' width='{width}' height='{height}' fill='none' stroke='#bbb'/>"]
    drawn += [f"<text x='{left + width / 2}' y='{top + height + 34}' text-anchor='middle' {_STYLE}>{escape(panel.across)}</text>"]
    drawn += [f"<text x='{left}' y='{top - 10}' {_STYLE}>{escape(panel.up)}</text>"]
    for x in sorted({x for x, _ in points}):
        drawn.append(f"<text x='{at(x, points[0][1])[0]:.1f}' y='{top + height + 16}' text-anchor='middle' {_STYLE}>{_tick(x)}</text>")
    for power in range(math.ceil(y_low), math.floor(y_high) + 1):
        y = at(points[0][0], 10.0**power)[1]
        drawn.append(f"<line x1='{left}' x2='{left + width}' y1='{y:.1f}' y2='{y:.1f}' stroke='#ddd'/>")
        drawn.append(f"<text x='{left - 6}' y='{y + 4:.1f}' text-anchor='end' {_STYLE}>{10.0**power:g}</text>")
    for number, (name, series) in enumerate(panel.series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in series))
        drawn.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>")
        drawn += [f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{colour}'/>" for x, y in (at(*point) for point in series)]
        drawn.append(f"<text x='{left + 8}' y='{top + 16 + 15 * number}' {_STYLE} style='fill:{colour}'>{escape(name)}</text>")
    return drawn


def _tick(value: float) -> str:
    return f"{value / 1e6:g}M" if value >= 1e5 else f"{value:g}"


def _svg(width: float, height: float, drawn: Sequence[str]) -> str:
    body = "\n".join(drawn)
    head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}'>"
    return f"{head}\n<rect width='100%' height='100%' fill='white'/>\n{body}\n</svg>\n"
