"""The network port: sessions, levels, signs, drops, and who had an address; writes are in `acting.py`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import EVERYWHERE, NOWHERE
from bot.conformance.plant import AP, BNG, DARK, OLT, PON
from bot.conformance.rig import Rig, a_world, opened, there
from bot.conformance.scopes import NORTH, SOUTH
from bot.conformance.storing import StoringConformance
from plugins.network.port import Begun, Network, Place

DEVICE = Place(kind="device", key=OLT)


class WatchingConformance(StoringConformance):
    """What the far ends say, and what stands out."""

    async def test_sessions_per_nas(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        counts = {c.nas: (c.live, c.started_hour, c.ended_hour) for c in await port.sessions(EVERYWHERE)}
        assert counts == {BNG: (1, 0, 1), AP: (1, 1, 0)}
        (one,) = await port.sessions(EVERYWHERE, BNG)
        assert (one.nas, one.updated_at) == (BNG, world.now - timedelta(minutes=1))
        assert not await port.sessions(EVERYWHERE, "no-such-nas")

    async def test_levels_over_time_oldest_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        (hers,) = await port.levels(EVERYWHERE, world["amina"], world.now - timedelta(days=30))
        assert (hers.metric, [value for _, value in hers.points]) == ("rx_dbm", [-24.0, -26.0, -27.5])
        assert "HWTC1A2B3C4D" in hers.subject
        assert [at for at, _ in hers.points] == sorted(at for at, _ in hers.points)
        (short,) = await port.levels(EVERYWHERE, world["amina"], world.now - timedelta(days=2, hours=1))
        assert [value for _, value in short.points] == [-26.0, -27.5]
        (mean,) = await port.levels(EVERYWHERE, world["kano"], world.now - timedelta(days=30))
        assert (len(mean.points), PON in mean.subject) == (8, True), (
            "the PON's, where nobody measured the line"
        )
        assert not await port.levels(EVERYWHERE, world["amina"], world.now)
        assert not await port.levels(EVERYWHERE, "no-such-account", world.now - timedelta(days=30))
        assert not await port.levels(SOUTH, world["amina"], world.now - timedelta(days=30))

    async def test_a_sites_history_and_speed_tests(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        since = world.now - timedelta(days=30)
        online = there(await port.site_history(EVERYWHERE, "NTH-03", "sessions", since))
        assert (online.metric, [value for _, value in online.points]) == ("sessions", [3.0, 2.0, 1.0])
        assert await port.site_history(EVERYWHERE, "NTH-03", "mbps_in", since) is None, "nobody measured it"
        assert await port.site_history(EVERYWHERE, "ZZZ-99", "sessions", since) is None
        assert await port.site_history(SOUTH, "NTH-03", "sessions", since) is None
        (speed,) = await port.speed_tests(EVERYWHERE, world["amina"], since)
        assert (speed.metric, [value for _, value in speed.points]) == ("mbps_down", [94.0, 61.5])
        assert not await port.speed_tests(EVERYWHERE, world["kano"], since)
        assert not await port.speed_tests(SOUTH, world["amina"], since)

    async def test_lines_of_a_site_that_are_slower_than_their_plan(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        since = world.now - timedelta(days=30)
        page = await port.slow_lines(EVERYWHERE, "NTH-03", since, 0.8)
        assert [(s.customer, s.service, s.tests) for s in page.lines] == [
            (world["amina"], world["amina/1"], 2)
        ]
        assert (page.total, page.tested, page.lines[0].plan) == (1, 1, 100.0)
        assert page.lines[0].median == pytest.approx(77.75)
        assert page.lines[0].last == world.now - timedelta(days=1)
        enough = await port.slow_lines(EVERYWHERE, "NTH-03", since, 0.75)
        assert (enough.lines, enough.total, enough.tested) == ((), 0, 1), "tested, and not slow"
        short = await port.slow_lines(EVERYWHERE, "NTH-03", world.now - timedelta(hours=36), 0.8)
        assert [s.tests for s in short.lines] == [1]
        for scope, site in ((EVERYWHERE, "STH-01"), (EVERYWHERE, "no-such-site"), (SOUTH, "NTH-03")):
            assert (await port.slow_lines(scope, site, since, 0.8)).tested == 0, site

    async def test_address_pools_the_fullest_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        pools = await port.pools(EVERYWHERE)
        assert [(p.name, p.prefix, p.size, p.used, p.site) for p in pools] == [
            ("small", "100.64.0.8/30", 4, 1, "NTH-03"),
            ("hill", "100.65.0.0/24", 256, 1, "STH-01"),
            ("spare", "100.66.0.0/16", 65_536, 0, None),
        ], "what sessions had that are over is free again"
        assert (pools[0].region, pools[0].purpose, pools[0].free) == ("north", "CGNAT", 3)
        for text, name in (
            ("SMALL", "small"), ("100.65.0.0/24", "hill"), ("100.65.0.200", "hill"), ("nth-03", "small"),
            ("South Hill", "hill"),
        ):  # fmt: skip
            assert [p.name for p in await port.pools(EVERYWHERE, text)] == [name], text
        assert [p.name for p in await port.pools(EVERYWHERE, limit=1)] == ["small"]
        for nothing in ("no-such-pool", "10.0.0.1", "%"):
            assert not await port.pools(EVERYWHERE, nothing), nothing
        assert [p.name for p in await port.pools(NORTH)] == ["small"], "one without a site is nobody's part"

    async def test_free_addresses_of_a_pool_the_lowest_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        assert list(await port.free_addresses(EVERYWHERE, "small")) == [
            "100.64.0.8",
            "100.64.0.10",
            "100.64.0.11",
        ]
        assert list(await port.free_addresses(EVERYWHERE, "small", limit=2)) == ["100.64.0.8", "100.64.0.10"]
        assert list(await port.free_addresses(EVERYWHERE, "hill", 2)) == ["100.65.0.2", "100.65.0.3"]
        spare = await port.free_addresses(EVERYWHERE, "spare", 260)
        assert (spare[0], spare[253], spare[254], len(spare)) == (
            "100.66.0.1",
            "100.66.0.254",
            "100.66.1.1",
            260,
        )
        assert not await port.free_addresses(EVERYWHERE, "no-such-pool")
        assert not await port.free_addresses(SOUTH, "small")

    async def test_signs_by_pon_and_what_is_down_below_or_above(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        signs = await port.signs(EVERYWHERE, DEVICE)
        assert {p.port: (p.onts, p.los, p.gasp, p.silent) for p in signs.pons} == {
            DARK: (1, 1, 0, 0),
            PON: (2, 0, 0, 0),
        }
        assert signs.down == (), "degraded is not down"
        one = await port.signs(EVERYWHERE, Place(kind="port", key=PON))
        assert [(p.port, p.dark) for p in one.pons] == [(PON, 0)]
        assert (await port.signs(SOUTH, DEVICE)).pons == ()
        assert (await port.signs(EVERYWHERE, Place(kind="device", key="no-such-device"))).pons == ()

    async def test_onts_those_not_up_first_then_the_weakest(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        page = await port.onts(EVERYWHERE, DEVICE)
        assert [(o.ont.serial, o.port, o.service, o.customer, o.online) for o in page.lines] == [
            ("HWTC00000003", DARK, world["bola/1"], world["bola"], False),
            ("HWTC1A2B3C4D", PON, world["amina/1"], world["amina"], True),
            ("HWTC00000002", PON, world["kano/1"], world["kano"], None),
        ]
        assert page.total == 3
        assert (await port.onts(EVERYWHERE, DEVICE, limit=1)).total == 3
        assert (await port.onts(NORTH, Place(kind="port", key=PON))).total == 2
        since = Begun(before=world.now - timedelta(days=1)), Begun(after=world.now - timedelta(days=1))
        old, new = [await port.onts(EVERYWHERE, DEVICE, begun=begun) for begun in since]
        assert ({o.service for o in old.lines}, old.total) == ({world["amina/1"], world["kano/1"]}, 2)
        assert ([o.service for o in new.lines], new.total) == ([world["bola/1"]], 1)
        assert not (await port.onts(EVERYWHERE, DEVICE, model="no such model")).lines
        outside = await port.onts(SOUTH, DEVICE)
        assert (outside.lines, outside.total) == ((), 0)

    async def test_who_is_offline_those_that_went_last_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        bola, kano, device = world["bola"], world["kano"], DEVICE
        page = await port.offline(EVERYWHERE, device)
        assert ([o.customer for o in page.lines], page.total, page.services) == ([bola, kano], 2, 3)
        first, second = page.lines
        assert (first.since, first.port) == (world.now - timedelta(minutes=11), DARK)
        assert (second.since, second.kind, second.name) == (None, "business", "Kano Textiles Ltd")
        assert (await port.offline(EVERYWHERE, Place(kind="port", key=DARK))).total == 1
        assert (await port.offline(NOWHERE, device)).services == 0
        one = await port.offline(EVERYWHERE, device, limit=1)
        assert ([o.customer for o in one.lines], one.total) == ([bola], 2)
        for at in (device, None):
            before = await port.offline(EVERYWHERE, at, begun=Begun(before=world.now - timedelta(hours=1)))
            after = await port.offline(EVERYWHERE, at, begun=Begun(after=world.now - timedelta(hours=1)))
            assert kano in {o.customer for o in before.lines} and bola not in {
                o.customer for o in before.lines
            }
            assert [o.customer for o in after.lines] == [bola], "one that never was online began before"
            firm = await port.offline(EVERYWHERE, at, kind="business")
            assert kano in {o.customer for o in firm.lines} and bola not in {o.customer for o in firm.lines}
            assert (await port.offline(EVERYWHERE, at, kind="business", tier="critical")).total == 0
        all_ = await port.offline(EVERYWHERE)
        assert {bola, kano} <= {o.customer for o in all_.lines}
        assert world["amina"] not in {o.customer for o in all_.lines}
        north, south = (
            await port.offline(EVERYWHERE, area="north"),
            await port.offline(EVERYWHERE, area="south"),
        )
        assert (south.lines, south.total) == ((), 0)
        assert (north.total, north.services) == (all_.total, all_.services - south.services)
        assert not (await port.offline(SOUTH, area="north")).lines

    async def test_weak_are_those_that_are_up_and_receive_less(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        page = await port.weak(EVERYWHERE, -25.0)
        assert ([o.ont.serial for o in page.lines], page.total) == (["HWTC1A2B3C4D"], 1)
        both = await port.weak(EVERYWHERE, -10.0)
        assert [o.ont.serial for o in both.lines] == ["HWTC1A2B3C4D", "HWTC00000002"], "the weakest first"
        assert (await port.weak(EVERYWHERE, -10.0, limit=1)).total == 2
        assert not (await port.weak(EVERYWHERE, -27.5)).lines, "less than, not at"
        assert not (await port.weak(EVERYWHERE, -10.0, Place(kind="port", key=DARK))).lines
        assert (await port.weak(SOUTH, -10.0)).total == 0

    async def test_a_pon_that_sinks(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        since = world.now - timedelta(days=14)
        (pon,) = await port.sinking(EVERYWHERE, since, 1.0)
        assert (pon.port, pon.lines) == (PON, 2)
        assert pon.before == pytest.approx(-20.0)
        assert pon.now == pytest.approx(-24.0)
        assert pon.fell == pytest.approx(4.0)
        assert not await port.sinking(EVERYWHERE, since, 5.0)
        assert not await port.sinking(SOUTH, since, 1.0)

    async def test_an_ont_as_it_is_now(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        (line,) = await port.lines(EVERYWHERE, world["amina"])
        now = there(await port.ont_now(EVERYWHERE, line.service))
        assert line.ont is not None
        assert (now.serial, now.status, now.rx_dbm) == (line.ont.serial, "online", line.ont.rx_dbm)
        assert await port.ont_now(SOUTH, line.service) is None
        assert await port.ont_now(EVERYWHERE, "no-such-service") is None

    async def test_drops_of_a_customer_newest_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        drops = await port.drops(EVERYWHERE, world["bola"], world.now - timedelta(days=1))
        assert [there(d.ended_at) for d in drops] == sorted((there(d.ended_at) for d in drops), reverse=True)
        assert (len(drops), drops[0].terminate_cause) == (3, "Lost-Carrier")
        assert len(await port.drops(EVERYWHERE, world["bola"], world.now - timedelta(hours=6))) == 2
        until = world.now - timedelta(hours=6)
        early = await port.drops(EVERYWHERE, world["bola"], world.now - timedelta(days=1), until)
        assert early == drops[2:], "one in all, the first"
        assert not await port.drops(EVERYWHERE, world["amina"], world.now - timedelta(days=1)), "hers is up"
        assert not await port.drops(SOUTH, world["bola"], world.now - timedelta(days=1))

    async def test_lines_that_flap_the_worst_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Network)
        since = world.now - timedelta(days=7)
        page = await port.flapping(EVERYWHERE, since, 1)
        assert [(d.customer, d.service, d.drops, d.online) for d in page.lines] == [
            (world["bola"], world["bola/1"], 3, False),
            (world["amina"], world["amina/1"], 1, True),
        ]
        worst = page.lines[0]
        assert (worst.last, worst.cause, worst.port) == (
            world.now - timedelta(minutes=11),
            "Lost-Carrier",
            DARK,
        )
        assert page.total == 2
        short = await port.flapping(EVERYWHERE, since, 1, limit=1)
        assert ([d.customer for d in short.lines], short.total) == ([world["bola"]], 2)
        assert [d.drops for d in (await port.flapping(EVERYWHERE, since, 3)).lines] == [3]
        assert (await port.flapping(EVERYWHERE, since, 4)).total == 0
        assert [d.drops for d in (await port.flapping(EVERYWHERE, since, 1, until=worst.last)).lines][:1] == [
            3
        ]
        assert (await port.flapping(EVERYWHERE, since, 3, until=worst.last - timedelta(seconds=1))).total == 0
        assert (await port.flapping(SOUTH, since, 1)).total == 0

    async def test_who_had_an_address_within_a_time(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, now = opened(rig, world, Network), world.now
        week = now - timedelta(days=7)
        both = await port.holders(EVERYWHERE, "100.64.0.7", week, now)
        assert [(h.customer, h.service) for h in both] == [
            (world["bola"], world["bola/1"]),
            (world["amina"], world["amina/1"]),
        ]
        assert len(await port.holders(EVERYWHERE, "100.64.0.7", week, now, limit=1)) == 1
        then = now - timedelta(hours=55)
        assert [h.customer for h in await port.holders(EVERYWHERE, "100.64.0.7", then, then)] == [
            world["amina"]
        ]
        between = now - timedelta(hours=30)
        assert not await port.holders(EVERYWHERE, "100.64.0.7", between, between)
        (still,) = await port.holders(EVERYWHERE, "100.64.0.9", now, now)
        assert (still.ended_at, still.username, still.ipv4) == (None, "amina1@isp", "100.64.0.9")
        for mac in ("AABB.CCDD.EE0F", "aa:bb:cc:dd:ee:0f"):
            hers = await port.holders(EVERYWHERE, mac, now - timedelta(hours=1), now)
            assert [h.customer for h in hers] == [world["amina"]], mac
        for nothing in ("10.0.0.1", "nonsense", ""):
            assert not await port.holders(EVERYWHERE, nothing, week, now), nothing
        assert not await port.holders(SOUTH, "100.64.0.7", week, now)
