"""The billing port: who owes what, who paid, and every change of an account; its records are beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Protocol

from bot.api import Effect, Money, Scope
from plugins.billing.nouns import (
    Balance,
    CreditNote,
    CreditRef,
    Entry,
    Invoice,
    InvoiceLine,
    InvoiceRef,
    InvoiceStatus,
    Ledger,
    Method,
    Payment,
    PaymentRef,
    Share,
    check_comparable,
    foreign,
    months_after,
    over_day,
    over_month,
    spread,
)
from plugins.billing.promises import (
    Channel,
    Instalment,
    NewCredit,
    NewPayment,
    NewPromise,
    Promise,
    PromiseRef,
    Reminder,
    Standing,
)
from plugins.billing.totals import (
    Bucket,
    CreditDay,
    CreditPage,
    CreditQuery,
    Debtor,
    DebtorQuery,
    FailedPayments,
    FailureGroup,
    InvoicePage,
    InvoiceQuery,
    Overdue,
    PaymentPage,
    PaymentQuery,
    Revenue,
)

if TYPE_CHECKING:
    from plugins.customers.port import CustomerQuery

__all__ = [
    "Balance",
    "Billing",
    "Bucket",
    "Channel",
    "CreditDay",
    "CreditNote",
    "CreditPage",
    "CreditQuery",
    "CreditRef",
    "Debtor",
    "DebtorQuery",
    "Entry",
    "FailedPayments",
    "FailureGroup",
    "Instalment",
    "Invoice",
    "InvoiceLine",
    "InvoicePage",
    "InvoiceQuery",
    "InvoiceRef",
    "InvoiceStatus",
    "Ledger",
    "Method",
    "NewCredit",
    "NewPayment",
    "NewPromise",
    "Overdue",
    "Payment",
    "PaymentPage",
    "PaymentQuery",
    "PaymentRef",
    "Promise",
    "PromiseRef",
    "Reminder",
    "Revenue",
    "Share",
    "Standing",
    "check_comparable",
    "foreign",
    "months_after",
    "over_day",
    "over_month",
    "spread",
]


class Billing(Protocol):
    """Who owes what, who paid. Searches see only rows inside `scope`; writes happen once per effect.

    Money that comes in settles the invoice it names, then those due longest; what is left is credit on
    the account and settles the next invoice. Nothing is deleted: a mistake is taken back by an entry. No
    invoice is ever paid by more than it comes to, also when two book at once. Numbers of documents are
    compared without regard to case, references without blanks and dashes too.
    """

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

    async def find_invoices(
        self, scope: Scope, query: InvoiceQuery, today: date, limit: int = 20
    ) -> InvoicePage:
        """Find invoices: unpaid and overdue ones by due date, others newest first."""
        ...

    async def get_invoice(self, scope: Scope, number: str) -> Invoice | None:
        """Return one invoice with its lines."""
        ...

    async def payments(self, scope: Scope, customer: str, limit: int = 12) -> Sequence[Payment]:
        """Return a customer's payments, newest first, failed ones too."""
        ...

    async def find_payments(self, scope: Scope, query: PaymentQuery, limit: int = 20) -> PaymentPage:
        """Find payments, newest first."""
        ...

    async def get_payment(self, scope: Scope, number: str) -> Payment | None:
        """Return one payment."""
        ...

    async def find_credits(
        self, scope: Scope, query: CreditQuery, since: datetime, until: datetime, limit: int = 20
    ) -> CreditPage:
        """Find credit notes, newest first; `until` is left out."""
        ...

    async def credit_days(
        self, scope: Scope, since: datetime, until: datetime, query: CreditQuery | None = None
    ) -> Sequence[CreditDay]:
        """Return what each colleague credited on each day of the tenant's calendar, newest day first.

        One for each currency. `until` is left out; on one day who credited most comes first. Of all notes,
        or of those described.
        """
        ...

    async def get_credit(self, scope: Scope, number: str) -> CreditNote | None:
        """Return one credit note."""
        ...

    async def ledger(
        self,
        scope: Scope,
        customer: str,
        limit: int = 20,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Ledger | None:
        """Return the last entries of an account, in the tenant's currency; None without such a customer.

        `before` and the entries add up to `after`, which is the balance; of a period, that at its end
        (`until` is left out).
        """
        ...

    async def overdue(
        self,
        scope: Scope,
        today: date,
        min_days: int = 1,
        limit: int = 20,
        among: DebtorQuery | None = None,
        max_days: int | None = None,
    ) -> Overdue:
        """Return debt of invoices that are at least `min_days` overdue, in the tenant's currency.

        And at most `max_days`, where that is given. `over` and `under` of `among` are compared with what is
        that long overdue.
        """
        ...

    async def debtors(
        self,
        scope: Scope,
        today: date,
        customer: str | None = None,
        limit: int = 5_000,
        whose: CustomerQuery | None = None,
    ) -> Sequence[Debtor]:
        """Return those with overdue invoices, longest first: all, one customer, or those described."""
        ...

    async def failed(
        self,
        scope: Scope,
        since: datetime,
        until: datetime,
        limit: int = 15,
        method: Method | None = None,
        whose: CustomerQuery | None = None,
    ) -> FailedPayments:
        """Return the payments that failed in a period, in the tenant's currency; what was tried as well."""
        ...

    async def revenue(
        self, scope: Scope, month: date, today: date, whose: CustomerQuery | None = None
    ) -> Revenue:
        """Return the figures of the month that starts on this day, in the tenant's currency.

        Of all customers, or of those described.
        """
        ...

    async def promises(
        self, scope: Scope, since: datetime, customer: str | None = None, limit: int = 1_000
    ) -> Sequence[Promise]:
        """Return what was promised since then, newest first: by all, or by one customer."""
        ...

    async def get_promise(self, scope: Scope, number: str) -> Promise | None:
        """Return one promise or payment plan."""
        ...

    async def pay(self, effect: Effect, new: NewPayment) -> Payment:
        """Book money that came in.

        Raises Conflict when a payment that stands bears the same reference, and BadInput when the account is
        in another currency.
        """
        ...

    async def reverse(self, effect: Effect, number: str, reason: str) -> Payment:
        """Take a payment back by an entry against it; return that entry. Conflict if it was already.

        Only what succeeded can be taken back, and no such entry. What it had settled is owed again.
        """
        ...

    async def credit(self, effect: Effect, new: NewCredit) -> CreditNote:
        """Write a credit note.

        Raises NotAllowed over the limit of the month or the day, Conflict over what the invoice came to,
        BadInput in another currency than the account's.
        """
        ...

    async def void_credit(self, effect: Effect, number: str, reason: str) -> CreditNote:
        """Void a credit note: what it settled is owed again. Conflict if it was voided already."""
        ...

    async def promise(self, effect: Effect, new: NewPromise) -> Promise:
        """Write down what a customer promised; Conflict while another promise of theirs is open."""
        ...

    async def cancel_promise(self, effect: Effect, number: str) -> Promise:
        """Cancel a promise: dunning goes on. Conflict if it was cancelled already."""
        ...

    async def remind(self, effect: Effect, customer: str, channel: Channel, owed: Money) -> Reminder:
        """Write down that a customer was reminded."""
        ...

    async def dispute(self, effect: Effect, number: str, text: str | None) -> Invoice:
        """Mark an open invoice as disputed, or with None as settled again; Conflict if it is so already."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
