"""PPPoE sessions: the live ones, and how the last ones ended."""

from __future__ import annotations

from typing import Any

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.bills import Bills
from bot.demo.world.chunk import Chunk
from bot.demo.world.customer_rows import addresses, macs
from bot.demo.world.plants import FLAP_DAYS, FLAPS_PER_DAY, LEAKS
from bot.demo.world.seeded import DAY, HOUR, MINUTE, Flags, Ints, blank, instants, pick
from bot.demo.world.subscribers import NEVER, SUSPENDED

CAUSES = (
    "Lost-Carrier",
    "Session-Timeout",
    "User-Request",
    "Idle-Timeout",
    "NAS-Reboot",
    "Port-Error",
    "Admin-Reset",
)
WEIGHTS = (38, 26, 20, 6, 5, 3, 2)
LOST, ADMIN = 0, 6
PER_SERVICE = 64
"""Sessions kept apart per service; the flapping line needs them all."""
HISTORY = 3


class SessionRows:
    """Collects the sessions of a chunk column by column."""

    def __init__(self, chunk: Chunk, bills: Bills) -> None:
        self.chunk, self.world = chunk, chunk.world
        self.rng = chunk.rng("sessions")
        self.services = chunk.services
        self.suspended_on = bills.suspended_on[self.world.subs.owner[self.services] - chunk.low]
        self.parts: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []

    def batch(self) -> Batch:
        """Return live and ended sessions."""
        lines, now = self.world.lines, self.world.calendar.now
        live = lines.live[self.services] | self._leaks()
        age = np.clip(self.rng.exponential(4 * DAY, len(live)), MINUTE, 40 * DAY)
        start = now - age.astype(np.int64)
        self._add(
            np.flatnonzero(live),
            0,
            start[live],
            np.full(int(live.sum()), -1),
            np.zeros(int(live.sum()), dtype=np.int64),
        )
        last = self._ends(start, live)
        self._history(np.flatnonzero(lines.mounted[self.services]), last, live)
        self._flapping()
        return self._told()

    def _leaks(self) -> Flags:
        """Let a few suspended home lines stay online, which nobody noticed: planted, in the first chunk."""
        found = np.zeros(len(self.services), dtype=bool)
        subs, today = self.world.subs, self.world.calendar.today
        if self.chunk.number == 0 and self.world.isp.planted:
            owner = subs.owner[self.services]
            quiet = (
                (subs.status[owner] == SUSPENDED)
                & (self.suspended_on < today - 2)
                & (self.suspended_on != NEVER)
            )
            dark = self.world.lines.cut[self.services] | self.world.lines.power[self.services]
            quiet &= ~np.isin(owner, list(self.chunk.cast)) & ~dark
            found[np.flatnonzero(quiet)[:LEAKS]] = True
            self.world.note("leaks", *(self.chunk.numbers[k - self.chunk.low] for k in owner[found].tolist()))
        return found

    def _ends(self, start: Ints, live: Flags) -> Ints:
        """Return when the last ended session of each line ended."""
        world, size = self.world, len(start)
        ended = np.where(
            live,
            start - self.rng.integers(20, 150, size),
            world.calendar.now - self.rng.integers(5 * MINUTE, 3 * DAY, size),
        )
        ended = np.where(
            world.lines.cut[self.services], world.plants.cut_at + self.rng.integers(20, 110, size), ended
        )
        ended = np.where(
            world.lines.power[self.services], world.plants.power_at + self.rng.integers(5, 60, size), ended
        )
        cut_off = world.calendar.at(0, 8.0) + self.suspended_on * DAY
        return np.where((self.suspended_on != NEVER) & ~live, cut_off, ended).astype(np.int64)

    def _history(self, which: Ints, last: Ints, live: Flags) -> None:
        world, rng = self.world, self.rng
        special = world.lines.cut[self.services] | world.lines.power[self.services]
        ended = last[which]
        for back in range(HISTORY):
            size = len(which)
            start = ended - np.clip(rng.lognormal(11.6, 1.1, size), 5 * MINUTE, 20 * DAY).astype(np.int64)
            cause = pick(rng, WEIGHTS, size)
            if back == 0:
                cause = np.where(special[which], LOST, cause)
                cause = np.where((self.suspended_on[which] != NEVER) & ~live[which], ADMIN, cause)
            self._add(which, back + 1, start, ended, cause)
            keep = (rng.random(size) < 0.55) & (start > world.calendar.now - 14 * DAY)  # share, days
            which, ended = which[keep], (start - rng.integers(20, 600, size))[keep]

    def _flapping(self) -> None:
        """Give one line its endless reconnects, ending where its history begins."""
        members = [m.index for m in self.chunk.cast.values() if m.role == "flapping"]
        for i in members:
            count = min(FLAPS_PER_DAY * FLAP_DAYS, PER_SERVICE - HISTORY - 2)
            first = self.world.calendar.now - FLAP_DAYS * DAY
            start = first + np.sort(self.rng.integers(0, FLAP_DAYS * DAY - HOUR, count))
            ended = np.minimum(
                start + self.rng.integers(3 * MINUTE, 40 * MINUTE, count),
                np.append(start[1:], self.world.calendar.now) - 5,
            )
            ended = np.maximum(ended, start + 1)
            place = np.full(count, i - self.chunk.low)
            for k, part in enumerate(self.parts):
                keep = part[0] != i - self.chunk.low
                self.parts[k] = (part[0][keep], part[1][keep], part[2][keep], part[3][keep], part[4][keep])
            self._add(place, 0, start, ended, np.full(count, 5), spread=True)
            self.world.note("flapping_count", str(count))

    def _add(
        self, which: Ints, slot: int, start: Ints, ended: Ints, cause: Ints, *, spread: bool = False
    ) -> None:
        slots = np.arange(len(which)) + HISTORY + 2 if spread else np.full(len(which), slot)
        self.parts.append((which, slots, start, ended, cause))

    def _told(self) -> Batch:
        which, slot, start, ended, cause = (
            np.concatenate(column) for column in zip(*self.parts, strict=True)
        )
        world, services = self.world, self.services[which]
        open_ = ended < 0
        world.count("sessions_live", int(open_.sum()))
        until = np.where(open_, world.calendar.now - self.rng.integers(0, 300, len(which)), ended)
        plans = np.array([p.down_mbps for p in world.isp.plans])[world.subs.plan[services]]
        used = plans * np.maximum(until - start, 1) * self.rng.lognormal(8.4, 0.9, len(which))
        nas = {
            p: world.network.bng_of(world.network.sites[port.site].region, p)
            for p, port in enumerate(world.network.ports)
        }
        logins, hardware, ips = self.chunk.usernames, macs(self.chunk), addresses(world, self.services)
        port = world.subs.port[services].tolist()
        spots: list[int] = which.tolist()
        columns: dict[str, list[Any]] = {
            "id": world.ids.many("session", (services * PER_SERVICE + slot).tolist()),
            "service_id": world.ids.many("service", services.tolist()),
            "username": [logins[k] for k in spots],
            "ipv4": [ips[k] for k in spots],
            "mac": [hardware[k] for k in spots],
            "nas": [nas[p] for p in port],
            "nas_port": [f"{world.network.ports[p].device}/{world.network.ports[p].name}" for p in port],
            "started_at": instants(start),
            "updated_at": instants(until),
            "ended_at": instants(ended, open_),
            "terminate_cause": blank([CAUSES[k] for k in cause.tolist()], open_),
            "bytes_in": (used * 0.11).astype(np.int64).tolist(),
            "bytes_out": used.astype(np.int64).tolist(),
        }
        return Batch.of("isp_sessions", columns)
