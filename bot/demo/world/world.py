"""The world of one provider: everything decided once, then told table by table, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np

from bot.demo.world.calendar import Calendar
from bot.demo.world.cast import CASTS, SMALLEST, Member
from bot.demo.world.isp import Isp
from bot.demo.world.lines import Lines, draw_lines
from bot.demo.world.outages import Outage, draw_outages
from bot.demo.world.plants import Plants
from bot.demo.world.seeded import Idents, Ints, stream
from bot.demo.world.subscribers import Subscribers, draw_subscribers
from bot.demo.world.tickets import Tickets, draw_tickets
from bot.demo.world.topology import Topology

CHUNK = 2_000
"""Customers told at a time; part of the world's identity, since each chunk has its own streams."""


@dataclass(frozen=True, kw_only=True)
class World:
    """One provider at one moment. `tally` collects counts of planted things while rows are told."""

    isp: Isp
    seed: int
    calendar: Calendar
    subs: Subscribers
    network: Topology
    plants: Plants
    lines: Lines
    outages: list[Outage]
    tickets: Tickets
    ids: Idents
    cast: tuple[Member, ...]
    tally: dict[str, list[str]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    def note(self, plant: str, *what: str) -> None:
        """Record what was planted."""
        self.tally.setdefault(plant, []).extend(what)

    def count(self, what: str, more: int) -> None:
        """Add to a count of what was told."""
        self.counted[what] = self.counted.get(what, 0) + more

    def tallied(self, what: str) -> int:
        """Return such a count."""
        return self.counted.get(what, 0)

    def rng(self, topic: str, chunk: int = 0) -> np.random.Generator:
        """Return the stream of one topic in one chunk."""
        return stream(self.seed, topic, chunk)

    @cached_property
    def tickets_by_customer(self) -> tuple[Ints, Ints]:
        """Return ticket places in order of customer, and those customers."""
        order = np.argsort(self.tickets.customer, kind="stable")
        return order, self.tickets.customer[order]

    def chunks(self) -> Iterator[tuple[int, int, int]]:
        """Return number, first customer and end of each chunk."""
        for number, low in enumerate(range(0, self.subs.n, CHUNK)):
            yield number, low, min(low + CHUNK, self.subs.n)


def build_world(isp: Isp, size: int, seed: int, now: datetime) -> World:
    """Decide a whole world; raises ValueError below the smallest size the cast fits in."""
    if size < SMALLEST:
        raise ValueError(f"a world needs at least {SMALLEST} customers")
    calendar, cast = Calendar.of(isp, now), CASTS.get(isp.slug, ())
    subs, network, plants = draw_subscribers(isp, size, seed, calendar)
    lines = draw_lines(subs, network, plants, cast, seed)
    outages = draw_outages(network, plants, calendar, seed)
    tickets = draw_tickets(
        subs=subs, lines=lines, outages=outages, plants=plants, cast=cast, calendar=calendar, seed=seed
    )
    return World(
        isp=isp,
        seed=seed,
        calendar=calendar,
        subs=subs,
        network=network,
        plants=plants,
        lines=lines,
        outages=outages,
        tickets=tickets,
        ids=Idents(seed),
        cast=cast,
    )
