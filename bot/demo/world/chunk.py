"""A chunk of customers with the texts several tables share: names, addresses, logins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bot.demo.world.cast import FIRST_NUMBER, Member
from bot.demo.world.isp import PlanSpec
from bot.demo.world.names import COMPANY_ENDS, COMPANY_HEADS, COMPANY_TRADES, CRITICAL_TRADES, plain
from bot.demo.world.seeded import Ints, Shuffle, pick
from bot.demo.world.subscribers import CRITICAL
from bot.demo.world.topology import Port, Site
from bot.demo.world.world import World

MAILBOXES = ("mail.example", "inbox.example", "post.example", "webmail.example")


@dataclass(frozen=True)
class Chunk:
    """Customers low..high-1 of a world, and their services."""

    world: World
    number: int
    low: int
    high: int

    def __len__(self) -> int:
        return self.high - self.low

    def rng(self, topic: str) -> np.random.Generator:
        """Return this chunk's stream of a topic."""
        return self.world.rng(topic, self.number)

    @cached_property
    def services(self) -> Ints:
        """Service places of these customers: main lines, then second lines."""
        n, owner = self.world.subs.n, self.world.subs.owner
        first, last = np.searchsorted(owner[n:], [self.low, self.high])
        return np.concatenate([np.arange(self.low, self.high), np.arange(n + first, n + last)])

    @cached_property
    def cast(self) -> dict[int, Member]:
        """The fixed cast in this chunk, by customer place."""
        return {m.index: m for m in self.world.cast if self.low <= m.index < self.high}

    @cached_property
    def numbers(self) -> list[str]:
        """Account numbers."""
        return [str(FIRST_NUMBER + i) for i in range(self.low, self.high)]

    @cached_property
    def ids(self) -> list[str]:
        """Customer identifiers."""
        return self.world.ids.many("customer", range(self.low, self.high))

    @cached_property
    def people(self) -> list[tuple[str, str, str]]:
        """First name, last name and language of each customer or a company's contact."""
        rng, pools = self.rng("names"), self.world.isp.people
        origin = pick(rng, [pool.weight for pool in pools], len(self)).tolist()
        draws = rng.random((len(self), 4)).tolist()
        taken = {m.contact or m.name for m in self.world.cast}
        found = []
        for place, (a, b, c, d) in zip(origin, draws, strict=True):
            pool = pools[place]
            firsts = pool.female if a < 0.5 else pool.male  # half
            first, last = firsts[int(b * len(firsts))], pool.last[int(c * len(pool.last))]
            if first == last or d < 0.14:  # share with a middle name
                middle = pool.last[int(d * 7 * len(pool.last)) % len(pool.last)]
                last = f"{middle} {last}" if middle != last else f"{'AJKMNOW'[place % 7]}. {last}"
            if f"{first} {last}" in taken:
                last = f"K. {last}"
            found.append((first, last, pool.language))
        return found

    @cached_property
    def names(self) -> list[tuple[str, str | None]]:
        """Display name, and the contact of a company."""
        rng, subs = self.rng("companies"), self.world.subs
        draws = rng.random((len(self), 3)).tolist()
        found: list[tuple[str, str | None]] = []
        flags = zip(
            subs.business[self.low : self.high].tolist(),
            subs.tier[self.low : self.high].tolist(),
            strict=True,
        )
        for (first, last, _), (business, tier), draw in zip(self.people, flags, draws, strict=True):
            person = f"{first} {last}"
            found.append((_company(draw, critical=tier == CRITICAL), person) if business else (person, None))
        for i, member in self.cast.items():
            found[i - self.low] = (member.name, member.contact)
        return found

    @cached_property
    def emails(self) -> list[str | None]:
        """E-mail addresses; some people never gave one."""
        lacking = (self.rng("emails").random(len(self)) < 0.05).tolist()  # share
        found: list[str | None] = []
        for k, ((name, contact), number) in enumerate(zip(self.names, self.numbers, strict=True)):
            tail = str(int(number) - FIRST_NUMBER)
            if contact is None:
                box = MAILBOXES[int(number) % len(MAILBOXES)]
                found.append(
                    None if lacking[k] else f"{'.'.join(plain(w) for w in name.split())}{tail}@{box}"
                )
            else:
                found.append(f"accounts@{plain(name)}{tail}.example")
        for i, member in self.cast.items():
            found[i - self.low] = (
                member.email or f"{'.'.join(plain(w) for w in member.name.split())}@mail.example"
            )
        return found

    @cached_property
    def usernames(self) -> list[str]:
        """PPPoE logins by service."""
        n, owner = self.world.subs.n, self.world.subs.owner
        found = []
        for s in self.services.tolist():
            i = s if s < n else int(owner[s])
            name = self.names[i - self.low][0].split()
            stem = (
                plain(name[0])[:1] + plain(name[-1])
                if self.names[i - self.low][1] is None
                else plain(name[0])
            )
            found.append(f"{stem}{self.numbers[i - self.low]}" + ("-2" if s >= n else ""))
        return found

    @cached_property
    def sites(self) -> list[Site]:
        """The site of each customer."""
        sites = self.world.network.sites
        return [sites[k] for k in self.world.subs.site[self.low : self.high].tolist()]

    @cached_property
    def ports(self) -> list[Port]:
        """The port of each customer's main line."""
        ports = self.world.network.ports
        return [ports[k] for k in self.world.subs.port[self.low : self.high].tolist()]

    @cached_property
    def plans(self) -> list[PlanSpec]:
        """The plan of each customer's main line."""
        plans = self.world.isp.plans
        return [plans[k] for k in self.world.subs.plan[self.low : self.high].tolist()]

    @cached_property
    def prices(self) -> Ints:
        """What each customer pays a month, all services together."""
        prices = np.array([plan.price_minor for plan in self.world.isp.plans], dtype=np.int64)
        subs, services = self.world.subs, self.services
        total = np.zeros(len(self), dtype=np.int64)
        np.add.at(total, subs.owner[services] - self.low, prices[subs.plan[services]])
        return total

    def scattered(self, space: int, count: int, offset: int) -> list[int]:
        """Return `count` distinct numbers below `space` that look unordered."""
        shuffle = Shuffle.of(space, self.world.seed * 7_919)
        found: list[int] = shuffle(np.arange(offset, offset + count, dtype=np.int64)).tolist()
        return found

    def slice(self, values: Any) -> Any:
        """Return this chunk's part of an array by customer."""
        return values[self.low : self.high]


def _company(draw: list[float], *, critical: bool) -> str:
    head = COMPANY_HEADS[int(draw[0] * len(COMPANY_HEADS))]
    trades = CRITICAL_TRADES if critical else COMPANY_TRADES
    end = "" if critical else COMPANY_ENDS[int(draw[2] * len(COMPANY_ENDS))]
    return f"{head} {trades[int(draw[1] * len(trades))]}{end}"
