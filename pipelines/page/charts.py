"""A trend as a static SVG: Altair draws it, vl-convert writes it, and no JavaScript comes along.

Colours are the page's own CSS variables, so that a chart is dark where the page is. What a chart says stands beside it
in words, and in a table under it: the drawing itself is one image to a screen reader, with a title and a description.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from itertools import groupby
from typing import Any

import altair as alt

from pipelines import figures
from pipelines.page.trend import Point

WIDTH, SMALL, HEIGHT = 420, 280, 168
_FONT = "system-ui, sans-serif"
_INK, _QUIET, _LINE, _CARD, _ACCENT, _BAR, _SOFT, _GOOD = (
    f"var(--{name})" for name in ("ink", "quiet", "line", "card", "accent", "bar", "accent-soft", "good-zone")
)
_FEWEST = 6
"""Slots of an axis: a company that has two months gets no bars as wide as a door."""
_TICKS = 4
_STEPS = (1, 2, 2.5, 5, 10)
Layer = alt.Chart | alt.LayerChart


@dataclass(frozen=True)
class Drawing:
    """What a chart is of. `name` is its id on the page, `title` and `told` what it says in words; `width` is that of
    the plot, so that letters are about as large as those around it."""

    points: Sequence[Point]
    unit: str
    is_sum: bool
    language: str
    name: str
    title: str
    told: str
    width: int = WIDTH


def svg(drawing: Drawing) -> str:
    """The chart as an SVG element."""
    points = drawing.points
    low, high = extent(points, from_zero=drawing.is_sum)
    ticks = nice(low, high)
    domain = (min(low, ticks[0]), max(high, ticks[-1]))
    drawn = [*_bars(points), *_targets(points)] if drawing.is_sum else [*_targets(points), *_line(points)]
    across, upward = _across(drawing), _upward(drawing, ticks, domain)
    layers = [layer.encode(x=across, y=upward) for layer in (*_zone(points, domain), *drawn)]
    return _accessible(_written(alt.layer(*layers).properties(width=drawing.width, height=HEIGHT)), drawing)


def extent(points: Sequence[Point], from_zero: bool) -> tuple[float, float]:
    """The least and the most that a chart has to show; never the same."""
    told = [value for point in points for value in _values(point) if value is not None]
    low, high = min(told, default=0.0), max(told, default=1.0)
    if from_zero:
        return min(low, 0.0), high * 1.04 if high > 0 else 1.0
    room = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    return max(low - room, 0.0) if low >= 0 else low - room, high + room


def _values(point: Point) -> tuple[float | None, ...]:
    return (point.actual, point.low, point.high, point.forecast, *(point.interval or ()))


def nice(low: float, high: float) -> list[float]:
    """Round values within a range, about four of them."""
    rough = (high - low) / _TICKS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in _STEPS if size * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _across(drawing: Drawing) -> alt.X:
    """Periods, by their number."""
    names = [point.tick for point in drawing.points]
    axis = alt.Axis(values=list(range(len(names))), labelExpr=f"{json.dumps(names)}[datum.value]", title=None)
    ends = [min(0, len(names) - _FEWEST) - 0.5, len(names) - 0.5]
    return alt.X("from:Q", axis=axis, scale=alt.Scale(domain=ends))


def _upward(drawing: Drawing, ticks: list[float], domain: tuple[float, float]) -> alt.Y:
    """Values, in the unit; Vega knows no Babel, so each tick brings its words."""
    labels = [figures.short(tick, drawing.unit, drawing.language) for tick in ticks]
    told = f"{json.dumps(labels)}[indexof({json.dumps(ticks)}, datum.value)]"
    axis = alt.Axis(values=ticks, labelExpr=told, title=None)
    return alt.Y("y:Q", axis=axis, scale=alt.Scale(domain=list(domain), nice=False, zero=False))


def _chart(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows))


def _zone(points: Sequence[Point], domain: tuple[float, float]) -> list[Layer]:
    """The side of the target that is good, faintly."""
    low, high = domain
    rows = [
        {"from": first, "to": last, "y": low if least is None else least, "y2": high if most is None else most}
        for first, last, (least, most) in _stretches([(point.low, point.high) for point in points])
        if least is not None or most is not None
    ]
    return [_chart(rows).mark_rect(fill=_GOOD).encode(x2="to:Q", y2="y2:Q")] if rows else []


def _stretches(told: Sequence[Any]) -> Iterator[tuple[float, float, Any]]:
    """Neighbours that are the same as one: where it begins, where it ends, and what it is."""
    begins = 0
    for value, run in groupby(told):
        ends = begins + len(list(run))
        yield begins - 0.5, ends - 0.5, value
        begins = ends


def _targets(points: Sequence[Point]) -> list[Layer]:
    """The bounds as a step line: a level while a target holds, and a riser where it changed."""
    rows = [row for side in ("low", "high") for row in _steps([getattr(point, side) for point in points])]
    if not rows:
        return []
    halo, line = (
        _chart(rows).mark_rule(stroke=stroke, strokeWidth=width, strokeCap="square").encode(x2="to:Q", y2="y2:Q")
        for stroke, width in ((_CARD, 3.5), (_INK, 1.5))
    )
    return [halo, line]


def _steps(bounds: Sequence[float | None]) -> Iterator[dict[str, float]]:
    before: float | None = None
    for first, last, bound in _stretches(bounds):
        if bound is not None:
            yield {"from": first, "to": last, "y": bound, "y2": bound}
            if before is not None:
                yield {"from": first, "to": first, "y": before, "y2": bound}
        before = bound


def _bars(points: Sequence[Point]) -> list[Layer]:
    """Sums: a bar for each period, the newest in full colour; an outline for what is not whole, or still to come."""
    newest = len(points) - 1
    bars = [
        _bar(number, 0, point.actual, (_ACCENT if number == newest else _BAR) if point.is_whole else _SOFT)
        for number, point in enumerate(points)
        if point.actual is not None
    ]
    ahead = [
        _bar(number, point.actual, point.forecast, _SOFT)
        for number, point in enumerate(points)
        if point.actual is not None and point.forecast is not None
    ]
    fill = alt.Fill("fill:N", scale=None, legend=None)
    stroke = alt.Stroke("stroke:N", scale=None, legend=None)
    drawn: list[Layer] = [
        _chart(bars + ahead).mark_rect(strokeWidth=1).encode(x2="to:Q", y2="y2:Q", fill=fill, stroke=stroke)
    ]
    return drawn + _whiskers(points)


def _bar(number: int, low: float, high: float, fill: str) -> dict[str, Any]:
    stroke = _ACCENT if fill == _SOFT else fill
    return {"from": number - 0.32, "to": number + 0.32, "y": low, "y2": high, "fill": fill, "stroke": stroke}


def _line(points: Sequence[Point]) -> list[Layer]:
    """Ratios and means: a line through the periods, with a gap where there is no figure; open dots are not whole."""
    known = [
        {"from": number, "y": point.actual, "run": run, "fill": _fill(point)}
        for number, point, run in zip(range(len(points)), points, _runs(points), strict=True)
        if point.actual is not None
    ]
    line = _chart(known).mark_line(stroke=_ACCENT, strokeWidth=2, strokeJoin="round").encode(detail="run:N")
    dots = _chart(known).mark_point(size=42, opacity=1, strokeWidth=2, stroke=_ACCENT, filled=False)
    return [line, *_whiskers(points), dots.encode(fill=alt.Fill("fill:N", scale=None, legend=None))]


def _fill(point: Point) -> str:
    return _ACCENT if point.is_whole and not point.is_open else _CARD


def _runs(points: Sequence[Point]) -> list[int]:
    """A number for each stretch of periods that follow on each other with a figure."""
    runs, run = [], 0
    for point in points:
        run += point.actual is None
        runs.append(run)
    return runs


def _whiskers(points: Sequence[Point]) -> list[Layer]:
    """The interval of a period in progress."""
    rows = [
        {"from": number, "to": number, "y": point.interval[0], "y2": point.interval[1]}
        for number, point in enumerate(points)
        if point.interval
    ]
    ends = [
        {"from": row["from"] - 0.12, "to": row["from"] + 0.12, "y": row[end], "y2": row[end]}
        for row in rows
        for end in ("y", "y2")
    ]
    made = _chart(rows + ends).mark_rule(stroke=_QUIET, strokeWidth=1.5)
    return [made.encode(x2="to:Q", y2="y2:Q")] if rows else []


def _written(chart: Any) -> str:
    """The chart as SVG, scaled to the width that it is given."""
    styled = (
        chart.configure(background="transparent", aria=False, font=_FONT, padding=2)
        .configure_view(stroke=None)
        .configure_axis(labelColor=_QUIET, labelFontSize=11, domainColor=_LINE, ticks=False, labelPadding=6)
        .configure_axisX(grid=False, labelOverlap=True, labelFlush=False)
        .configure_axisY(gridColor=_LINE, domain=False)
    )
    file = StringIO()
    styled.save(file, format="svg")
    return file.getvalue()


_SPARE: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r' (?:role|aria-[a-z]+|class|pointer-events|font-family|font-size)="[^"]*"', ""),
    (r' (?:opacity="1"|stroke-width="1"|[xy]2="0"|transform="translate\(0,0\)")', ""),
    (r' fill="var\(--quiet\)"', ""),
    (r'<path [^>]*d="(?:M0,0h0v0h0Z|M0,0h[0-9.]+v[0-9.]+h-[0-9.]+Z)?"/>', ""),
    (r"-?\d+\.\d{2,}", lambda found: f"{float(found[0]):.1f}".removesuffix(".0")),
)
"""What a drawing does without, which is half of it: roles of Vega's own, defaults, the letters' style, which is the
page's, empty backgrounds, and decimals that no screen shows."""


def _accessible(drawn: str, drawing: Drawing) -> str:
    """One image to a screen reader. Vega's own roles are for charts that are explored with a mouse."""
    for pattern, instead in _SPARE:
        drawn = re.sub(pattern, instead, drawn)
    name, title, told = drawing.name, escape(drawing.title), escape(drawing.told)
    words = f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{told}</desc>'
    opening = f'<svg class="chart" role="img" aria-labelledby="{name}-title {name}-desc" '
    return re.sub(r"<svg (.*?)>", lambda found: f"{opening}{_sized(found[1])}>{words}", drawn, count=1)


def _sized(attributes: str) -> str:
    return " ".join(re.findall(r'viewBox="[^"]*"', attributes)) + ' xmlns="http://www.w3.org/2000/svg"'
