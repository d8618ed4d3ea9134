"""Long lists: what is shown and counted fits, in order, for whom it is; indexes serve them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from bot.api import EVERYWHERE, Area, Scope
from plugins.connectors.local import queries_onts
from plugins.connectors.local.queries_onts import find_onts, find_weak
from plugins.connectors.local.queries_scope import WITHIN
from plugins.network.port import Place
from tests.plugins.building import NOW, Isp

NORTH = Scope(frozenset({Area(region=frozenset({"north"}))}))


async def onts(isp: Isp) -> None:
    """Two sites; one line in the north is of a customer of the south."""
    await isp.plan()
    for region, number in (("north", "1"), ("south", "2")):
        await isp.customer(number, f"C{number}", region=region, site=region)
        await isp.site(region, region=region)
        await isp.device(f"olt-{region}", region)
        await isp.port(f"olt-{region}")
    lines = (
        ("A1", "north", "1", "online", -20),
        ("A2", "north", "1", "los", None),
        ("A3", "north", "2", "offline", None),
        ("A4", "south", "2", "online", -29),
        ("A5", "south", "2", "dying_gasp", -27),
    )
    for nr, (serial, region, customer, status, level) in enumerate(lines):
        await isp.service(customer, nr)
        await isp.ont(serial, f"olt-{region} PON 1/1", f"SVC-{customer}-{nr}", status=status, rx_dbm=level)


@pytest.mark.parametrize(
    ("status", "area", "scope", "serials"),
    [
        ("", "", EVERYWHERE, ["A2", "A3", "A5", "A4", "A1"]),
        ("not up", "", EVERYWHERE, ["A2", "A3", "A5"]),
        ("los", "", EVERYWHERE, ["A2"]),
        ("online", "", EVERYWHERE, ["A4", "A1"]),
        ("not up", "south", EVERYWHERE, ["A5"]),
        ("not up", "", NORTH, ["A2"]),
        ("online", "", NORTH, ["A1"]),
        ("not up", "south", NORTH, []),
    ],
)
async def test_onts_are_those_of_the_status_the_area_and_the_asker(
    isp: Isp, status: str, area: str, scope: Scope, serials: Sequence[str]
) -> None:
    await onts(isp)
    async with isp.sql() as session:
        page = await find_onts(session, scope, None, NOW, 9, status=status, area=area)
        first = await find_onts(session, scope, None, NOW, 1, status=status, area=area)
    assert [line.ont.serial for line in page.lines] == serials
    assert page.total == len(serials)
    assert [line.ont.serial for line in first.lines] == serials[:1]
    assert first.total == page.total or not serials
    named = {line.ont.serial: (line.customer, line.name) for line in page.lines}
    assert named.get("A2", ("1", "C1")) == ("1", "C1")


async def test_onts_below_a_place_and_weak_ones(isp: Isp) -> None:
    await onts(isp)
    place = Place(kind="device", key="olt-north")
    async with isp.sql() as session:
        below = await find_onts(session, EVERYWHERE, place, NOW, 9, status="not up")
        weak = await find_weak(session, EVERYWHERE, -19.0, None, NOW, 9)
        here = await find_weak(session, EVERYWHERE, -19.0, place, NOW, 9)
        mine = await find_weak(session, NORTH, -19.0, None, NOW, 9)
    assert [line.ont.serial for line in below.lines] == ["A2", "A3"]
    assert [line.ont.serial for line in weak.lines] == ["A4", "A1"]
    assert [line.ont.serial for line in here.lines] == [line.ont.serial for line in mine.lines] == ["A1"]


async def plan_of(isp: Isp, statement: str, **binds: object) -> str:
    async with isp.sql() as session:
        await session.execute(text("set local enable_seqscan = off"))
        plan = await session.execute(text("explain " + WITHIN.sub("true", statement)), binds)
        return "\n".join(plan.scalars())


@pytest.mark.parametrize("status", ["not up", "los"])
async def test_onts_that_are_not_up_are_found_in_their_index(isp: Isp, status: str) -> None:
    parts = [queries_onts.NOT_UP] if status == "not up" else [queries_onts.NOT_UP, "t.status = 'los'"]
    plan = await plan_of(isp, queries_onts._statement(parts, queries_onts.DARK_FIRST, whose=False), limit=9)
    assert re.search(r"using isp_onts_not_up|on isp_onts_not_up", plan), plan
