"""Moving a service to another plan: the quote, the change with its invoice or credit, and the way back."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, BadInput, Conflict, Money, NotFound, Scope
from plugins.billing.port import NewCredit
from plugins.connectors.local.queries_credit import Span, do_credit, do_void
from plugins.connectors.local.queries_numbers import invoices_of, next_number
from plugins.connectors.local.queries_services import get_service, plan_of
from plugins.connectors.local.queries_settle import lock_account, settle
from plugins.customers.port import PlanQuote, Service, ServiceStatus

DUE_DAYS = 14
"""Days until an invoice is due when the customer had none before."""
PLAN = text("select to_jsonb(p) as plan from isp_plans p where code = :code and active")
LAST_INVOICE = text(
    "select i.issued_on, i.due_on, i.number from isp_invoices i join isp_customers c on c.id = i.customer_id "
    "where c.number = :customer and i.status in ('open', 'paid') and i.issued_on <= :today "
    "and not exists (select from isp_plan_changes h where h.invoice_id = i.id) "
    "order by i.issued_on desc limit 1"
)
LOCK = text("select id, plan_code from isp_services where number = :number for update")
NOW = text(
    "update isp_services set plan_code = :plan, next_plan_code = null, next_plan_on = null where id = :id"
)
LATER = text("update isp_services set next_plan_code = :plan, next_plan_on = :on where id = :id")
INVOICE = text(
    "insert into isp_invoices (tenant_id, number, customer_id, issued_on, due_on, total_minor, currency, "
    "lines) values (current_setting('app.tenant_id')::uuid, :number, :customer, :issued_on, :due_on, :minor, "
    ":currency, cast(:lines as jsonb)) returning id"
)
KEEP = text(
    "insert into isp_plan_changes (tenant_id, service_id, at, by, before, after, starts_on, invoice_id, "
    "credit_note_id) values (current_setting('app.tenant_id')::uuid, :service, :at, :by, :before, :after, "
    ":on, :invoice, (select id from isp_credit_notes where number = :note))"
)
LAST = text(
    "select h.id, h.before, h.after, h.starts_on, i.number as invoice, i.id as invoice_id, n.number as note "
    "from isp_plan_changes h left join isp_invoices i on i.id = h.invoice_id "
    "left join isp_credit_notes n on n.id = h.credit_note_id and n.voided_at is null "
    "where h.service_id = :service and h.reverted_at is null order by h.at desc limit 1"
)
REVERTED = text("update isp_plan_changes set reverted_at = :at where id = :id")
VOID = text("update isp_invoices set status = 'void', paid_minor = 0 where id = :id")
FREE = text(
    "insert into isp_allocations (tenant_id, customer_id, invoice_id, payment_id, credit_note_id, at, "
    "amount_minor, currency) select tenant_id, customer_id, invoice_id, payment_id, credit_note_id, :at, "
    "-sum(amount_minor), currency from isp_allocations where invoice_id = :id "
    "group by tenant_id, customer_id, invoice_id, payment_id, credit_note_id, currency "
    "having sum(amount_minor) <> 0"
)


def month_after(first: date) -> date:
    """Return the same day of the next month, or its last day where there is none."""
    start = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return start.replace(day=min(first.day, last.day))


async def get_quote(
    session: AsyncSession, scope: Scope, number: str, plan: str, today: date, *, next_period: bool
) -> PlanQuote:
    """Return what the change costs; the period is that of the last regular invoice."""
    service = await get_service(session, scope, number, today)
    if service is None:
        raise NotFound(f"There is no service {number}.")
    row = (await session.execute(PLAN, {"code": plan})).one_or_none()
    if row is None:
        raise NotFound(f"No plan {plan} is on sale.")
    wanted = plan_of(row.plan)
    if service.status is ServiceStatus.TERMINATED:
        raise Conflict(f"{number} has ended; set up a new service instead.")
    if wanted.code == service.plan.code:
        raise Conflict(f"{number} is on {wanted.name} already.")
    if wanted.kind != service.kind:
        raise Conflict(
            f"{number} is a {service.kind} line and {wanted.name} is {wanted.kind}: that needs a new service."
        )
    if wanted.price.currency != service.plan.price.currency:
        raise BadInput(
            f"{wanted.name} is priced in {wanted.price.currency}; a change across currencies is not "
            "prorated. End the service and set up a new one."
        )
    return await _quote(session, service, wanted, today, next_period=next_period)


async def _quote(
    session: AsyncSession, service: Service, plan: Any, today: date, *, next_period: bool
) -> PlanQuote:
    last = (await session.execute(LAST_INVOICE, {"customer": service.customer, "today": today})).one_or_none()
    start = last.issued_on if last else (service.activated_on or today)
    billed = last is not None and month_after(start) > today and service.status is not ServiceStatus.PENDING
    while month_after(start) <= today:
        start = month_after(start)
    end = month_after(start)
    return PlanQuote(
        service=service, plan=plan, on=end if next_period else today, start=start, end=end, billed=billed
    )


async def do_change_plan(
    session: AsyncSession, quote: PlanQuote, by: str, now: datetime, today: date, month: Span
) -> str | None:
    """Move the service and settle the difference; return the number of the invoice or credit note."""
    number = quote.service.number
    account = await lock_account(session, quote.service.customer)
    locked = (await session.execute(LOCK, {"number": number})).one()
    later = quote.on > today
    fresh = await get_quote(session, EVERYWHERE, number, quote.plan.code, today, next_period=later)
    if (fresh.net, fresh.on, fresh.service.plan.code) != (quote.net, quote.on, quote.service.plan.code):
        raise Conflict(f"{number} or its prices changed meanwhile. Ask again to see what it costs now.")
    invoice: UUID | None = None
    document: str | None = None
    if fresh.net.minor > 0:
        invoice, document = await _invoice(session, account.id, fresh, today)
        await settle(session, account, fresh.net.currency, now)
    elif fresh.net.minor < 0:
        share = f"{fresh.days_left} of {fresh.days} days"
        reason = f"{number}: {fresh.service.plan.name} to {fresh.plan.name}, {share}"
        new = NewCredit(customer=account.number, amount=-fresh.net, reason=reason)
        document = await do_credit(session, new, by, now, fresh.net.currency, month)
    await session.execute(
        LATER if later else NOW,
        {"plan": fresh.plan.code, "id": locked.id} | ({"on": fresh.on} if later else {}),
    )
    kept = {
        "service": locked.id,
        "at": now,
        "by": by,
        "before": fresh.service.plan.code,
        "after": fresh.plan.code,
    }
    await session.execute(
        KEEP, {**kept, "on": fresh.on, "invoice": invoice, "note": None if invoice else document}
    )
    return document


async def _invoice(session: AsyncSession, account: UUID, quote: PlanQuote, today: date) -> tuple[UUID, str]:
    last = (
        await session.execute(LAST_INVOICE, {"customer": quote.service.customer, "today": today})
    ).one_or_none()
    due = (last.due_on - last.issued_on).days if last else DUE_DAYS
    share = f"{quote.days_left} of {quote.days} days"
    lines = [
        {"text": f"{quote.plan.name}, {share}", "minor": quote.charge.minor},
        {"text": f"{quote.service.plan.name} not used, {share}", "minor": -quote.unused.minor},
    ]
    number = await next_number(session, invoices_of(today.year))
    binds = {"number": number, "customer": account, "issued_on": today, "due_on": today + timedelta(days=due)}
    money: Money = quote.net
    made = await session.execute(
        INVOICE, {**binds, "minor": money.minor, "currency": money.currency, "lines": json.dumps(lines)}
    )
    return made.scalar_one(), number


async def do_revert_plan(
    session: AsyncSession, number: str, by: str, now: datetime, today: date
) -> str | None:
    """Take the last change back: the plan, and the invoice or credit note it brought."""
    service = await get_service(session, EVERYWHERE, number, today)
    if service is None:
        raise NotFound(f"There is no service {number}.")
    account = await lock_account(session, service.customer)
    locked = (await session.execute(LOCK, {"number": number})).one()
    last = (await session.execute(LAST, {"service": locked.id})).one_or_none()
    if last is None:
        raise Conflict(f"No plan change of {number} is known that could be taken back.")
    pending = last.starts_on > today and service.plan.code == last.before
    if not pending and service.plan.code != last.after:
        raise Conflict(f"{number} is on {service.plan.name} by now; change its plan instead.")
    await session.execute(NOW, {"plan": last.before, "id": locked.id})
    await session.execute(REVERTED, {"id": last.id, "at": now})
    if last.invoice_id is not None:
        await session.execute(FREE, {"id": last.invoice_id, "at": now})
        await session.execute(VOID, {"id": last.invoice_id})
        await settle(session, account, service.plan.price.currency, now)
    if last.note is not None:
        await do_void(session, last.note, "Plan change taken back", by, now)
    document: str | None = last.invoice or last.note
    return document
