"""The network port: sites, devices, ports, lines, and who hangs below; signs are in `watching.py`."""

from __future__ import annotations

from datetime import timedelta

from bot.api import EVERYWHERE, NOWHERE
from bot.conformance.people import eur
from bot.conformance.plant import AP, BNG, DARK, OLT, PON, SECTOR
from bot.conformance.rig import Rig, a_stranger, a_world, opened, there
from bot.conformance.scopes import HARBOUR, NORTH, PARTNER, SOUTH
from bot.conformance.watching import WatchingConformance
from plugins.network.port import Network, Place

EVERYTHING = Place(kind="site", key="NTH-01")
"""All of the north hangs on the BNG there."""
NOTHING = ("", "  ", "%", "*", "nowhere at all", "q\x00x")


class NetworkConformance(WatchingConformance):
    """Whoever stands behind the network port passes these."""

    async def test_a_line_from_session_to_site(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        (line,) = await port.lines(EVERYWHERE, world["amina"])
        assert (line.service, line.customer, line.kind, line.status) == (
            world["amina/1"],
            world["amina"],
            "fiber",
            "active",
        )
        session, ont, port_ = there(line.session), there(line.ont), there(line.port)
        assert (session.up, session.nas, session.ipv4) == (True, BNG, "100.64.0.9")
        assert session.started_at == world.now - timedelta(hours=6)
        assert (ont.serial, ont.rx_dbm, ont.status, ont.last_down_cause) == (
            "HWTC1A2B3C4D",
            -27.5,
            "online",
            "LOS",
        )
        assert (port_.key, there(line.device).name, there(line.site).code) == (PON, OLT, "NTH-03")
        assert there(line.device).status_since == world.now - timedelta(minutes=30)
        assert line.outages == ()
        assert [work.number for work in line.maintenance] == [world["work"]], (
            "work within a day on what is above"
        )

    async def test_a_line_shows_how_it_went_down_and_the_outage_on_its_port_only(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        (line,) = await port.lines(EVERYWHERE, world["bola"])
        assert [(outage.number, outage.where) for outage in line.outages] == [(world["outage"], DARK)]
        session = there(line.session)
        assert (session.up, session.terminate_cause) == (False, "Lost-Carrier"), "the newest session"
        assert session.ended_at == world.now - timedelta(minutes=11)
        assert there(line.ont).status == "los"
        (kano,) = await port.lines(EVERYWHERE, world["kano"])
        assert (kano.outages, kano.session) == ((), None), "nobody knows of a session"
        assert not await port.lines(EVERYWHERE, "no-such-account")
        assert not await port.lines(EVERYWHERE, world["sade"])

    async def test_a_line_without_a_port_hangs_on_its_customers_site(self, rig: Rig) -> None:
        world = await a_world(rig)
        lines = await opened(rig, world, Network).lines(EVERYWHERE, world["zoe"])
        assert [line.service for line in lines] == [world["zoe/1"], world["zoe/2"]]
        assert {(line.port, line.device, there(line.site).code) for line in lines} == {(None, None, "NTH-03")}

    async def test_places_are_found_by_what_people_call_them(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        for text in (OLT, "OLT NTH 03", "10.9.0.3", "olt harbour"):
            assert [device.name for device in await port.find_devices(EVERYWHERE, text)] == [OLT], text
        for text, code in (("harbour", "NTH-03"), ("nth-01", "NTH-01"), ("South Hill", "STH-01")):
            assert [site.code for site in await port.find_sites(EVERYWHERE, text)] == [code], text
        for text in (f"{OLT} pon 1/2", "nth-03 1/2"):
            assert [p.key for p in await port.find_ports(EVERYWHERE, text)] == [DARK], text
        assert len(await port.find_sites(EVERYWHERE, "nth", limit=1)) == 1
        for text in NOTHING:
            assert not await port.find_sites(EVERYWHERE, text), text
            assert not await port.find_devices(EVERYWHERE, text), text
            assert not await port.find_ports(EVERYWHERE, text), text

    async def test_places_come_back_whole(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        for site in world.sites:
            assert there(await port.site(EVERYWHERE, site.code)).site == site
        regions = {site.code: site for site in world.sites}
        for wanted in world.devices:
            got = there(await port.device(EVERYWHERE, wanted.name)).device
            assert (got.region, got.partner) == (regions[wanted.site].region, regions[wanted.site].partner)
            for name in set(vars(wanted)) - {"region", "partner"}:
                assert getattr(got, name) == getattr(wanted, name), name
        assert await port.device(EVERYWHERE, "no-such-device") is None
        assert await port.site(EVERYWHERE, "ZZZ-99") is None

    async def test_a_device_tells_its_ports_and_what_hangs_on_it(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        status = there(await port.device(EVERYWHERE, OLT))
        assert {p.key: (p.status, p.lines, p.offline, p.capacity) for p in status.ports} == {
            PON: ("up", 2, 0, 64),
            DARK: ("down", 1, 1, 64),
        }
        assert (status.services, status.online, status.site.name) == (3, 1, "Harbour")
        assert [outage.number for outage in status.outages] == [world["outage"]]
        assert [child.name for child in there(await port.device(EVERYWHERE, BNG)).children] == [OLT]

    async def test_a_site_counts_all_that_hangs_on_it(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        core = there(await port.site(EVERYWHERE, "NTH-01"))
        assert (core.services, core.online, [d.name for d in core.devices]) == (3, 1, [BNG])
        assert [work.number for work in core.maintenance] == [world["work"]]
        harbour = there(await port.site(EVERYWHERE, "NTH-03"))
        assert (harbour.services, [o.number for o in harbour.outages]) == (3, [world["outage"]])
        south = there(await port.site(EVERYWHERE, "STH-01"))
        assert (south.services, south.online, south.outages) == (1, 1, ()), (
            "an outage that is over is not shown"
        )

    async def test_devices_those_not_up_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        listed = await port.devices(EVERYWHERE)
        assert {device.name for device in listed} == {OLT, BNG, AP}
        assert listed[0].name == OLT
        assert [device.name for device in await port.devices(EVERYWHERE, "degraded")] == [OLT]
        assert not await port.devices(EVERYWHERE, "down")
        assert [device.name for device in await port.devices(EVERYWHERE, limit=1)] == [OLT]

    async def test_lists_are_narrowed_by_region_or_site(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        day, past = world.now + timedelta(days=1), world.now - timedelta(days=30)
        for area, codes in (
            ("", ["NTH-01", "NTH-03", "STH-01"]),
            ("North", ["NTH-01", "NTH-03"]),
            ("harb", ["NTH-03"]),
            ("hill", ["STH-01"]),
            ("sth-01", ["STH-01"]),
            ("q%", []),
        ):
            assert [site.code for site in await port.sites(EVERYWHERE, area)] == codes, area
            listed = await port.devices(EVERYWHERE, area=area)
            assert {d.name for d in listed} == {d.name for d in world.devices if d.site in codes}, area
            known = await port.outages(EVERYWHERE, active_only=False, area=area)
            assert {o.site for o in known} == {"NTH-03", "STH-01"} & set(codes), area
            works = await port.maintenance(EVERYWHERE, day, area=area)
            assert {w.site for w in works} == {"NTH-01"} & set(codes), area
            assert {n.nas for n in await port.sessions(EVERYWHERE, area=area)} == (
                {name for name, site in ((BNG, "NTH-01"), (AP, "STH-01")) if site in codes}
            ), area
            assert (await port.onts(EVERYWHERE, None, area=area)).total == (3 if "NTH-03" in codes else 0), (
                area
            )
        assert not await port.sites(SOUTH, "north")
        assert len(await port.sites(EVERYWHERE, limit=2)) == 2
        assert [d.name for d in await port.devices(EVERYWHERE, "not up")] == [OLT]
        assert {d.name for d in await port.devices(EVERYWHERE, "up", vendor="juniper")} == {BNG}
        assert [d.name for d in await port.devices(EVERYWHERE, kind="AP")] == [AP]
        assert not await port.devices(EVERYWHERE, kind="ap", vendor="juniper")
        (dark,) = (await port.onts(EVERYWHERE, None, status="not up")).lines
        assert (await port.onts(EVERYWHERE, Place(kind="device", key=OLT), status="los")).lines == (dark,)
        assert not (await port.onts(EVERYWHERE, None, status="dying_gasp")).lines
        world.clock.move(days=1)
        assert not await port.maintenance(EVERYWHERE, day)
        assert [w.number for w in await port.maintenance(EVERYWHERE, day, since=past)] == [world["work"]]
        assert not await port.maintenance(EVERYWHERE, day, since=world.now)

    async def test_who_hangs_below_a_place(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        north, pon = {"amina", "kano", "bola"}, {"amina", "kano"}
        for place, who in (
            (EVERYTHING, north),
            (Place(kind="site", key="NTH-03"), north),
            (Place(kind="device", key=BNG), north),
            (Place(kind="device", key=OLT), north),
            (Place(kind="port", key=PON), pon),
            (Place(kind="port", key=SECTOR), {"grace"}),
            (Place(kind="port", key=f"{OLT} PON 9/9"), set()),
            (Place(kind="device", key="no-such-device"), set()),
        ):
            impact = await port.impact(EVERYWHERE, place, limit=50)
            assert {hit.customer for hit in impact.hits} == {world[name] for name in who}, place
            assert (impact.customers, impact.services, impact.place) == (len(who), len(who), place)
            assert impact.monthly == eur(sum(there(hit.price).minor for hit in impact.hits)), place
            assert impact.online == sum(hit.online is True for hit in impact.hits), place
            assert impact.critical == sum(hit.tier == "critical" for hit in impact.hits), place
            assert impact.business == sum(hit.kind == "business" for hit in impact.hits), place

    async def test_impact_names_the_important_first_and_counts_all(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        place = Place(kind="device", key=OLT)
        impact = await port.impact(EVERYWHERE, place, limit=2)
        assert [(h.customer, h.name, h.tier, h.kind, h.online) for h in impact.hits] == [
            (world["amina"], "Amina Bello", "critical", "individual", True),
            (world["kano"], "Kano Textiles Ltd", "standard", "business", None),
        ]
        assert (impact.services, impact.monthly, impact.online) == (3, eur(12_000), 1)
        assert impact.streets == (("Harbour Road", 3),)
        assert (await port.impact(EVERYWHERE, place, limit=0)).services == 3
        whole = await port.impact(EVERYWHERE, place, limit=50)
        assert whole.hits[:2] == impact.hits
        assert whole.hits[2].online is False, "its session ended"
        for kind, tier, who in (("business", "", ["kano"]), ("", "critical", ["amina"]), ("", "premium", [])):
            some = await port.impact(EVERYWHERE, place, kind=kind, tier=tier)
            assert [hit.customer for hit in some.hits] == [world[name] for name in who], (kind, tier)
        assert there(await port.device(EVERYWHERE, OLT)).services == whole.services

    async def test_outages_newest_first_with_what_hangs_below(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        (active,) = await port.outages(EVERYWHERE)
        assert (active.number, active.services, active.where, active.status) == (
            world["outage"],
            1,
            DARK,
            "active",
        )
        assert (active.title, active.cause, active.device, active.site) == (
            "PON 1/2 dark",
            "backhoe",
            OLT,
            "NTH-03",
        )
        assert (active.started_at, active.region) == (world.now - timedelta(minutes=12), "north")
        both = await port.outages(EVERYWHERE, active_only=False)
        assert [outage.number for outage in both] == [world["outage"], world["old outage"]]
        assert len(await port.outages(EVERYWHERE, active_only=False, limit=1)) == 1
        assert there(await port.get_outage(EVERYWHERE, world["outage"].lower())) == active
        assert there(await port.get_outage(EVERYWHERE, world["old outage"])).status == "resolved"
        for nothing in ("", " ", "no-such-outage"):
            assert await port.get_outage(EVERYWHERE, nothing) is None

    async def test_maintenance_up_to_an_instant(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        (work,) = await port.maintenance(EVERYWHERE, world.now + timedelta(days=1))
        assert (work.number, work.title, work.where, work.site) == (
            world["work"],
            "BNG upgrade",
            BNG,
            "NTH-01",
        )
        assert not await port.maintenance(EVERYWHERE, work.starts_at), "that instant is left out"
        assert await port.get_maintenance(EVERYWHERE, world["work"].lower()) == work
        assert await port.get_maintenance(EVERYWHERE, "no-such-work") is None
        world.clock.now = work.ends_at + timedelta(minutes=1)
        assert not await port.maintenance(EVERYWHERE, world.now + timedelta(days=1)), (
            "what is over is not ahead"
        )

    async def test_what_lies_outside_the_scope_is_neither_shown_nor_counted(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        day = world.now + timedelta(days=1)
        for scope in (SOUTH, PARTNER, NOWHERE):
            assert not await port.lines(scope, world["amina"])
            assert await port.device(scope, OLT) is None
            assert await port.site(scope, "NTH-03") is None
            assert not await port.find_devices(scope, OLT)
            assert not await port.find_ports(scope, PON)
            assert not await port.find_sites(scope, "NTH-03")
            assert not await port.outages(scope)
            assert await port.get_outage(scope, world["outage"]) is None
            assert not await port.maintenance(scope, day)
            assert await port.get_maintenance(scope, world["work"]) is None
            impact = await port.impact(scope, Place(kind="device", key=BNG))
            assert (impact.services, impact.hits, impact.streets, impact.monthly) == (0, (), (), eur(0))
        assert [s.nas for s in await port.sessions(SOUTH)] == [AP]
        assert [d.name for d in await port.devices(SOUTH)] == [AP]
        assert await port.lines(NORTH, world["amina"])
        assert (await port.impact(HARBOUR, EVERYTHING)).services == 3
        assert there(await port.device(HARBOUR, OLT)).services == 3

    async def test_nothing_crosses_into_another_tenant(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = await a_stranger(rig, Network)
        past = world.now - timedelta(days=30)
        assert not await port.lines(EVERYWHERE, world["amina"])
        assert await port.device(EVERYWHERE, OLT) is None
        assert await port.site(EVERYWHERE, "NTH-03") is None
        assert not await port.find_sites(EVERYWHERE, "NTH-03")
        assert not await port.find_devices(EVERYWHERE, OLT)
        assert not await port.find_ports(EVERYWHERE, PON)
        assert not await port.devices(EVERYWHERE)
        assert not await port.sessions(EVERYWHERE)
        assert not await port.outages(EVERYWHERE, active_only=False)
        assert await port.get_outage(EVERYWHERE, world["outage"]) is None
        assert await port.get_maintenance(EVERYWHERE, world["work"]) is None
        assert (await port.impact(EVERYWHERE, Place(kind="device", key=BNG))).services == 0
        assert not (await port.weak(EVERYWHERE, 0.0)).lines
        assert not await port.holders(EVERYWHERE, "100.64.0.9", past, world.now)
        assert not await port.levels(EVERYWHERE, world["amina"], past)
        assert await port.site_history(EVERYWHERE, "NTH-03", "sessions", past) is None
        assert not await port.sinking(EVERYWHERE, past, 0.0)
