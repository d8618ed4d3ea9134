"""The customers port: subscribers, their services and plans, and what staff wrote down about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol

from bot.api import Effect, Money, Ref, Scope


class CustomerStatus(StrEnum):
    """Where a subscriber stands."""

    PROSPECT = "prospect"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CHURNED = "churned"


class ServiceStatus(StrEnum):
    """Where a service stands."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A subscriber, person or company. `number` is the account number and the key everywhere."""

    number: str
    name: str
    kind: str = "individual"
    contact: str | None = None
    email: str | None = None
    phone: str | None = None
    alt_phone: str | None = None
    street: str | None = None
    city: str | None = None
    postcode: str | None = None
    region: str | None = None
    site: str | None = None
    partner: str | None = None
    status: CustomerStatus = CustomerStatus.ACTIVE
    tier: str = "standard"
    language: str = "en"
    since: date | None = None
    churned_on: date | None = None
    tags: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Street, city and postcode on one line."""
        return ", ".join(part for part in (self.street, self.city, self.postcode) if part)

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


CustomerRef = Annotated[Customer, Ref("customer")]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A customer that fits some words. `by` says through what (phone, name, ONT serial …)."""

    customer: Customer
    by: str
    exact: bool = False
    score: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is sold: a speed for a price per month."""

    code: str
    name: str
    kind: str
    down_kbps: int
    up_kbps: int
    price: Money
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class Service:
    """One access line of a customer. `number` is the key; `customer` is the account number."""

    number: str
    customer: str
    plan: Plan
    kind: str
    status: ServiceStatus
    username: str | None = None
    ipv4: str | None = None
    ipv6_prefix: str | None = None
    vlan: int | None = None
    cpe_mac: str | None = None
    ont_serial: str | None = None
    activated_on: date | None = None
    suspended_at: datetime | None = None
    suspend_reason: str | None = None
    terminated_on: date | None = None


ServiceRef = Annotated[Service, Ref("service")]


@dataclass(frozen=True, kw_only=True)
class Note:
    """What a member of staff wrote down about a customer."""

    at: datetime
    by: str
    body: str


@dataclass(frozen=True, kw_only=True)
class ServicesChanged:
    """The customer after a suspension or resumption, and the numbers of the services it changed."""

    customer: Customer
    services: tuple[str, ...]


class Customers(Protocol):
    """Who the subscribers are and what they have. Searches see only rows inside `scope`."""

    port_name: ClassVar[str] = "customers"
    tells_devices: ClassVar[bool]
    """Whether suspending and resuming reach the network; else they only change a record."""

    async def find(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Found]:
        """Find by any identifier or by words of name or address, best first.

        A phone, e-mail, account number, IP, MAC, ONT serial, PPPoE username, service, invoice or
        ticket number that matches whole is exact; so is a full name that only one customer bears.
        """
        ...

    async def get(self, scope: Scope, number: str) -> Customer | None:
        """Return the customer with this account number."""
        ...

    async def services(self, scope: Scope, number: str) -> Sequence[Service]:
        """Return a customer's services, those in use first."""
        ...

    async def find_services(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Service]:
        """Find services by number, PPPoE username, IP, MAC or ONT serial."""
        ...

    async def plans(self) -> Sequence[Plan]:
        """Return the plans on sale, cheapest first."""
        ...

    async def notes(self, scope: Scope, number: str, limit: int = 10) -> Sequence[Note]:
        """Return the notes on a customer, newest first."""
        ...

    async def add_note(self, effect: Effect, number: str, body: str) -> Note:
        """Write a note on a customer."""
        ...

    async def suspend(
        self, effect: Effect, number: str, reason: str, services: Sequence[str] = ()
    ) -> ServicesChanged:
        """Suspend a customer's active services, or only those named; raises Conflict if none is active."""
        ...

    async def resume(self, effect: Effect, number: str, services: Sequence[str] = ()) -> ServicesChanged:
        """Resume a customer's suspended services, or only those named; raises Conflict if none is."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
