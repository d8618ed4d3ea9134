"""Money of many customers: lists with their totals, debt by age, failures, revenue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from bot.api import Money
from plugins.billing.nouns import CreditNote, Invoice, Method, Payment

if TYPE_CHECKING:  # customers show debts too: at run time neither port needs the other
    from plugins.customers.port import CustomerQuery, CustomerStatus


@dataclass(frozen=True, kw_only=True)
class InvoiceQuery:
    """Which invoices: `standing` unpaid, overdue, paid, void or disputed; issued within the period.

    Or due within it, where it `is_due`; of a total of more than `over` and of less than `under`, in its
    currency; of those `whose` describes. The `biggest` first.
    """

    customer: str | None = None
    standing: str | None = None
    since: date | None = None
    until: date | None = None
    is_due: bool = False
    biggest: bool = False
    over: Money | None = None
    under: Money | None = None
    whose: CustomerQuery | None = None


@dataclass(frozen=True, kw_only=True)
class InvoicePage:
    """The first invoices, and what all of them come to in the tenant's currency."""

    invoices: tuple[Invoice, ...]
    count: int
    total: Money
    owed: Money


@dataclass(frozen=True, kw_only=True)
class PaymentQuery:
    """Which payments: of a customer, a period (until is left out), a method, a status, or with a reference.

    Of more than `over`, of less than `under` (what was taken back is no small payment), or of just this
    `amount`, each in its currency; of those `whose` describes; `twice` leaves only customers of whom more
    than one of these succeeded.
    """

    customer: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    method: Method | None = None
    reference: str | None = None
    status: str | None = None
    over: Money | None = None
    under: Money | None = None
    amount: Money | None = None
    whose: CustomerQuery | None = None
    twice: bool = False


@dataclass(frozen=True, kw_only=True)
class PaymentPage:
    """The newest payments, and what all that succeeded come to in the tenant's currency."""

    payments: tuple[Payment, ...]
    count: int
    failed: int
    total: Money


@dataclass(frozen=True, kw_only=True)
class CreditPage:
    """The newest credit notes, and what all that stand come to in the tenant's currency.

    `other` is what those in other currencies come to.
    """

    notes: tuple[CreditNote, ...]
    count: int
    total: Money
    other: tuple[Money, ...] = ()

    def of(self, currency: str) -> Money:
        """Return what those in a currency come to."""
        sums = {one.currency: one for one in (*self.other, self.total)}
        return sums.get(currency) or Money(0, currency)


@dataclass(frozen=True, kw_only=True)
class CreditQuery:
    """Which credit notes: of a customer, of amounts, or by the one whose name or id `agent` is.

    Of more than `over` and less than `under`. A part of a name is enough where a word of it begins so; what
    stands behind the @ is no name.
    Or those of a colleague who is known: `by_one_of` are their id, e-mail and name, and a note that bears
    another id is not theirs, whatever its name.
    """

    customer: str | None = None
    over: Money | None = None
    under: Money | None = None
    agent: str | None = None
    by_one_of: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CreditDay:
    """What one colleague credited on one day in one currency: notes that stand, and those void.

    `agent` is the id, or the name where nobody kept an id.
    """

    agent: str
    name: str
    on: date
    count: int
    total: Money
    voided: int = 0


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Debt of one age: days overdue from `since` to `until` (None: and more); since 0 is not due yet."""

    since: int
    until: int | None
    customers: int
    amount: Money

    @property
    def label(self) -> str:
        """E.g. `31-60 days`."""
        if not self.since:
            return "not due yet"
        return f"{self.since}-{self.until} days" if self.until is not None else f"over {self.since - 1} days"


@dataclass(frozen=True, kw_only=True)
class Debtor:
    """A customer with overdue invoices; what dunning has to know about them.

    `credit` is what lies on the account unspent; `disputed` the part of `owed` they contest.
    """

    customer: str
    name: str
    status: str
    tier: str
    phone: str | None
    owed: Money
    invoices: int
    oldest_due: date
    days: int
    kind: str = "individual"
    region: str | None = None
    services: int = 0
    credit: Money | None = None
    disputed: Money | None = None
    reminded_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DebtorQuery:
    """Whose debt: of those who owe so much, and of customers as `CustomerQuery` describes them.

    They owe more than `over` and less than `under`. `without` are account numbers that are left out.
    """

    over: Money | None = None
    under: Money | None = None
    kind: str | None = None
    tier: str | None = None
    plan: str | None = None
    area: str | None = None
    name: str | None = None
    status: CustomerStatus | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """All debt by the age of its invoices, and the first debtors, largest debt first.

    `customers` and `total` count what is overdue; the bucket of what is not due yet stands beside it.
    """

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

    `mrr` is the monthly price of all active services (now) of `customers` customers; `invoiced`,
    `collected` and `credited` belong to the month; `collected_before` to the month before it, up to the
    same day while the month runs; `receivable` is all that is owed now, `overdue` the part past due.
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
    by_region: tuple[tuple[str, int, Money], ...] = ()
    customers: int = 0
    collected_before: Money | None = None
