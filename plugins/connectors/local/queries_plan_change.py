"""Moving a service to another plan: the quote, the change with its invoice or credit, and the way back."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, BadInput, Conflict, Money, NotFound, Scope
from plugins.billing.port import NewCredit, months_after
from plugins.connectors.local.queries_credit import Span, do_credit, do_void
from plugins.connectors.local.queries_numbers import invoices_of, next_number
from plugins.connectors.local.queries_services import get_service, plan_of
from plugins.connectors.local.queries_settle import lock_account, settle
from plugins.customers.port import TAKE_BACK, PlanChange, PlanQuote, Service, ServiceStatus

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
    "select h.id, h.before, h.after, h.at, h.by, h.starts_on, to_jsonb(b) as old, to_jsonb(a) as new, "
    "i.id as invoice_id, i.number as invoice, i.total_minor, i.paid_minor, i.currency as invoice_currency, "
    "n.number as note, n.amount_minor as note_minor, n.currency as note_currency, "
    "exists (select from isp_invoices o where o.customer_id = s.customer_id and o.issued_on > h.starts_on "
    "and o.status in ('open', 'paid') and not exists (select from isp_plan_changes p "
    "where p.invoice_id = o.id)) as billed_since "
    "from isp_plan_changes h join isp_services s on s.id = h.service_id "
    "join isp_plans b on b.code = h.before join isp_plans a on a.code = h.after "
    "left join isp_invoices i on i.id = h.invoice_id and i.status <> 'void' "
    "left join isp_credit_notes n on n.id = h.credit_note_id and n.voided_at is null "
    "where s.number = :service and h.reverted_at is null order by h.at desc limit 1"
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


def period_of(first: date, today: date) -> tuple[date, date]:
    """Return the month from `first` on that a day lies in: from the 31st on it ends on the 31st again."""
    start, nr = first, 1
    while (end := months_after(first, nr)) <= today:
        start, nr = end, nr + 1
    return start, end


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
    billed = (
        last is not None and months_after(start, 1) > today and service.status is not ServiceStatus.PENDING
    )
    start, end = period_of(start, today)
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
        document = await do_credit(session, new, by, now, fresh.net.currency, (month, month))
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


async def get_last_change(
    session: AsyncSession, scope: Scope, number: str, now: datetime, today: date
) -> PlanChange:
    """Return the last change of a service's plan; Conflict when it cannot be taken back."""
    service = await get_service(session, scope, number, today)
    if service is None:
        raise NotFound(f"There is no service {number}.")
    row = await _last(session, number)
    instead = "change its plan instead, which settles by days."
    change = PlanChange(
        service=service,
        before=plan_of(row.old),
        after=plan_of(row.new),
        at=row.at,
        by=row.by,
        on=row.starts_on,
        document=row.invoice or row.note,
        paid=Money(row.paid_minor, row.invoice_currency) if row.invoice else None,
        net=Money(row.total_minor, row.invoice_currency) if row.invoice
        else Money(-row.note_minor, row.note_currency) if row.note else None,
    )  # fmt: skip
    if change.on > today and service.plan.code == row.before:
        return change  # it has not begun: nothing was used and nothing was settled
    if service.plan.code != row.after:
        raise Conflict(f"{number} is on {service.plan.name} by now; change its plan instead.")
    if now > change.at + TAKE_BACK:
        raise Conflict(f"The last plan change of {number} is more than a day old; {instead}")
    if row.billed_since:
        raise Conflict(f"{number} was billed on {service.plan.name} since its last plan change; {instead}")
    return change


async def _last(session: AsyncSession, number: str) -> Row[Any]:
    row = (await session.execute(LAST, {"service": number})).one_or_none()
    if row is None:
        raise Conflict(f"No plan change of {number} is known that could be taken back.")
    return row


async def do_revert_plan(
    session: AsyncSession, number: str, by: str, now: datetime, today: date
) -> str | None:
    """Take the last change back: the plan, and the invoice or credit note it brought."""
    service = await get_service(session, EVERYWHERE, number, today)
    if service is None:
        raise NotFound(f"There is no service {number}.")
    account = await lock_account(session, service.customer)
    locked = (await session.execute(LOCK, {"number": number})).one()
    change = await get_last_change(session, EVERYWHERE, number, now, today)
    row = await _last(session, number)
    await session.execute(NOW, {"plan": row.before, "id": locked.id})
    await session.execute(REVERTED, {"id": row.id, "at": now})
    if row.invoice_id is not None:
        await session.execute(FREE, {"id": row.invoice_id, "at": now})
        await session.execute(VOID, {"id": row.invoice_id})
        await settle(session, account, row.invoice_currency, now)
    if row.note is not None:
        await do_void(session, row.note, "Plan change taken back", by, now)
    return change.document
