"""The network port: boxes in store, with technicians, on lines and back; work that is moved; areas."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import EVERYWHERE, Conflict, NotFound
from bot.conformance.acting import ActingConformance
from bot.conformance.plant import BNG, DARK, FIRST, LAST, OLT, PON, SECOND
from bot.conformance.rig import Rig, a_stranger, a_world, effect, opened, there
from bot.conformance.scopes import NORTH, SOUTH
from plugins.network.port import CpePut, CpeQuery, Network, Place, Site

STORED, CARRIED, BROKEN, LOOSE = "ZTEG0000AA01", "ZTEG0000AA02", "HWTC0000BB01", "HWTC0000BB02"
AMINAS = "HWTC1A2B3C4D"


class StoringConformance(ActingConformance):
    """Every box is in one place at a time, and every write says so."""

    async def test_boxes_by_state_model_holder_and_area(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)

        async def serials(**chosen: str) -> list[str]:
            return [box.serial for box in (await port.cpes(EVERYWHERE, CpeQuery(**chosen))).boxes]  # type: ignore[arg-type]  # words of the port

        assert await serials(state="in stock") == [STORED, LOOSE]
        assert await serials(state="in stock", model="f66") == [STORED]
        assert await serials(holder="chipo@acme.example") == [CARRIED]
        assert await serials(state="faulty", area="south") == [BROKEN]
        assert await serials(state="faulty", area="north") == []
        new = (await port.cpes(EVERYWHERE, CpeQuery(since=world.now - timedelta(days=400)))).boxes
        every = (await port.cpes(EVERYWHERE, CpeQuery())).boxes
        assert [box.serial for box in new] == [box.serial for box in every if box.since]
        assert not (await port.cpes(EVERYWHERE, CpeQuery(since=world.now + timedelta(days=1)))).boxes
        assert set(await serials(state="installed")) == {AMINAS, "HWTC00000002", "HWTC00000003"}
        page = await port.cpes(EVERYWHERE, CpeQuery(), limit=2)
        assert (page.total, len(page.boxes), page.boxes[0].serial) == (7, 2, CARRIED)
        box = page.boxes[0]
        assert (box.state, box.place, box.site, box.region) == (
            "with technician", "Chipo Dube", "NTH-03", "north",
        )  # fmt: skip
        counts = await port.cpe_counts(EVERYWHERE, CpeQuery(state="in stock"))
        assert [(one.model, one.place, one.count) for one in counts] == [
            ("F660", "NTH-03", 1),
            ("HG8145V5", "", 1),
        ]

    async def test_a_box_is_seen_from_where_it_belongs(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        assert there(await port.get_cpe(NORTH, "zteg-0000-aa01")).serial == STORED
        assert await port.get_cpe(SOUTH, STORED) is None
        assert await port.get_cpe(NORTH, LOOSE) is None, "one without a site is nobody's part"
        there_ = there(await port.get_cpe(NORTH, AMINAS))
        assert (there_.state, there_.service, there_.customer) == (
            "installed", world["amina/1"], world["amina"],
        )  # fmt: skip
        assert [b.serial for b in (await port.cpes(SOUTH, CpeQuery(state="faulty"))).boxes] == [BROKEN]
        assert await (await a_stranger(rig, Network)).get_cpe(EVERYWHERE, STORED) is None

    async def test_a_box_is_issued_taken_back_and_forgotten(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        has = CpePut(state="with technician", holder="bob@acme.example", holder_name="Bob")
        for _ in range(2):
            got = await port.put_cpe(effect(world, "i"), STORED.lower(), has)
            assert (got.state, got.holder, got.place) == ("with technician", "bob@acme.example", "Bob")
            assert (got.model, got.site, got.since) == ("F660", "NTH-03", world.now)
        back = await port.put_cpe(effect(world, "b"), STORED, CpePut(state="in stock", site="STH-01"))
        assert (back.state, back.holder, back.place, back.region) == ("in stock", None, "STH-01", "south")
        new = await port.put_cpe(effect(world, "n"), "UBNT00000009", CpePut(state="faulty", note="wet"))
        assert (new.state, new.note, new.model) == ("faulty", "wet", None)
        with pytest.raises(Conflict):
            await port.put_cpe(effect(world, "c"), AMINAS, CpePut(state="in stock"))
        with pytest.raises(NotFound):
            await port.put_cpe(effect(world, "z"), STORED, CpePut(state="in stock", site="ZZZ-99"))
        for _ in range(2):
            await port.drop_cpe(effect(world, "d"), "UBNT00000009")
        assert await port.get_cpe(EVERYWHERE, "UBNT00000009") is None
        with pytest.raises(NotFound):
            await port.drop_cpe(effect(world, "d2"), "UBNT00000009")

    async def test_a_box_is_installed_where_there_is_none_and_comes_off_again(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        for _ in range(2):
            done = await port.install_ont(effect(world, "i"), world["grace/1"], CARRIED)
            assert (done.target, done.at) == (CARRIED, world.now)
        (line,) = await port.lines(EVERYWHERE, world["grace"])
        assert (there(line.ont).serial, there(line.ont).model) == (CARRIED, "F660")
        box = there(await port.get_cpe(EVERYWHERE, CARRIED))
        assert (box.state, box.service) == ("installed", world["grace/1"])
        refused = (
            (world["amina/1"], STORED), (world["zoe/1"], AMINAS), (world["zoe/1"], BROKEN),
            (world["grace/1"], STORED),
        )  # fmt: skip
        for nr, (service, serial) in enumerate(refused):
            with pytest.raises(Conflict):
                await port.install_ont(effect(world, f"c{nr}"), service, serial)
        with pytest.raises(NotFound):
            await port.install_ont(effect(world, "n"), "no-such-line", STORED)
        assert there(await port.get_cpe(EVERYWHERE, STORED)).state == "in stock", "nothing half done"
        for _ in range(2):
            assert (await port.remove_ont(effect(world, "r"), world["grace/1"])).target == CARRIED
        box = there(await port.get_cpe(EVERYWHERE, CARRIED))
        assert (box.state, box.model, box.holder) == ("returned", "F660", None)
        (line,) = await port.lines(EVERYWHERE, world["grace"])
        assert line.ont is None
        assert not await port.has_ont(CARRIED)
        with pytest.raises(Conflict):
            await port.remove_ont(effect(world, "r2"), world["grace/1"])

    async def test_a_swap_writes_both(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        await port.swap_ont(effect(world, "s"), AMINAS, STORED)
        (line,) = await port.lines(EVERYWHERE, world["amina"])
        assert (there(line.ont).serial, there(line.ont).model) == (STORED, "F660"), "the model is known"
        assert there(await port.get_cpe(EVERYWHERE, STORED)).state == "installed"
        old = there(await port.get_cpe(EVERYWHERE, AMINAS))
        assert (old.state, old.service, old.region) == ("returned", None, "north")
        with pytest.raises(Conflict):
            await port.swap_ont(effect(world, "f"), STORED, BROKEN)
        await port.swap_ont(effect(world, "b"), STORED, AMINAS)
        assert there(await port.get_cpe(EVERYWHERE, AMINAS)).state == "installed"
        assert there(await port.get_cpe(EVERYWHERE, STORED)).state == "returned"

    async def test_work_is_moved_until_it_is_called_off(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        before = there(await port.get_maintenance(EVERYWHERE, world["work"]))
        later = before.starts_at.replace(day=before.starts_at.day + 2)
        for _ in range(2):
            moved = await port.move_maintenance(
                effect(world, "m"), world["work"], later, later + (before.ends_at - before.starts_at)
            )
            assert (moved.starts_at, moved.ends_at - moved.starts_at) == (
                later, before.ends_at - before.starts_at,
            )  # fmt: skip
            assert (moved.status, moved.title, moved.device) == ("planned", before.title, before.device)
        await port.set_maintenance(effect(world, "c"), world["work"], "cancelled")
        with pytest.raises(Conflict):
            await port.move_maintenance(effect(world, "m2"), world["work"], later, later)
        with pytest.raises(NotFound):
            await port.move_maintenance(effect(world, "m3"), "no-such-work", later, later)

    async def test_a_region_is_not_whatever_has_its_name(self, rig: Rig) -> None:
        world = await a_world(
            rig, sites=(Site(code="STH-02", name="Northern Mast", region="south", kind="tower"),)
        )
        port = opened(rig, world, Network)
        assert [s.code for s in await port.sites(EVERYWHERE, "north")] == ["NTH-01", "NTH-03"]
        assert [s.code for s in await port.sites(EVERYWHERE, "northern")] == ["STH-02"]

    async def test_ports_with_lines_offline_and_weak_onts_of_an_area(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        (dark,) = await port.dark_ports(EVERYWHERE)
        assert (dark.key, dark.offline, dark.status) == (DARK, 1, "down")
        assert [p.key for p in await port.dark_ports(NORTH, "north", OLT)] == [DARK]
        for scope, area, device in ((EVERYWHERE, "south", ""), (EVERYWHERE, "", BNG), (SOUTH, "", "")):
            assert not await port.dark_ports(scope, area, device)
        full = await port.full_ports(EVERYWHERE)
        known = [(one.key, one.lines, one.capacity) for one in full]
        assert known[0][1:] == (1, 1) and known[1:] == [(PON, 2, 64), (DARK, 1, 64)], "the fullest first"
        assert [p.key for p in await port.full_ports(NORTH, "north", OLT)] == [PON, DARK]
        assert not await port.full_ports(EVERYWHERE, "", BNG) and not await port.full_ports(SOUTH, "north")
        weak = [one.ont.serial for one in (await port.weak(EVERYWHERE, -25.0, area="north")).lines]
        assert weak == [AMINAS] and not (await port.weak(EVERYWHERE, -25.0, area="south")).lines

    async def test_splitters_and_who_is_behind_one(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        listed = await port.splitters(EVERYWHERE)
        known = [(one.name, one.lines, one.offline) for one in listed]
        assert known == [(LAST, 1, 1), (FIRST, 2, 0), (SECOND, 1, 0)]
        last = listed[2]
        assert (last.parent, last.port, last.ratio, last.region) == (FIRST, PON, 16, "north")
        assert [one.name for one in await port.splitters(NORTH, port=PON)] == [FIRST, SECOND]
        assert [one.name for one in await port.splitters(EVERYWHERE, device=OLT, limit=1)] == [LAST]
        assert [one.name for one in await port.splitters(EVERYWHERE, service=world["kano/1"])] == [SECOND]
        assert not await port.splitters(EVERYWHERE, area="south")
        assert not await port.splitters(EVERYWHERE, device=BNG)
        assert not await port.splitters(EVERYWHERE, port="no-such PON 1/1")
        assert [one.name for one in await port.find_splitters(EVERYWHERE, "spl-nth-03-1b")] == [SECOND]
        assert len(await port.find_splitters(NORTH, "nth-03")) == 3
        assert not await port.find_splitters(SOUTH, FIRST)
        assert not await port.splitters(SOUTH)
        hit = await port.impact(EVERYWHERE, Place(kind="splitter", key=FIRST))
        assert {one.service for one in hit.hits} == {world["amina/1"], world["kano/1"]}, "one behind it, too"
        assert (hit.services, hit.place.key) == (2, FIRST)
        for scope, name in ((SOUTH, FIRST), (EVERYWHERE, "no-such")):
            assert (await port.impact(scope, Place(kind="splitter", key=name))).services == 0
        off = await port.offline(EVERYWHERE, Place(kind="splitter", key=LAST))
        assert [one.service for one in off.lines] == [world["bola/1"]]
        assert not await (await a_stranger(rig, Network)).splitters(EVERYWHERE)
