"""Tickets: opening and changing them, with a line of history for each change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, NotFound
from plugins.connectors.local.queries_tickets import get_ticket
from plugins.tickets.port import DONE, NewTicket, Ticket, TicketChange, TicketEvent, TicketStatus

FIRST = 10_000
NEXT = text("update isp_counters set value = value + 1 where name = 'ticket' returning value")
START = text(
    "insert into isp_counters (tenant_id, name, value) "
    "select current_setting('app.tenant_id')::uuid, 'ticket', "
    "greatest(coalesce(max(substring(number from '^TCK-([0-9]{1,12})$')::bigint), 0), :first) "
    "from isp_tickets on conflict do nothing"
)
TAKEN = text("select 1 from isp_tickets where number = :number")
CUSTOMER = text("select id, region, site, partner from isp_customers where number = :number")
CREATE = text(
    "insert into isp_tickets (tenant_id, number, customer_id, subject, body, category, priority, assignee, "
    "team, opened_by, opened_at, first_response_due, resolve_due, region, site, partner) "
    "values (current_setting('app.tenant_id')::uuid, :number, :customer, :subject, :body, :category, "
    ":priority, :assignee, :team, :by, :at, :first_response_due, :resolve_due, :region, :site, :partner)"
)
LOCK = text("select id from isp_tickets where number = :number for update")
EVENT = text(
    "insert into isp_ticket_events (tenant_id, ticket_id, at, by, kind, body, internal) "
    "values (current_setting('app.tenant_id')::uuid, :ticket, :at, :by, :kind, :body, :internal)"
)
RESPONDED = text(
    "update isp_tickets set first_response_at = coalesce(first_response_at, :at) where id = :ticket"
)
CHANGE = text(
    "update isp_tickets set status = :status, priority = :priority, level = :level, category = :category, "
    "assignee = :assignee, first_response_due = :first_response_due, resolve_due = :resolve_due, "
    "resolution = :resolution, resolved_at = :resolved_at, closed_at = :closed_at, "
    "outage_number = :outage, team = :team, merged_into = :merged_into where id = :ticket"
)


async def do_create(session: AsyncSession, new: NewTicket, by: str, at: datetime) -> str:
    """Open a ticket under the next number; its row scope is its customer's."""
    area: dict[str, Any] = {"id": None, "region": None, "site": None, "partner": None}
    if new.customer is not None:
        row = (await session.execute(CUSTOMER, {"number": new.customer})).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no customer {new.customer}.")
        area = dict(row)
    number = await _next_number(session)
    binds = {
        "number": number,
        "customer": area["id"],
        "subject": new.subject,
        "body": new.body,
        "category": new.category.value,
        "priority": new.priority.value,
        "assignee": new.assignee,
        "team": new.team,
        "by": by,
        "at": at,
        "first_response_due": new.first_response_due,
        "resolve_due": new.resolve_due,
        "region": area["region"],
        "site": area["site"],
        "partner": area["partner"],
    }
    await session.execute(CREATE, binds)
    return number


async def do_comment(session: AsyncSession, number: str, event: TicketEvent) -> None:
    """Add a line to the history; one the customer sees stops the first-response clock."""
    ticket = await _lock(session, number)
    await do_keep(session, ticket, event)
    if not event.internal:
        await session.execute(RESPONDED, {"ticket": ticket, "at": event.at})


async def do_change(session: AsyncSession, number: str, change: TicketChange, by: str, at: datetime) -> None:
    """Change a ticket and keep a line of history for each thing that really changed."""
    locked = await _lock(session, number)
    ticket = await get_changed(session, number)
    status = change.status or ticket.status
    await session.execute(CHANGE, {"ticket": locked, **_values(ticket, change, status, at)})
    for kind, body in _lines(ticket, change):
        await do_keep(session, locked, TicketEvent(at=at, by=by, kind=kind, body=body))


async def get_changed(session: AsyncSession, number: str) -> Ticket:
    """Return a ticket that a write concerns."""
    if (ticket := await get_ticket(session, EVERYWHERE, number)) is None:
        raise NotFound(f"There is no ticket {number}.")
    return ticket


def _values(ticket: Ticket, change: TicketChange, status: TicketStatus, at: datetime) -> dict[str, Any]:
    done = status in DONE
    return {
        "status": status.value,
        "priority": (change.priority or ticket.priority).value,
        "level": (change.level or ticket.level).value,
        "category": (change.category or ticket.category).value,
        "assignee": ticket.assignee if change.assignee is None else change.assignee or None,
        "first_response_due": change.first_response_due or ticket.first_response_due,
        "resolve_due": change.resolve_due or ticket.resolve_due,
        "resolution": (change.resolution or ticket.resolution) if done else None,
        "resolved_at": (ticket.resolved_at or at) if done else None,
        "closed_at": (ticket.closed_at or at) if status is TicketStatus.CLOSED else None,
        "outage": ticket.outage if change.outage is None else change.outage or None,
        "team": ticket.team if change.team is None else change.team or None,
        "merged_into": ticket.merged_into if done else None,
    }


def _lines(ticket: Ticket, change: TicketChange) -> list[tuple[str, str]]:
    lines = []
    if change.level and change.level is not ticket.level:
        lines.append(("escalate", f"{ticket.level} → {change.level}"))
    if change.priority and change.priority is not ticket.priority:
        lines.append(("priority", f"{ticket.priority} → {change.priority}"))
    if change.category and change.category is not ticket.category:
        lines.append(("category", f"{ticket.category} → {change.category}"))
    if change.outage is not None and (change.outage or None) != ticket.outage:
        lines.append(("outage", f"{ticket.outage or 'none'} → {change.outage or 'none'}"))
    if change.assignee is not None and (change.assignee or None) != ticket.assignee:
        lines.append(("assign", f"{ticket.assignee or 'nobody'} → {change.assignee or 'nobody'}"))
    if change.team is not None and (change.team or None) != ticket.team:
        lines.append(("assign", f"{ticket.team or 'no'} team → {change.team or 'no'} team"))
    if change.status and change.status is not ticket.status:
        kind = "close" if change.status in DONE else "status"
        said = f": {change.resolution}" if change.resolution and change.status in DONE else ""
        lines.append((kind, f"{ticket.status} → {change.status}{said}"))
    if change.comment:
        lines.append(("comment", change.comment))
    return lines


async def do_keep(session: AsyncSession, ticket: Any, event: TicketEvent) -> None:
    """Keep a line of history of a ticket, given by its row."""
    values = {"kind": event.kind, "body": event.body, "internal": event.internal}
    await session.execute(EVENT, {"ticket": ticket, "at": event.at, "by": event.by, **values})


async def _next_number(session: AsyncSession) -> str:
    """Count on from the highest number there is; imported tickets may already bear the next ones."""
    while True:
        value = (await session.execute(NEXT)).scalar_one_or_none()
        if value is None:
            await session.execute(START, {"first": FIRST})
        elif (await session.execute(TAKEN, {"number": f"TCK-{value}"})).first() is None:
            return f"TCK-{value}"


async def _lock(session: AsyncSession, number: str) -> Any:
    found = (await session.execute(LOCK, {"number": number})).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no ticket {number}.")
    return found
