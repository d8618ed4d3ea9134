"""The customers port: subscribers, their services and plans, and what staff wrote down about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Protocol

from bot.api import Effect, Scope
from plugins.customers.changes import (
    TAKE_BACK,
    ContactChange,
    NewCustomer,
    PlanChange,
    PlanChanged,
    PlanQuote,
    ServiceOrder,
    prorated,
)
from plugins.customers.choice import CustomerPage, CustomerQuery, area_of, query_of, said_of
from plugins.customers.choice import Kind as CustomerKind
from plugins.customers.choice import Standing as CustomerStanding
from plugins.customers.choice import Tier as CustomerTier
from plugins.customers.nouns import (
    Customer,
    CustomerRef,
    CustomerStatus,
    Found,
    Note,
    Plan,
    PlanRef,
    Service,
    ServiceRef,
    ServicesChanged,
    ServiceStatus,
)

__all__ = [
    "TAKE_BACK",
    "ContactChange",
    "Customer",
    "CustomerKind",
    "CustomerPage",
    "CustomerQuery",
    "CustomerRef",
    "CustomerStanding",
    "CustomerStatus",
    "CustomerTier",
    "Customers",
    "Found",
    "NewCustomer",
    "Note",
    "Plan",
    "PlanChange",
    "PlanChanged",
    "PlanQuote",
    "PlanRef",
    "Service",
    "ServiceOrder",
    "ServiceRef",
    "ServiceStatus",
    "ServicesChanged",
    "area_of",
    "prorated",
    "query_of",
    "said_of",
]


class Customers(Protocol):
    """Who the subscribers are and what they have. Searches see only rows inside `scope`."""

    port_name: ClassVar[str] = "customers"
    tells_devices: ClassVar[bool]
    """Whether suspending and resuming reach the network; else they only change a record."""

    async def find(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Found]:
        """Find by any identifier or by words of name or address, best first.

        A phone, e-mail, account number, IP, MAC, ONT serial, PPPoE username, service, invoice or
        ticket number that matches whole is exact; so is a full name that only one customer bears.
        Case and separators do not matter; a phone number may be national or international, a serial
        have its maker in hexadecimal; an IP is also that of a live session, or inside an IPv6 prefix.
        Six digits or more may be the end of a phone number, never exact. Words may be in any order, the
        beginning of a word, without accents, or slightly misspelt; of one or two, each has to fit.
        """
        ...

    async def find_by(self, scope: Scope, query: CustomerQuery, limit: int = 50) -> CustomerPage:
        """Find all who fit: active ones, suspended ones, prospects, then churned ones, each by name.

        Those of a period newest first, whatever their status.
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

    async def add_note(
        self, effect: Effect, number: str, body: str, author: str = "", at: datetime | None = None
    ) -> Note:
        """Write a note on a customer, dated when it was asked for; one that comes back as it was."""
        ...

    async def remove_note(self, effect: Effect, number: str, note: Note) -> Note:
        """Remove one note that stands just so. Conflict when there is none (any more)."""
        ...

    async def suspend(
        self, effect: Effect, number: str, reason: str, services: Sequence[str] = ()
    ) -> ServicesChanged:
        """Suspend a customer's active services, or only those named; raises Conflict if none is active.

        The customer is suspended once no service is active. `resume` takes it back whole.
        """
        ...

    async def resume(self, effect: Effect, number: str, services: Sequence[str] = ()) -> ServicesChanged:
        """Resume a customer's suspended services, or only those named; raises Conflict if none is."""
        ...

    async def quote(self, scope: Scope, service: str, plan: str, *, next_period: bool = False) -> PlanQuote:
        """Return what moving a service to a plan costs, now or from the next period.

        Raises NotFound for an unknown service or plan, Conflict when it cannot be moved there.
        """
        ...

    async def change_plan(self, effect: Effect, quote: PlanQuote) -> PlanChanged:
        """Move a service to the plan quoted, and settle the difference.

        Raises Conflict when the quote no longer holds.
        """
        ...

    async def last_change(self, scope: Scope, service: str) -> PlanChange:
        """Return the last plan change of a service with what it charged or credited, to be taken back.

        Raises NotFound for an unknown service, Conflict when there is no change, the service is on another
        plan by now, or the change has begun and is older than TAKE_BACK or was billed since.
        """
        ...

    async def revert_plan(self, effect: Effect, service: str) -> PlanChanged:
        """Take the last plan change of a service back, with what it charged or credited.

        Raises Conflict where `last_change` does.
        """
        ...

    async def change_contact(
        self, effect: Effect, number: str, new: ContactChange, was: ContactChange | None = None
    ) -> Customer:
        """Change how a subscriber is called and reached; NotFound for an unknown one.

        With `was` only if that is what stands there; Conflict otherwise.
        """
        ...

    async def create(self, effect: Effect, new: NewCustomer) -> Customer:
        """Add a subscriber under the next account number."""
        ...

    async def provision(self, effect: Effect, new: ServiceOrder) -> Service:
        """Set a service up: pending, or active at once.

        Raises Conflict when the port is full, or the ONT or the username is in use, also by one that is set
        up at the same moment; NotFound for an unknown customer or port, or a plan not on sale.
        """
        ...

    async def activate(self, effect: Effect, service: str) -> Service:
        """Put a pending service into use, from today; Conflict if it is not pending."""
        ...

    async def terminate(self, effect: Effect, service: str, on: date, reason: str) -> Service:
        """End a service today or on a later day; Conflict if it has ended or is to end already.

        With their last service a customer is churned; `keep` takes that back too.
        """
        ...

    async def keep(self, effect: Effect, service: str) -> Service:
        """Take a termination back; Conflict if there is none."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
