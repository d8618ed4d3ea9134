"""Levels and sessions over time: what is drawn, what is said, and who may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import BadInput, NotFound, Tone
from bot.contract.scope import Area
from bot.testing import Bench
from tests.plugins.building import NOW, Isp

PON = "olt-nth-03-1 PON 1/1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device("olt-nth-03-1", "NTH-03")
    await isp.port("olt-nth-03-1")
    await isp.customer("100234", "Amina Bello", site="NTH-03")
    await isp.service("100234", port=PON)
    await isp.ont("HWTC1", PON, "SVC-100234-1")
    return bench, isp


async def measure(isp: Isp, subject: str, metric: str, values: list[float], step: timedelta) -> None:
    for n, value in enumerate(reversed(values)):
        await isp.insert("isp_measurements", subject=subject, metric=metric, at=NOW - step * n, value=value)


async def test_a_level_that_sank_is_said_and_drawn_with_the_limit(world) -> None:
    bench, isp = world
    await measure(isp, "ont:HWTC1", "rx_dbm", [-21.0, -21.0, -21.0, -22.5, -24.0, -26.0], timedelta(days=1))
    reply = await bench.act("signal_history", customer="100234")
    assert "-26.0 dBm" in reply.text and "**5.0 dB less than 5 d before**" in reply.text
    assert reply.tone is Tone.WARN and reply.chart is not None
    assert [mark.value for mark in reply.chart.marks] == [-27.0]
    assert [curve.name for curve in reply.chart.curves] == ["ONT HWTC1"]
    assert list(reply.chart.curves[0].values)[-1] == pytest.approx(-26.0)
    assert reply.evidence[0].at == NOW


async def test_the_own_line_is_drawn_and_the_pon_only_where_nobody_measured_it(world) -> None:
    bench, isp = world
    await measure(isp, f"port:{PON}", "rx_dbm", [-20.0, -20.1, -20.0, -20.2], timedelta(days=1))
    reply = await bench.act("signal_history", customer="100234")
    assert f"{PON} (mean of its lines): -20.2 dBm" in reply.text and "steady for 3 d" in reply.text
    await measure(isp, "ont:HWTC1", "rx_dbm", [-19.0, -19.0, -19.1], timedelta(days=1))
    again = await bench.act("signal_history", customer="100234")
    assert "ONT HWTC1: -19.1 dBm" in again.text and PON not in again.text and again.tone is Tone.PLAIN


async def test_only_the_time_asked_for_counts(world) -> None:
    bench, isp = world
    await measure(isp, "ont:HWTC1", "rx_dbm", [-19.0] * 30, timedelta(days=1))
    reply = await bench.act("signal_history", customer="100234", within="3 days")
    assert reply.chart is not None and len(reply.chart.axis) == 4
    with pytest.raises(BadInput, match="between two hours and a year"):
        await bench.act("signal_history", customer="100234", within="5 minutes")


async def test_nobody_measured_it(world) -> None:
    bench, _ = world
    reply = await bench.act("signal_history", customer="100234")
    assert (
        reply.text == "Nobody measured the level of Amina Bello's line in the last 14 d." and not reply.chart
    )
    assert (await bench.act("session_history", site="NTH-03")).chart is None


async def test_a_site_that_lost_its_sessions(world) -> None:
    bench, isp = world
    await measure(isp, "site:NTH-03", "sessions", [400.0] * 40 + [250.0, 240.0, 245.0], timedelta(hours=1))
    reply = await bench.act("session_history", site="Harbour")
    assert "245 sessions at the last count, 400 on most hours, 240 at least and 400 at most" in reply.text
    assert "more than 20% below that since 15:55" in reply.text and reply.tone is Tone.BAD
    assert reply.chart is not None and reply.chart.unit == "sessions"


async def test_who_may_not_see_the_region_sees_no_numbers(world) -> None:
    bench, isp = world
    await measure(isp, "ont:HWTC1", "rx_dbm", [-19.0, -19.0, -19.1], timedelta(days=1))
    await measure(isp, "site:NTH-03", "sessions", [400.0, 401.0], timedelta(hours=1))
    south = await bench.person(
        "Sue South", ("network:read", "customers:read"), area=Area(region=frozenset({"south"}))
    )
    with pytest.raises(NotFound):
        await bench.act("signal_history", user=south, customer="100234")
    with pytest.raises(NotFound):
        await bench.act("session_history", user=south, site="NTH-03")
