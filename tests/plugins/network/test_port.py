"""What every connector behind the network port has to do; `local` for now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from bot.api import EVERYWHERE
from plugins.connectors.local.network import LocalNetwork
from plugins.network.port import Network, Place
from tests.plugins.building import NORTH, NOW, SOUTH, Isp, ago

CONNECTORS = {"local": LocalNetwork}
OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"


@pytest.fixture(params=CONNECTORS)
def connect(request: pytest.FixtureRequest):
    return lambda isp: CONNECTORS[request.param](isp.context())


@pytest.fixture
async def port(isp: Isp, connect) -> Network:
    """BNG → OLT → two PONs with three subscribers in the north, one subscriber in the south."""
    await isp.plan()
    await isp.site("NTH-01", name="North Core")
    await isp.site("NTH-03", name="Harbour")
    await isp.site("STH-01", name="South Hill", region="south", kind="tower")
    await isp.device("bng1", "NTH-01", "bng")
    await isp.device(
        OLT, "NTH-03", parent="bng1", ip="10.9.0.3", status="degraded", status_since=ago(minutes=30)
    )
    await isp.device("ap-sth-01-a", "STH-01", "ap")
    await isp.port(OLT)
    await isp.port(OLT, "PON 1/2", status="down", status_since=ago(minutes=12))
    await isp.port("ap-sth-01-a", "sector A", "sector")
    people = [("100234", "Amina Bello", {"tier": "critical"}), ("100300", "Kano Textiles", {"kind": "business"}),
              ("100400", "Bola Ade", {})]  # fmt: skip
    for (number, name, more), pon in zip(people, [PON, PON, f"{OLT} PON 1/2"], strict=True):
        await isp.customer(number, name, street=f"{number[-3:]} Harbour Road", **more)
        await isp.service(number, port=pon)
    await isp.ont("HWTC1", PON, "SVC-100234-1", rx_dbm=-27.4, last_down_cause="LOS")
    await isp.ont("HWTC3", f"{OLT} PON 1/2", "SVC-100400-1", status="los")
    await isp.session("SVC-100234-1", nas="bng1", ipv4="100.64.0.9")
    await isp.session("SVC-100400-1", nas="bng1", ended_at=ago(minutes=11), terminate_cause="Lost-Carrier")
    await isp.customer("200100", "Grace Otieno", region="south")
    await isp.service("200100", port="ap-sth-01-a sector A", kind="wireless")
    await isp.session("SVC-200100-1", nas="ap-sth-01-a", started_at=ago(minutes=5))
    await isp.insert(
        "isp_outages", number="OUT-0042", title="PON 1/2 dark", port_id=isp.ids[f"{OLT} PON 1/2"],
        started_at=ago(minutes=12), eta=NOW + timedelta(hours=1),
    )  # fmt: skip
    await isp.insert(
        "isp_outages",
        number="OUT-0007",
        title="Old",
        site="STH-01",
        status="resolved",
        started_at=ago(days=9),
    )
    await isp.insert(
        "isp_maintenance", number="MNT-0007", title="BNG upgrade", device="bng1", starts_at=NOW + timedelta(hours=9),
        ends_at=NOW + timedelta(hours=11),
    )  # fmt: skip
    return connect(isp)


async def test_a_line_from_session_to_site(port: Network) -> None:
    (line,) = await port.lines(EVERYWHERE, "100234")
    assert line.session.up and (line.session.nas, line.session.ipv4) == ("bng1", "100.64.0.9")
    assert (line.ont.serial, line.ont.rx_dbm, line.ont.last_down_cause) == ("HWTC1", -27.4, "LOS")
    assert (line.port.key, line.device.name, line.site.code) == (PON, OLT, "NTH-03")
    assert line.device.status_since == ago(minutes=30) and line.outages == ()
    assert [work.number for work in line.maintenance] == ["MNT-0007"]


async def test_a_line_shows_the_outage_on_its_port_only(port: Network) -> None:
    (line,) = await port.lines(EVERYWHERE, "100400")
    assert [outage.number for outage in line.outages] == ["OUT-0042"]
    assert (line.session.up, line.session.terminate_cause, line.ont.status) == (False, "Lost-Carrier", "los")


async def test_an_outage_anywhere_above_reaches_the_line(isp: Isp, port: Network) -> None:
    above = ({"device": "bng1"}, {"device": OLT}, {"site": "NTH-03"}, {"site": "NTH-01"})
    for nr, place in enumerate(above):
        await isp.insert(
            "isp_outages", number=f"OUT-005{nr}", title="Down", started_at=ago(minutes=9 - nr), **place
        )
    (line,) = await port.lines(EVERYWHERE, "100234")
    assert [outage.number for outage in line.outages] == ["OUT-0050", "OUT-0051", "OUT-0052", "OUT-0053"]
    assert (await port.lines(EVERYWHERE, "200100"))[0].outages == ()


async def test_a_line_without_a_port_hangs_on_its_customers_site(isp: Isp, port: Network) -> None:
    await isp.customer("100900", "No Port", site="NTH-03")
    await isp.service("100900")
    await isp.insert("isp_outages", number="OUT-0051", title="Dark", site="NTH-03", started_at=ago(minutes=1))
    (line,) = await port.lines(EVERYWHERE, "100900")
    assert (line.session, line.ont, line.device, line.site.code) == (None, None, None, "NTH-03")
    assert [outage.number for outage in line.outages] == ["OUT-0051"]


async def test_a_device_by_name_ip_or_site(port: Network) -> None:
    for text in ("olt-nth-03-1", "OLT NTH 03", "10.9.0.3", "olt harbour"):
        assert [device.name for device in await port.find_devices(EVERYWHERE, text)] == [OLT], text


async def test_sites_and_ports_by_what_people_call_them(port: Network) -> None:
    assert [site.code for site in await port.find_sites(EVERYWHERE, "harbour")] == ["NTH-03"]
    assert [site.code for site in await port.find_sites(EVERYWHERE, "nth-01")] == ["NTH-01"]
    assert [p.name for p in await port.find_ports(EVERYWHERE, "olt-nth-03-1 pon 1/2")] == ["PON 1/2"]
    for text in ("", "%", "nowhere"):
        assert not await port.find_sites(EVERYWHERE, text) and not await port.find_devices(EVERYWHERE, text)
        assert not await port.find_ports(EVERYWHERE, text)


async def test_a_device_tells_its_ports_and_what_hangs_on_it(port: Network) -> None:
    status = await port.device(EVERYWHERE, OLT)
    assert [(p.name, p.lines, p.offline) for p in status.ports] == [("PON 1/2", 1, 1), ("PON 1/1", 2, 0)]
    assert (status.services, status.online, status.site.name) == (3, 1, "Harbour")
    assert [outage.number for outage in status.outages] == ["OUT-0042"]
    assert [child.name for child in (await port.device(EVERYWHERE, "bng1")).children] == [OLT]
    assert await port.device(EVERYWHERE, "nope") is None


async def test_a_site_counts_all_that_hangs_on_it(port: Network) -> None:
    core = await port.site(EVERYWHERE, "NTH-01")
    assert (core.services, core.online, [d.name for d in core.devices]) == (3, 1, ["bng1"])
    assert [work.number for work in core.maintenance] == ["MNT-0007"]
    assert await port.site(EVERYWHERE, "XXX-99") is None


async def test_a_site_knows_its_own_trouble_however_much_there_is_elsewhere(isp: Isp, port: Network) -> None:
    async with isp.sql() as session:
        await session.execute(
            sql(
                "insert into isp_outages (tenant_id, number, title, site, started_at) select "
                "cast(:tenant as uuid), 'OUT-9' || n, 'Elsewhere', 'STH-01', :at from generate_series(1, 201) n"
            ),
            {"tenant": isp.tenant.id, "at": ago(minutes=1)},
        )
        await session.execute(
            sql(
                "insert into isp_maintenance (tenant_id, number, title, site, starts_at, ends_at) select "
                "cast(:tenant as uuid), 'MNT-9' || n, 'Elsewhere', 'STH-01', :at, :until "
                "from generate_series(1, 201) n"
            ),
            {"tenant": isp.tenant.id, "at": ago(minutes=1), "until": NOW + timedelta(hours=1)},
        )
    assert [outage.number for outage in (await port.site(EVERYWHERE, "NTH-03")).outages] == ["OUT-0042"]
    assert [outage.number for outage in (await port.device(EVERYWHERE, OLT)).outages] == ["OUT-0042"]
    assert [work.number for work in (await port.site(EVERYWHERE, "NTH-01")).maintenance] == ["MNT-0007"]


async def test_who_hangs_below(port: Network) -> None:
    for place, customers in (
        (Place(kind="site", key="NTH-03"), 3),
        (Place(kind="device", key="bng1"), 3),
        (Place(kind="port", key=PON), 2),
        (Place(kind="port", key="olt-nth-03-1 PON 9/9"), 0),
        (Place(kind="device", key="nope"), 0),
    ):
        assert (await port.impact(EVERYWHERE, place)).customers == customers, place


async def test_impact_names_the_important_first(port: Network) -> None:
    impact = await port.impact(EVERYWHERE, Place(kind="device", key=OLT), limit=2)
    assert (impact.services, impact.critical, impact.business, impact.online) == (3, 1, 1, 1)
    assert (str(impact.monthly), impact.streets) == ("135.00 EUR", (("Harbour Road", 3),))
    assert [(hit.customer, hit.online) for hit in impact.hits] == [("100234", True), ("100300", None)]


async def test_outages_count_what_hangs_below(isp: Isp, port: Network) -> None:
    await isp.insert("isp_outages", number="OUT-0052", title="Core", device="bng1", started_at=ago(minutes=1))
    active = await port.outages(EVERYWHERE)
    assert [(o.number, o.services, o.where) for o in active] == [
        ("OUT-0052", 3, "bng1"), ("OUT-0042", 1, f"{OLT} PON 1/2"),
    ]  # fmt: skip
    assert [o.number for o in await port.outages(EVERYWHERE, active_only=False)][-1] == "OUT-0007"
    assert (await port.get_outage(EVERYWHERE, "out-0042")).number == "OUT-0042"
    assert await port.get_outage(EVERYWHERE, "") is None


async def test_maintenance_up_to_an_instant(port: Network) -> None:
    assert [m.number for m in await port.maintenance(EVERYWHERE, NOW + timedelta(days=1))] == ["MNT-0007"]
    assert not await port.maintenance(EVERYWHERE, NOW + timedelta(hours=1))


async def test_sessions_per_nas(port: Network) -> None:
    counts = {c.nas: (c.live, c.started_hour, c.ended_hour) for c in await port.sessions(EVERYWHERE)}
    assert counts == {"bng1": (1, 0, 1), "ap-sth-01-a": (1, 1, 0)}
    assert [c.nas for c in await port.sessions(EVERYWHERE, "bng1")] == ["bng1"]


async def test_devices_that_are_not_up(port: Network) -> None:
    assert [d.name for d in await port.devices(EVERYWHERE, "degraded")] == [OLT]
    assert (await port.devices(EVERYWHERE))[0].name == OLT


async def test_reads_end_at_the_scope(port: Network) -> None:
    assert not await port.lines(SOUTH, "100234") and await port.lines(NORTH, "100234")
    assert await port.device(SOUTH, OLT) is None and await port.site(SOUTH, "NTH-03") is None
    assert not await port.find_devices(SOUTH, OLT) and not await port.find_ports(SOUTH, PON)
    assert not await port.find_sites(SOUTH, "NTH-03") and not await port.outages(SOUTH)
    assert await port.get_outage(SOUTH, "OUT-0042") is None
    assert not await port.maintenance(SOUTH, NOW + timedelta(days=1))
    assert (await port.impact(SOUTH, Place(kind="device", key="bng1"))).customers == 0
    assert [c.nas for c in await port.sessions(SOUTH)] == ["ap-sth-01-a"]
    assert [d.name for d in await port.devices(SOUTH)] == ["ap-sth-01-a"]


async def test_reads_end_at_the_tenant(port: Network, other_isp: Isp, connect) -> None:
    stranger: Network = connect(other_isp)
    assert not await stranger.lines(EVERYWHERE, "100234") and await stranger.device(EVERYWHERE, OLT) is None
    assert await stranger.site(EVERYWHERE, "NTH-03") is None and not await stranger.find_sites(
        EVERYWHERE, "NTH-03"
    )
    assert not await stranger.find_devices(EVERYWHERE, OLT) and not await stranger.find_ports(EVERYWHERE, PON)
    assert not await stranger.outages(EVERYWHERE, active_only=False) and not await stranger.sessions(
        EVERYWHERE
    )
    assert await stranger.get_outage(EVERYWHERE, "OUT-0042") is None and not await stranger.devices(
        EVERYWHERE
    )
    assert not await stranger.maintenance(EVERYWHERE, NOW + timedelta(days=1))
    assert (await stranger.impact(EVERYWHERE, Place(kind="device", key="bng1"))).services == 0
    assert await stranger.applied("k") is False


async def test_a_bng_is_known_by_its_sessions(isp: Isp, port: Network) -> None:
    """No cable leads from a BNG to its subscribers."""
    await isp.device("bng2", "NTH-01", "bng", status="down", status_since=ago(minutes=40))
    await isp.customer("100500", "Chidi Eze")
    await isp.service("100500")
    await isp.session("SVC-100500-1", nas="bng2", ended_at=ago(minutes=41))
    await isp.customer("100501", "Long Gone")
    await isp.service("100501")
    await isp.session("SVC-100501-1", nas="bng2", ended_at=ago(days=2))
    await isp.insert(
        "isp_outages", number="OUT-0060", title="BNG dark", device="bng2", started_at=ago(minutes=40)
    )
    impact = await port.impact(EVERYWHERE, Place(kind="device", key="bng2"))
    assert [(hit.customer, hit.online) for hit in impact.hits] == [("100500", False)]
    assert [(o.number, o.services) for o in await port.outages(EVERYWHERE)][-2:] == [
        ("OUT-0042", 1),
        ("OUT-0060", 1),
    ]
    (line,) = await port.lines(EVERYWHERE, "100500")
    assert [outage.number for outage in line.outages] == ["OUT-0060"]
