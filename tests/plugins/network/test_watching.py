"""ONTs of a PON, weak signals, degrading PONs, who had an address, and everybody who is hit as a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from rich.console import Console

from bot.api import Area, BadInput, Tone
from bot.terminal.render import render
from bot.testing import Bench
from plugins.connectors.local.network import LocalNetwork
from plugins.network.port import Place
from tests.plugins.building import NOW, SOUTH, Isp, ago

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    """Four subscribers on one PON: two good, one weak, one dark; and a radio."""
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device("bng1", "NTH-03", "bng")
    await isp.device(OLT, "NTH-03", parent="bng1")
    await isp.port(OLT)
    for nr, (name, ont) in enumerate(
        [
            ("Amina Bello", {}),
            ("=cmd|' /C calc'!A0", {"rx_dbm": -26.4}),
            ("Bola Ade", {"status": "los"}),
            ("Eve Oba", {}),
        ]
    ):
        number = str(100_100 + nr)
        await isp.customer(number, name, street=f"{nr} Harbour Road", phone=f"+2547123450{nr}")
        await isp.service(number, port=PON)
        await isp.ont(f"HWTC{nr}", PON, f"SVC-{number}-1", **ont)
        await isp.session(f"SVC-{number}-1", nas="bng1", ipv4=f"100.64.0.{nr}", started_at=ago(hours=6))
    return bench, isp


async def test_the_onts_of_a_pon_dark_ones_first(world) -> None:
    bench, _ = world
    reply = await bench.act("onts", port=PON)
    assert reply.text == f"**{PON}**: 4 ONTs, 1 not up, -26.4 to -19.5 dBm."
    assert [row[0] for row in reply.table.rows][:2] == ["HWTC2", "HWTC1"]


async def test_weak_signals_are_those_that_are_up(world) -> None:
    bench, _ = world
    for args in ({}, {"below": 26}, {"below": -26, "port": PON}, {"site": "NTH-03"}, {"device": OLT}):
        reply = await bench.act("weak_signals", **args)
        assert [line.ont.serial for line in reply.data] == ["HWTC1"], args
    assert (
        await bench.act("weak_signals", below=-27)
    ).text == "No ONT that is up receives less than -27 dBm."
    with pytest.raises(BadInput, match="No ONT hears"):
        await bench.act("weak_signals", below=-90)


async def test_a_pon_that_sinks(world) -> None:
    bench, isp = world
    assert (await bench.act("degrading")).tone is Tone.GOOD
    for day in range(8):
        await isp.insert(
            "isp_measurements", subject=f"port:{PON}", metric="rx_dbm", at=ago(days=day), value=-24 + day / 2
        )
    reply = await bench.act("degrading")
    assert reply.text == "1 PON lost 1 dB or more in the last 14 d, the worst first:"
    assert reply.table.rows == [(PON, -21.0, -23.5, 2.5, 4)]
    assert (await bench.press(reply.buttons[0])).focus == {"port": PON}
    with pytest.raises(BadInput, match="between six hours"):
        await bench.act("degrading", within="PT1H")


async def test_who_had_an_address_at_a_moment(world) -> None:
    bench, isp = world
    await isp.session(
        "SVC-100103-1", ipv4="100.64.0.0", started_at=ago(days=3), ended_at=ago(days=2), nas="bng1"
    )
    now = await bench.act("holders", address="100.64.0.0")
    assert now.text.startswith("**Amina Bello** (100100) had 100.64.0.0, since 11:55 and still has it.")
    assert len(now.table.rows) == 2
    then = await bench.act("holders", address="100.64.0.0", at=(NOW - timedelta(days=2, hours=5)).isoformat())
    assert then.text.startswith("**Eve Oba** (100103) had 100.64.0.0 at ") and then.table is None
    assert "I know of no session" in (await bench.act("holders", address="10.0.0.1")).text
    with pytest.raises(BadInput, match="no IP or MAC"):
        await bench.act("holders", address="how is it")
    told = await bench.act("holders", address="the IP 100.64.0.0, the police asks")
    assert told.text.startswith("**") and "had 100.64.0.0, since" in told.text
    with pytest.raises(BadInput, match="past"):
        await bench.act("holders", address="100.64.0.0", at=(NOW + timedelta(days=1)).isoformat())


async def test_a_mac_is_found_by_its_line(world) -> None:
    bench, isp = world
    await isp.customer("100900", "Mac Owner")
    await isp.service("100900", cpe_mac="00:1a:2b:3c:4d:5e")
    await isp.session("SVC-100900-1")
    assert (await bench.act("holders", address="001A.2B3C.4D5E")).focus == {"customer": "100900"}


async def test_who_is_hit_carries_everybody_as_a_file(world, capsys) -> None:
    bench, _ = world
    reply = await bench.act("affected", port=PON, limit=1)
    assert len(reply.table.rows) == 1 and reply.table.total == 4
    rows = list(csv.DictReader(io.StringIO(reply.file.text.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 4
    odd = next(row for row in rows if row["account"] == "100101")
    assert (
        odd["name"] == "'=cmd|' /C calc'!A0" and odd["monthly"] == "45.00" and odd["phone"] == "+25471234501"
    )
    listed = await bench.act("affected_list", site="harbour")
    assert listed.file.name == "hit-nth-03.csv" and listed.file.text == reply.file.text
    render(listed, Console(width=120), bench.tenant.zone)
    assert "All 4 services are in hit-nth-03.csv: ask with --csv FILE" in capsys.readouterr().out


async def test_what_is_outside_the_region_is_not_there(world) -> None:
    bench, isp = world
    port = LocalNetwork(isp.context())
    place = Place(kind="device", key=OLT)
    assert (await port.signs(SOUTH, place)).pons == ()
    assert (await port.onts(SOUTH, place)).lines == () and (await port.weak(SOUTH, 0.0)).lines == ()
    assert await port.holders(SOUTH, "100.64.0.0", ago(days=9), NOW) == []
    assert (await port.impact(SOUTH, place)).services == 0
    sue = await bench.person("Sue South", ["network:read"], area=Area(region=frozenset({"south"})))
    assert "I know of no session" in (await bench.act("holders", user=sue, address="100.64.0.0")).text
