"""Changes of services in our own tables: plans, new services, ends. No device is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

from bot.api import EVERYWHERE, ConnectorContext, Effect, NotFound, Scope
from plugins.connectors.local import queries_plan_change as plans
from plugins.connectors.local import queries_provision as writes
from plugins.connectors.local.queries_customers import get_changed
from plugins.connectors.local.queries_effects import do_once
from plugins.connectors.local.queries_scope import Session
from plugins.connectors.local.queries_services import do_due, get_service
from plugins.customers.port import (
    Customer,
    NewCustomer,
    PlanChange,
    PlanChanged,
    PlanQuote,
    Service,
    ServiceOrder,
)


class Provisioning:
    """The part of the customers port that changes services."""

    def __init__(self, context: ConnectorContext) -> None:
        self._sql = context.sql
        self._now = context.now
        self._zone = context.tenant.zone

    def today(self) -> date:
        """Return the day on the tenant's calendar."""
        return self._now().astimezone(self._zone).date()

    def _month(self) -> tuple[datetime, datetime]:
        first = self.today().replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        start, stop = (datetime.combine(on, time(), self._zone) for on in (first, after))
        return start, stop

    async def quote(self, scope: Scope, service: str, plan: str, *, next_period: bool = False) -> PlanQuote:
        """Return what moving a service to a plan costs."""
        async with self._sql() as session:
            return await plans.get_quote(session, scope, service, plan, self.today(), next_period=next_period)

    async def change_plan(self, effect: Effect, quote: PlanQuote) -> PlanChanged:
        """Move a service to the plan quoted, and settle the difference."""
        month = self._month()
        return await self._moved(
            effect,
            quote.service.number,
            lambda session: plans.do_change_plan(session, quote, effect.by, self._now(), self.today(), month),
        )

    async def last_change(self, scope: Scope, service: str) -> PlanChange:
        """Return the last plan change of a service that can be taken back."""
        async with self._sql() as session:
            return await plans.get_last_change(session, scope, service, self._now(), self.today())

    async def revert_plan(self, effect: Effect, service: str) -> PlanChanged:
        """Take the last plan change of a service back."""
        return await self._moved(
            effect,
            service,
            lambda session: plans.do_revert_plan(session, service, effect.by, self._now(), self.today()),
        )

    async def create(self, effect: Effect, new: NewCustomer) -> Customer:
        """Add a subscriber under the next account number."""
        async with self._sql() as session:

            async def write() -> dict[str, str]:
                return {"number": await writes.do_create_customer(session, new, self.today())}

            kept = await do_once(session, effect, write)
            return await get_changed(session, kept["number"])

    async def provision(self, effect: Effect, new: ServiceOrder) -> Service:
        """Set a service up: pending, or active at once."""
        return await self._service(effect, lambda session: writes.do_provision(session, new, self.today()))

    async def activate(self, effect: Effect, service: str) -> Service:
        """Put a pending service into use."""

        async def write(session: Session) -> str:
            await writes.do_activate(session, service, self.today())
            return service

        return await self._service(effect, write)

    async def terminate(self, effect: Effect, service: str, on: date, reason: str) -> Service:
        """End a service today or on a later day."""

        async def write(session: Session) -> str:
            await writes.do_terminate(session, service, on, reason, self.today())
            return service

        return await self._service(effect, write)

    async def keep(self, effect: Effect, service: str) -> Service:
        """Take a termination back."""

        async def write(session: Session) -> str:
            await writes.do_keep(session, service)
            return service

        return await self._service(effect, write)

    async def _service(self, effect: Effect, do: Callable[[Session], Awaitable[str]]) -> Service:
        async with self._sql() as session:

            async def write() -> dict[str, str]:
                await do_due(session, self.today())
                return {"number": await do(session)}

            kept = await do_once(session, effect, write)
            return await self._now_is(session, kept["number"])

    async def _moved(
        self, effect: Effect, number: str, do: Callable[[Session], Awaitable[str | None]]
    ) -> PlanChanged:
        async with self._sql() as session:

            async def write() -> dict[str, str | None]:
                await do_due(session, self.today())
                return {"document": await do(session)}

            kept = await do_once(session, effect, write)
            return PlanChanged(service=await self._now_is(session, number), document=kept["document"])

    async def _now_is(self, session: Session, number: str) -> Service:
        found = await get_service(session, EVERYWHERE, number, self.today())
        if found is None:
            raise NotFound(f"There is no service {number}.")
        return found
