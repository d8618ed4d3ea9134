"""The truths planted in the world: what is wrong, where, since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.demo.world.calendar import Calendar
from bot.demo.world.cast import Member
from bot.demo.world.isp import Isp
from bot.demo.world.prices import DROPPED_CARRIER
from bot.demo.world.seeded import HOUR, MINUTE, Flags, Ints
from bot.demo.world.topology import Topology

LEAVER = "kevin.oloo"
"""Left the company; tickets assigned to him wait for nobody."""
GENEROUS = "brenda.achieng"
"""Gives one subscriber credit after credit."""
DRIFT_DAYS, DRIFT_DB_PER_DAY = 21, 0.16
DROP_FAILING = 0.9
"""Share of the carrier's payments that fail or never arrive since the drop began."""
CUT_TICKETS, POWER_TICKETS, ORPHANS, CREDITS, LEAKS = 0.12, 2, 7, 6, 4
FLAPS_PER_DAY, FLAP_DAYS = 18, 5


@dataclass(frozen=True, kw_only=True)
class Plants:
    """Port numbers and instants of what was planted; empty arrays where a world has none."""

    cut_olt: str
    cut_ports: Ints
    cut_at: int
    cut_eta: int
    power_ports: Ints
    power_at: int
    drift_ports: Ints
    drift_from: int
    drop_carrier: int
    drop_at: int

    def of_port(self, ports: Ints, port: Ints) -> Flags:
        """Return which lines hang on one of these ports."""
        found: Flags = np.isin(port, ports)
        return found


def choose_plants(isp: Isp, network: Topology, port: Ints, calendar: Calendar) -> Plants:
    """Return where things go wrong: an OLT on the coast, a street in central, a PON in the north."""
    nothing = np.zeros(0, dtype=np.int64)
    if not isp.planted:
        return Plants(
            cut_olt="",
            cut_ports=nothing,
            cut_at=calendar.now,
            cut_eta=calendar.now,
            power_ports=nothing,
            power_at=calendar.now,
            drift_ports=nothing,
            drift_from=calendar.today,
            drop_carrier=-1,
            drop_at=calendar.now,
        )
    north, central, coast = network.fiber
    olt = _fullest_olt(network, coast, port)
    cut = [p for p in coast if network.ports[p].device == olt]
    names = [carrier.name for carrier in isp.carriers]
    return Plants(
        cut_olt=olt,
        cut_ports=np.array(cut, dtype=np.int64),
        cut_at=calendar.now - 2 * HOUR - 20 * MINUTE,
        cut_eta=calendar.now + 3 * HOUR,
        power_ports=np.array(central[-1:], dtype=np.int64),
        power_at=calendar.now - 35 * MINUTE,
        drift_ports=np.array(north[1:2], dtype=np.int64),
        drift_from=calendar.today - DRIFT_DAYS,
        drop_carrier=names.index(DROPPED_CARRIER),
        drop_at=calendar.morning(9 + 10 / 60),
    )


def place_cast(cast: tuple[Member, ...], plants: Plants, network: Topology, region: Ints, port: Ints) -> None:
    """Hang the cast on planted ports, or keep it away from them."""
    planted = {
        "first": [],
        "cut": plants.cut_ports.tolist(),
        "power": plants.power_ports.tolist(),
        "drift": plants.drift_ports.tolist(),
    }
    taken = {p for ports in planted.values() for p in ports}
    for member in cast:
        i = member.index
        if member.place == "first":
            port[i] = network.fiber[int(region[i])][0]
        elif member.place != "healthy":
            port[i] = planted[member.place][0]
        elif int(port[i]) in taken:
            kind = network.ports[int(port[i])].kind
            choices = network.fiber if kind == "pon" else network.wireless
            port[i] = next(p for p in choices[int(region[i])] if p not in taken)


def _fullest_olt(network: Topology, ports: list[int], port: Ints) -> str:
    """Return the OLT with most lines, leaving out the first: some of the cast are at home there."""
    lines = np.bincount(port, minlength=len(network.ports))
    totals: dict[str, int] = {}
    for p in ports:
        totals[network.ports[p].device] = totals.get(network.ports[p].device, 0) + int(lines[p])
    del totals[network.ports[ports[0]].device]
    return max(sorted(totals), key=lambda name: totals[name])
