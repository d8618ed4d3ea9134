"""What makes one simulated provider different from another: places, prices, carriers of money."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.demo.world.names import Pool


@dataclass(frozen=True, kw_only=True)
class Town:
    """A town or estate with the streets its ports serve."""

    name: str
    postcode: str
    lat: float
    lon: float
    roads: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region as row scopes know it; `code` starts the names of its sites and devices."""

    name: str
    code: str
    share: float
    towns: tuple[Town, ...]
    partner: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanSpec:
    """A plan on the price list; `weight` is how popular it is, 0 for one no longer sold."""

    code: str
    name: str
    kind: str
    down_mbps: int
    up_mbps: int
    price_minor: int
    weight: float
    business: bool = False


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """Who carries payments, and the share of customers who use it; `auto` charges on the due day."""

    name: str
    method: str
    share: float
    auto: bool = False


@dataclass(frozen=True, kw_only=True)
class Isp:
    """One provider. `planted` puts the known truths into its world; `billing` its invoices."""

    slug: str
    name: str
    domain: str
    timezone: str
    currency: str
    locale: str
    regions: tuple[Region, ...]
    plans: tuple[PlanSpec, ...]
    carriers: tuple[Carrier, ...]
    people: tuple[Pool, ...]
    wireless_share: float
    business_share: float
    phone_prefix: str
    initials: str
    billing: bool = True
    planted: bool = True

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.timezone)


GRACE_DAYS = 10
"""Days from an invoice to its due date."""
SUSPEND_AFTER_DAYS = 14
"""Days past due after which a home line is suspended (documents/dunning-policy.md)."""
SUSPEND_BUSINESS_AFTER_DAYS = 30
"""The same for businesses; critical ones are never suspended automatically."""
TERMINATE_AFTER_DAYS = 60
"""Days past due after which the contract ends."""
FIRST_RESPONSE_HOURS = {"urgent": 0.5, "high": 2.0, "normal": 8.0, "low": 24.0}
"""Promised first answer by priority (documents/sla-policy.md)."""
RESOLVE_HOURS = {"urgent": 4.0, "high": 12.0, "normal": 48.0, "low": 120.0}
"""Promised repair by priority (documents/sla-policy.md)."""
MARGINAL_DBM, WEAK_DBM = -25.0, -27.0
"""ONT receive power: watched below the first, repaired below the second (documents/optical-levels.md)."""
