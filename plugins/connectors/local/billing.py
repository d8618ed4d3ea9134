"""The billing port on our own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from bot.api import ConnectorContext, Scope
from plugins.billing.port import Balance, FailedPayments, Invoice, Overdue, Payment, Revenue
from plugins.connectors.local import queries_billing as queries
from plugins.connectors.local import queries_money as money
from plugins.connectors.local.queries_effects import get_applied


class LocalBilling:
    """Invoices, payments and credit notes in the `isp_*` tables; sums are in the tenant's currency."""

    def __init__(self, context: ConnectorContext) -> None:
        self._sql = context.sql
        self._currency = context.tenant.currency
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

    async def get_invoice(self, scope: Scope, number: str) -> Invoice | None:
        """Return one invoice with its lines."""
        async with self._sql() as session:
            return await queries.get_invoice(session, scope, number)

    async def payments(self, scope: Scope, customer: str, limit: int = 12) -> Sequence[Payment]:
        """Return a customer's payments, newest first, failed ones too."""
        async with self._sql() as session:
            return await queries.find_payments(session, scope, customer, limit)

    async def overdue(self, scope: Scope, today: date, min_days: int = 1, limit: int = 20) -> Overdue:
        """Return debt that is at least `min_days` overdue."""
        async with self._sql() as session:
            return await money.get_overdue(session, scope, today, self._currency, max(min_days, 1), limit)

    async def failed(self, scope: Scope, since: datetime, until: datetime, limit: int = 15) -> FailedPayments:
        """Return the payments that failed in a period."""
        async with self._sql() as session:
            return await money.get_failed(session, scope, since, until, self._currency, limit)

    async def revenue(self, scope: Scope, month: date, today: date) -> Revenue:
        """Return the figures of the month that starts on this day; it ends where the tenant's clock says."""
        start = month.replace(day=1)
        stop = (start + timedelta(days=32)).replace(day=1)
        span = tuple(datetime.combine(day, time(), self._zone) for day in (start, stop))
        async with self._sql() as session:
            return await money.get_revenue(
                session, scope, (start, stop), (span[0], span[1]), today, self._currency
            )

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this key happened."""
        async with self._sql() as session:
            return await get_applied(session, key)
