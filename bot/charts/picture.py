"""Chart -> PNG, drawn by matplotlib, which is loaded when the first picture is wanted."""

from __future__ import annotations

import asyncio
import io
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.charts.ticks import heights, labels, places, positions, steps
from bot.contract.chart import Chart, ChartKind, Curve, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INCHES, DPI = (8.0, 4.2), 130
MOST_LABELS = 9
COLOURS = ("#1f77b4", "#e07a1f", "#2a9d5c", "#8e5bb5", "#c0392b", "#5f6b76")
INK, PALE, WARNS = "#22272e", "#d9dee3", "#c0392b"
_one_at_a_time = threading.Lock()


async def to_png(chart: Chart, zone: ZoneInfo) -> bytes:
    """Return the chart as a PNG of about 1040 x 546 pixels; other work goes on meanwhile."""
    return await asyncio.to_thread(_draw, chart, zone)


def _draw(chart: Chart, zone: ZoneInfo) -> bytes:
    from matplotlib.figure import Figure  # noqa: PLC0415 - half a second and 40 MB

    with _one_at_a_time:  # its font cache is not made for threads
        figure = Figure(figsize=INCHES, dpi=DPI, layout="constrained")
        axes = figure.subplots()
        _curves(chart, axes)
        for mark in chart.marks:
            axes.axhline(mark.value, color=WARNS, linewidth=1, linestyle="--", label=_safe(mark.name))
        _dress(chart, zone, axes)
        page = io.BytesIO()
        figure.savefig(page, format="png", metadata={"Description": chart.says})
        return page.getvalue()


def _curves(chart: Chart, axes: Axes) -> None:
    across, many = _across(chart), len(chart.curves)
    for n, curve in enumerate(chart.curves):
        colour, values = COLOURS[n % len(COLOURS)], _values(curve)
        if chart.kind is ChartKind.LINE:
            axes.plot(across, values, color=colour, linewidth=1.8, label=_safe(curve.name))
            continue
        wide = 0.8 / many
        at = [x - 0.4 + wide * (n + 0.5) for x in across]
        bars = axes.bar(at, values, width=wide, color=colour, label=_safe(curve.name))
        if many == 1:
            axes.bar_label(bars, labels=[_said(value) for value in values], fontsize=8, color=INK)


def _across(chart: Chart) -> list[float]:
    return positions(chart.axis if chart.kind is ChartKind.LINE else [""] * len(chart.axis))


def _values(curve: Curve) -> list[float]:
    return [float("nan") if (value := number(each)) is None else value for each in curve.values]


def _said(value: float) -> str:
    return "" if value != value else f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.4g}"  # noqa: PLR0124, PLR2004 - NaN


def _dress(chart: Chart, zone: ZoneInfo, axes: Axes) -> None:
    along = labels(chart.axis, zone)
    names = not isinstance(chart.axis[0], datetime) and chart.kind is ChartKind.BAR
    ticks = places(len(along), 14 if names else MOST_LABELS)
    tilt: dict[str, Any] = {"rotation": 30, "ha": "right"} if max(map(len, along)) * len(ticks) > 90 else {}  # noqa: PLR2004 - characters
    across = _across(chart)
    axes.set_xticks([across[n] for n in ticks], [_safe(along[n]) for n in ticks], **tilt)
    axes.set_title(_safe(chart.title), loc="left", fontsize=12, color=INK)
    axes.set_ylabel(_safe(chart.unit), color=INK)
    if chart.kind is ChartKind.LINE:
        low, high = heights(chart)
        room = (high - low) * 0.04
        axes.set_ylim(low if chart.from_zero and low == 0 else low - room, high + room)
        axes.set_yticks(steps(low, high, 7))
    axes.yaxis.set_major_formatter(lambda value, _at: f"{value:,.10g}")
    axes.grid(axis="y", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9, length=0)
    if len(chart.curves) > 1 or chart.marks:
        axes.legend(frameon=False, fontsize=9, loc="best")


def _safe(text: str) -> str:
    """Return text in which matplotlib finds no formulas."""
    return text.replace("$", r"\$")
