"""Who the subscribers are, as arrays: one decision per customer, made once, read by every table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.demo.world.calendar import Calendar
from bot.demo.world.cast import CASTS, Member
from bot.demo.world.isp import Isp
from bot.demo.world.plants import Plants, choose_plants, place_cast
from bot.demo.world.seeded import Flags, Floats, Ints, Shuffle, pick, stream
from bot.demo.world.topology import Topology, build_topology, fill_ports

PROSPECT, ACTIVE, SUSPENDED, CHURNED = range(4)
STATUSES = ("prospect", "active", "suspended", "churned")
STANDARD, PREMIUM, CRITICAL = range(3)
TIERS = ("standard", "premium", "critical")
PROMPT, USUAL, LATE = range(3)
NEVER = -1


@dataclass(frozen=True, kw_only=True)
class Subscribers:
    """Arrays by customer number; `owner`, `port`, `plan` by service (the first n are the main lines)."""

    n: int
    business: Flags
    region: Ints
    site: Ints
    tier: Ints
    status: Ints
    since: Ints
    churned: Ints
    habit: Ints
    carrier: Ints
    bill_rank: Ints
    bill_day: Ints
    trouble: Floats
    at_risk: Flags
    owner: Ints
    port: Ints
    plan: Ints

    @property
    def services(self) -> int:
        """How many services there are."""
        return len(self.owner)


@dataclass
class _Draft:
    """What is known while a population is drawn."""

    isp: Isp
    n: int
    seed: int
    calendar: Calendar
    cast: tuple[Member, ...]

    def people(self) -> None:
        """Decide company or person, region, technology, how they pay and how they stand."""
        rng, n, isp = stream(self.seed, "subscribers"), self.n, self.isp
        self.business = rng.random(n) < isp.business_share
        self.region = pick(rng, [r.share for r in isp.regions], n)
        self.wireless = rng.random(n) < np.where(self.business, isp.wireless_share / 3, isp.wireless_share)
        premium = np.where(rng.random(n) < np.where(self.business, 0.3, 0.05), PREMIUM, STANDARD)
        self.tier = np.where(self.business & (rng.random(n) < 0.08), CRITICAL, premium).astype(np.int64)
        old = rng.random(n) < 0.84  # share of customers older than the invoices
        self.since = self.calendar.today - np.where(
            old, rng.integers(420, 2_600, n), rng.integers(6, 420, n)
        ).astype(np.int64)
        self._standing(rng)
        self.carrier = pick(rng, [c.share for c in isp.carriers], n)
        self.trouble = rng.gamma(0.7, 1 / 0.7, n)

    def _standing(self, rng: np.random.Generator) -> None:
        n, today = self.n, self.calendar.today
        draw = rng.random(n)
        self.status = np.full(n, ACTIVE, dtype=np.int64)
        self.status[draw < 0.008] = PROSPECT  # share
        self.status[(draw > 0.915) & (self.since < today - 200)] = CHURNED  # share, days
        suspended = (draw > 0.02) & (draw < 0.042) & (self.tier != CRITICAL) & (self.since < today - 120)
        self.status[suspended] = SUSPENDED
        gone = rng.integers(10, np.maximum(np.minimum(370, today - self.since - 100), 11), n)
        self.churned = np.where(self.status == CHURNED, today - gone, NEVER)
        self.habit = pick(rng, (66, 24, 10), n)
        leaving = (self.status == CHURNED) & (rng.random(n) < 0.6)  # share with the churn pattern
        staying = (self.status == ACTIVE) & ~self.business & (rng.random(n) < 0.012)  # share at risk
        self.at_risk = leaving | staying
        self.habit[self.at_risk] = LATE

    def apply_cast(self) -> None:
        """Overwrite the fixed customers, and give them ordinary lives where nothing is said."""
        names = [region.name for region in self.isp.regions]
        kinds = {plan.code: plan.kind for plan in self.isp.plans}
        hands = next(k for k, c in enumerate(self.isp.carriers) if not c.auto)
        autos = [k for k, c in enumerate(self.isp.carriers) if c.auto]
        for member in self.cast:
            i = member.index
            self.business[i] = member.business
            self.region[i] = names.index(member.region)
            self.wireless[i] = kinds[member.plan] == "wireless"
            self.tier[i] = TIERS.index(member.tier)
            self.status[i] = STATUSES.index(member.status)
            self.since[i] = self.calendar.today - 700 - i
            self.churned[i] = self.calendar.today - 45 if member.status == "churned" else NEVER
            self.at_risk[i] = member.role in {"at_risk", "churned"}
            self.habit[i] = LATE if self.at_risk[i] else PROMPT
            self.carrier[i] = autos[0] if member.autopay else hands
            self.trouble[i] = 0.7

    def lines(self) -> tuple[Ints, Ints, Topology]:
        """Return owners and ports of all services, on a network built for them."""
        rng = stream(self.seed, "services")
        second = np.flatnonzero(self.business & (rng.random(self.n) < 0.35) & (self.status == ACTIVE))
        fixed = {m.index for m in self.cast}
        second = np.array([i for i in second if i not in fixed], dtype=np.int64)
        owner = np.concatenate([np.arange(self.n, dtype=np.int64), second])
        wireless = np.concatenate([self.wireless, np.zeros(len(second), dtype=bool)])
        if not any(p.kind == "fiber" and p.business for p in self.isp.plans):
            wireless[self.n :] = True
        region, regions = self.region[owner], range(len(self.isp.regions))
        counts = [[int(((region == r) & (wireless == w)).sum()) for r in regions] for w in (False, True)]
        network = build_topology(self.isp, counts[0], counts[1], self.seed)
        port = np.zeros(len(owner), dtype=np.int64)
        for r in regions:
            for w, (kind, ports) in enumerate(
                (("fiber", network.fiber[r]), ("wireless", network.wireless[r]))
            ):
                here = np.flatnonzero((region == r) & (wireless == bool(w)))
                if len(here):
                    port[here] = fill_ports(rng, ports, kind, len(here))
        self.line_wireless = wireless
        return owner, port, network

    def plans(self, owner: Ints) -> Ints:
        """Return the plan of every service; one in forty old home lines is on a plan no longer sold."""
        rng = stream(self.seed, "plans")
        found = np.zeros(len(owner), dtype=np.int64)
        for business in (False, True):
            for wireless in (False, True):
                here = np.flatnonzero((self.business[owner] == business) & (self.line_wireless == wireless))
                found[here] = self._draw_plans(rng, business, "wireless" if wireless else "fiber", len(here))
        codes = [plan.code for plan in self.isp.plans]
        for member in self.cast:
            found[member.index] = codes.index(member.plan)
        return found

    def _draw_plans(self, rng: np.random.Generator, business: bool, kind: str, size: int) -> Ints:
        offers = [k for k, p in enumerate(self.isp.plans) if p.business == business and p.kind == kind]
        weights = [max(self.isp.plans[k].weight, 2.5) for k in offers]
        return np.array(offers, dtype=np.int64)[pick(rng, weights, size)]


def draw_subscribers(isp: Isp, n: int, seed: int, calendar: Calendar) -> tuple[Subscribers, Topology, Plants]:
    """Return the population, the network it hangs on, and what goes wrong there."""
    draft = _Draft(isp, n, seed, calendar, CASTS.get(isp.slug, ()))
    draft.people()
    draft.apply_cast()
    owner, port, network = draft.lines()
    plan = draft.plans(owner)
    plants = choose_plants(isp, network, port, calendar)
    place_cast(draft.cast, plants, network, draft.region, port)
    rank = Shuffle.of(n, seed)(np.arange(n, dtype=np.int64))
    return (
        Subscribers(
            n=n,
            business=draft.business,
            region=draft.region,
            site=network.site_of()[port[:n]],
            tier=draft.tier,
            status=draft.status,
            since=draft.since,
            churned=draft.churned,
            habit=draft.habit,
            carrier=draft.carrier,
            bill_rank=rank,
            bill_day=1 + rank * 28 // n,
            trouble=draft.trouble,
            at_risk=draft.at_risk,
            owner=owner,
            port=port,
            plan=plan,
        ),
        network,
        plants,
    )
