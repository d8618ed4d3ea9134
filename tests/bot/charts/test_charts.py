"""Charts: what is drawn in a terminal and as a picture, and what is refused."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.charts.picture import to_png
from bot.charts.text import to_text
from bot.charts.ticks import heights, labels, places, positions, steps
from bot.contract.chart import Chart, ChartKind, Curve, Mark, number
from bot.contract.money import Money
from bot.contract.reply import Reply
from bot.contract.wire import to_wire
from bot.slack.render import render as to_slack
from bot.terminal.render import render

NAIROBI = ZoneInfo("Africa/Nairobi")
DAYS = [datetime(2026, 11, 1, 22, tzinfo=UTC) + timedelta(days=n) for n in range(20)]
LEVELS = Chart(
    title="Optical level of HWTC1",
    axis=DAYS,
    curves=[Curve("rx", [-19.0 - n * 0.4 if n != 7 else None for n in range(20)])],
    says="It fell from -19.0 to -26.6 dBm in 19 days.",
    unit="dBm",
    marks=[Mark("sensitivity", -27.0)],
)
AGEING = Chart(
    title="Overdue",
    axis=["1-30 days", "31-60 days", "over 90 days, written to twice already"],
    curves=[Curve("owed", [Money(12_050, "KES"), Money(0, "KES"), Money(-6_000, "KES")])],
    says="Most is young.",
    kind=ChartKind.BAR,
)


@pytest.mark.parametrize("width", [10, 40, 80, 400])
def test_a_chart_keeps_to_the_width_and_has_no_escapes_in_a_pipe(width: int) -> None:
    for chart in (LEVELS, AGEING):
        drawn = to_text(chart, NAIROBI, width)
        assert "\x1b" not in drawn
        assert max(map(len, drawn.splitlines())) <= max(min(width, 110), 60)


def test_days_are_those_of_the_tenant() -> None:
    drawn = to_text(LEVELS, NAIROBI, 80)
    assert "02 Nov" in drawn and "18 Nov" in drawn, "22:00 UTC is the next day in Nairobi"
    assert labels([DAYS[0], DAYS[0] + timedelta(hours=5)], NAIROBI) == ["01:00", "06:00"]
    assert labels([date(2025, 1, 1), date(2026, 1, 1)], NAIROBI) == ["Jan 2025", "Jan 2026"]


def test_bars_are_as_long_as_their_values_and_say_them() -> None:
    young, none, minus = to_text(AGEING, NAIROBI, 80).splitlines()
    assert young.count("▇") == 2 * minus.count("▇") or abs(young.count("▇") - 2 * minus.count("▇")) == 1
    assert "▇" not in none and none.endswith("0.00 KES") and minus.endswith("-60.00 KES")
    assert minus.startswith("over 90 days, written t…")


def test_bars_of_two_colours_stand_side_by_side() -> None:
    both = Chart(
        title="Tickets", axis=["Mon", "Tue"], kind=ChartKind.BAR, says="More came than went.",
        curves=[Curve("opened", [4.0, 9.0]), Curve("closed", [2.0, None])],
    )  # fmt: skip
    drawn = to_text(both, NAIROBI, 60)
    assert "opened" in drawn and "closed" in drawn and "Mon" in drawn


async def test_a_picture_is_a_whole_png_also_of_names_with_dollars() -> None:
    odd = Chart(
        title="$x^", axis=["$a", "b$"], curves=[Curve("$", [1.0, None])], says="é", kind=ChartKind.BAR
    )
    for chart in (LEVELS, AGEING, odd):
        png = await to_png(chart, NAIROBI)
        assert png.startswith(b"\x89PNG\r\n\x1a\n") and png.rstrip().endswith(b"IEND\xaeB`\x82")
        wide, high = struct.unpack(">II", png[16:24])
        assert (wide, high) == (1040, 546)
        assert zlib.crc32(png[12:29]) == struct.unpack(">I", png[29:33])[0]


def test_curves_that_do_not_fit_the_axis_are_refused() -> None:
    with pytest.raises(ValueError, match="rx has 2 values for 1 places"):
        Chart(title="x", axis=["a"], curves=[Curve("rx", [1.0, 2.0])], says="")
    with pytest.raises(ValueError, match="at least one curve"):
        Chart(title="x", axis=[], curves=[Curve("rx", [])], says="")


def test_places_are_few_and_evenly_apart() -> None:
    assert places(3, 9) == [0, 1, 2]
    assert places(100, 4) == [0, 25, 50, 75]
    assert places(14, 9) == [0, 2, 4, 6, 8, 10, 12]
    assert number(Money(1_250, "KWD")) == 1.25 and number(None) is None


def test_the_value_axis_is_round_and_does_not_make_a_cliff_of_noise() -> None:
    steady = Chart(title="x", axis=DAYS[:2], curves=[Curve("rx", [-20.9, -21.1])], says="", least=5.0)
    low, high = heights(steady)
    assert high - low == pytest.approx(5.0) and low < -21.1 and high > -20.9
    assert steps(low, high, 6) == [-23.0, -22.0, -21.0, -20.0, -19.0]
    counts = Chart(title="x", axis=["a"], curves=[Curve("n", [156.0])], says="", from_zero=True)
    assert heights(counts) == (0.0, 156.0) and steps(0, 156, 6) == [0, 50, 100, 150]
    flat = Chart(title="x", axis=["a"], curves=[Curve("n", [None])], says="")
    assert heights(flat)[0] < heights(flat)[1]
    assert "-23" in to_text(steady, NAIROBI, 80)


def test_moments_lie_as_far_apart_as_they_are() -> None:
    start = DAYS[0]
    assert positions([start, start + timedelta(hours=1), start + timedelta(hours=9)]) == [
        0.0,
        3600.0,
        32400.0,
    ]
    assert positions([date(2026, 1, 1), date(2026, 1, 8)]) == [0.0, 7.0]
    assert positions(["a", "b"]) == [0.0, 1.0]


def test_every_surface_shows_it_or_says_it() -> None:
    reply = Reply("Here it is.", chart=LEVELS)
    page = io.StringIO()
    render(reply, Console(file=page, width=80), NAIROBI)
    assert "Optical level of HWTC1 (dBm)" in page.getvalue() and "sensitivity: -27 dBm" in page.getvalue()
    assert "┤" in page.getvalue()
    assert LEVELS.says in str(to_slack(reply, NAIROBI)[0]["blocks"])
    assert LEVELS.says in to_slack(reply, NAIROBI)[0]["text"]
    wire = to_wire(reply)["chart"]
    assert wire["curves"][0]["values"][7] is None and wire["kind"] == "line"
    assert to_wire(Reply("x", chart=AGEING))["chart"]["curves"][0]["values"][0] == {
        "minor": 12050,
        "currency": "KES",
    }
