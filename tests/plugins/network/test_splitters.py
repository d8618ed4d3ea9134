"""Splitters: which are dark, who is behind one, and where the cut is."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.api import Area, BadInput, NotFound, Tone
from bot.testing import Bench
from tests.plugins.building import Isp

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device(OLT, "NTH-03")
    await isp.port(OLT)
    for name in ("SPL-A", "SPL-B"):
        await isp.insert("isp_splitters", name=name, port_id=isp.ids[PON], ratio=16)
    for nr, name in ((1, "SPL-A"), (2, "SPL-A"), (3, "SPL-B")):
        await isp.customer(f"10030{nr}", f"Customer {nr}", site="NTH-03", region="north")
        await isp.service(f"10030{nr}", port=PON)
        await isp.ont(f"HWTC0000000{nr}", PON, f"SVC-10030{nr}-1", status="online" if nr == 3 else "los")
        await isp.insert("isp_splitter_lines", service_id=isp.ids[f"SVC-10030{nr}-1"], splitter=name)
    return bench, isp


async def test_the_splitters_with_nobody_online_come_first(world) -> None:
    bench, _ = world
    reply = await bench.act("splitters")
    assert reply.text == "2 splitters, 1 of them has nobody online: **SPL-A** (2 lines)."
    assert reply.tone is Tone.WARN
    assert reply.table.rows[0] == ("SPL-A", PON, "1:16", 2, 2, None)
    assert len((await bench.act("splitters", port=PON)).data) == 2
    assert len((await bench.act("splitters", device=OLT, area="north")).data) == 2
    with pytest.raises(NotFound, match="No region or site is called"):
        await bench.act("splitters", area="south")


async def test_who_is_behind_a_splitter_and_where_the_cut_is(world) -> None:
    bench, isp = world
    reply = await bench.act("behind_splitter", splitter="spl-a")
    assert reply.text.startswith(f"**2 customers** (2 services) hang on SPL-A (1:16 splitter on {PON}).")
    assert f"Nobody behind it is up, 1 other ONT is up on {PON}. 2 of 2 lost light" in reply.text
    assert "the cut is at the splitter or its feeder" in reply.text
    assert {row[0] for row in reply.table.rows} == {"100301", "100302"} and reply.file is not None
    assert "Every ONT behind it is up." in (await bench.act("behind_splitter", splitter="SPL-B")).text
    async with isp.sql() as session:
        await session.execute(text("update isp_onts set status = 'online' where serial = 'HWTC00000001'"))
    assert "1 of 2 ONTs behind it are not up" in (await bench.act("behind_splitter", splitter="SPL-A")).text
    async with isp.sql() as session:
        await session.execute(text("update isp_onts set status = 'los'"))
    assert "is before the splitter" in (await bench.act("behind_splitter", splitter="SPL-A")).text


async def test_the_splitter_of_a_customer(world) -> None:
    bench, isp = world
    assert (await bench.act("behind_splitter", customer="100303")).focus == {"splitter": "SPL-B"}
    await isp.customer("100400", "No Splitter", site="NTH-03", region="north")
    await isp.service("100400", port=PON)
    with pytest.raises(NotFound, match=r"which splitter No Splitter \(100400\) hangs on"):
        await bench.act("behind_splitter", customer="100400")
    with pytest.raises(BadInput, match="Which splitter"):
        await bench.act("behind_splitter")


async def test_splitters_elsewhere_are_not_known(world) -> None:
    bench, _ = world
    sue = await bench.person("Sue", ["network:read"], area=Area(region=frozenset({"south"})))
    assert (await bench.act("splitters", user=sue)).text == "No splitter is on record."
    with pytest.raises(NotFound):
        await bench.act("behind_splitter", splitter="SPL-A", user=sue)


async def test_how_lines_out_of_reach_are_is_not_counted(world) -> None:
    bench, isp = world
    nora = await bench.person("Nora", ["network:read"], area=Area(region=frozenset({"north"})))
    async with isp.sql() as session:
        await session.execute(text("update isp_customers set region = 'south' where number = '100302'"))
    told = await bench.act("behind_splitter", splitter="SPL-A", user=nora)
    assert told.text.startswith("**1 customer** (1 service)") and "2 of 2" not in told.text
    listed = {row[0]: row[3:5] for row in (await bench.act("splitters", user=nora)).table.rows}
    assert listed["SPL-A"] == (1, 1)
    assert {row[0]: row[3:5] for row in (await bench.act("splitters")).table.rows}["SPL-A"] == (2, 2)


async def test_who_sees_a_part_of_it_hears_no_verdict(world) -> None:
    bench, isp = world
    async with isp.sql() as session:
        await session.execute(text("update isp_onts set status = 'online' where serial = 'HWTC00000002'"))
        await session.execute(text("update isp_customers set region = 'south' where number = '100302'"))
    nora = await bench.person("Nora", ["network:read"], area=Area(region=frozenset({"north"})))
    hers = await bench.act("behind_splitter", splitter="SPL-A", user=nora)
    assert "Others hang there too: ask somebody who sees them." in hers.text and "cut is" not in hers.text
    listed = await bench.act("splitters", user=nora)
    assert "1 of them has nobody online of those you may see: **SPL-A**" in listed.text


async def test_a_power_cut_or_a_single_dark_line_is_no_cut_at_the_splitter(world) -> None:
    bench, isp = world

    async def told(splitter: str, dark: str, state: str) -> str:
        async with isp.sql() as session:
            sql = "update isp_onts set status = case when serial = any(:dark) then :state else 'online' end"
            await session.execute(text(sql), {"dark": dark.split(), "state": state})
        said = (await bench.act("behind_splitter", splitter=splitter)).text
        assert "the cut is at the splitter" not in said
        return said

    gasped = await told("SPL-A", "HWTC00000001 HWTC00000002", "dying_gasp")
    assert "2 of 2 said dying gasp: a **power cut**" in gasped
    assert "did not say why" in await told("SPL-A", "HWTC00000001 HWTC00000002", "offline")
    for state in ("offline", "los"):
        assert "It is one line only" in await told("SPL-B", "HWTC00000003", state)
