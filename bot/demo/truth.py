"""What is known to be true of a simulated world: the answers that later evaluations score against."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.demo.world.cast import FIRST_NUMBER
from bot.demo.world.isp import WEAK_DBM
from bot.demo.world.lines import LOS
from bot.demo.world.plants import DRIFT_DAYS, DRIFT_DB_PER_DAY, GENEROUS, LEAVER
from bot.demo.world.seeded import Flags, instant
from bot.demo.world.subscribers import ACTIVE, CHURNED, CRITICAL, STATUSES
from bot.demo.world.world import World


@dataclass(frozen=True, kw_only=True)
class Truth:
    """One tenant's world: how it was made, what is in it, what was planted. JSON values only."""

    tenant: str
    seed: int
    size: int
    anchor: str
    counts: Mapping[str, int]
    cast: Mapping[str, str]
    planted: Mapping[str, Any]
    others: Mapping[str, Truth] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        values = {k: v for k, v in vars(self).items() if k != "others"}
        return {**values, "others": {slug: other.as_json() for slug, other in self.others.items()}}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Truth:
        """Read what `as_json` wrote."""
        others = {slug: cls.from_json(other) for slug, other in values.get("others", {}).items()}
        return cls(**{**values, "others": others})

    def write(self, path: Path) -> None:
        """Write the truth file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def truth_of(world: World, counts: Mapping[str, int]) -> Truth:
    """Return the truth of a world whose rows have all been told."""
    subs = world.subs
    standing = {f"customers_{name}": int((subs.status == k).sum()) for k, name in enumerate(STATUSES)}
    lit = world.lines.mounted & ~world.lines.wireless & (world.lines.state != LOS)
    weak = lit & (world.lines.rx < WEAK_DBM)
    numbers = {
        **counts,
        **standing,
        "sessions_live": world.tallied("sessions_live"),
        "onts_weak": int(weak.sum()),
        "tickets_open": world.tallied("tickets_open"),
        "tickets_breached_open": world.tallied("tickets_breached_open"),
    }
    return Truth(
        tenant=world.isp.slug,
        seed=world.seed,
        size=subs.n,
        anchor=world.calendar.moment.isoformat(),
        counts=numbers,
        cast={f"{member.role}:{member.number}": member.name for member in world.cast},
        planted=_planted(world) if world.isp.planted else {},
    )


def _planted(world: World) -> dict[str, Any]:
    return {
        "outage": _outage(world),
        "power_cut": _power(world),
        "payment_drop": _drop(world),
        "degrading_pon": _drift(world),
        "churn": _churn(world),
        "orphaned_tickets": {
            "assignee": f"{LEAVER}@{world.isp.domain}",
            "tickets": world.tally.get("orphans", []),
        },
        "suspended_but_online": {"customers": world.tally.get("leaks", [])},
        "generous_credits": {
            "by": f"{GENEROUS}@{world.isp.domain}",
            "customer": world.tally.get("credits_customer", [""])[0],
            "count": int(world.tally.get("credits_count", ["0"])[0]),
        },
        "promises": {
            "open": world.tally.get("promises_open", []),
            "broken": world.tally.get("promises_broken", []),
            "plans": world.tally.get("promises_plan", []),
            "kept": world.tally.get("promises_kept", []),
        },
        "flapping_line": {
            "customer": _role(world, "flapping"),
            "sessions": int(world.tally.get("flapping_count", ["0"])[0]),
        },
    }


def _customers(world: World, lines: Flags) -> list[str]:
    """Return account numbers of the customers on these lines."""
    return [str(FIRST_NUMBER + int(i)) for i in np.unique(world.subs.owner[lines])]


def _role(world: World, role: str) -> str:
    return next((str(m.number) for m in world.cast if m.role == role), "")


def _outage(world: World) -> dict[str, Any]:
    plants, lines, subs = world.plants, world.lines, world.subs
    ports = [world.network.ports[int(p)] for p in plants.cut_ports]
    served = lines.cut & (subs.status[subs.owner] == ACTIVE)
    hit = np.unique(subs.owner[served])
    return {
        "number": world.outages[-1].number,
        "olt": plants.cut_olt,
        "site": world.network.sites[ports[0].site].code,
        "ports": [port.name for port in ports],
        "since": instant(plants.cut_at).isoformat(),
        "eta": instant(plants.cut_eta).isoformat(),
        "lines": int(lines.cut.sum()),
        "customers": _customers(world, lines.cut),
        "without_service": _customers(world, served),
        "sessions_lost": int(served.sum()),
        "business": int(subs.business[hit].sum()),
        "critical": [str(FIRST_NUMBER + int(i)) for i in hit[subs.tier[hit] == CRITICAL]],
        "tickets": world.tally.get("wave", []),
    }


def _power(world: World) -> dict[str, Any]:
    return {
        "ports": [world.network.subject(int(p))[5:] for p in world.plants.power_ports],
        "since": instant(world.plants.power_at).isoformat(),
        "lines": int(world.lines.power.sum()),
        "customers": _customers(world, world.lines.power),
        "tickets": world.tally.get("power_tickets", []),
    }


def _drop(world: World) -> dict[str, Any]:
    expected, paid = (len(world.tally.get(name, [])) for name in ("drop_expected", "drop_paid"))
    return {
        "provider": world.isp.carriers[world.plants.drop_carrier].name,
        "since": instant(world.plants.drop_at).isoformat(),
        "expected": expected,
        "succeeded": paid,
        "failed_recorded": world.tallied("drop_failed"),
        "failure": "provider_timeout",
        "tickets": world.tally.get("drop_tickets", []),
    }


def _drift(world: World) -> dict[str, Any]:
    return {
        "subject": world.network.subject(int(world.plants.drift_ports[0])),
        "days": DRIFT_DAYS,
        "db_per_day": -DRIFT_DB_PER_DAY,
        "lost_db": round(-DRIFT_DAYS * DRIFT_DB_PER_DAY, 2),
        "customers": _customers(world, world.lines.drift),
        "tickets": world.tally.get("drift_tickets", []),
    }


def _churn(world: World) -> dict[str, Any]:
    subs = world.subs
    gone = np.flatnonzero(subs.at_risk & (subs.status == CHURNED))
    risk = np.flatnonzero(subs.at_risk & (subs.status == ACTIVE))
    return {
        "pattern": "three or more fault tickets within 60 days, and late payments",
        "left_with_pattern": [str(FIRST_NUMBER + int(i)) for i in gone],
        "left_without": int((~subs.at_risk & (subs.status == CHURNED)).sum()),
        "at_risk_now": [str(FIRST_NUMBER + int(i)) for i in risk],
    }
