"""A small ISP in the ports' own records: what an author puts into their system before each check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from bot.api import ConnectorContext, NoSettings, Tenant, Unavailable
from bot.conformance import desk, people, plant
from bot.conformance.records import FarEnd, Online, Reading
from plugins.billing.port import Invoice, Payment
from plugins.customers.port import Customer, Note, Plan, Service
from plugins.email.port import Email, Template
from plugins.network.port import Cpe, Device, Maintenance, Outage, Pool, Port, Site, Splitter
from plugins.tickets.port import Agent, Ticket

__all__ = ["FarEnd", "Online", "Reading", "World", "plain", "small_isp"]

NOW = datetime(2026, 11, 20, 16, 55, tzinfo=UTC)
"""A Friday, 17:55 in Madrid."""
FORMS = {
    "customer": "100{nr:03}",
    "service": "SVC-100{nr:03}",
    "invoice": "INV-{nr:04}",
    "payment": "PAY-{nr:07}",
    "ticket": "TCK-10{nr:03}",
    "outage": "OUT-{nr:04}",
    "maintenance": "MNT-{nr:04}",
}
"""What our own tables call things; a rig says how another system does."""
Numbers = Callable[[str, int], str]


def plain(kind: str, nr: int) -> str:
    """Return the number of the nr-th thing of a kind."""
    return FORMS[kind].format(nr=nr)


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything one tenant has. Keys refer to each other: a service to its plan and account number.

    `wires` says on which port (its key) a service hangs, `behind` behind which splitter. `names` leads from
    what the checks call a thing to its number: `world["amina"]`. Invoices were paid by exactly the payments
    that name them.
    """

    tenant: Tenant
    clock: Clock
    names: Mapping[str, str] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    customers: tuple[Customer, ...] = ()
    notes: tuple[tuple[str, Note], ...] = ()
    services: tuple[Service, ...] = ()
    wires: Mapping[str, str] = field(default_factory=dict)
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    agents: tuple[Agent, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    templates: tuple[Template, ...] = ()
    emails: tuple[Email, ...] = ()
    sites: tuple[Site, ...] = ()
    devices: tuple[Device, ...] = ()
    ports: tuple[Port, ...] = ()
    onts: tuple[FarEnd, ...] = ()
    sessions: tuple[Online, ...] = ()
    outages: tuple[Outage, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    readings: tuple[Reading, ...] = ()
    pools: tuple[Pool, ...] = ()
    cpes: tuple[Cpe, ...] = ()
    splitters: tuple[Splitter, ...] = ()
    behind: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.names[name]

    @property
    def now(self) -> datetime:
        """The instant at which the world stands."""
        return self.clock.now

    @property
    def today(self) -> date:
        """The day on the tenant's calendar."""
        return self.now.astimezone(self.tenant.zone).date()

    def context(self, settings: Any = None) -> ConnectorContext:
        """Return what the host would open a connector with; there is no database of ours behind it."""
        return ConnectorContext(
            tenant=self.tenant, settings=settings or NoSettings(), now=lambda: self.now, sql=_no_tables
        )


@dataclass
class Clock:
    """What time it is for the connector; checks move it on."""

    now: datetime = NOW

    def move(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


def small_isp(numbers: Numbers = plain, *, slug: str = "acme", empty: bool = False) -> World:
    """Return the ISP of the checks, or one that has nothing yet; `numbers` is how the system counts."""
    tenant = Tenant(
        id=str(uuid5(NAMESPACE_DNS, slug)),
        slug=slug,
        name=slug.title(),
        timezone="Europe/Madrid",
        currency="EUR",
    )
    if empty:
        return World(tenant=tenant, clock=Clock())
    names = people.names(numbers) | plant.names(numbers)
    parts = people.parts(names, NOW) | desk.parts(names, NOW) | plant.parts(names, NOW)
    return World(tenant=tenant, clock=Clock(), names=names, **parts)


def _no_tables() -> Any:
    raise Unavailable("This connector is checked without our tables: only `local` may ask for them.")
