"""Charts in Slack: its own chart block where one fits, else a picture that is uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from bot.charts.picture import to_png
from bot.charts.ticks import labels
from bot.contract.chart import Chart, ChartKind, Curve, number
from bot.db.letters import Kind, Letter, Taken, inside
from bot.slack import mrkdwn

UTC = ZoneInfo("UTC")
MOST_TITLE, MOST_NAME, MOST_PLACES, MOST_SERIES = 50, 20, 20, 6
"""Slack takes 12 series; some of its own libraries only 6."""
PICTURE = "chart.png"
NO_PICTURE = (
    "I may not bring pictures into this workspace, so the chart is only told in words. An admin adds the "
    "scope `files:write` to the app (`backhaul slack manifest` prints all it takes) and installs it anew."
)

Block = dict[str, Any]


def to_block(chart: Chart, zone: ZoneInfo) -> Block | None:
    """Return the chart as Slack's own; None where that would leave something out."""
    along = [mrkdwn.cell(each).strip() for each in labels(chart.axis, zone)]
    curves = {mrkdwn.cell(each.name).strip(): [number(one) for one in each.values] for each in chart.curves}
    curves |= {mrkdwn.cell(each.name).strip(): [each.value] * len(along) for each in chart.marks}
    names = [*along, *curves]
    if not all(0 < len(each) <= MOST_NAME for each in names) or len(set(along)) != len(along):
        return None
    many = len(chart.curves) + len(chart.marks)
    if len(along) > MOST_PLACES or many > MOST_SERIES or len(curves) != many:
        return None
    if not all(value is not None and isfinite(value) for values in curves.values() for value in values):
        return None
    title, unit = mrkdwn.cell(chart.title).strip(), mrkdwn.cell(chart.unit).strip()
    if not 0 < len(title) <= MOST_TITLE or len(unit) > MOST_TITLE:
        return None
    series = [
        {
            "name": name,
            "data": [{"label": at, "value": value} for at, value in zip(along, values, strict=True)],
        }
        for name, values in curves.items()
    ]
    axes = {"categories": along, **({"y_label": unit} if unit else {})}
    kind = "line" if chart.kind is ChartKind.LINE else "bar"
    drawn = {"type": kind, "series": series, "axis_config": axes}
    return {"type": "data_visualization", "title": title, "chart": drawn}


def picture_payload(alt: str, title: str) -> dict[str, Any]:
    """Return the payload of an uploaded picture; what it shows is its alternative text."""
    said = {"text": NO_PICTURE}
    return {"name": PICTURE, "title": title or "Chart", "alt": alt[:1_000], "instead": said}


async def picture_after(taken: Taken, block: Block, zone: ZoneInfo = UTC) -> Letter:
    """Return the letter that brings a chart as a picture where Slack refused its own kind."""
    drawn = block["chart"]
    chart = Chart(
        title=block["title"],
        axis=drawn["axis_config"]["categories"],
        curves=[Curve(one["name"], [each["value"] for each in one["data"]]) for one in drawn["series"]],
        says=block["title"],
        kind=ChartKind.LINE if drawn["type"] == "line" else ChartKind.BAR,
        unit=drawn["axis_config"].get("y_label", ""),
    )
    alt = _alt(taken.payload, block)
    return Letter(
        lane=taken.lane,
        team_id=taken.team_id,
        channel=taken.channel,
        thread_ts=taken.thread_ts,
        kind=Kind.UPLOAD,
        user=taken.user,
        payload={**picture_payload(alt, block["title"]), **inside(taken.payload)},
        content=await to_png(chart, zone),
    )


def _alt(payload: Mapping[str, Any], block: Block) -> str:
    """Return what the message says about the chart."""
    return str((payload.get("alts") or {}).get(block["title"]) or block["title"])
