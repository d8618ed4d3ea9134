"""The physical state of every line: distance, signal, and whether it is up right now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.demo.world.cast import Member
from bot.demo.world.plants import DRIFT_DAYS, DRIFT_DB_PER_DAY, Plants
from bot.demo.world.seeded import Flags, Floats, Ints, stream
from bot.demo.world.subscribers import ACTIVE, SUSPENDED, Subscribers
from bot.demo.world.topology import Topology

UP, OFF, LOS, GASP = range(4)
ONT_STATES = ("online", "offline", "los", "dying_gasp")


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Arrays by service. `live` has a session now; `state` indexes ONT_STATES; `mounted` has a CPE."""

    wireless: Flags
    mounted: Flags
    distance: Ints
    rx: Floats
    state: Ints
    live: Flags
    cut: Flags
    power: Flags
    drift: Flags


def draw_lines(
    subs: Subscribers, network: Topology, plants: Plants, cast: tuple[Member, ...], seed: int
) -> Lines:
    """Return the state of all lines; on planted ports it is what was planted."""
    rng, size = stream(seed, "lines"), subs.services
    sector = np.array([port.kind == "sector" for port in network.ports])
    wireless = sector[subs.port]
    status = subs.status[subs.owner]
    mounted = (status == ACTIVE) | (status == SUSPENDED)
    cut, power, drift = (
        plants.of_port(p, subs.port) & mounted
        for p in (plants.cut_ports, plants.power_ports, plants.drift_ports)
    )
    distance = np.where(wireless, rng.lognormal(7.5, 0.5, size), rng.lognormal(7.74, 0.7, size))
    distance = np.clip(np.rint(distance), 80, np.where(wireless, 9_000, 18_000)).astype(np.int64)
    rx = _signal(rng, wireless, distance)
    rx[drift] = np.minimum(rx[drift], -21.5) - DRIFT_DAYS * DRIFT_DB_PER_DAY
    for member in cast:
        if member.rx_dbm is not None:
            rx[member.index] = member.rx_dbm
    live = (status == ACTIVE) & ~cut & ~power & (rng.random(size) < 0.972)  # share online
    state = _states(rng, mounted & ~live & (status == ACTIVE))
    for member in cast:
        if member.place in {"healthy", "first"} and member.status == "active":
            live[member.index], state[member.index] = True, UP
    state[cut], state[power] = LOS, GASP
    return Lines(
        wireless=wireless,
        mounted=mounted,
        distance=distance,
        rx=np.round(rx, 2),
        state=state,
        live=live,
        cut=cut,
        power=power,
        drift=drift,
    )


def _signal(rng: np.random.Generator, wireless: Flags, distance: Ints) -> Floats:
    """Return received power: fibre loses 0.32 dB a km after the splitter, air 6 dB per doubling."""
    size = len(distance)
    bad = rng.random(size) < 0.02  # share of dirty connectors and bent fibres
    fiber = (
        -17.0
        - 0.32 * distance / 1_000
        - np.abs(rng.normal(0.9, 1.3, size))
        - bad * rng.uniform(5.5, 10, size)
    )
    air = (
        -51.0
        - 6.0 * np.log2(distance / 500)
        - np.abs(rng.normal(1.0, 2.6, size))
        - bad * rng.uniform(6, 12, size)
    )
    return np.where(wireless, np.clip(air, -88, -42), np.clip(fiber, -30.5, -14))


def _states(rng: np.random.Generator, down: Flags) -> Ints:
    draw = rng.random(len(down))
    state = np.full(len(down), UP, dtype=np.int64)
    state[down & (draw < 0.72)] = OFF  # most switched their router off
    state[down & (draw > 0.72) & (draw < 0.86)] = GASP  # no power in the house
    state[down & (draw > 0.86) & (draw < 0.92)] = LOS  # a drop cable
    return state
