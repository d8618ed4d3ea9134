"""The billing port on our own tables: reading. Writing is in `booking.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from bot.api import ConnectorContext, Scope
from plugins.billing.port import (
    Balance,
    CreditDay,
    CreditNote,
    CreditPage,
    CreditQuery,
    Debtor,
    DebtorQuery,
    FailedPayments,
    Invoice,
    InvoicePage,
    InvoiceQuery,
    Ledger,
    Method,
    Overdue,
    Payment,
    PaymentPage,
    PaymentQuery,
    Promise,
    Revenue,
)
from plugins.connectors.local import queries_accounts as accounts
from plugins.connectors.local import queries_billing as queries
from plugins.connectors.local import queries_credit as credits_
from plugins.connectors.local import queries_money as money
from plugins.connectors.local import queries_overdue as debts
from plugins.connectors.local import queries_promises as promises
from plugins.connectors.local.booking import Booking
from plugins.connectors.local.queries_debtors import find_debtors
from plugins.customers.port import CustomerQuery


class LocalBilling(Booking):
    """Accounts and promises in the `isp_*` tables; sums are in the tenant's currency."""

    def __init__(self, context: ConnectorContext) -> None:
        super().__init__(context)
        self._zone = context.tenant.zone

    async def balance(self, scope: Scope, customer: str, today: date) -> Balance | None:
        """Return what a customer owes; None if there is no such customer."""
        return (await self.balances(scope, [customer], today)).get(customer)

    async def balances(self, scope: Scope, customers: Sequence[str], today: date) -> Mapping[str, Balance]:
        """Return what each of several customers owes."""
        async with self._sql() as session:
            return await queries.find_balances(session, scope, customers, today, self._currency)

    async def invoices(self, scope: Scope, customer: str, limit: int = 12) -> Sequence[Invoice]:
        """Return a customer's invoices, newest first."""
        async with self._sql() as session:
            return await queries.find_invoices(session, scope, customer, limit)

    async def find_invoices(
        self, scope: Scope, query: InvoiceQuery, today: date, limit: int = 20
    ) -> InvoicePage:
        """Find invoices: unpaid and overdue ones by due date, others newest first."""
        async with self._sql() as session:
            return await accounts.find_invoice_page(session, scope, query, today, self._currency, limit)

    async def get_invoice(self, scope: Scope, number: str) -> Invoice | None:
        """Return one invoice with its lines."""
        async with self._sql() as session:
            return await queries.get_invoice(session, scope, number)

    async def payments(self, scope: Scope, customer: str, limit: int = 12) -> Sequence[Payment]:
        """Return a customer's payments, newest first, failed ones too."""
        async with self._sql() as session:
            return await queries.find_payments(session, scope, customer, limit)

    async def find_payments(self, scope: Scope, query: PaymentQuery, limit: int = 20) -> PaymentPage:
        """Find payments, newest first."""
        async with self._sql() as session:
            return await accounts.find_payment_page(
                session, scope, query, self.today(), self._currency, limit
            )

    async def get_payment(self, scope: Scope, number: str) -> Payment | None:
        """Return one payment."""
        async with self._sql() as session:
            return await accounts.get_payment(session, scope, number)

    async def find_credits(
        self, scope: Scope, query: CreditQuery, since: datetime, until: datetime, limit: int = 20
    ) -> CreditPage:
        """Find credit notes, newest first."""
        span, currency = (since, until), self._currency
        async with self._sql() as session:
            return await credits_.find_credits(session, scope, query, span, currency, limit)

    async def credit_days(
        self, scope: Scope, since: datetime, until: datetime, query: CreditQuery | None = None
    ) -> Sequence[CreditDay]:
        """Return what each colleague credited on each day."""
        span, wanted = (since, until), query or CreditQuery()
        async with self._sql() as session:
            return await credits_.find_days(session, scope, wanted, span, self._currency, str(self._zone))

    async def get_credit(self, scope: Scope, number: str) -> CreditNote | None:
        """Return one credit note."""
        async with self._sql() as session:
            return await credits_.get_credit(session, scope, number)

    async def ledger(
        self,
        scope: Scope,
        customer: str,
        limit: int = 20,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Ledger | None:
        """Return the last entries of an account."""
        of = accounts.Account(
            customer=customer,
            today=self.today(),
            currency=self._currency,
            zone=str(self._zone),
            since=since,
            until=until,
        )
        async with self._sql() as session:
            return await accounts.get_ledger(session, scope, of, limit)

    async def overdue(
        self,
        scope: Scope,
        today: date,
        min_days: int = 1,
        limit: int = 20,
        among: DebtorQuery | None = None,
        max_days: int | None = None,
    ) -> Overdue:
        """Return debt of invoices that are at least `min_days` and at most `max_days` overdue."""
        late = debts.Late(today=today, days=max(min_days, 1), most=max_days, among=among or DebtorQuery())
        async with self._sql() as session:
            return await debts.get_overdue(session, scope, late, self._currency, limit)

    async def debtors(
        self,
        scope: Scope,
        today: date,
        customer: str | None = None,
        limit: int = 5_000,
        whose: CustomerQuery | None = None,
    ) -> Sequence[Debtor]:
        """Return those with overdue invoices, longest first."""
        async with self._sql() as session:
            return await find_debtors(session, scope, today, self._currency, customer, limit, whose)

    async def failed(
        self,
        scope: Scope,
        since: datetime,
        until: datetime,
        limit: int = 15,
        method: Method | None = None,
        whose: CustomerQuery | None = None,
    ) -> FailedPayments:
        """Return the payments that failed in a period."""
        tried = money.Tried(today=self.today(), method=method, whose=whose)
        async with self._sql() as session:
            return await money.get_failed(session, scope, (since, until), self._currency, limit, tried)

    async def revenue(
        self, scope: Scope, month: date, today: date, whose: CustomerQuery | None = None
    ) -> Revenue:
        """Return the figures of the month that starts on this day; it ends where the tenant's clock says."""
        start = month.replace(day=1)
        stop = _next_month(start)
        before = (start - timedelta(days=1)).replace(day=1)
        same_day = before + (today - start + timedelta(days=1)) if start <= today < stop else start
        days = (start, stop, before, min(same_day, start))
        spans = [datetime.combine(on, time(), self._zone) for on in days]
        async with self._sql() as session:
            days_, unit = (start, stop), self._currency
            return await money.get_revenue(session, scope, days_, spans, today, unit, whose)

    async def promises(
        self, scope: Scope, since: datetime, customer: str | None = None, limit: int = 1_000
    ) -> Sequence[Promise]:
        """Return what was promised since then, newest first."""
        async with self._sql() as session:
            return await promises.find_promises(session, scope, since, customer, str(self._zone), limit)

    async def get_promise(self, scope: Scope, number: str) -> Promise | None:
        """Return one promise or payment plan."""
        async with self._sql() as session:
            return await promises.get_promise(session, scope, number, str(self._zone))


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
