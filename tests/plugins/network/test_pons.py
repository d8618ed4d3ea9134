"""PONs with lines offline, whole counts, weak ONTs of a region, pools by their words, all sites in one chart."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network

import pytest

from bot.api import BadInput, NotFound, Tone
from bot.testing import Bench
from plugins.network.serials import find_models, find_serials
from tests.plugins.building import NOW, Isp, ago

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.site("STH-01", name="South Hill", region="south")
    await isp.device(OLT, "NTH-03")
    await isp.device("olt-sth-01-1", "STH-01")
    await isp.port(OLT)
    await isp.port("olt-sth-01-1")
    for nr in (1, 2):
        await isp.customer(f"10030{nr}", "Grace Otieno", site="NTH-03", region="north")
        await isp.service(f"10030{nr}", port=PON)
        await isp.ont(f"HWTC0000000{nr}", PON, f"SVC-10030{nr}-1", rx_dbm=-28.5)
    return bench, isp


async def test_pons_with_lines_offline(world) -> None:
    bench, isp = world
    good = await bench.act("pons")
    assert good.text == "No PON is down, and none has a line offline." and good.tone is Tone.GOOD
    await isp.ont("HWTC00000009", "olt-sth-01-1 PON 1/1", "SVC-100302-1", status="los")
    await isp.port(OLT, "PON 1/2", status="down", status_since=ago(hours=1))
    reply = await bench.act("pons")
    assert reply.text == ("**1 PON is down**. 1 line offline on 1 PON, most on **olt-sth-01-1** (1 offline).")
    assert [row[0] for row in reply.table.rows] == ["olt-sth-01-1 PON 1/1", f"{OLT} PON 1/2"]
    assert (await bench.act("pons", per="OLT")).table.rows == [("olt-sth-01-1", 1, 1), (OLT, 0, 1)]
    here = await bench.act("pons", area="north")
    assert [row[0] for row in here.table.rows] == [f"{OLT} PON 1/2"] and "in north" in here.text
    with pytest.raises(NotFound, match="No region or site is called"):
        await bench.act("pons", area="nowhere")


async def test_how_full_the_pons_are(world) -> None:
    bench, isp = world
    none = await bench.act("full_pons")
    assert none.text == "Of no PON or sector it is on record how many lines it takes."
    await isp.port(OLT, "PON 1/2", capacity=2)
    await isp.port(OLT, "PON 1/3", capacity=64)
    for nr in (3, 4):
        await isp.customer(f"10030{nr}", "Grace Otieno", site="NTH-03", region="north")
        await isp.service(f"10030{nr}", port=f"{OLT} PON 1/2")
    reply = await bench.act("full_pons", device=OLT)
    assert reply.text == f"1 of 2 PONs and sectors on {OLT} are 80% full or more: **{OLT} PON 1/2** (100%)."
    assert reply.table.rows == [
        (f"{OLT} PON 1/2", 2, 2, 0, "100%", "NTH-03"),
        (f"{OLT} PON 1/3", 0, 64, 64, "0%", "NTH-03"),
    ]
    over = await bench.act("full_pons", over="80 %", area="north")
    assert over.text == "1 PON or sector is more than 80% full in north, of 2." and len(over.table.rows) == 1
    for said in ("many", "0", "300%"):
        with pytest.raises(BadInput, match="is no share"):
            await bench.act("full_pons", over=said)
    with pytest.raises(NotFound, match="No region or site"):
        await bench.act("full_pons", area="mars")


async def test_devices_are_counted_whole_where_a_part_is_shown(world) -> None:
    bench, isp = world
    for nr in range(5):
        await isp.device(f"sw-nth-03-{nr}", "NTH-03", "switch")
    reply = await bench.act("devices", area="north", limit=3)
    assert reply.text == "6 devices in north, the newest change first:"
    assert (len(reply.table.rows), reply.table.total) == (3, 6)


async def test_weak_onts_of_a_region(world) -> None:
    bench, _ = world
    assert (await bench.act("weak_signals", below=-27, area="north")).text.startswith(
        "2 ONTs in north below -27"
    )
    assert (await bench.act("weak_signals", below=-27, area="the south region")).text == (
        "No ONT in south that is up receives less than -27 dBm."
    )


async def test_a_pool_is_known_by_words_of_it(world) -> None:
    bench, isp = world
    await isp.insert("isp_pools", name="cgnat-1", prefix=IPv4Network("100.64.0.0/24"), purpose="homes")
    await isp.insert("isp_pools", name="public-1", prefix=IPv4Network("198.51.100.0/24"), purpose="shops")
    assert (await bench.act("free_addresses", pool="the cgnat pool", limit=1)).data == ("100.64.0.1",)
    assert (await bench.act("free_addresses", pool="our pool for shops", limit=1)).data == ("198.51.100.1",)
    for nothing in ("the pool", "the docsis pool"):
        with pytest.raises(NotFound):
            await bench.act("free_addresses", pool=nothing)


async def test_the_sessions_of_all_sites_in_one_chart(world) -> None:
    bench, isp = world
    none = await bench.act("session_history")
    assert none.text == "Nobody counted the sessions in the last 7 d." and none.chart is None
    for site, values in (("NTH-03", (50, 50, 50, 20)), ("STH-01", (10, 10, 11, 10))):
        for nr, value in enumerate(values):
            at = NOW - timedelta(hours=len(values) - nr)
            await isp.insert(
                "isp_measurements", subject=f"site:{site}", metric="sessions", at=at, value=value
            )
    reply = await bench.act("session_history")
    assert reply.text == (
        "30 sessions at 2 sites at the last count. More than 20% below what is usual: Harbour."
    )
    assert [curve.name for curve in reply.chart.curves] == ["Harbour", "South Hill"]
    south = await bench.act("session_history", area="south")
    assert south.text == "10 sessions at 1 site in south at the last count. None has dropped."


async def test_the_sessions_of_many_sites_are_all_summed_up(world) -> None:
    bench, isp = world
    for nr in range(70):
        await isp.site(f"MNY-{nr:02}", name=f"Many {nr:02}")
        await isp.insert(
            "isp_measurements", subject=f"site:MNY-{nr:02}", metric="sessions", at=ago(hours=1), value=10.0
        )
    reply = await bench.act("session_history")
    assert reply.text.startswith("700 sessions at 70 sites at the last count.")
    assert len(reply.table.rows) == 70


async def test_an_uplink_is_no_pon_and_a_port_that_is_down_without_lines_has_none_offline(world) -> None:
    bench, isp = world
    for nr in (3, 4):
        await isp.port(OLT, f"PON 1/{nr}", status="down")
    assert (await bench.act("pons", area="north")).text == "**2 PONs are down** in north. No line is offline."
    await isp.port(OLT, "GE 0/1", kind="ethernet", status="down")
    await isp.port(OLT, "sector A", kind="sector", status="degraded")
    assert (await bench.act("pons", area="north")).text == (
        "**2 PONs and 1 other port are down**, 1 radio sector degraded in north. No line is offline."
    )


async def test_a_port_of_another_device_is_refused(world) -> None:
    bench, _ = world
    work = {"title": "cut", "starts_at": (NOW + timedelta(hours=9)).isoformat()}
    for name, args in (("declare", {"title": "cut"}), ("plan", work)):
        with pytest.raises(BadInput, match=f"{PON} is no port of olt-sth-01-1"):
            await bench.act(name, device="olt-sth-01-1", port=PON, **args)
        assert (await bench.act(name, device=OLT, port=PON, **args)).waiting


async def test_a_serial_is_no_sentence_and_no_model(world) -> None:
    bench, _ = world
    ctx = await bench.context()
    assert [m.key for m in await find_serials(ctx, "HWTC 1A2B 3C4D", 5)] == ["HWTC1A2B3C4D"]
    assert [m.key for m in await find_serials(ctx, "hwtc-1a2b3c4d", 5)] == ["HWTC1A2B3C4D"]
    assert not await find_serials(ctx, "is ZTEGD1FE864C online", 5)
    assert not await find_models(ctx, "ZTEG00000050", 5)
    assert [m.key for m in await find_models(ctx, "EG8145X6", 5)] == ["EG8145X6"]


async def test_degraded_pons_are_those_that_sink_and_those_that_are_so_now(world) -> None:
    bench, isp = world
    await isp.port(OLT, "PON 1/5", status="degraded")
    south = "olt-sth-01-1 PON 1/1"
    for day in range(8):
        await isp.insert(
            "isp_measurements",
            subject=f"port:{south}",
            metric="rx_dbm",
            at=ago(days=day),
            value=-24 + day / 2,
        )
    everywhere = await bench.act("degrading")
    assert everywhere.text == (
        f"Degraded now: **{OLT} PON 1/5** (0 of 0 lines offline).\n\n"
        "1 PON lost 1 dB or more in the last 14 d, the worst first:"
    )
    assert [button.label for button in everywhere.buttons] == [f"ONTs of {OLT} PON 1/5", f"ONTs of {south}"]
    here = await bench.act("degrading", device=OLT)
    assert here.text.startswith(f"No PON on {OLT} lost 1 dB or more") and here.table is None
    assert here.text.endswith(f"Degraded now on {OLT}: **{OLT} PON 1/5** (0 of 0 lines offline).")
    assert here.focus == {"port": f"{OLT} PON 1/5"} and here.tone is Tone.WARN
    assert [row[0] for row in (await bench.act("degrading", area="south")).table.rows] == [south]
    assert "No PON in north lost" in (await bench.act("degrading", area="north")).text
