"""What changes a subscriber's services: a plan change with its proration, a new service, a new customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from bot.api import Money
from plugins.customers.nouns import Plan, Service

TAKE_BACK = timedelta(days=1)
"""How long a plan change that has begun can be taken back whole: bills count days, and later ones are used.

Longer than its undo, which may wait for another person's yes.
"""


def prorated(monthly: Money, days: int, length: int) -> Money:
    """Return what so many days of a period of this length cost, half a unit rounded up."""
    exact = Decimal(monthly.minor) * days / length
    return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), monthly.currency)


@dataclass(frozen=True, kw_only=True)
class PlanQuote:
    """What moving a service to another plan costs now.

    The billing period runs from `start` to `end`, which is left out; the new plan has `days_left` of its
    `days`. `billed` says whether the period was invoiced at all; if not, nothing is to be settled.
    """

    service: Service
    plan: Plan
    on: date
    start: date
    end: date
    billed: bool

    @property
    def days(self) -> int:
        """Days of the period."""
        return (self.end - self.start).days

    @property
    def days_left(self) -> int:
        """Days of the period with the new plan."""
        return max((self.end - self.on).days, 0) if self.billed else 0

    @property
    def unused(self) -> Money:
        """What was paid ahead for the old plan and is not used."""
        return prorated(self.service.plan.price, self.days_left, self.days)

    @property
    def charge(self) -> Money:
        """What the new plan costs for the rest of the period."""
        return prorated(self.plan.price, self.days_left, self.days)

    @property
    def net(self) -> Money:
        """What is to be paid; negative is a credit."""
        return self.charge - self.unused


@dataclass(frozen=True, kw_only=True)
class PlanChange:
    """The last change of a service's plan, which can still be taken back.

    `document` is the invoice or credit note it brought, unless that is void by now; `net` is what it came
    to, a credit negative, and `paid` what was paid on the invoice since. `on` is the day it begins.
    """

    service: Service
    before: Plan
    after: Plan
    at: datetime
    by: str
    on: date
    document: str | None = None
    net: Money | None = None
    paid: Money | None = None


@dataclass(frozen=True, kw_only=True)
class PlanChanged:
    """The service after a change; `document` is the invoice or credit note the proration brought."""

    service: Service
    document: str | None = None


@dataclass(frozen=True, kw_only=True)
class ServiceOrder:
    """A service to set up. `port` is the key of a PON or sector; without `username` one is made."""

    customer: str
    plan: str
    address: str
    port: str | None = None
    ont_serial: str | None = None
    username: str | None = None
    active: bool = False


@dataclass(frozen=True, kw_only=True)
class ContactChange:
    """How a subscriber is called and reached from now on: None stays as it is, an empty text clears it."""

    name: str | None = None
    contact: str | None = None
    phone: str | None = None
    alt_phone: str | None = None
    email: str | None = None
    street: str | None = None
    city: str | None = None
    postcode: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewCustomer:
    """A subscriber to add; they are a prospect until their first service is active."""

    name: str
    kind: str = "individual"
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    street: str | None = None
    city: str | None = None
    postcode: str | None = None
    region: str | None = None
    site: str | None = None
    partner: str | None = None
