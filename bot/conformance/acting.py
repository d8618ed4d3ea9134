"""The network port: outages and works that people declare, and what devices are told to do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.api import EVERYWHERE, Conflict, LeaseLost, NotFound, Unavailable
from bot.conformance.lacking import LackingConformance
from bot.conformance.plant import BNG, OLT, PON
from bot.conformance.rig import Rig, a_world, effect, lost, opened, there
from bot.conformance.scopes import SOUTH
from plugins.customers.port import Customers
from plugins.network.port import Network, NewMaintenance, NewOutage, NewPool, OutageChange

Places = tuple[dict[str, Any], ...]


class ActingConformance(LackingConformance):
    """Every write of the network port."""

    protocol = Network

    async def test_an_outage_from_its_begin_to_its_end_and_back(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        eta = world.now + timedelta(hours=2)
        new = NewOutage(title="Feeder cut", cause="backhoe", note="Crew called", port=PON, eta=eta)
        made = await port.declare(effect(world, "d"), new)
        assert made.number not in {world["outage"], world["old outage"]}
        assert (made.title, made.cause, made.note, made.eta) == ("Feeder cut", "backhoe", "Crew called", eta)
        assert (made.status, made.started_at, made.where, made.services) == ("active", world.now, PON, 2)
        assert (made.device, made.site, made.region) == (OLT, "NTH-03", "north")
        assert [o.number for o in await port.outages(EVERYWHERE)] == [made.number, world["outage"]]
        (line,) = await port.lines(EVERYWHERE, world["amina"])
        assert [o.number for o in line.outages] == [made.number]
        told = await port.change_outage(effect(world, "n"), made.number, OutageChange(note="Splicing"))
        assert (told.note, told.cause, told.status, told.eta) == ("Splicing", "backhoe", "active", eta)
        world.clock.move(minutes=30)
        over = await port.change_outage(effect(world, "r"), made.number, OutageChange(status="resolved"))
        assert (over.status, over.ended_at, over.note) == ("resolved", world.now, "Splicing")
        assert [o.number for o in await port.outages(EVERYWHERE)] == [world["outage"]]
        with pytest.raises(Conflict):
            await port.change_outage(effect(world, "r2"), made.number, OutageChange(status="resolved"))
        back = await port.change_outage(effect(world, "a"), made.number, OutageChange(status="active"))
        assert (back.status, back.ended_at) == ("active", None)

    async def test_a_pool_is_kept_once_and_forgotten(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        new = NewPool(name="next", prefix="100.64.0.0/29", purpose="CGNAT", site="NTH-03")
        for _ in range(2):
            made = await port.add_pool(effect(world, "p"), new)
            assert (made.name, made.prefix, made.size, made.site) == ("next", "100.64.0.0/29", 8, "NTH-03")
        for name, prefix in (("next", "10.0.0.0/24"), ("other", "100.64.0.4/30"), ("other", "100.64.0.0/10")):
            with pytest.raises(Conflict):
                await port.add_pool(effect(world, f"{name} {prefix}"), NewPool(name=name, prefix=prefix))
        with pytest.raises(NotFound):
            nowhere = NewPool(name="far", prefix="10.0.0.0/24", site="ZZZ-99")
            await port.add_pool(effect(world, "z"), nowhere)
        assert len(await port.pools(EVERYWHERE)) == 4
        for _ in range(2):
            await port.remove_pool(effect(world, "r"), "next")
        assert len(await port.pools(EVERYWHERE)) == 3
        with pytest.raises(NotFound):
            await port.remove_pool(effect(world, "r2"), "next")

    async def test_an_outage_declared_by_mistake_leaves_the_lists_but_is_not_lost(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        made = await port.declare(effect(world, "d"), NewOutage(title="Dark", site="NTH-03"))
        assert (made.where, made.services) == ("NTH-03", 3)
        gone = await port.change_outage(effect(world, "w"), made.number, OutageChange(status="withdrawn"))
        assert gone.status == "withdrawn"
        listed = [o.number for o in await port.outages(EVERYWHERE, active_only=False)]
        assert made.number not in listed
        assert there(await port.get_outage(EVERYWHERE, made.number)).status == "withdrawn"
        (line,) = await port.lines(EVERYWHERE, world["amina"])
        assert line.outages == ()

    async def test_an_outage_anywhere_above_reaches_the_line(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        made = []
        places: Places = ({"device": BNG}, {"device": OLT}, {"site": "NTH-03"}, {"site": "NTH-01"})
        for nr, place in enumerate(places):
            at = world.now - timedelta(minutes=9 - nr)
            new = NewOutage(title="Down", started_at=at, **place)
            made.append((await port.declare(effect(world, f"d{nr}"), new)).number)
        (line,) = await port.lines(EVERYWHERE, world["amina"])
        assert [outage.number for outage in line.outages] == made, "the oldest first"
        (south,) = await port.lines(EVERYWHERE, world["grace"])
        assert south.outages == ()

    async def test_work_is_planned_cancelled_and_put_back(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        start = world.now + timedelta(hours=2)
        new = NewMaintenance(
            title="Firmware", device=OLT, starts_at=start, ends_at=start + timedelta(hours=1)
        )
        made = await port.plan(effect(world, "p"), new)
        assert (made.title, made.status, made.where, made.site) == ("Firmware", "planned", OLT, "NTH-03")
        assert (made.starts_at, made.ends_at) == (new.starts_at, new.ends_at)
        day = world.now + timedelta(days=1)
        assert [w.number for w in await port.maintenance(EVERYWHERE, day)] == [made.number, world["work"]]
        gone = await port.set_maintenance(effect(world, "c"), made.number, "cancelled")
        assert gone.status == "cancelled"
        assert [w.number for w in await port.maintenance(EVERYWHERE, day)] == [world["work"]]
        assert there(await port.get_maintenance(EVERYWHERE, made.number)).status == "cancelled"
        with pytest.raises(Conflict):
            await port.set_maintenance(effect(world, "c2"), made.number, "cancelled")
        back = await port.set_maintenance(effect(world, "b"), made.number, "planned")
        assert back.status == "planned"
        assert await port.get_maintenance(SOUTH, made.number) is None

    async def test_what_is_not_there_is_said(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        start = world.now + timedelta(hours=2)
        times: dict[str, Any] = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
        places: Places = ({"site": "ZZZ-99"}, {"device": "no-such"}, {"port": f"{OLT} PON 9/9"})
        for nr, place in enumerate(places):
            with pytest.raises(NotFound):
                await port.declare(effect(world, f"d{nr}"), NewOutage(title="x", **place))
            with pytest.raises(NotFound):
                await port.plan(effect(world, f"p{nr}"), NewMaintenance(title="x", **place, **times))
        with pytest.raises(NotFound):
            await port.change_outage(effect(world, "c"), "no-such-outage", OutageChange(note="x"))
        with pytest.raises(NotFound):
            await port.set_maintenance(effect(world, "s"), "no-such-work", "cancelled")
        assert len(await port.outages(EVERYWHERE)) == 1

    async def test_a_session_is_ended(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        told = await port.disconnect(effect(world, "x"), world["amina/1"])
        assert (told.at, told.simulated) == (world.now, not port.reaches_devices)
        (line,) = await port.lines(EVERYWHERE, world["amina"])
        session = there(line.session)
        assert not session.up or session.started_at == world.now, "it is gone, or has dialled in again"
        assert await port.disconnect(effect(world, "x"), world["amina/1"]) == told, "once"
        ended = await port.drops(EVERYWHERE, world["amina"], world.now - timedelta(hours=1))
        assert len(ended) == 1
        with pytest.raises(Conflict):
            await port.disconnect(effect(world, "y"), world["kano/1"])
        with pytest.raises(NotFound):
            await port.disconnect(effect(world, "z"), "no-such-line")

    async def test_an_ont_is_restarted_unless_it_does_not_answer(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        told = await port.reboot(effect(world, "x"), "HWTC1A2B3C4D")
        assert (told.target, told.at, told.simulated) == ("HWTC1A2B3C4D", world.now, not port.reaches_devices)
        with pytest.raises(Unavailable):
            await port.reboot(effect(world, "y"), "HWTC00000003")
        assert await port.applied(effect(world, "y").key) is not True
        with pytest.raises(NotFound):
            await port.reboot(effect(world, "z"), "HWTC99999999")

    async def test_an_ont_takes_the_place_of_another(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        for _ in range(2):
            told = await port.swap_ont(effect(world, "s"), "HWTC1A2B3C4D", "ZTEG00000001", "F660")
            assert (told.target, told.at, told.simulated) == (
                "ZTEG00000001",
                world.now,
                not port.reaches_devices,
            )
        (line,) = await port.lines(EVERYWHERE, world["amina"])
        ont = there(line.ont)
        assert (ont.serial, ont.model, ont.status_since) == ("ZTEG00000001", "F660", world.now)
        assert (there(line.port).key, ont.last_down_cause) == (PON, None)
        assert ont.rx_dbm != -27.5, "nobody measured the new one yet"
        people = opened(rig, world, Customers)
        assert [s.number for s in await people.find_services(EVERYWHERE, "ZTEG00000001")] == [
            world["amina/1"]
        ]
        assert not await people.find_services(EVERYWHERE, "HWTC1A2B3C4D")
        assert await port.has_ont("hwtc00000002")
        assert not await port.has_ont("HWTC1A2B3C4D"), "it hangs nowhere any more"
        with pytest.raises(Conflict) as known:
            await port.swap_ont(effect(world, "c"), "ZTEG00000001", "hwtc00000002")
        assert "SVC" not in str(known.value), "whose it is, is not for everybody"
        with pytest.raises(NotFound):
            await port.swap_ont(effect(world, "n"), "HWTC1A2B3C4D", "ZTEG00000002")
        back = await port.swap_ont(effect(world, "b"), "ZTEG00000001", "HWTC1A2B3C4D")
        assert back.target == "HWTC1A2B3C4D"

    async def test_the_same_key_takes_effect_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        new = NewOutage(title="Dark", site="NTH-03")
        made = await asyncio.gather(*(port.declare(effect(world, "one"), new) for _ in range(3)))
        assert len({outage.number for outage in made}) == 1
        start = world.now + timedelta(hours=2)
        work = NewMaintenance(title="x", site="NTH-03", starts_at=start, ends_at=start + timedelta(hours=1))
        for _ in range(2):
            await port.plan(effect(world, "two"), work)
        assert len(await port.outages(EVERYWHERE)) == 2
        assert len(await port.maintenance(EVERYWHERE, world.now + timedelta(days=1))) == 2
        assert await port.applied(effect(world, "one").key) is not False
        assert await port.applied(effect(world, "never").key) is not True

    async def test_a_lost_lease_changes_nothing(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        gone = effect(world, "l", check=lost)
        with pytest.raises(LeaseLost):
            await port.declare(gone, NewOutage(title="Dark", site="NTH-03"))
        with pytest.raises(LeaseLost):
            await port.disconnect(gone, world["amina/1"])
        assert len(await port.outages(EVERYWHERE)) == 1
        (line,) = await port.lines(EVERYWHERE, world["amina"])
        assert there(line.session).started_at == world.now - timedelta(hours=6)
