"""The writes of the billing port on our own tables, each once per effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from bot.api import EVERYWHERE, ConnectorContext, Effect, Money, NotFound
from plugins.billing.port import (
    Channel,
    CreditNote,
    Invoice,
    NewCredit,
    NewPayment,
    NewPromise,
    Payment,
    Promise,
    Reminder,
)
from plugins.connectors.local import queries_credit as credits_
from plugins.connectors.local import queries_debtors as debtors
from plugins.connectors.local import queries_pay as pay
from plugins.connectors.local import queries_promises as promises
from plugins.connectors.local.queries_accounts import get_payment
from plugins.connectors.local.queries_billing import get_invoice
from plugins.connectors.local.queries_effects import do_once, get_applied
from plugins.connectors.local.queries_scope import Session

T = TypeVar("T")


class Booking:
    """Every change of an account."""

    def __init__(self, context: ConnectorContext) -> None:
        self._sql = context.sql
        self._now = context.now
        self._currency = context.tenant.currency
        self._tenant_zone = context.tenant.zone

    def today(self) -> date:
        """Return the day on the tenant's calendar."""
        return self._now().astimezone(self._tenant_zone).date()

    def _month(self) -> tuple[datetime, datetime]:
        """Return the instants between which this calendar month lies on the tenant's clock."""
        first = self.today().replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        start, stop = (datetime.combine(on, time(), self._tenant_zone) for on in (first, after))
        return start, stop

    def _day(self) -> tuple[datetime, datetime]:
        """Return the instants between which this day lies on the tenant's clock."""
        days = (self.today(), self.today() + timedelta(days=1))
        start, stop = (datetime.combine(on, time(), self._tenant_zone) for on in days)
        return start, stop

    async def pay(self, effect: Effect, new: NewPayment) -> Payment:
        """Book money that came in."""
        return await self._number(
            effect,
            lambda session: pay.do_pay(session, new, effect.by, self._now(), self._currency),
            lambda session, number: get_payment(session, EVERYWHERE, number),
        )

    async def reverse(self, effect: Effect, number: str, reason: str) -> Payment:
        """Take a payment back by an entry against it."""
        return await self._number(
            effect,
            lambda session: pay.do_reverse(session, number, reason, effect.by, self._now()),
            lambda session, entry: get_payment(session, EVERYWHERE, entry),
        )

    async def credit(self, effect: Effect, new: NewCredit) -> CreditNote:
        """Write a credit note."""
        return await self._number(
            effect,
            lambda session: credits_.do_credit(
                session, new, effect.by, self._now(), self._currency, (self._month(), self._day())
            ),
            lambda session, number: credits_.get_credit(session, EVERYWHERE, number),
        )

    async def void_credit(self, effect: Effect, number: str, reason: str) -> CreditNote:
        """Void a credit note."""

        async def write(session: Session) -> str:
            await credits_.do_void(session, number, reason, effect.by, self._now())
            return number

        return await self._number(
            effect, write, lambda session, kept: credits_.get_credit(session, EVERYWHERE, kept)
        )

    async def promise(self, effect: Effect, new: NewPromise) -> Promise:
        """Write down what a customer promised."""
        zone = str(self._tenant_zone)
        return await self._number(
            effect,
            lambda session: promises.do_promise(
                session, new, effect.by, self._now(), self.today(), zone, self._currency
            ),
            lambda session, number: promises.get_promise(session, EVERYWHERE, number, zone),
        )

    async def cancel_promise(self, effect: Effect, number: str) -> Promise:
        """Cancel a promise."""

        async def write(session: Session) -> str:
            await promises.do_cancel(session, number, self._now())
            return number

        zone = str(self._tenant_zone)
        return await self._number(
            effect, write, lambda session, kept: promises.get_promise(session, EVERYWHERE, kept, zone)
        )

    async def remind(self, effect: Effect, customer: str, channel: Channel, owed: Money) -> Reminder:
        """Write down that a customer was reminded."""
        async with self._sql() as session:

            async def write() -> dict[str, str]:
                at = self._now()
                await debtors.do_remind(session, customer, channel, owed, effect.by, at)
                return {"at": at.isoformat()}

            kept = await do_once(session, effect, write)
        at = datetime.fromisoformat(kept["at"])
        return Reminder(customer=customer, at=at, by=effect.by, channel=channel.value, owed=owed)

    async def dispute(self, effect: Effect, number: str, text: str | None) -> Invoice:
        """Mark an invoice as disputed, or as settled again."""

        async def write(session: Session) -> str:
            await debtors.do_dispute(session, number, text, self._now())
            return number

        return await self._number(effect, write, lambda session, kept: get_invoice(session, EVERYWHERE, kept))

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this key happened."""
        async with self._sql() as session:
            return await get_applied(session, key)

    async def _number(
        self,
        effect: Effect,
        do: Callable[[Session], Awaitable[str]],
        read: Callable[[Session, str], Awaitable[T | None]],
    ) -> T:
        """Write once what bears a number, and return it as it is now."""
        async with self._sql() as session:

            async def write() -> dict[str, str]:
                return {"number": await do(session)}

            kept = await do_once(session, effect, write)
            found = await read(session, kept["number"])
        if found is None:
            raise NotFound(f"{kept['number']} is not there any more.")
        return found
