"""The billing port: invoices, payments, what is owed, and what comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol

from bot.api import Money, Ref, Scope, day, plural


class InvoiceStatus(StrEnum):
    """Where an invoice stands; overdue is an open one past its due date."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """What one line charges for."""

    text: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """`number` is the key; `customer` is the account number."""

    number: str
    customer: str
    customer_name: str = ""
    issued_on: date
    due_on: date
    total: Money
    paid: Money
    status: InvoiceStatus
    lines: tuple[InvoiceLine, ...] = ()

    @property
    def owed(self) -> Money:
        """What is still to be paid on it."""
        nothing = Money(0, self.total.currency)
        return self.total - self.paid if self.status is InvoiceStatus.OPEN else nothing


InvoiceRef = Annotated[Invoice, Ref("invoice")]


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money that came in, or did not: `status` succeeded, failed, pending or refunded."""

    number: str
    customer: str
    customer_name: str = ""
    at: datetime
    amount: Money
    method: str
    status: str
    invoice: str | None = None
    provider: str | None = None
    failure: str | None = None
    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What a customer owes now. A negative `owed` is credit in their favour.

    `owed` is open invoices less payments and credit notes not tied to an invoice; what they owe
    in a currency other than the tenant's is in `other`.
    """

    customer: str
    owed: Money
    overdue: Money
    overdue_since: date | None = None
    open_invoices: int = 0
    next_due: date | None = None
    last_payment: Payment | None = None
    last_failure: Payment | None = None
    other: tuple[Money, ...] = ()

    def said(self, today: date) -> str:
        """Return `owes 130.00 EUR, 85.00 EUR of it overdue since 11 Oct (40 days)`."""
        also = "".join(f", and {money}" for money in self.other)
        if self.owed.minor < 0:
            return f"in credit by {-self.owed}{also}"
        if self.owed.minor == 0:
            return f"nothing owed{also}"
        if not self.overdue.minor or self.overdue_since is None:
            due = f", due {day(self.next_due, today)}" if self.next_due else ""
            return f"owes {self.owed}{also}{due}"
        late = plural((today - self.overdue_since).days, "day")
        part = "all of it" if self.overdue == self.owed else f"{self.overdue} of it"
        return f"owes {self.owed}{also}, {part} overdue since {day(self.overdue_since, today)} ({late})"


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Debt of one age: days overdue from `since` to `until` (None: and more)."""

    since: int
    until: int | None
    customers: int
    amount: Money

    @property
    def label(self) -> str:
        """E.g. `31-60 days`."""
        return f"{self.since}-{self.until} days" if self.until is not None else f"over {self.since - 1} days"


@dataclass(frozen=True, kw_only=True)
class Debtor:
    """A customer with overdue invoices."""

    customer: str
    name: str
    status: str
    tier: str
    phone: str | None
    owed: Money
    invoices: int
    oldest_due: date
    days: int


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """All overdue debt by age, and the first debtors, largest debt first."""

    buckets: tuple[Bucket, ...]
    debtors: tuple[Debtor, ...]
    customers: int
    total: Money


@dataclass(frozen=True, kw_only=True)
class FailureGroup:
    """Failed payments of one reason with one provider."""

    reason: str
    provider: str
    count: int
    amount: Money


@dataclass(frozen=True, kw_only=True)
class FailedPayments:
    """Failed payments of a period: how many of all tried, grouped, and the newest.

    `recovered` counts those whose invoice has been paid since.
    """

    count: int
    tried: int
    recovered: int
    amount: Money
    groups: tuple[FailureGroup, ...]
    newest: tuple[Payment, ...]


@dataclass(frozen=True, kw_only=True)
class Revenue:
    """Money of a calendar month, and what stands open now.

    `mrr` is the monthly price of all active services (now); `invoiced`, `collected` and `credited`
    belong to the month; `receivable` is all that is owed now, `overdue` the part past due.
    """

    month: date
    mrr: Money
    services: int
    invoiced: Money
    collected: Money
    credited: Money
    receivable: Money
    overdue: Money
    by_plan: tuple[tuple[str, int, Money], ...] = ()


class Billing(Protocol):
    """Who owes what, who paid. Searches see only rows inside `scope`."""

    port_name: ClassVar[str] = "billing"

    async def balance(self, scope: Scope, customer: str, today: date) -> Balance | None:
        """Return what a customer owes; None if there is no such customer."""
        ...

    async def balances(self, scope: Scope, customers: Sequence[str], today: date) -> Mapping[str, Balance]:
        """Return what each of several customers owes."""
        ...

    async def invoices(self, scope: Scope, customer: str, limit: int = 12) -> Sequence[Invoice]:
        """Return a customer's invoices, newest first."""
        ...

    async def get_invoice(self, scope: Scope, number: str) -> Invoice | None:
        """Return one invoice with its lines."""
        ...

    async def payments(self, scope: Scope, customer: str, limit: int = 12) -> Sequence[Payment]:
        """Return a customer's payments, newest first, failed ones too."""
        ...

    async def overdue(self, scope: Scope, today: date, min_days: int = 1, limit: int = 20) -> Overdue:
        """Return debt that is at least `min_days` overdue, in the tenant's currency."""
        ...

    async def failed(self, scope: Scope, since: datetime, until: datetime, limit: int = 15) -> FailedPayments:
        """Return the payments that failed in a period, in the tenant's currency."""
        ...

    async def revenue(self, scope: Scope, month: date, today: date) -> Revenue:
        """Return the figures of the month that starts on this day, in the tenant's currency."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
