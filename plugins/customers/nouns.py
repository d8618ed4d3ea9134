"""What the customers port speaks of: subscribers, their services and plans, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from bot.api import Money, Ref


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


PlanRef = Annotated[Plan, Ref("plan")]


@dataclass(frozen=True, kw_only=True)
class Service:
    """One access line of a customer. `number` is the key; `customer` is the account number.

    `terminated_on` of one still in use is the day it will end; `next_plan` begins on `next_plan_on`.
    """

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
    next_plan: Plan | None = None
    next_plan_on: date | None = None
    address: str | None = None


ServiceRef = Annotated[Service, Ref("service")]


@dataclass(frozen=True, kw_only=True)
class Note:
    """What a member of staff wrote down about a customer; `author` is their id where one was kept."""

    at: datetime
    by: str
    body: str
    author: str = ""


@dataclass(frozen=True, kw_only=True)
class ServicesChanged:
    """The customer after a suspension or resumption, and the numbers of the services it changed."""

    customer: Customer
    services: tuple[str, ...]
