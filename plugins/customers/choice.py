"""Which customers are meant: those of a status, kind, plan or area, or who came or left in a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from plugins.customers.nouns import Customer, CustomerStatus, Plan

Standing = Literal["active", "suspended", "prospect", "churned", "blocked", "former", "lost"]
Kind = Literal["business", "individual", "residential", "private", "commercial"]
Tier = Literal["standard", "premium", "critical", "VIP"]
SAME = {"blocked": "suspended", "former": "churned", "lost": "churned", "residential": "individual",
        "private": "individual", "commercial": "business", "VIP": "premium"}  # fmt: skip
"""Words of the trade for the status, kind and tier as they are kept."""
AROUND = frozenset(("the", "our", "region", "area", "site", "zone"))
"""Words that say what sort of place a name is."""


@dataclass(frozen=True, kw_only=True)
class CustomerQuery:
    """All that is named has to fit. `plan` is the code of one a line in use is on.

    `owing` are those with an invoice that is not paid, or with none. `area` is a region, a site by code, or a
    city, in any case; where no region or site is called so, also a site by words of its name. `suspended_for`
    are those with a suspended service whose reason has these words, one after the other. `since` and `until`
    are the first and last day on which they became customers; of churned ones, on which they left; of
    suspended ones, on which they were (last) suspended. `paying` are those who ever paid, or who
    never did though they are customers: a prospect has nothing to pay.
    """

    status: CustomerStatus | None = None
    kind: str | None = None
    tier: str | None = None
    plan: str | None = None
    area: str | None = None
    since: date | None = None
    until: date | None = None
    owing: bool | None = None
    suspended_for: str | None = None
    paying: bool | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerPage:
    """The first customers, and how many there are of each status in all."""

    customers: tuple[Customer, ...]
    by_status: tuple[tuple[CustomerStatus, int], ...]

    @property
    def count(self) -> int:
        """How many there are in all."""
        return sum(count for _, count in self.by_status)


def area_of(words: str) -> str:
    """Return the name of a place alone: `the coast region` is `coast`."""
    parts = words[:80].split()
    while parts and parts[0].lower() in AROUND:
        parts.pop(0)
    while parts and parts[-1].lower() in AROUND:
        parts.pop()
    return " ".join(parts)


def query_of(
    *,
    status: Standing | None = None,
    kind: Kind | None = None,
    plan: Plan | None = None,
    area: str = "",
    tier: Tier | None = None,
    since: date | None = None,
    until: date | None = None,
) -> CustomerQuery:
    """Return whom people mean by these words."""
    wanted = SAME.get(status or "", status)
    return CustomerQuery(
        status=CustomerStatus(wanted) if wanted else None,
        kind=SAME.get(kind or "", kind),
        plan=plan.code if plan else None,
        area=area_of(area) or None,
        tier=SAME.get(tier or "", tier),
        since=since,
        until=until,
    )


def said_of(query: CustomerQuery, noun: str) -> str:
    """Return `business customer in coast`, without the plan and the period."""
    status = query.status.value if query.status else None
    words = " ".join(word for word in (query.tier, status, query.kind, noun) if word)
    return f"{words} in {query.area}" if query.area else words
