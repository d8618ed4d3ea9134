"""Speed tests beside the plan: what is said and drawn, what is hidden, and the slowest lines of a site."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.api import BadInput, NotFound, Tone
from bot.contract.scope import Area
from bot.testing import Bench
from tests.plugins.building import NOW, Isp

SVC, PON = "SVC-100234-1", "olt-nth-03-1 PON 1/1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.plan("F50", name="Fibre 50", down_kbps=50_000, up_kbps=50_000)
    await isp.site("NTH-03", name="Harbour")
    await isp.device("olt-nth-03-1", "NTH-03")
    await isp.port("olt-nth-03-1")
    await isp.customer("100234", "Amina Bello", site="NTH-03")
    await isp.service("100234", plan="F50", port=PON)
    return bench, isp


async def keep(isp: Isp, value: float, at: datetime, service: str = SVC) -> None:
    await isp.insert("isp_measurements", subject=f"service:{service}", metric="mbps_down", at=at, value=value)


async def evenings(bench: Bench, isp: Isp, values: list[float], hour: int) -> None:
    """Keep one test a day at an hour of the tenant's own day."""
    zone = bench.tenant.zone
    for day, value in enumerate(reversed(values), start=1):
        local = (NOW - timedelta(days=day)).astimezone(zone).replace(hour=hour, minute=5)
        await keep(isp, value, local.astimezone(NOW.tzinfo))


async def test_slow_evenings_are_said_beside_the_plan_and_drawn(world) -> None:
    bench, isp = world
    await evenings(bench, isp, [31.0, 30.0, 32.0, 31.0, 29.0, 33.0, 31.0, 35.0, 28.0], 20)
    await evenings(bench, isp, [47.0, 48.0, 46.0], 9)
    reply = await bench.act("speed_tests", customer="100234")
    assert f"**{SVC}**, sold 50/50 Mbit/s: median evening 31 down over 14 d, " in reply.text
    assert "47 at other hours, 9 of 12 tests below 80%." in reply.text
    assert reply.tone is Tone.WARN and reply.chart is not None
    assert [curve.name for curve in reply.chart.curves] == [SVC]
    assert len(reply.chart.axis) == 12 and reply.chart.unit == "Mbit/s" and reply.chart.from_zero
    assert [(mark.name, mark.value) for mark in reply.chart.marks] == [("sold", 50.0)]
    assert len(reply.evidence) == 2
    assert reply.focus == {"customer": "100234"}


async def test_a_good_line_is_no_warning_and_few_tests_no_median(world) -> None:
    bench, isp = world
    await keep(isp, 49.0, NOW - timedelta(days=1))
    await keep(isp, 48.0, NOW - timedelta(hours=2))
    reply = await bench.act("speed_tests", customer="100234")
    assert "sold 50/50 Mbit/s: 48 down at" in reply.text and "0 of 2 tests below 80%" in reply.text
    assert "median" not in reply.text and reply.tone is Tone.PLAIN


async def test_none_are_said_plainly_and_only_the_time_asked_for_counts(world) -> None:
    bench, isp = world
    reply = await bench.act("speed_tests", customer="100234")
    assert reply.text == "There is no speed test of Amina Bello's lines in the last 14 d."
    assert reply.chart is None and reply.evidence
    await keep(isp, 20.0, NOW - timedelta(days=20))
    assert "There is no speed test" in (await bench.act("speed_tests", customer="100234")).text
    assert "20 down" in (await bench.act("speed_tests", customer="100234", within="30 days")).text
    with pytest.raises(BadInput, match="between two hours and a year"):
        await bench.act("speed_tests", customer="100234", within="5 minutes")


async def test_who_may_not_see_customers_or_the_region(world) -> None:
    bench, isp = world
    await keep(isp, 20.0, NOW - timedelta(days=1))
    south = await bench.person(
        "Sue South", ("network:read", "customers:read"), area=Area(region=frozenset({"south"}))
    )
    with pytest.raises(NotFound):
        await bench.act("speed_tests", user=south, customer="100234")
    with pytest.raises(NotFound):
        await bench.act("slow_lines", user=south, site="NTH-03")


async def test_the_slowest_lines_of_a_site(world) -> None:
    bench, isp = world
    none = await bench.act("slow_lines", site="Harbour")
    assert none.text == "No line at Harbour (NTH-03) has a speed test in the last 14 d."
    await isp.customer("100300", "Kano Diallo", site="NTH-03")
    await isp.service("100300", port=PON)
    for hours in (1, 2, 3):
        await keep(isp, 30.0, NOW - timedelta(hours=hours))
        await keep(isp, 96.0, NOW - timedelta(hours=hours), "SVC-100300-1")
    reply = await bench.act("slow_lines", site="Harbour")
    assert reply.text == (
        "1 of 2 lines at Harbour (NTH-03) with speed tests in the last 14 d stays below 80% of the plan "
        "(Mbit/s down), the slowest first:"
    )
    assert reply.table.rows[0][:7] == ("100234", "Amina Bello", SVC, "50", "30.0", "60%", 3)
    assert reply.buttons[0].action_id == "network_speed_tests" and reply.tone is Tone.WARN
    good = await bench.act("slow_lines", site="NTH-03", within="2 hours")
    assert good.table.total == 1
    await isp.insert(
        "isp_measurements",
        subject=f"service:{SVC}",
        metric="mbps_down",
        at=NOW - timedelta(minutes=5),
        value=50.0,
    )
    await keep(isp, 50.0, NOW - timedelta(minutes=6))
    await keep(isp, 50.0, NOW - timedelta(minutes=7))
    await keep(isp, 50.0, NOW - timedelta(minutes=8))
    better = await bench.act("slow_lines", site="NTH-03")
    assert better.text.startswith("None of 2 lines at Harbour") and better.tone is Tone.GOOD
