"""Chart -> lines of text for a terminal, drawn by plotext."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from bot.charts.ticks import heights, labels, places, positions, steps
from bot.contract.chart import Chart, ChartKind, number

WIDEST, LEAST, HEIGHT = 110, 30, 15
"""Characters; a wider chart is not read better."""
COLOURS = ("cyan", "orange", "green", "magenta", "blue", "red")
CODES = re.compile(r"\x1b\[[0-9;]*m")
BAR = "▇"
NAME = 24
"""Characters of a bar's name; longer ones are cut."""


def to_text(chart: Chart, zone: ZoneInfo, width: int, *, colours: bool = False) -> str:
    """Return the chart in at most `width` columns, with ANSI colours if wanted."""
    width = max(min(width, WIDEST), LEAST)
    drawn = _bars(chart, zone, width) if _is_one_bar(chart) else _plot(chart, zone, width)
    return drawn if colours else CODES.sub("", drawn)


def _is_one_bar(chart: Chart) -> bool:
    return chart.kind is ChartKind.BAR and len(chart.curves) == 1


def _bars(chart: Chart, zone: ZoneInfo, width: int) -> str:
    """Return a line for each bar, its value behind it as the tables write it."""
    names = [name if len(name) <= NAME else f"{name[: NAME - 1]}…" for name in labels(chart.axis, zone)]
    values = chart.curves[0].values
    said = ["–" if value is None else _short(value) for value in values]
    sizes = [number(value) or 0.0 for value in values]
    head = max(map(len, names))
    room = max(width - head - max(map(len, said)) - 3, 5)
    most = max(*map(abs, sizes), 1e-9)
    rows = [
        f"{name:>{head}} {BAR * max(round(abs(size) / most * room), 1 if size else 0)} {words}"
        for name, size, words in zip(names, sizes, said, strict=True)
    ]
    return "\n".join(rows)


def _short(value: object) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _plot(chart: Chart, zone: ZoneInfo, width: int) -> str:
    """Return lines, or bars side by side, over the axis."""
    import plotext  # noqa: PLC0415 - seldom wanted

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plot_size(width, HEIGHT)
    across = positions(chart.axis)
    if chart.kind is ChartKind.BAR:
        bars = [[number(value) or 0.0 for value in curve.values] for curve in chart.curves]
        names = [curve.name for curve in chart.curves]
        across = [float(n) for n in range(len(chart.axis))]
        plotext.multiple_bar(across, bars, labels=names, color=list(COLOURS[: len(bars)]))
    for curve, colour in zip(chart.curves, COLOURS * len(chart.curves), strict=False):
        if chart.kind is ChartKind.LINE:
            known = [
                (x, y)
                for x, value in zip(across, curve.values, strict=True)
                if (y := number(value)) is not None
            ]
            label = curve.name if len(chart.curves) > 1 else None
            plotext.plot([x for x, _ in known], [y for _, y in known], label=label, color=colour, marker="hd")
    for mark in chart.marks:
        plotext.hline(mark.value, "red")
    along = labels(chart.axis, zone)
    ticks = places(len(along), max(width // 14, 2))
    plotext.xticks([across[n] for n in ticks], [along[n] for n in ticks])
    if chart.kind is ChartKind.LINE:
        low, high = heights(chart)
        plotext.ylim(low, high)
        up = steps(low, high, 6)
        plotext.yticks(up, [f"{value:,.10g}" for value in up])
    return str(plotext.build()).rstrip("\n")
